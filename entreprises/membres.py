"""Who belongs to the company, and as what: roles, closed and reopened memberships.

A company keeps at least one owner who can act. Every change takes the company's row first, so that two owners who
leave at the same moment can't both succeed.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from entreprises.models import Adhesion, Entreprise, Invitation
from entreprises.refus import refus


def verrouiller_entreprise(entreprise_id: int) -> Entreprise:
    """The company's row, held to the end of the transaction. Rows that only refer to it may still be written."""
    return Entreprise.objects.select_for_update(no_key=True).get(pk=entreprise_id)


@transaction.atomic
def changer_role(
    adhesion: Adhesion, version: int, role: str, approuve_mises_en_demeure: bool, instant: datetime
) -> None:
    """Another role, or the delegation of formal demands, which only a bookkeeper can hold.

    ValidationError at `role` when it would leave the company without an owner; Perimee when another change came first.
    """
    verrouiller_entreprise(adhesion.entreprise_id)
    actuelle = Adhesion.objects.get(pk=adhesion.pk)
    if role != Adhesion.Role.GERANT:
        _garder_un_gerant(actuelle, "role")
    adhesion.enregistrer_si_a_jour(
        version, role=role, approuve_mises_en_demeure=delegation(role, approuve_mises_en_demeure)
    )
    _retirer_ses_invitations(adhesion, instant)


def delegation(role: str, demandee: bool) -> bool:
    """Whether the delegation means something for this role."""
    return demandee and role == Adhesion.Role.COMPTABLE


@transaction.atomic
def fermer(adhesion: Adhesion, instant: datetime) -> bool:
    """Shut the company's door to this member, at once; what they did stays. True when it was open.

    ValidationError when they are its last owner.
    """
    verrouiller_entreprise(adhesion.entreprise_id)
    adhesion.refresh_from_db()
    if not adhesion.est_active:
        return False
    _garder_un_gerant(adhesion, "membre")
    adhesion.enregistrer_si_a_jour(adhesion.version, est_active=False)
    # A link sent before must not open the door again.
    Invitation.objects.de(adhesion.entreprise).en_attente().filter(courriel__iexact=adhesion.utilisateur.email).update(
        retiree_le=instant
    )
    _retirer_ses_invitations(adhesion, instant)
    return True


@transaction.atomic
def rouvrir(adhesion: Adhesion) -> bool:
    """Let this member in again, with the role they had. True when the door was shut."""
    verrouiller_entreprise(adhesion.entreprise_id)
    adhesion.refresh_from_db()
    if adhesion.est_active:
        return False
    adhesion.enregistrer_si_a_jour(adhesion.version, est_active=True)
    return True


def est_dernier_gerant(adhesion: Adhesion) -> bool:
    """Whether the company would have nobody left to run it."""
    if not (adhesion.est_gerant and adhesion.est_active):
        return False
    return not Adhesion.objects.de(adhesion.entreprise).gerants().exclude(pk=adhesion.pk).exists()


def _garder_un_gerant(adhesion: Adhesion, champ: str) -> None:
    if est_dernier_gerant(adhesion):
        phrase = _("%(membre)s est le seul gérant : nommez-en un autre d’abord.")
        raise refus(champ, phrase, "dernier_gerant", membre=str(adhesion.utilisateur))


def _retirer_ses_invitations(adhesion: Adhesion, instant: datetime) -> None:
    """Whoever can no longer invite has no invitation pending in their name."""
    if not (adhesion.est_gerant and adhesion.est_active):
        siennes = Invitation.objects.de(adhesion.entreprise).en_attente().filter(par=adhesion.utilisateur_id)
        siennes.update(retiree_le=instant)
