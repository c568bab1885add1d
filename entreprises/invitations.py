"""Ask someone to join the company, by email.

The link is signed, names one row and one address, and works seven days. It is accepted once, by the account of that
address: an account made without the link proves nothing about who reads the mail. It gives what the row says, never
more, and the row can only be written by an owner.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from entreprises.comptes import compte_de, langue_courante
from entreprises.membres import delegation, verrouiller_entreprise
from entreprises.models import Adhesion, Entreprise, Invitation, Utilisateur
from entreprises.refus import refus

SEL = "entreprises.invitation"
VALIDITE = timedelta(days=7)


class Etat(StrEnum):
    """Where an invitation stands."""

    EN_ATTENTE = "en_attente"
    EXPIREE = "expiree"
    RETIREE = "retiree"
    ACCEPTEE = "acceptee"
    FERMEE = "fermee"  # the company itself was closed


def etat(invitation: Invitation, instant: datetime) -> Etat:
    """What can still be done with it."""
    if invitation.acceptee_le:
        return Etat.ACCEPTEE
    if invitation.retiree_le:
        return Etat.RETIREE
    if invitation.entreprise.cloturee_le:
        return Etat.FERMEE
    return Etat.EXPIREE if invitation.est_expiree(instant) else Etat.EN_ATTENTE


def signer(invitation: Invitation) -> str:
    """The token of its page."""
    return signing.dumps({"invitation": invitation.pk, "courriel": invitation.courriel}, salt=SEL)


def invitation_signee(jeton: str) -> Invitation:
    """The invitation of this token. `signing.BadSignature` when it is forged, names no row, or is too old (its
    subclass `SignatureExpired`)."""
    contenu = signing.loads(jeton, salt=SEL, max_age=VALIDITE)
    invitations = Invitation.objects.select_related("entreprise", "par", "acceptee_par")
    trouvee = invitations.filter(pk=contenu["invitation"], courriel=contenu["courriel"]).first()
    if trouvee is None:
        raise signing.BadSignature("no such invitation")
    return trouvee


def lien(invitation: Invitation) -> str:
    """The whole address of its page."""
    return settings.ADRESSE_PUBLIQUE.rstrip("/") + reverse("invitation", kwargs={"jeton": signer(invitation)})


@transaction.atomic
def inviter_par_courriel(
    entreprise: Entreprise,
    courriel: str,
    role: str,
    par: Utilisateur,
    instant: datetime,
    *,
    approuve_mises_en_demeure: bool = False,
) -> tuple[Invitation, bool]:
    """The invitation, to be sent once committed, and whether it is new: the same one asked twice is made once.

    ValidationError at the field for a wrong address, a member, or someone already invited otherwise. PermissionDenied
    when `par` is no owner.
    """
    verrouiller_entreprise(entreprise.pk)
    _exiger_gerant(entreprise, par)
    courriel = _adresse_libre(entreprise, courriel)
    if role not in Adhesion.Role:
        raise refus("role", _("Le rôle « %(role)s » n’existe pas."), role=role)
    delegue = delegation(role, approuve_mises_en_demeure)
    en_attente = Invitation.objects.de(entreprise).en_attente().filter(courriel__iexact=courriel).first()
    if en_attente is not None and not en_attente.est_expiree(instant):
        if (en_attente.role, en_attente.approuve_mises_en_demeure) == (role, delegue):
            return en_attente, False
        phrase = _("Une invitation attend déjà cette personne, avec un autre rôle : retirez-la d’abord.")
        raise refus("courriel", phrase, "deja_invitee")
    if en_attente is not None:
        Invitation.objects.filter(pk=en_attente.pk).update(retiree_le=instant)
    nouvelle = Invitation.objects.create(
        entreprise=entreprise,
        courriel=courriel,
        role=role,
        approuve_mises_en_demeure=delegue,
        par=par,
        expire_le=instant + VALIDITE,
    )
    return nouvelle, True


@transaction.atomic
def prolonger(invitation: Invitation, par: Utilisateur, instant: datetime) -> bool:
    """Seven more days, in the name of whoever sends it again. False when there is nothing left to send."""
    entreprise = verrouiller_entreprise(invitation.entreprise_id)
    _exiger_gerant(entreprise, par)
    en_attente = Invitation.objects.en_attente().filter(pk=invitation.pk)
    prolongee = en_attente.update(expire_le=instant + VALIDITE, par=par, modifie_le=instant)
    invitation.refresh_from_db()
    return bool(prolongee)


@transaction.atomic
def retirer(invitation: Invitation, instant: datetime) -> bool:
    """Its link opens nothing any more. False when it was already accepted or withdrawn."""
    verrouiller_entreprise(invitation.entreprise_id)
    en_attente = Invitation.objects.en_attente().filter(pk=invitation.pk)
    return bool(en_attente.update(retiree_le=instant, modifie_le=instant))


@transaction.atomic
def accepter(invitation: Invitation, utilisateur: Utilisateur, instant: datetime) -> Adhesion | None:
    """The membership that the invitation gives, once. None when it can't be accepted any more.

    Someone who became a member meanwhile keeps the role they have. PermissionDenied for another address.
    """
    if utilisateur.email.casefold() != invitation.courriel.casefold():
        raise PermissionDenied
    entreprise = verrouiller_entreprise(invitation.entreprise_id)
    actuelle = Invitation.objects.get(pk=invitation.pk)
    actuelle.entreprise = entreprise
    adhesion = Adhesion.objects.de(entreprise).filter(utilisateur=utilisateur).first()
    if etat(actuelle, instant) is Etat.ACCEPTEE and actuelle.acceptee_par_id == utilisateur.pk:
        return adhesion if adhesion is not None and adhesion.est_active else None
    if etat(actuelle, instant) is not Etat.EN_ATTENTE:
        return None
    if adhesion is None or not adhesion.est_active:
        adhesion = adhesion or Adhesion(entreprise=entreprise, utilisateur=utilisateur)
        adhesion.role, adhesion.est_active = actuelle.role, True
        adhesion.approuve_mises_en_demeure = actuelle.approuve_mises_en_demeure
        adhesion.version += 1
        adhesion.save()
    Invitation.objects.filter(pk=actuelle.pk).update(acceptee_le=instant, acceptee_par=utilisateur, modifie_le=instant)
    return adhesion


@transaction.atomic
def entrer(invitation: Invitation, mot_de_passe: str, prenom: str, nom: str, instant: datetime) -> Utilisateur | None:
    """Make the account of the address invited, and let it in. None, and no account, when it came too late."""
    verrouiller_entreprise(invitation.entreprise_id)
    if compte_de(invitation.courriel) is not None:
        return None
    noms = {"first_name": _une_ligne(prenom), "last_name": _une_ligne(nom), "langue": langue_courante()}
    try:
        with transaction.atomic():
            utilisateur = Utilisateur.objects.create_user(invitation.courriel, mot_de_passe, **noms)
    except IntegrityError:  # made at the same instant, by another company's invitation
        return None
    if accepter(invitation, utilisateur, instant) is None:
        transaction.set_rollback(True)
        return None
    return utilisateur


def envoyer(invitation: Invitation) -> None:
    """By the app's own mail server, in the language of the account if there is one. OSError when it did not leave."""
    compte = compte_de(invitation.courriel)
    par = invitation.par
    with override(compte.langue if compte else "fr"):
        entreprise = _une_ligne(invitation.entreprise.nom)
        contexte = {
            "invitation": invitation,
            "entreprise": entreprise,
            "par": _une_ligne(str(par)) if par else "",
            "lien": lien(invitation),
            "jours": VALIDITE.days,
        }
        corps = render_to_string("entreprises/invitation.txt", contexte)
        sujet = _("%(entreprise)s vous invite dans Recouvrement") % {"entreprise": entreprise}
    EmailMessage(sujet, corps, to=[invitation.courriel], reply_to=[par.email] if par else None).send()


def _une_ligne(texte: str) -> str:
    """Written by users: no line break may reach a header, nor a line of its own in the message."""
    return " ".join(texte.split())


def _exiger_gerant(entreprise: Entreprise, utilisateur: Utilisateur) -> None:
    if not Adhesion.objects.de(entreprise).gerants().filter(utilisateur=utilisateur).exists():
        raise PermissionDenied


def _adresse_libre(entreprise: Entreprise, courriel: str) -> str:
    """The address as it is kept. ValidationError when it is none, or a member's."""
    courriel = courriel.strip().lower()
    try:
        validate_email(courriel)
    except ValidationError as erreur:
        raise refus("courriel", _("« %(courriel)s » n’est pas une adresse valable."), courriel=courriel) from erreur
    adhesion = Adhesion.objects.de(entreprise).filter(utilisateur__email__iexact=courriel).first()
    if adhesion is not None and adhesion.est_active:
        raise refus("courriel", _("%(courriel)s est déjà membre de l’entreprise."), "deja_membre", courriel=courriel)
    return courriel
