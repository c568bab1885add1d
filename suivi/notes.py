"""Notes: what a person wants to remember about a client, or about one of its invoices. They live in the journal."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from clients.models import Client
from entreprises.refus import refus
from factures.historique import noter_sur
from factures.models import Facture
from journal.ecriture import verrouiller
from journal.models import Evenement, Genre

LONGUEUR = 2000


@transaction.atomic
def noter_note(client: Client, texte: str, *, facture: Facture | None = None, auteur: Any = None) -> Evenement:
    """Add a note. The same words sent twice in a row by the same person are one note. ValidationError at "texte" or
    "facture"."""
    verrou = verrouiller(client.pk)
    texte = texte.strip()
    if not texte or len(texte) > LONGUEUR:
        raise refus("texte", _("Écrivez quelque chose, en %(n)d caractères au plus."), n=LONGUEUR)
    if facture is not None and facture.client_id != verrou.pk:
        raise refus("facture", _("Cette facture n’est pas de ce client."), "autre_client")
    factures = [facture] if facture else []
    if derniere := _derniere(verrou, texte, factures, auteur):
        return derniere
    return noter_sur(verrou, Genre.NOTE, {"texte": texte}, factures, auteur=auteur)


def _derniere(client: Client, texte: str, factures: list[Facture], auteur: Any) -> Evenement | None:
    """The client's last line, when it is this very note."""
    derniere = (
        Evenement.objects.filter(client=client, rang=client.journal_rang, genre=Genre.NOTE, auteur=auteur)
        .select_related("contenu")
        .first()
    )
    if derniere is None or derniere.contenu.faits != {"texte": texte}:
        return None
    return derniere if list(derniere.factures.all()) == factures else None
