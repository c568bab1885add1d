"""Look again at an open act: is what it says still true? (R4 at sending, R7)

Done at every step before the point of no return, and whenever the client's journal moved since the last look, so that
nobody is asked to approve an act about an invoice that was paid this morning.
"""

from datetime import date, datetime

from django.db.models import F

from clients.models import Client
from entreprises.models import Entreprise
from noyau.montants import ZERO
from relances import statuts
from relances.decision import Verification, verifier
from relances.models import Relance
from relances.regime import Regime, lire_regime
from relances.un_par_un import un_par_un

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

    Nothing due: it is cancelled, but for a printed letter whose rung was retired meanwhile. Changed: an approved formal
    demand, or a letter on paper, goes back to approval with the difference shown (R7); any other act takes the present
    lines and amounts, and its frozen words are forgotten.
    Its version rises then, so that nobody approves amounts other than those that they read.
    """
    verification = verifier(relance, au, regime=regime)
    if not verification.dues and relance.imprimee_le and verification.motif.code == "echelon_retire":
        # On paper, it may be in the bag for the post: a change of ladder does not call it back.
        relance.journal_rang_vu = client.journal_rang
        relance.save(update_fields=["journal_rang_vu", "modifie_le"])
        return True
    if not verification.dues:
        statuts.annuler(relance, client, verification.motif, au=au, instant=instant)
        return False
    relance.journal_rang_vu = client.journal_rang
    if verification.est_conforme:
        if _est_d_un_autre_jour(relance, au):
            statuts.defiger(relance)
        relance.save()
        return True
    ajuster_lignes(relance, verification)
    if relance.statut != S.A_VALIDER and (relance.est_formelle or relance.imprimee_le):
        relance.ecart = verification.ecart
        statuts.mettre_a_valider(relance, client, "ecart", instant, ecart=verification.ecart)
        return False
    statuts.defiger(relance)
    relance.version += 1
    relance.save()
    return True


def _est_d_un_autre_jour(relance: Relance, au: date) -> bool:
    """An email that nobody approved word for word, frozen on another day and still here: its deadline has aged."""
    return (
        relance.statut == S.A_ENVOYER
        and relance.canal == "courriel"
        and not relance.est_formelle
        and relance.date_lettre not in {None, au}
    )


def reviser_ouvertes(entreprise: Entreprise, au: date, instant: datetime, *, toutes: bool = False) -> int:
    """Review the open acts whose client's journal moved since they were last looked at. Their number.

    `toutes`: every open act, once a night, since time alone makes one out of date: a message before the due date lapses
    on that day (R2), and must not hold back the rungs after it.
    """
    ouvertes = Relance.objects.de(entreprise).filter(statut__in=[S.A_VALIDER, S.A_ENVOYER])
    if not toutes:
        ouvertes = ouvertes.exclude(journal_rang_vu=F("client__journal_rang"))
    regime: Regime | None = None

    def reviser_une(relance: Relance, client: Client) -> bool:
        nonlocal regime
        if relance.statut not in {S.A_VALIDER, S.A_ENVOYER}:
            return False
        regime = regime or lire_regime(entreprise)
        reviser(relance, client, au, instant, regime)
        return True

    return un_par_un(ouvertes, reviser_une)
