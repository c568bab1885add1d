"""Keep and read documents. The file is written before its row commits, and never overwritten."""

import hashlib

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from entreprises.models import Document, Entreprise

TAILLE_MAXIMALE = 10 * 1024 * 1024


class DocumentTropGros(ValueError):
    """More than ten megabytes."""


def conserver(entreprise: Entreprise, contenu: bytes, type_mime: str, nom: str = "") -> Document:
    """The document of this content, made if it isn't there. DocumentTropGros above 10 MB."""
    if len(contenu) > TAILLE_MAXIMALE:
        raise DocumentTropGros(len(contenu))
    empreinte = hashlib.sha256(contenu).hexdigest()
    document = Document(
        entreprise=entreprise, sha256=empreinte, type_mime=type_mime, taille=len(contenu), nom=nom[:150]
    )
    if not default_storage.exists(document.chemin):
        default_storage.save(document.chemin, ContentFile(contenu))
    return Document.objects.get_or_create(
        entreprise=entreprise,
        sha256=empreinte,
        defaults={"type_mime": type_mime, "taille": len(contenu), "nom": nom[:150]},
    )[0]


def lire(document: Document) -> bytes:
    """Its bytes. FileNotFoundError when the storage lost them."""
    with default_storage.open(document.chemin) as fichier:
        return bytes(fichier.read())
