"""Freeze what will leave (R6): addressee, subject, words, lines, amounts, deadline. The caller holds the lock."""

from datetime import date, datetime

from relances.composition import composer
from relances.models import PieceRelance, Relance


def domaine_des_messages(relance: Relance) -> str:
    """The right-hand side of our Message-IDs: the company's own mail domain."""
    courriel = relance.entreprise.courriel
    return courriel.rpartition("@")[2].lower() or "recouvrement.invalid"


def figer(relance: Relance, au: date, instant: datetime) -> None:
    """Write in the act what `composer` says on `au`. CompositionImpossible when something needed is missing.

    The Message-ID comes from the act alone: two attempts at the same act are one message for the debtor's server.
    """
    composition = composer(relance, au)
    relance.texte = composition.texte
    relance.langue = composition.langue
    relance.contact = composition.contact
    relance.destinataire = composition.destinataire
    relance.adresse_postale = list(composition.adresse_postale)
    relance.objet = composition.objet
    relance.corps = composition.corps
    relance.total = composition.total
    relance.delai_le = composition.delai_le
    relance.date_lettre = au
    relance.figee_le = instant
    if relance.canal == "courriel":
        relance.message_id = f"<relance-{relance.pk}.{relance.entreprise_id}@{domaine_des_messages(relance)}>"
    else:
        relance.reference = composition.reference
    relance.save()
    for piece in composition.pieces:
        PieceRelance.objects.get_or_create(
            entreprise=relance.entreprise,
            relance=relance,
            document=piece.document,
            role=PieceRelance.Role.FACTURE,
            defaults={"nom": piece.nom[:150]},
        )
