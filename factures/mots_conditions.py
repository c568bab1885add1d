"""Payment terms in words, as a credit manager says them: « 30 jours fin de mois, le 10 »."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from entreprises.templatetags.formats import ecrire_date, ecrire_montant, est_anglais
from noyau.conditions import Conditions, Tranche, depuis_dict
from noyau.delais import AReception, ConditionsErreur, DateFixe, Delai, DelaiNet, FinDeMois, Methode


def decrire(regle: Any, devise: str = "EUR") -> str:
    """The terms kept as `regle`; a sentence for those that can't be read."""
    try:
        conditions = depuis_dict(regle)
    except ConditionsErreur:
        return _("Ces conditions de paiement ne se lisent pas.")
    return decrire_conditions(conditions, devise)


def decrire_conditions(conditions: Conditions, devise: str = "EUR") -> str:
    """All the instalments, on one line."""
    if len(conditions.tranches) == 1 and conditions.tranches[0].montant is None:
        return decrire_delai(conditions.tranches[0].delai)
    return ", ".join(_tranche(tranche, devise) for tranche in conditions.tranches)


def _tranche(tranche: Tranche, devise: str) -> str:
    if tranche.pourcentage is not None:
        nombre = f"{tranche.pourcentage.normalize():f}"
        part = _("%(nombre)s %%") % {"nombre": nombre if est_anglais() else nombre.replace(".", ",")}
    elif tranche.montant is not None:
        part = ecrire_montant(tranche.montant, devise)
    else:
        part = _("le reste")
    return _("%(part)s : %(delai)s") % {"part": part, "delai": decrire_delai(tranche.delai)}


def decrire_delai(delai: Delai) -> str:
    """One term, without a capital."""
    if isinstance(delai, DelaiNet):
        if not delai.jours:
            return _("comptant, à la date de la facture")
        return ngettext("%(n)d jour net", "%(n)d jours nets", delai.jours) % {"n": delai.jours}
    if isinstance(delai, AReception):
        if not delai.jours:
            return _("à réception")
        return ngettext("%(n)d jour après réception", "%(n)d jours après réception", delai.jours) % {"n": delai.jours}
    if isinstance(delai, DateFixe):
        return _("le %(jour)s") % {"jour": ecrire_date(delai.jour, "j F Y")}
    return _fin_de_mois(delai)


def _fin_de_mois(delai: FinDeMois) -> str:
    n = {"n": delai.jours, "le": delai.le}
    if not delai.jours:
        return _("fin de mois, le %(le)d du suivant") % n if delai.le else _("fin de mois")
    if delai.methode is Methode.FIN_PUIS_JOURS:
        return ngettext("fin de mois plus %(n)d jour", "fin de mois plus %(n)d jours", delai.jours) % n
    if delai.le:
        return ngettext("%(n)d jour fin de mois, le %(le)d", "%(n)d jours fin de mois, le %(le)d", delai.jours) % n
    return ngettext("%(n)d jour fin de mois", "%(n)d jours fin de mois", delai.jours) % n
