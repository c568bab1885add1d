"""The documents of a company and the name under which each one stands in the archive."""

import mimetypes
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from entreprises.models import Document, Entreprise
from factures.models import Facture
from importations.models import Importation
from relances.models import PieceRelance

LOT = 200
DOSSIERS = {"lettre": "lettres", "courriel": "courriels", "preuve": "preuves", "facture": "factures"}
EXTENSIONS = {"message/rfc822": ".eml", "application/pdf": ".pdf", "text/csv": ".csv", "image/jpeg": ".jpg"}


@dataclass(frozen=True)
class Piece:
    """A document, and its path in the archive."""

    document: Document
    chemin: str


def lire_pieces(entreprise: Entreprise) -> Iterator[Piece]:
    """Every document of the company, in chunks; four queries for each of them (R13)."""
    documents = Document.objects.de(entreprise).order_by("pk").iterator(chunk_size=LOT)
    while lot := list(islice(documents, LOT)):
        places = _places(entreprise, lot)
        for document in lot:
            dossier, nom = places.get(document.pk, ("autres", document.nom))
            yield Piece(document, f"documents/{dossier}/{_nom_de_fichier(nom, document)}")


def _places(entreprise: Entreprise, lot: list[Document]) -> dict[int, tuple[str, str]]:
    """By document, its folder and its name: from what speaks of it, the clearest last."""
    places = {}
    for cle, nom in ((entreprise.logo_id, "logo"), (entreprise.conditions_generales_id, "conditions generales")):
        if cle:
            places[cle] = ("entreprise", nom)
    for importation in Importation.objects.filter(entreprise=entreprise, document__in=lot):
        places[importation.document_id] = ("imports", f"{importation.cree_le:%Y-%m-%d} {importation.nom_fichier}")
    pieces = PieceRelance.objects.de(entreprise).filter(document__in=lot).select_related("relance__client")
    for piece in pieces.order_by("-pk"):
        acte = piece.relance
        qui = acte.reference or f"{acte.date_decision:%Y-%m-%d} {acte.client.nom}"
        nom = piece.nom if piece.role == PieceRelance.Role.FACTURE else qui
        places[piece.document_id] = (DOSSIERS.get(piece.role, "autres"), nom)
    for facture in Facture.objects.de(entreprise).filter(pdf__in=lot).order_by("-pk"):
        if facture.pdf_id:
            places[facture.pdf_id] = ("factures", facture.numero)
    return places


def _nom_de_fichier(nom: str, document: Document) -> str:
    """Readable anywhere: plain letters, no path, unique by the document's number."""
    extension = EXTENSIONS.get(document.type_mime) or mimetypes.guess_extension(document.type_mime) or ".bin"
    sans_accent = unicodedata.normalize("NFKD", nom).encode("ascii", "ignore").decode()
    propre = re.sub(r"[^A-Za-z0-9._ -]+", "-", sans_accent).strip(" .-_")
    tronc = propre.removesuffix(extension)[:80].strip(" .-_") or "document"
    return f"{tronc} ({document.pk}){extension}"
