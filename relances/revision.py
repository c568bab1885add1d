"""Look again at an open act: is what it says still true? (R4 at sending, R7)

Done at every step before the point of no return, and whenever the client's journal moved since the last look, so that
nobody is asked to approve an act about an invoice that was paid this morning.
"""

from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from clients.models import Client
from entreprises.models import Entreprise
from journal.ecriture import verrouiller
from noyau.montants import ZERO
from relances import statuts
from relances.decision import Verification, verifier
from relances.models import Relance
from relances.regime import Regime, lire_regime

S = Relance.Statut


def ajuster_lignes(relance: Relance, verification: Verification) -> None:
    """Give the lines today's balances, and take out those for which nothing is to be asked any more."""
    soldes = {**verification.dues, **verification.informations}
    for ligne in list(relance.lignes.all()):
        if ligne.echeance_id not in soldes:
            ligne.delete()
        elif ligne.solde != soldes[ligne.echeance_id]:
            ligne.solde = soldes[ligne.echeance_id]
            ligne.save(update_fields=["solde", "modifie_le"])
    relance.total = sum((verification.dues[pk] for pk in verification.dues), ZERO)


def reviser(relance: Relance, client: Client, au: date, instant: datetime, regime: Regime | None = None) -> bool:
    """Bring an open, unsent act in line with the facts of `au`. True when it may still leave as it stands.

    Nothing due: it is cancelled. Changed: a frozen formal demand goes back to approval with the difference shown (R7);
    any other act takes the present lines and amounts, and its frozen words are forgotten.
    """
    verification = verifier(relance, au, regime=regime)
    if not verification.dues:
        statuts.annuler(relance, client, verification.motif, au=au, instant=instant)
        return False
    relance.journal_rang_vu = client.journal_rang
    if verification.est_conforme:
        relance.save(update_fields=["journal_rang_vu", "modifie_le"])
        return True
    ajuster_lignes(relance, verification)
    if relance.est_formelle and relance.statut != S.A_VALIDER:
        relance.ecart = verification.ecart
        statuts.mettre_a_valider(relance, client, "ecart", instant, ecart=verification.ecart)
        return False
    statuts.defiger(relance)
    relance.save()
    return True


def reviser_ouvertes(entreprise: Entreprise, au: date, instant: datetime, *, toutes: bool = False) -> int:
    """Review the open acts whose client's journal moved since they were last looked at. Their number.

    `toutes`: every open act, once a night, since time alone makes one out of date: a message before the due date lapses
    on that day (R2), and must not hold back the rungs after it.
    """
    ouvertes = Relance.objects.de(entreprise).filter(statut__in=[S.A_VALIDER, S.A_ENVOYER])
    if not toutes:
        ouvertes = ouvertes.exclude(journal_rang_vu=F("client__journal_rang"))
    nombre = 0
    regime: Regime | None = None
    for pk, client_id in list(ouvertes.values_list("pk", "client_id")):
        regime = regime or lire_regime(entreprise)
        with transaction.atomic():
            client = verrouiller(client_id)
            relance = Relance.objects.select_related("etape").get(pk=pk)
            if relance.statut in {S.A_VALIDER, S.A_ENVOYER}:
                reviser(relance, client, au, instant, regime)
                nombre += 1
    return nombre
