"""What the ladder's commands read on their line. A refusal is one sentence, and the exit code 2."""

from datetime import date

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from entreprises.models import Entreprise


def refus(phrase: str, **parametres: object) -> CommandError:
    return CommandError(phrase % parametres if parametres else phrase, returncode=2)


def lire_date(texte: str, option: str) -> date:
    """A date as YYYY-MM-DD."""
    try:
        jour = date.fromisoformat(texte)
    except ValueError:
        jour = None
    if jour is None or jour.isoformat() != texte:
        phrase = _("%(option)s : « %(texte)s » n’est pas une date de la forme AAAA-MM-JJ.")
        raise refus(phrase, option=option, texte=texte)
    return jour


def lire_entreprise(slug: str) -> Entreprise:
    entreprise = Entreprise.objects.filter(slug=slug).first()
    if entreprise is None:
        raise refus(_("Aucune entreprise n’a l’adresse courte « %(slug)s »."), slug=slug)
    if entreprise.cloturee_le is not None:
        raise refus(_("L’entreprise « %(slug)s » est clôturée."), slug=slug)
    return entreprise
