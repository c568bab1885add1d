"""The demonstration's way in: one owner, one password, made once and kept in the data folder (0600)."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

from entreprises.models import Adhesion, Entreprise, Utilisateur
from recouvrement.environnement import garder_secret

COURRIEL = "gerante@demonstration.invalid"


@dataclass(frozen=True)
class Acces:
    courriel: str
    mot_de_passe: str | None  # None once the person chose another


def fichier() -> Path:
    return Path(settings.DONNEES) / "mot-de-passe-demonstration"


def ouvrir_acces() -> Acces | None:
    """The way into the demonstration companies, made on the first call; None when there is no such company."""
    entreprises = list(Entreprise.objects.filter(est_demonstration=True).order_by("pk"))
    if not entreprises:
        return None
    premiere_fois = not fichier().exists()
    mot_de_passe = garder_secret(fichier(), secrets.token_urlsafe(12))
    with transaction.atomic():
        utilisateur = gerante(entreprises)
        if premiere_fois or not utilisateur.has_usable_password():
            utilisateur.set_password(mot_de_passe)
            utilisateur.save(update_fields=["password"])
    connu = utilisateur.check_password(mot_de_passe)
    return Acces(utilisateur.email, mot_de_passe if connu else None)


def gerante(entreprises: list[Entreprise]) -> Utilisateur:
    """The demonstration's user, owner of each of these companies."""
    utilisateur = Utilisateur.objects.filter(email=COURRIEL).first()
    if utilisateur is None:
        utilisateur = Utilisateur.objects.create_user(COURRIEL, None, first_name="Claire", last_name="Exemple")
    for entreprise in entreprises:
        Adhesion.objects.get_or_create(
            entreprise=entreprise, utilisateur=utilisateur, defaults={"role": Adhesion.Role.GERANT}
        )
    return utilisateur
