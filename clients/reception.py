"""What each contact receives, kind by kind, and what nobody of a client receives."""

from collections.abc import Iterable

from django.db import models
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.models import Contact


class Sorte(models.TextChoices):
    """The kinds of rung that a contact may take or leave; each has its column `recoit_…` on the contact."""

    AVANT_ECHEANCE = "avant_echeance", gettext_lazy("les rappels d’avant l’échéance")
    RELANCES = "relances", gettext_lazy("les relances")
    MISES_EN_DEMEURE = "mises_en_demeure", gettext_lazy("les mises en demeure")
    APPELS = "appels", gettext_lazy("les appels")


PERSONNE = {
    Sorte.AVANT_ECHEANCE: gettext_lazy("Personne ne reçoit les rappels d’avant l’échéance."),
    Sorte.RELANCES: gettext_lazy("Personne ne reçoit les relances."),
    Sorte.MISES_EN_DEMEURE: gettext_lazy("Personne ne reçoit les mises en demeure."),
    Sorte.APPELS: gettext_lazy("Personne ne reçoit les appels."),
}
CHAMPS = {sorte: f"recoit_{sorte.value}" for sorte in Sorte}


def recoit(contact: Contact, sorte: Sorte) -> bool:
    return bool(getattr(contact, CHAMPS[sorte]))


def en_mots(contact: Contact) -> str:
    """« Reçoit les relances et les appels »; « Reçoit tout »; « Ne reçoit rien »."""
    siennes = [str(sorte.label) for sorte in Sorte if recoit(contact, sorte)]
    if len(siennes) == len(Sorte):
        return _("Reçoit tout")
    if not siennes:
        return _("Ne reçoit rien")
    return _("Reçoit %(quoi)s") % {"quoi": get_text_list(siennes, _("et"))}


def refusees(contacts: Iterable[Contact]) -> list[Sorte]:
    """The kinds that every contact in use refuses; none for a client without a contact, who refused nothing."""
    actifs = [contact for contact in contacts if contact.archive_le is None]
    return [sorte for sorte in Sorte if actifs and not any(recoit(contact, sorte) for contact in actifs)]
