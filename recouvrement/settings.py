"""Settings, all from the environment (see `.env.example`). Without any: embedded mode, SQLite, no outside service."""

from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from recouvrement import environnement as e

BASE_DIR = e.RACINE
DONNEES = e.lire_dossier("DONNEES", BASE_DIR / "donnees")
DEBUG = e.lire_booleen("DEBUG", False)
SECRET_KEY = e.lire_secret("SECRET_KEY", DONNEES)
SECRET_KEY_FALLBACKS: list[str] = e.env.list("SECRET_KEY_FALLBACKS", default=[])  # keys of before, still read
ALLOWED_HOSTS: list[str] = e.env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = e.env.list("CSRF_TRUSTED_ORIGINS", default=[])
REDIS_URL = e.lire_url("REDIS_URL", ("redis", "rediss", "unix"))
EST_EMBARQUE = not REDIS_URL  # web, worker and beat in one process, no outside service
PORT = e.lire_port("PORT", 8000)  # of the embedded mode, always on 127.0.0.1
ADRESSE_PUBLIQUE = e.lire_url("ADRESSE_PUBLIQUE", ("http", "https")) or f"http://127.0.0.1:{PORT}"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_filters",
    "django_htmx",
    "template_partials",
    "entreprises",
    "clients",
    "journal",
    "factures",
    "encaissements",
    "suivi",
    "importations",
    "relances",
    "archivage",
    "recouvrement",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "recouvrement.envois.limiter",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "recouvrement.urls"
WSGI_APPLICATION = "recouvrement.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "recouvrement.contexte.cadre",
            ],
        },
    },
]

DATABASES: dict[str, dict[str, Any]] = {
    "default": e.lire_base("DATABASE_URL", f"sqlite:///{DONNEES / 'recouvrement.sqlite3'}")
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 600
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Limits on sign-in attempts are counted here: all the processes must count together.
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": f"django.core.cache.backends.{'locmem.LocMemCache' if EST_EMBARQUE else 'redis.RedisCache'}",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "recouvrement",
    }
}

AUTH_USER_MODEL = "entreprises.Utilisateur"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "entreprises.comptes.Adaptateur"
ACCOUNT_FORMS = {
    "signup": "entreprises.forms_comptes.InscriptionForm",
    "reset_password_from_key": "entreprises.forms_comptes.NouveauMotDePasseForm",
    "change_password": "entreprises.forms_comptes.ChangementForm",
}
INSCRIPTION = e.lire_booleen("INSCRIPTION", False)  # may a stranger make an account and a company?
ACCOUNT_RATE_LIMITS = {"invitation": "30/h/user"}  # beside allauth's own limits
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # a password reset writes to nobody who has no account
ACCOUNT_SESSION_REMEMBER = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "entreprises:accueil"

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("Français")), ("en", _("Anglais"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = e.lire_fuseau("TIME_ZONE", "Europe/Paris")
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "static/"
STATIC_ROOT = None if EST_EMBARQUE else BASE_DIR / "collecte"  # embedded: served from where they are
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DONNEES / "documents"},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = EST_EMBARQUE or DEBUG
WHITENOISE_MANIFEST_STRICT = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
CORPS_MAXIMUM = 12 * 1024 * 1024  # of a whole request, files included
FILE_UPLOAD_PERMISSIONS = 0o600

# Mail. Without EMAIL_URL nothing leaves the machine: messages are written to a folder and shown in the outbox.
EMAIL_URL = e.lire_url("EMAIL_URL", ("smtp", "smtp+tls", "smtp+ssl", "submission"))
DEFAULT_FROM_EMAIL = str(e.env.str("DEFAULT_FROM_EMAIL", default="recouvrement@localhost.invalid"))
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 30
if EMAIL_URL:
    _courriel: Any = e.lire("email_url", "EMAIL_URL", "")
    EMAIL_BACKEND = "relances.messagerie.BackendSMTP"
    EMAIL_HOST, EMAIL_PORT = _courriel["EMAIL_HOST"], _courriel["EMAIL_PORT"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _courriel["EMAIL_HOST_USER"], _courriel["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS, EMAIL_USE_SSL = _courriel.get("EMAIL_USE_TLS", False), _courriel.get("EMAIL_USE_SSL", False)
    if not EMAIL_HOST:
        raise ImproperlyConfigured("EMAIL_URL: the server's name is missing")
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DONNEES / "courriels"
# May a company without a server of its own write by EMAIL_URL? Not by default where strangers may open one.
EMAIL_PARTAGE = e.lire_booleen("EMAIL_PARTAGE", not INSCRIPTION)
SMTP_LOCAL_AUTORISE = e.lire_booleen("SMTP_LOCAL_AUTORISE", False)  # a company's server on a private network, any port

# Celery: the broker is a doorbell, the database is the queue.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1) or "memory://localhost"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_PREFETCH_MULTIPLIER = 4
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(DONNEES / "battements")
if EST_EMBARQUE:
    CELERY_BROKER_TRANSPORT_OPTIONS = {"polling_interval": 0.2}
CELERY_BEAT_SCHEDULE = {
    "battement": {"task": "relances.tasks.battement", "schedule": 300.0, "options": {"expires": 290}},
    "importations": {"task": "importations.tasks.reprendre", "schedule": 60.0, "options": {"expires": 55}},
    "archivage": {"task": "archivage.tasks.reprendre", "schedule": 300.0, "options": {"expires": 290}},
}

# Security
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    },
}
EST_HTTPS = ADRESSE_PUBLIQUE.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = EST_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_FAILURE_VIEW = "recouvrement.vues.csrf_refuse"
SECURE_SSL_REDIRECT = EST_HTTPS and e.lire_booleen("SECURE_SSL_REDIRECT", True)
EST_DERRIERE_PROXY = e.lire_booleen("DERRIERE_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if EST_DERRIERE_PROXY else None
ALLAUTH_TRUSTED_PROXY_COUNT = int(EST_DERRIERE_PROXY)  # limits are per visitor, not per proxy
SECURE_HSTS_SECONDS = 31536000 if EST_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = EST_HTTPS
SECURE_HSTS_PRELOAD = EST_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"simple": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "simple"}},
    "root": {"handlers": ["console"], "level": e.lire_niveau("NIVEAU_JOURNAL", "INFO")},
    "loggers": {"fontTools": {"level": "WARNING"}, "weasyprint": {"level": "ERROR"}},
}
