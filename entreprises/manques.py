"""What a company still lacks before it writes to its clients, told on its page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from entreprises.models import Entreprise, MoyenPaiement

NUMEROS = {
    "FR": ("siren", _("le SIREN")),
    "BE": ("bce", _("le n° BCE")),
    "LU": ("rcs", _("le n° RCS")),
    "CH": ("ide", _("le n° IDE")),
    "CA": ("neq", _("le NEQ")),
}


@dataclass(frozen=True)
class Manque:
    """Something missing, as « l’adresse », and the page where it is given."""

    quoi: Any
    page: str


def lire_manques(
    entreprise: Entreprise, moyens: Sequence[MoyenPaiement], *, sans_serveur: bool = False
) -> list[Manque]:
    """In the order in which to give them; none for a demonstration, which writes to nobody. No query.

    `sans_serveur`: its messages have no server to leave by.
    """
    return [] if entreprise.est_demonstration else list(_manques(entreprise, moyens, sans_serveur))


def _manques(entreprise: Entreprise, moyens: Sequence[MoyenPaiement], sans_serveur: bool) -> Iterator[Manque]:
    if not (entreprise.adresse_ligne1 and entreprise.ville):
        yield Manque(_("l’adresse"), "entreprise:modifier")
    champ, nom = NUMEROS[entreprise.pays]
    if not getattr(entreprise, champ):
        yield Manque(nom, "entreprise:modifier")
    if not entreprise.courriel:
        yield Manque(_("le courriel"), "entreprise:modifier")
    if not entreprise.signataire_nom:
        yield Manque(_("le signataire"), "entreprise:modifier")
    if not moyens:
        yield Manque(_("un moyen de paiement"), "entreprise:moyen_nouveau")
    elif entreprise.pays != "CA" and not any(moyen.iban for moyen in moyens):
        yield Manque(_("un IBAN"), "entreprise:moyen_nouveau")
    if sans_serveur:
        yield Manque(_("un serveur de courriel"), "relances:courriel")
