"""A company comes in: its settings follow its country, its first user gets a one-time link."""

from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email, validate_slug
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from entreprises.identites import NOMS, verifier_numeros
from entreprises.models import DEVISES, FUSEAUX, Adhesion, Entreprise, Pays, Utilisateur
from entreprises.refus import refus

REGIONS = {"CA": "QC"}
FUSEAUX_REGIONS = {
    ("FR", "971"): "America/Guadeloupe",
    ("FR", "972"): "America/Martinique",
    ("FR", "973"): "America/Cayenne",
    ("FR", "974"): "Indian/Reunion",
    ("FR", "976"): "Indian/Mayotte",
}
"""Where a region keeps another time than its country."""


@transaction.atomic
def creer_entreprise(slug: str, nom: str, pays: str = "FR", **identite: Any) -> Entreprise:
    """A company in the currency, the time zone and the calendar of its country.

    `identite`: more of its columns, legal numbers included. ValidationError names the field that can't be taken.
    """
    nom, slug = " ".join(nom.split()), slug.strip()  # on one line: it stands in the subject of messages
    _verifier_slug(slug)
    if not nom or len(nom) > 200:
        raise refus("nom", _("Donnez un nom de 200 caractères au plus."))
    if pays not in Pays:
        connus = ", ".join(f"{code} ({libelle})" for code, libelle in Pays.choices)
        raise refus("pays", _("Le pays « %(pays)s » n’est pas pris en charge : %(connus)s."), pays=pays, connus=connus)
    numeros = verifier_numeros({champ: identite[champ] for champ in NOMS.keys() & identite.keys()})
    region = identite.get("region", REGIONS.get(pays, ""))
    fuseau = FUSEAUX_REGIONS.get((pays, region), FUSEAUX[pays])
    du_pays = {"devise": DEVISES[pays], "fuseau": fuseau, "region": region}
    return Entreprise.objects.create(slug=slug, nom=nom, pays=pays, **{**du_pays, **identite, **numeros})


@transaction.atomic
def inviter(entreprise: Entreprise, courriel: str, role: str, **droits: Any) -> Adhesion:
    """Make this person a member; their account is made when they have none, without a password.

    A membership that was closed opens again with the new role. ValidationError for a wrong address or role, and for
    someone who is a member already.
    """
    courriel = courriel.strip().lower()
    try:
        validate_email(courriel)
    except ValidationError as erreur:
        raise refus("courriel", _("« %(courriel)s » n’est pas une adresse valable."), courriel=courriel) from erreur
    if role not in Adhesion.Role:
        raise refus("role", _("Le rôle « %(role)s » n’existe pas."), role=role)
    utilisateur = Utilisateur.objects.filter(email__iexact=courriel).first()
    utilisateur = utilisateur or Utilisateur.objects.create_user(courriel)
    adhesion = Adhesion.objects.filter(entreprise=entreprise, utilisateur=utilisateur).first()
    if adhesion is not None and adhesion.est_active:
        raise refus("courriel", _("%(courriel)s est déjà membre de l’entreprise."), "deja_membre", courriel=courriel)
    if adhesion is None:
        adhesion = Adhesion(entreprise=entreprise, utilisateur=utilisateur)
    for champ, valeur in {"role": role, "est_active": True, "approuve_mises_en_demeure": False, **droits}.items():
        setattr(adhesion, champ, valeur)
    adhesion.save()
    return adhesion


def lien_mot_de_passe(utilisateur: Utilisateur) -> str:
    """The address where this person sets a password, once, within `PASSWORD_RESET_TIMEOUT` seconds."""
    cle = f"{user_pk_to_url_str(utilisateur)}-{default_token_generator.make_token(utilisateur)}"
    # Reversed with placeholders, as allauth does: its pattern takes the two parts as one.
    chemin = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
    return settings.ADRESSE_PUBLIQUE.rstrip("/") + chemin.replace("UID-KEY", cle)


def _verifier_slug(slug: str) -> None:
    try:
        validate_slug(slug)
    except ValidationError as erreur:
        message = _("L’adresse courte « %(slug)s » ne va pas : lettres sans accent, chiffres et tirets seulement.")
        raise refus("slug", message, slug=slug) from erreur
    if len(slug) > 60:
        raise refus("slug", _("L’adresse courte compte 60 caractères au plus."), slug=slug)
    if Entreprise.objects.filter(slug__iexact=slug).exists():
        raise refus("slug", _("Une entreprise a déjà l’adresse courte « %(slug)s »."), "deja_prise", slug=slug)
