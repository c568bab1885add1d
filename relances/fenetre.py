"""What the window of an envelope does not show of a client's address: cut, or left out for want of room.

Six lines of 38 characters: see `relances.destinataires`. The places on the sheet are in `templates/lettres/lettre.css`.
"""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from clients.models import Client
from entreprises.models import Entreprise
from relances.blocs import nettoyer
from relances.destinataires import en_capitales, enveloppe
from relances.plume import Plume


def hors_fenetre(client: Client, entreprise: Entreprise) -> list[str]:
    """The parts of the address that the window does not show whole, each in words. Empty when all of it shows."""
    montre = en_capitales(" ".join(enveloppe(client, entreprise, Plume(client.langue, entreprise.pays))))
    return [nom for nom, texte in _parties(client) if not _est_montree(texte, montre)]


def _parties(client: Client) -> Iterator[tuple[str, str]]:
    yield _("le nom"), client.nom
    yield _("l’adresse"), client.siege_ligne1
    yield _("le complément d’adresse"), client.siege_ligne2
    yield _("la ville"), client.siege_ville


def _est_montree(texte: str, montre: str) -> bool:
    # A word longer than a line is cut in two: what is compared has no spaces.
    return en_capitales(nettoyer(texte)).replace(" ", "") in montre.replace(" ", "")
