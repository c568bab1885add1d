"""What a contact receives, in words."""

from django import template

from clients.models import Contact
from clients.reception import en_mots

register = template.Library()


@register.filter
def recoit_en_mots(contact: Contact) -> str:
    """« Reçoit les relances et les appels »."""
    return en_mots(contact)
