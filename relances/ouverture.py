"""Someone opens a company: its ladders and settings come with it, and they are its first owner."""

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from entreprises.champs import sans_accents
from entreprises.creation import creer_entreprise
from entreprises.identites import NOMS
from entreprises.models import Adhesion, Entreprise, Utilisateur
from entreprises.refus import refus
from relances.echelles import installer

ESSAIS = 5
NUMEROS = [*NOMS, "rcs"]


def ouvrir_entreprise(utilisateur: Utilisateur, identite: dict[str, str]) -> tuple[Entreprise, bool]:
    """The company of these columns, `utilisateur` its owner, and whether it is new.

    Asked twice (a double click, the back button) it is made once: the same name, country and numbers under the same
    owner are the same company. ValidationError names the field that can't be taken.
    """
    for _essai in range(ESSAIS):
        try:
            with transaction.atomic():
                return _ouvrir(utilisateur, identite)
        except IntegrityError:  # someone else took the short address at the same instant
            continue
    raise refus("nom", _("Ce nom est très demandé en ce moment. Essayez de nouveau."))


def _ouvrir(utilisateur: Utilisateur, identite: dict[str, str]) -> tuple[Entreprise, bool]:
    Utilisateur.objects.select_for_update(no_key=True).get(pk=utilisateur.pk)
    deja = _la_meme(utilisateur, identite)
    if deja is not None:
        return deja, False
    autres = {champ: valeur for champ, valeur in identite.items() if champ not in {"nom", "pays"}}
    entreprise = creer_entreprise(
        adresse_courte(identite["nom"]), identite["nom"], identite["pays"], courriel=utilisateur.email, **autres
    )
    Adhesion.objects.create(entreprise=entreprise, utilisateur=utilisateur, role=Adhesion.Role.GERANT)
    installer(entreprise)
    return entreprise, True


def _la_meme(utilisateur: Utilisateur, identite: dict[str, str]) -> Entreprise | None:
    siennes = Entreprise.objects.actives().filter(
        adhesions__utilisateur=utilisateur, adhesions__est_active=True, adhesions__role=Adhesion.Role.GERANT
    )
    numeros = {champ: identite[champ] for champ in NUMEROS if identite.get(champ)}
    semblables = siennes.filter(pays=identite["pays"], **numeros).order_by("pk")
    # Names are compared here: the two databases do not fold accented letters alike.
    return next((e for e in semblables if sans_accents(e.nom) == sans_accents(identite["nom"])), None)


def adresse_courte(nom: str) -> str:
    """A short address that nobody has, made of the name."""
    base = slugify(nom)[:50].strip("-_") or "entreprise"
    prises = {slug.lower() for slug in Entreprise.objects.filter(slug__istartswith=base).values_list("slug", flat=True)}
    if base not in prises:
        return base
    return next(f"{base}-{n}" for n in range(2, len(prises) + 3) if f"{base}-{n}" not in prises)
