"""Payment terms as the company keeps them, and the words for terms that make no sense."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from entreprises.templatetags.formats import ecrire_date, ecrire_nombre
from noyau.delais import ConditionsErreur

Phrase = Callable[[dict[str, Any]], str]


def ecrire_jour(jour: date) -> str:
    return ecrire_date(jour, "j F Y")


_PHRASES: dict[str, Phrase] = {
    "date_avant_emission": lambda p: (
        _("L’échéance du %(date)s vient avant l’émission, le %(emission)s.")
        % {"date": ecrire_jour(p["date"]), "emission": ecrire_jour(p["emission"])}
    ),
    "date_hors_limites": lambda p: _("L’échéance tombe au-delà du calendrier."),
    "jour_du_mois_ambigu": lambda p: (
        _("Un délai ajouté après la fin du mois ne se combine pas avec « le %(le)s » du mois.") % p
    ),
    "jour_du_mois_invalide": lambda p: _("Le jour du mois va de 1 à 31."),
    "jours_hors_limites": lambda p: _("Le délai va de 0 à %(maximum)s jours.") % p,
    "methode_manquante": lambda p: _("Précisez comment lire « fin de mois » : les jours avant, ou après."),
    "montant_invalide": lambda p: _("Le montant d’une échéance est positif, au centime près."),
    "montants_differents_du_total": lambda p: (
        _("La somme des échéances n’est pas le total : l’écart est de %(ecart)s.")
        % {"ecart": ecrire_nombre(p["ecart"])}
    ),
    "pourcentage_invalide": lambda p: _("Un pourcentage va de 0 à 100."),
    "pourcentages_differents_de_100": lambda p: _("La somme des pourcentages n’est pas 100."),
    "reste_mal_place": lambda p: _("Seule la dernière échéance peut être « le reste »."),
    "total_invalide": lambda p: _("Le total est positif, au centime près."),
    "tranche_ambigue": lambda p: _("Une échéance est un pourcentage ou un montant, pas les deux."),
    "tranches_manquantes": lambda p: _("Il faut au moins une échéance."),
}


def dire(erreur: ConditionsErreur) -> str:
    """What is wrong with the terms, in one sentence."""
    phrase = _PHRASES.get(erreur.code)
    return phrase(erreur.parametres) if phrase else _("Ces conditions de paiement ne se lisent pas.")


def en_refus(erreur: ConditionsErreur, champ: str = "conditions") -> ValidationError:
    """The same at a field."""
    return ValidationError({champ: ValidationError(dire(erreur), code=erreur.code)})
