"""What the environment may say, read once at start. A bad value is refused there, naming the variable.

Every variable is described in `.env.example`.
"""

import contextlib
import logging
import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit
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
    try:
        parties = urlsplit(url)
        complete = not url or parties.hostname or (parties.scheme == "unix" and parties.path)
        _ = parties.port  # raises when it is no port
    except ValueError as erreur:
        raise ImproperlyConfigured(f"{nom}: value refused ({erreur})") from erreur
    if not complete:
        raise ImproperlyConfigured(f"{nom}: the server's name is missing")
    return url


def lire_port(nom: str, defaut: int) -> int:
    """A TCP port. 0: whichever is free."""
    port = lire("int", nom, defaut)
    if not isinstance(port, int) or not 0 <= port <= 65535:
        raise ImproperlyConfigured(f"{nom}: expected a port from 0 to 65535, got {port!r}")
    return port


def lire_niveau(nom: str, defaut: str) -> str:
    """A level of the `logging` module, by its name."""
    niveau = str(env.str(nom, default=defaut)).upper()
    if niveau not in logging.getLevelNamesMapping():
        raise ImproperlyConfigured(f"{nom}: unknown level {niveau!r}")
    return niveau


def lire_secret(nom: str, dossier: Path) -> str:
    """The secret key: given, or made once and kept in the data folder, readable by its owner alone."""
    donne = str(env.str(nom, default=""))
    if donne:
        if len(donne) < 50:
            raise ImproperlyConfigured(f"{nom}: at least 50 characters are needed")
        return donne
    return garder_secret(dossier / "cle-secrete", secrets.token_urlsafe(50))


def garder_secret(fichier: Path, propose: str) -> str:
    """What `fichier` holds, or `propose` once it is kept there. Several processes may start at once: one value wins."""
    if not fichier.exists():
        brouillon = fichier.with_name(f"{fichier.name}.{secrets.token_hex(8)}")
        brouillon.touch(mode=0o600)
        brouillon.write_text(propose, encoding="utf-8")
        with contextlib.suppress(FileExistsError):
            os.link(brouillon, fichier)  # never over another's
        brouillon.unlink()
    return fichier.read_text(encoding="utf-8").strip()
