"""Close a company: nothing is planned, nothing leaves, nothing is entered; reading and the archive remain. For thirty
days it can be opened again; then it is erased."""

import logging
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from clients.models import Client
from entreprises.champs import sans_accents
from entreprises.models import Entreprise
from entreprises.refus import refus
from relances import statuts
from relances.models import Relance
from relances.un_par_un import un_par_un

journal = logging.getLogger(__name__)
S = Relance.Statut
DELAI = timedelta(days=30)


def cloturer(entreprise: Entreprise, nom: str, *, au: date, instant: datetime, auteur: Any) -> bool:
    """Close it, and hold what was about to leave. `nom`: the company's, typed by who asks. False when it was closed
    already. ValidationError when the name is another."""
    if _cle(nom) != _cle(entreprise.nom):
        raise refus(
            "nom", _("Ce n’est pas le nom de l’entreprise : recopiez « %(nom)s »."), "autre", nom=entreprise.nom
        )
    ouverte = Entreprise.objects.actives().filter(pk=entreprise.pk)
    if not ouverte.update(cloturee_le=instant, effacement_prevu_le=au + DELAI):
        return False
    journal.info("company %s closed by user %s", entreprise.pk, getattr(auteur, "pk", None))
    retenir_ce_qui_part(entreprise, instant, auteur)
    return True


def rouvrir(entreprise: Entreprise, *, au: date, instant: datetime, auteur: Any) -> bool:
    """Open it again, as long as its erasure has not begun. What was held waits for an approval. False when it is too
    late, or when it is not closed."""
    cloturee = Entreprise.objects.filter(pk=entreprise.pk, cloturee_le__isnull=False, effacee_le=None)
    rouverte = bool(cloturee.filter(effacement_prevu_le__gt=au).update(cloturee_le=None, effacement_prevu_le=None))
    if rouverte:
        retenir_ce_qui_part(entreprise, instant, auteur)  # what a night under way prepared after the closing
        journal.info("company %s opened again by user %s", entreprise.pk, getattr(auteur, "pk", None))
    return rouverte


def retenir_ce_qui_part(entreprise: Entreprise, instant: datetime, auteur: Any = None) -> int:
    """Hold every act that was about to leave, to be posted or called. Their number. Done again, it does nothing."""

    def retenir_une(relance: Relance, client: Client) -> bool:
        if relance.statut != S.A_ENVOYER and not (relance.statut == S.EN_COURS and relance.remise_le is None):
            return False
        statuts.mettre_a_valider(relance, client, "retenue", instant, auteur)
        return True

    return un_par_un(Relance.objects.de(entreprise).filter(statut__in=[S.A_ENVOYER, S.EN_COURS]), retenir_une)


def _cle(nom: str) -> str:
    return " ".join(sans_accents(nom).replace("’", "'").split())
