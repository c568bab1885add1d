"""Legal numbers of companies, checked with python-stdnum, and what is wrong with them in plain words.

Conventions: a number is kept without spaces or dots; a VAT number keeps its country prefix; an empty one stays empty.
The NEQ has no published check digit: its length and its first two digits tell (Registraire des entreprises: 11 legal
persons, 22 individuals, 33 partnerships, 88 public bodies).
"""

from collections.abc import Callable, Mapping

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from stdnum import exceptions as anomalies
from stdnum.be import vat as numero_be
from stdnum.ch import uid as numero_ide
from stdnum.ch import vat as tva_ch
from stdnum.eu import vat as tva_ue
from stdnum.fr import siren, siret
from stdnum.util import clean, isdigits

_FORMES: dict[str, str | Promise] = {
    "siren": gettext_lazy("9 chiffres"),
    "siret": gettext_lazy("14 chiffres"),
    "tva": gettext_lazy("le code du pays puis le numéro, par exemple FR 44 732829320"),
    "bce": gettext_lazy("10 chiffres, le premier étant 0 ou 1"),
    "ide": gettext_lazy("CHE suivi de 9 chiffres"),
    "neq": gettext_lazy("10 chiffres, commençant par 11, 22, 33 ou 88"),
}
NOMS = {"siren": "SIREN", "siret": "SIRET", "tva": "n° de TVA", "bce": "n° BCE", "ide": "n° IDE", "neq": "NEQ"}
"""The legal numbers, under the names of their columns."""


def verifier_numero(champ: str, valeur: str) -> str:
    """The number as it is kept. ValidationError says what is wrong with it; KeyError for an unknown `champ`."""
    if not valeur.strip():
        return ""
    try:
        return _VERIFICATIONS[champ](valeur)
    except anomalies.InvalidChecksum as anomalie:
        message = _("Ce %(nom)s est faux : sa clé de contrôle ne correspond pas. Vérifiez la saisie.")
        raise _erreur(champ, message, "cle") from anomalie
    except anomalies.ValidationError as anomalie:
        raise _erreur(champ, _("Ce %(nom)s n’est pas valable. Forme attendue : %(forme)s."), "forme") from anomalie


def verifier_numeros(valeurs: Mapping[str, str]) -> dict[str, str]:
    """All the legal numbers of a company, as they are kept; the SIREN is taken from the SIRET when it is missing.

    ValidationError names each field at fault: a wrong number, or two numbers that are not of the same company.
    """
    numeros, erreurs = {}, {}
    for champ in NOMS.keys() & valeurs.keys():
        try:
            numeros[champ] = verifier_numero(champ, valeurs[champ] or "")
        except ValidationError as erreur:
            erreurs[champ] = erreur
    if erreurs:
        raise ValidationError(erreurs)
    if numeros.get("siret") and not numeros.get("siren"):
        numeros["siren"] = numeros["siret"][:9]
    _verifier_accord(numeros)
    return numeros


def _verifier_accord(numeros: Mapping[str, str]) -> None:
    siren_connu, bce_connu = numeros.get("siren"), numeros.get("bce")
    siret_connu, tva_connue = numeros.get("siret", ""), numeros.get("tva", "")
    if siren_connu and siret_connu and siret_connu[:9] != siren_connu:
        raise _desaccord("siret", _("Ce SIRET n’est pas celui du SIREN %(autre)s."), siren_connu)
    # Monaco has French VAT numbers that hold no SIREN: "000" follows the key.
    est_francaise = tva_connue.startswith("FR") and tva_connue[4:7] != "000"
    if siren_connu and est_francaise and tva_connue[4:] != siren_connu:
        raise _desaccord("tva", _("Ce n° de TVA n’est pas celui du SIREN %(autre)s."), siren_connu)
    if bce_connu and tva_connue.startswith("BE") and tva_connue[2:] != bce_connu:
        raise _desaccord("tva", _("Ce n° de TVA n’est pas celui du n° BCE %(autre)s."), bce_connu)


def _desaccord(champ: str, message: str, autre: str) -> ValidationError:
    return ValidationError({champ: ValidationError(message, code="desaccord", params={"autre": autre})})


def _erreur(champ: str, message: str, code: str) -> ValidationError:
    return ValidationError(message, code=code, params={"nom": _(NOMS[champ]), "forme": _FORMES[champ]})


def _neq(valeur: str) -> str:
    numero = clean(valeur, " -.")
    if not isdigits(numero) or len(numero) != 10 or numero[:2] not in {"11", "22", "33", "88"}:
        raise anomalies.InvalidFormat
    return numero


def _tva(valeur: str) -> str:
    numero = clean(valeur, " -.").upper().strip()
    if numero.startswith("CHE"):
        return tva_ch.validate(numero)
    return tva_ue.validate(numero)


_VERIFICATIONS: dict[str, Callable[[str], str]] = {
    "siren": siren.validate,
    "siret": siret.validate,
    "tva": _tva,
    "bce": numero_be.validate,
    "ide": numero_ide.validate,
    "neq": _neq,
}
