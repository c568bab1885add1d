"""What a lot of rows decided, written through the rooms that own it. The caller holds the transaction."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from encaissements.avoirs import enregistrer_avoir
from encaissements.lot import NouveauReglement, enregistrer_reglements
from entreprises.models import Entreprise
from factures.creation import enregistrer_factures
from factures.models import Facture
from importations.etat import Lot, Paiement
from importations.identification import Identification
from noyau.montants import ZERO
from suivi.litiges import NouveauLitige, ouvrir_litiges


def ecrire(entreprise: Entreprise, lot: Lot, clients: Identification, *, aujourd_hui: date, auteur: Any) -> None:
    """New clients first, then their invoices, then what happened to them. LotRefuse when another came in between."""
    clients.enregistrer()
    creees = (
        enregistrer_factures(entreprise, lot.nouvelles, connue_le=aujourd_hui, auteur=auteur) if lot.nouvelles else []
    )
    factures = {**lot.connues, **{facture.numero: facture for facture in creees}}
    if lot.paiements:
        reglements = [_reglement(paiement, factures, aujourd_hui) for paiement in lot.paiements]
        enregistrer_reglements(entreprise, reglements, aujourd_hui=aujourd_hui, auteur=auteur)
    if lot.litiges:
        motif = _("signalé dans le fichier importé")
        litiges = [NouveauLitige(facture=factures[numero], ouvert_le=jour, motif=motif) for numero, jour in lot.litiges]
        ouvrir_litiges(entreprise, litiges, auteur=auteur)
    for ligne, client in lot.avoirs:
        enregistrer_avoir(
            client,
            ligne.numero,
            ligne.total or ZERO,
            ligne.date_emission,
            aujourd_hui=aujourd_hui,
            devise=ligne.devise or entreprise.devise,
            motif=ligne.objet,
            auteur=auteur,
        )


def _reglement(paiement: Paiement, factures: dict[str, Facture], aujourd_hui: date) -> NouveauReglement:
    reference = (
        _("Import du %(jour)s") if paiement.est_date_connue else _("Import du %(jour)s, date de réception inconnue")
    )
    return NouveauReglement(
        facture=factures[paiement.numero],
        montant=paiement.montant,
        date_reglement=paiement.jour,
        reference=reference % {"jour": aujourd_hui.strftime("%d/%m/%Y")},
        cle_idempotence=paiement.cle,
    )
