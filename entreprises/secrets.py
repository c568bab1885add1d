"""Keep a secret that must be read again, as the password of a mail server: encrypted at rest.

Fernet (AES-128-CBC, HMAC-SHA256) with a key derived from SECRET_KEY by HKDF, for this use alone. What was written with
a key of SECRET_KEY_FALLBACKS is still read; the next writing uses the present key.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_USAGE = b"recouvrement.entreprises.secrets.v1"


class SecretIllisible(Exception):
    """No key that we have opens it: it must be typed again."""


def chiffrer(clair: str) -> str:
    """The text, encrypted; an empty one stays empty."""
    return _fernet().encrypt(clair.encode()).decode() if clair else ""


def dechiffrer(chiffre: str) -> str:
    """The text again. SecretIllisible when it was changed, or encrypted with a key that is gone."""
    if not chiffre:
        return ""
    try:
        return _fernet().decrypt(chiffre.encode()).decode()
    except (InvalidToken, UnicodeError) as erreur:
        raise SecretIllisible from erreur


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(_derivee(cle)) for cle in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _derivee(cle: str) -> bytes:
    derivation = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=_USAGE)
    return base64.urlsafe_b64encode(derivation.derive(cle.encode()))
