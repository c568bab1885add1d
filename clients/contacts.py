"""Contacts leave and come back; what was sent to them stays. They are never deleted."""

from datetime import datetime

from django.utils import timezone

from clients.models import Contact


def archiver_contact(contact: Contact, instant: datetime) -> bool:
    """Nothing is sent to it any more. False when it had left already: a second click changes nothing."""
    actif = Contact.objects.filter(pk=contact.pk, archive_le=None)
    return bool(actif.update(archive_le=instant, modifie_le=timezone.now()))


def retablir_contact(contact: Contact) -> bool:
    """It receives again what it received. False when it was never away."""
    archive = Contact.objects.filter(pk=contact.pk, archive_le__isnull=False)
    return bool(archive.update(archive_le=None, modifie_le=timezone.now()))
