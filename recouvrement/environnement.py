"""What the environment may say, read once at start. A bad value is refused there, naming the variable.

Every variable is described in `.env.example`.
"""

import secrets
from pathlib import Path
from zoneinfo import ZoneInfo

import environ
from django.core.exceptions import ImproperlyConfigured

RACINE = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(RACINE / ".env")


def lire(genre: str, nom: str, defaut: object) -> object:
    """The variable `nom` read by django-environ's reader `genre`. ImproperlyConfigured, naming it, when it can't be."""
    try:
        return getattr(env, genre)(nom, default=defaut)
    except ImproperlyConfigured:
        raise
    except Exception as erreur:
        raise ImproperlyConfigured(f"{nom}: value refused ({erreur})") from erreur


def lire_booleen(nom: str, defaut: bool) -> bool:
    """A yes or a no, and nothing else: django-environ reads any unknown word as no."""
    brut = str(env.str(nom, default="oui" if defaut else "non")).strip().lower()
    if brut in {"1", "true", "yes", "on", "oui"}:
        return True
    if brut in {"0", "false", "no", "off", "non", ""}:
        return False
    raise ImproperlyConfigured(f"{nom}: expected yes or no, got {brut!r}")


def lire_dossier(nom: str, defaut: Path) -> Path:
    """An absolute folder, made when it is missing."""
    dossier = Path(str(env.str(nom, default=str(defaut)))).expanduser()
    if not dossier.is_absolute():
        dossier = RACINE / dossier
    try:
        dossier.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as erreur:
        raise ImproperlyConfigured(f"{nom}: cannot use {dossier} ({erreur})") from erreur
    return dossier


def lire_base(nom: str, defaut: str) -> dict[str, object]:
    """Database settings from a URL: SQLite or PostgreSQL."""
    reglages = dict(lire("db_url", nom, defaut))  # type: ignore[call-overload]
    if reglages.get("ENGINE") not in {"django.db.backends.sqlite3", "django.db.backends.postgresql"}:
        raise ImproperlyConfigured(f"{nom}: expected a sqlite:/// or postgresql:// address")
    return reglages


def lire_fuseau(nom: str, defaut: str) -> str:
    """A time zone of the IANA database."""
    fuseau = str(env.str(nom, default=defaut))
    try:
        ZoneInfo(fuseau)
    except Exception as erreur:
        raise ImproperlyConfigured(f"{nom}: unknown time zone {fuseau!r}") from erreur
    return fuseau


def lire_url(nom: str, schemas: tuple[str, ...]) -> str:
    """An address with one of the given schemes, or an empty string."""
    url = str(env.str(nom, default=""))
    if url and url.split("://", maxsplit=1)[0] not in schemas:
        raise ImproperlyConfigured(f"{nom}: expected one of {', '.join(s + '://' for s in schemas)}")
    return url


def lire_secret(nom: str, dossier: Path) -> str:
    """The secret key: given, or made once and kept in the data folder, readable by its owner alone."""
    donne = str(env.str(nom, default=""))
    if donne:
        if len(donne) < 40:
            raise ImproperlyConfigured(f"{nom}: at least 40 characters are needed")
        return donne
    fichier = dossier / "cle-secrete"
    if not fichier.exists():
        fichier.touch(mode=0o600)
        fichier.write_text(secrets.token_urlsafe(50), encoding="ascii")
    return fichier.read_text(encoding="ascii").strip()
