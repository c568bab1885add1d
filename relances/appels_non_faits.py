"""Calls that nobody made: after three working days they are closed « non fait », and count as acted (R2).

So does a call that nobody can make: without a phone number the ladder goes on with what can be written.
"""

from datetime import date, datetime

from django.db.models import Q

from clients.models import Client
from entreprises.models import Entreprise
from journal.models import Genre
from relances import statuts
from relances.models import Canal, Relance
from relances.passe import appel_a_clore, appel_depuis
from relances.regime import Regime, lire_regime
from relances.un_par_un import un_par_un

NON_FAIT = "non fait"
SANS_NUMERO = "contact_manquant"
S = Relance.Statut


def clore_appels_non_faits(entreprise: Entreprise, au: date, *, instant: datetime, regime: Regime | None = None) -> int:
    """Close them and tell the journal. Their rung stays acted, nobody was reached. How many were closed."""
    regime = regime or lire_regime(entreprise)
    appels = Relance.objects.de(entreprise).filter(canal=Canal.APPEL, date_decision__lt=au)
    en_attente = appels.filter(Q(statut=S.A_ENVOYER) | Q(statut=S.A_VALIDER, motif_attente=SANS_NUMERO))

    def clore(relance: Relance, client: Client) -> bool:
        if not _est_a_clore(relance, regime, au):
            return False
        relance.statut, relance.erreur, relance.closes_non_fait_le = S.ECHEC, NON_FAIT, au
        relance.terminee_le = instant
        statuts.journaliser(relance, client, Genre.APPEL, instant, resultat="non_fait")
        statuts.reexaminer(relance, au)
        relance.save()
        return True

    return un_par_un(en_attente, clore)


def _est_a_clore(relance: Relance, regime: Regime, au: date) -> bool:
    depuis = appel_depuis(regime, relance.date_decision, relance.approuvee_le, relance.prochaine_tentative_le)
    attend = relance.statut == S.A_ENVOYER or (relance.statut == S.A_VALIDER and relance.motif_attente == SANS_NUMERO)
    return attend and appel_a_clore(regime, depuis, au)
