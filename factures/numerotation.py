"""Invoice and credit note numbers: the next one after the last, and two spellings of one number.

Convention: the counter is the last run of digits and keeps its width (00099, then 00100). A year before it, in four or
two digits, that is the year of the last document changes with the new year, and the counter starts again at 1. A month
right after that year does the same.
"""

import re
from collections.abc import Callable
from datetime import date

from django.db.models import QuerySet

from entreprises.models import Entreprise
from factures.models import Avoir, Facture

DERNIER_NOMBRE = re.compile(r"(\d+)(\D*)$")
PAR_LOT = 50
LONGUEUR = 60


def suivant(numero: str, emis_le: date, aujourd_hui: date) -> str:
    """The number that follows `numero`, given on `emis_le`. Empty when it holds no digit.

    >>> suivant("F-2026-0041", date(2026, 11, 3), date(2026, 11, 24))
    'F-2026-0042'
    """
    trouve = DERNIER_NOMBRE.search(numero)
    if trouve is None:
        return ""
    avant, compteur, apres = numero[: trouve.start()], trouve[1], trouve[2]
    annee = str(emis_le.year)
    if compteur.startswith(annee) and len(compteur) > len(annee) + 1:
        avant, compteur = avant + annee, compteur[len(annee) :]
    a_jour = _periode_a_jour(avant, emis_le, aujourd_hui)
    valeur = 1 if a_jour != avant else int(compteur) + 1
    return f"{a_jour}{valeur:0{len(compteur)}d}{apres}"


def _periode_a_jour(avant: str, emis_le: date, aujourd_hui: date) -> str:
    """What stands before the counter, its year and its month brought to today's when they are those of `emis_le`."""
    if aujourd_hui <= emis_le:
        return avant
    formes: list[Callable[[date], str]] = [lambda jour: f"{jour:%Y}", lambda jour: f"{jour:%y}"]
    for forme in formes:
        motif = rf"(?<!\d){forme(emis_le)}(?:([-/. ]?){emis_le:%m})?(?!\d)"
        if trouve := re.search(motif, avant):
            mois = "" if trouve[1] is None else f"{trouve[1]}{aujourd_hui:%m}"
            return f"{avant[: trouve.start()]}{forme(aujourd_hui)}{mois}{avant[trouve.end() :]}"
    return avant


def numero_propose(entreprise: Entreprise, aujourd_hui: date) -> str:
    """The next free invoice number; empty for a company without any. Two queries, seldom more."""
    return _libre(Facture.objects.de(entreprise), aujourd_hui)


def numero_d_avoir_propose(entreprise: Entreprise, aujourd_hui: date) -> str:
    """The next free credit note number; the first one is « A-2026-0001 »."""
    avoirs = Avoir.objects.de(entreprise)
    return _libre(avoirs, aujourd_hui) or f"A-{aujourd_hui.year}-0001"


def _libre(documents: QuerySet[Facture] | QuerySet[Avoir], aujourd_hui: date) -> str:
    dernier = documents.order_by("-date_emission", "-pk").values_list("numero", "date_emission").first()
    candidat = suivant(*dernier, aujourd_hui) if dernier else ""
    while candidat:
        lot = [candidat]
        while len(lot) < PAR_LOT:
            lot.append(suivant(lot[-1], aujourd_hui, aujourd_hui))
        pris = set(documents.filter(numero__in=lot).values_list("numero", flat=True))
        libres = [numero for numero in lot if numero not in pris]
        if libres:
            return libres[0] if len(libres[0]) <= LONGUEUR else ""
        candidat = suivant(lot[-1], aujourd_hui, aujourd_hui)
    return ""


def forme_reduite(numero: str) -> str:
    """The same text for two spellings of one number: case, spaces, signs and leading zeros aside."""
    groupes = re.findall(r"\d+|[^\W\d_]+", numero.casefold())
    return "-".join(str(int(g)) if g.isdecimal() else g for g in groupes)


def numeros_proches(entreprise: Entreprise, numero: str) -> list[Facture]:
    """The invoices whose number is another spelling of this one."""
    reduit, dernier = forme_reduite(numero), DERNIER_NOMBRE.search(numero)
    if dernier is None:
        return []
    fin = dernier[1].lstrip("0") or "0"
    candidates = Facture.objects.de(entreprise).filter(numero__contains=fin).exclude(numero=numero)
    proches = [pk for pk, autre in candidates.values_list("pk", "numero") if forme_reduite(autre) == reduit]
    return list(Facture.objects.de(entreprise).filter(pk__in=proches[:5]).order_by("pk"))
