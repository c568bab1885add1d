"""An invoice after its entry: a few facts change, its PDF is joined or replaced. Its number and amounts never do."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from entreprises.models import Document
from entreprises.refus import refus
from factures.examen import a_revoir
from factures.historique import noter_sur
from factures.models import Echeance, Facture
from journal.ecriture import verrouiller
from journal.models import Genre

MODIFIABLES = ("objet", "reference_commande", "mode_reglement")


@transaction.atomic
def modifier_facture(facture: Facture, ecrire: Callable[[], bool], *, aujourd_hui: date, auteur: Any = None) -> bool:
    """Have `ecrire` change these columns of the row. False, with nothing noted, when it did not write.

    What we collected ourselves and no longer do may be asked for: the next night looks again.
    """
    client = verrouiller(facture.client_id)
    avant = Facture.objects.get(pk=facture.pk)
    if avant.annulee_le is not None:
        raise refus("facture", _("Cette facture est annulée : elle ne change plus."), "annulee")
    if not ecrire():
        return False
    apres = Facture.objects.get(pk=facture.pk)
    changements = {
        champ: [getattr(avant, champ), getattr(apres, champ)]
        for champ in MODIFIABLES
        if getattr(avant, champ) != getattr(apres, champ)
    }
    if "mode_reglement" in changements:
        a_revoir(Echeance.objects.filter(facture=apres), aujourd_hui)
    if changements:
        faits = {"facture": apres.numero, "changements": changements}
        noter_sur(client, Genre.FACTURE_MODIFIEE, faits, [apres], auteur=auteur)
    return True


@transaction.atomic
def joindre_pdf(facture: Facture, document: Document, *, auteur: Any = None) -> Facture:
    """Make this document the invoice's PDF. The one before stays among the documents, and in what was sent."""
    client = verrouiller(facture.client_id)
    facture.refresh_from_db()
    ancien = facture.pdf
    if ancien is not None and ancien.pk == document.pk:
        return facture
    facture.pdf = document
    facture.version += 1
    facture.save(update_fields=["pdf", "version", "modifie_le"])
    faits = {"facture": facture.numero, "piece": _nom(document), "empreinte": document.sha256}
    if ancien is not None:
        faits |= {"ancienne_piece": _nom(ancien), "ancienne_empreinte": ancien.sha256}
    noter_sur(client, Genre.FACTURE_MODIFIEE, faits, [facture], auteur=auteur)
    return facture


def _nom(document: Document) -> str:
    return document.nom or document.sha256[:12]
