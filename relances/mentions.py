"""Who the creditor is, as the law wants it at the foot of what it sends."""

import re

from entreprises.models import Entreprise
from relances.blocs import nettoyer
from relances.modeles_echelles.definitions import QUEBEC
from relances.plume import FINE, INSECABLE, Plume

_GROUPES = re.compile(r"(?<=\d) (?=\d)")


def adresse(entreprise: Entreprise) -> list[str]:
    """The lines of its postal address. In Québec the town comes before the code."""
    lignes = entreprise.adresse
    if entreprise.pays == QUEBEC and entreprise.ville:
        lignes = [*lignes[:-1], f"{entreprise.ville} {entreprise.code_postal}".strip()]
    return [nettoyer(ligne) for ligne in lignes]


def identite(entreprise: Entreprise, plume: Plume) -> str:
    """Name, legal form and capital, registered office."""
    nom, forme = nettoyer(entreprise.nom), nettoyer(entreprise.forme_juridique)
    capital = _GROUPES.sub(FINE, nettoyer(entreprise.capital)).replace(" ", INSECABLE)
    if forme and capital:
        forme = plume.mot("capital", forme=forme, capital=capital)
    siege = ", ".join(adresse(entreprise))
    debut = f"{nom}, {forme}" if forme else nom
    return f"{debut} – {plume.mot('siege', adresse=siege)}" if siege else debut


def numeros(entreprise: Entreprise, plume: Plume) -> str:
    """The legal numbers that the company has, each with its name."""
    siren = grouper(entreprise.siren, 3)
    connus = [
        ("SIREN", siren),
        ("", entreprise.rcs),
        ("BCE", entreprise.bce),
        ("IDE", entreprise.ide),
        ("NEQ", entreprise.neq),
        (plume.mot("tva"), entreprise.tva),
        (plume.mot("tps"), entreprise.tps),
        (plume.mot("tvq"), entreprise.tvq),
    ]
    return " – ".join(f"{nom} {nettoyer(valeur)}".strip() for nom, valeur in connus if valeur)


def taxes(entreprise: Entreprise, plume: Plume) -> str:
    """The two tax numbers of Québec, the ones there are."""
    paires = [(plume.mot("tps"), entreprise.tps), (plume.mot("tvq"), entreprise.tvq)]
    return ", ".join(f"{nom} {nettoyer(valeur)}" for nom, valeur in paires if valeur)


def grouper(numero: str, taille: int, espace: str = FINE) -> str:
    """The characters of a number by groups, from the left."""
    serre = re.sub(r"\s", "", numero)
    return espace.join(serre[i : i + taille] for i in range(0, len(serre), taille))
