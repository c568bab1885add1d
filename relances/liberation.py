"""What an act waited for has come: payments declared up to date or the doubt overridden (R17), an address found."""

from datetime import date, datetime
from itertools import islice
from typing import Any

from clients.models import Client
from entreprises.models import Entreprise
from journal.models import Genre
from relances import fraicheur, statuts
from relances.joignables import canaux_joignables, voie
from relances.models import Reglages, Relance, RelanceQuerySet
from relances.preparation import motif_a_la_preparation
from relances.un_par_un import un_par_un

PERIMES = "reglements_perimes"
SANS_CONTACT = "contact_manquant"
S = Relance.Statut


def declarer_a_jour(entreprise: Entreprise, au: date, auteur: Any, instant: datetime) -> int:
    """A person says that every payment received up to `au` is recorded. How many acts no longer wait for that."""
    _regler(entreprise, reglements_a_jour_au=au)
    return _liberer_perimees(entreprise, au, auteur, instant, {"reglements_a_jour_au": au.isoformat()})


def outrepasser(entreprise: Entreprise, au: date, auteur: Any, instant: datetime) -> int:
    """Let the acts of `au` go although payments are not known to be up to date. For this day only."""
    _regler(entreprise, fraicheur_outrepassee_le=au)
    return _liberer_perimees(entreprise, au, auteur, instant, {"outrepasse_le": au.isoformat()})


def liberer_joignables(entreprise: Entreprise, au: date, instant: datetime) -> int:
    """Let go the acts that waited for an address which is now there. How many no longer wait for that."""
    reglages = _reglages(entreprise)
    perimes = fraicheur.etat(entreprise, au, reglages).retient

    def liberer_une(relance: Relance, client: Client) -> bool:
        if not _attend(relance, SANS_CONTACT):
            return False
        motif = _liberer(relance, client, reglages, au, instant, perimes=perimes)
        if motif != SANS_CONTACT:
            statuts.journaliser(relance, client, Genre.RELANCE_PREPAREE, instant, attente=motif)
            relance.save()
        return motif != SANS_CONTACT

    en_attente = Relance.objects.de(entreprise).filter(statut=S.A_VALIDER, motif_attente=SANS_CONTACT)
    return un_par_un(en_attente.filter(pk__in=_joignables(en_attente)), liberer_une)


def _liberer_perimees(entreprise: Entreprise, au: date, auteur: Any, instant: datetime, faits: dict[str, str]) -> int:
    reglages = _reglages(entreprise)
    if fraicheur.etat(entreprise, entreprise.date_locale(instant), reglages).retient:
        return 0  # the day that was ticked is itself too old: nothing is released

    def liberer_une(relance: Relance, client: Client) -> bool:
        if not _attend(relance, PERIMES):
            return False
        motif = _liberer(relance, client, reglages, au, instant, perimes=False)
        statuts.journaliser(relance, client, Genre.REGLEMENTS_A_JOUR, instant, auteur, attente=motif, **faits)
        relance.save()
        return True

    return un_par_un(Relance.objects.de(entreprise).filter(statut=S.A_VALIDER, motif_attente=PERIMES), liberer_une)


def _reglages(entreprise: Entreprise) -> Reglages:
    return Reglages.objects.filter(entreprise=entreprise).first() or Reglages(entreprise=entreprise)


def _regler(entreprise: Entreprise, **jour: date) -> None:
    """Without touching `modifie_le`, which tells the night that its rules changed."""
    if not Reglages.objects.filter(entreprise=entreprise).update(**jour):
        Reglages.objects.create(entreprise=entreprise, **jour)


def _attend(relance: Relance, motif: str) -> bool:
    return relance.statut == S.A_VALIDER and relance.motif_attente == motif


def _joignables(en_attente: RelanceQuerySet) -> list[int]:
    """Those whose client has an address for their channel: one query more for every 500 acts, none when none waits."""
    trouvees: list[int] = []
    actes = en_attente.select_related("client").order_by("pk").iterator(chunk_size=500)
    while lot := list(islice(actes, 500)):
        canaux = canaux_joignables([acte.client for acte in lot])
        trouvees += [acte.pk for acte in lot if voie(acte) in canaux[acte.client_id]]
    return trouvees


def _liberer(
    relance: Relance, client: Client, reglages: Reglages, au: date, instant: datetime, *, perimes: bool
) -> str:
    """In the queue, or waiting on for the next reason, which is returned."""
    joignable = voie(relance) in canaux_joignables([client])[client.pk]
    motif = motif_a_la_preparation(relance, reglages, au, perimes=perimes, joignable=joignable)
    relance.motif_attente = motif
    relance.statut = S.A_VALIDER if motif else S.A_ENVOYER
    relance.prochaine_tentative_le = instant if relance.canal == "appel" else None  # three days from now
    return motif
