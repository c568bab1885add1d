"""Calls: what came of one, written down with what it commits us to."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from encaissements.repartition import est_montant_positif
from entreprises.models import Entreprise
from factures.models import Facture
from journal.models import Genre
from relances import statuts
from relances.approbation import Refus, verrouillee
from relances.models import Relance
from suivi.litiges import ouvrir_litige
from suivi.models import Appel, Litige
from suivi.promesses import noter_promesse
from suivi.taches_automatiques import rappel_a_passer

S = Relance.Statut


@dataclass(frozen=True)
class CompteRendu:
    """What a person says of a call. The promise's amount and date are needed when the result is a promise."""

    resultat: str
    interlocuteur: str = ""
    notes: str = ""
    promesse_montant: Decimal | None = None
    promesse_date: date | None = None
    rappel_le: date | None = None  # for « à rappeler »; the next working day without it


def verifier(compte_rendu: CompteRendu, au: date) -> None:
    """Refus, naming the field, when something is missing or absurd."""
    if compte_rendu.resultat not in Appel.Resultat.values:
        raise Refus("resultat_manquant", champ="resultat")
    rappel = compte_rendu.rappel_le
    if compte_rendu.resultat == Appel.Resultat.A_RAPPELER and rappel is not None and rappel < au:
        raise Refus("rappel_passe", champ="rappel_le")
    if compte_rendu.resultat != Appel.Resultat.PROMESSE:
        return
    if compte_rendu.promesse_montant is None or not est_montant_positif(compte_rendu.promesse_montant):
        raise Refus("montant_manquant", champ="promesse_montant")
    if compte_rendu.promesse_date is None or compte_rendu.promesse_date < au:
        raise Refus("date_passee", champ="promesse_date")


def conclure_appel(
    relance: Relance, version: int, compte_rendu: CompteRendu, *, au: date, instant: datetime, auteur: Any
) -> Relance:
    """The call was made: its rung is acted. A promise is noted for the client's debts, a dispute opened on each invoice
    of the act that was not in dispute yet, a call to make again becomes a task. The interval between contacts starts
    only if someone answered (R2)."""
    verifier(compte_rendu, au)
    with verrouillee(relance, version, (S.A_VALIDER, S.A_ENVOYER)) as (actuelle, client):
        if actuelle.canal != "appel":
            raise Refus("pas_un_appel")
        actuelle.appel = Appel.objects.create(
            entreprise=actuelle.entreprise,
            client=client,
            passe_le=instant,
            par=auteur,
            interlocuteur=compte_rendu.interlocuteur,
            resultat=compte_rendu.resultat,
            notes=compte_rendu.notes,
        )
        actuelle.statut, actuelle.envoyee_le, actuelle.terminee_le = S.ENVOYEE, instant, instant
        statuts.reexaminer(actuelle, au)
        statuts.journaliser(
            actuelle,
            client,
            Genre.APPEL,
            instant,
            auteur,
            resultat=compte_rendu.resultat,
            interlocuteur=compte_rendu.interlocuteur,
            notes=compte_rendu.notes,
        )
        actuelle.save()
        _donner_suite(actuelle, compte_rendu, au, auteur)
        return actuelle


def _donner_suite(relance: Relance, compte_rendu: CompteRendu, au: date, auteur: Any) -> None:
    montant, le = compte_rendu.promesse_montant, compte_rendu.promesse_date
    if compte_rendu.resultat == Appel.Resultat.PROMESSE and montant and le:
        noter_promesse(
            relance.client,
            montant=montant,
            date_promise=le,
            devise=relance.devise,
            faite_le=au,
            par=compte_rendu.interlocuteur,
            auteur=auteur,
        )
    elif compte_rendu.resultat == Appel.Resultat.LITIGE:
        for facture in _contestables(relance):
            ouvrir_litige(facture, ouvert_le=au, motif=compte_rendu.notes[:300], auteur=auteur)
    elif compte_rendu.resultat == Appel.Resultat.A_RAPPELER:
        rappel = compte_rendu.rappel_le or prochain_rappel(relance.entreprise, au)
        rappel_a_passer(relance.client, rappel, aujourd_hui=au, interlocuteur=compte_rendu.interlocuteur, auteur=auteur)


def prochain_rappel(entreprise: Entreprise, au: date) -> date:
    """The next working day: when one calls again unless told otherwise."""
    return entreprise.calendrier().ajouter_ouvres(au, 1)


def _contestables(relance: Relance) -> list[Facture]:
    """The invoices that the call was about, without those cancelled or in dispute since the act was prepared."""
    lignes = relance.lignes.filter(etape__isnull=False, echeance__facture__annulee_le=None)
    factures = {ligne.echeance.facture for ligne in lignes.select_related("echeance__facture")}
    contestees = set(Litige.objects.filter(facture__in=factures, clos_le=None).values_list("facture_id", flat=True))
    return sorted((facture for facture in factures if facture.pk not in contestees), key=lambda facture: facture.pk)
