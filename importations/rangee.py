"""One row's cells by field, and the client that they tell."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from importations.refus import LigneRefusee, ValeurIllisible
from importations.tableau import Cellule
from importations.textes import lire_identifiant, lire_texte, propre

T = TypeVar("T")
_COURRIEL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")


@dataclass(frozen=True, slots=True)
class ClientLu:
    """The client as the row tells it. `legal`: a SIREN, SIRET, BCE, IDE or NEQ, as typed."""

    code: str = ""
    nom: str = ""
    legal: str = ""
    tva: str = ""
    courriel: str = ""
    telephone: str = ""
    contact: str = ""
    adresse: str = ""
    code_postal: str = ""
    ville: str = ""


class Rangee:
    """The cells of a row by field, and the wording of what is wrong in one."""

    def __init__(self, colonnes: Mapping[str, int], cellules: list[Cellule]) -> None:
        self.colonnes, self.cellules = colonnes, cellules

    def cellule(self, champ: str) -> Cellule:
        index = self.colonnes.get(champ)
        return None if index is None or index >= len(self.cellules) else self.cellules[index]

    def lire(self, champ: str, lecture: Callable[[Cellule], T]) -> T | None:
        """None when the cell is blank."""
        cellule = self.cellule(champ)
        if not propre(cellule):
            return None
        try:
            return lecture(cellule)
        except ValeurIllisible as erreur:
            raise LigneRefusee(champ, str(erreur)) from erreur

    def obligatoire(self, champ: str, lecture: Callable[[Cellule], T]) -> T:
        valeur = self.lire(champ, lecture)
        if valeur is None:
            raise LigneRefusee(champ, _("valeur manquante"))
        return valeur


def lire_client(rangee: Rangee) -> ClientLu:
    """LigneRefusee when neither a name nor a code is there."""
    code = rangee.lire("client_code", lambda c: lire_identifiant(c, 60)) or ""
    nom = rangee.lire("client_nom", lambda c: lire_texte(c, 200)) or ""
    legal = rangee.lire("numero_legal", lambda c: lire_identifiant(c, 30)) or ""
    if not code and not nom:
        raise LigneRefusee("client_nom" if "client_nom" in rangee.colonnes else "client_code", _("valeur manquante"))
    return ClientLu(
        code=code,
        nom=nom,
        legal=legal,
        tva=rangee.lire("tva", lambda c: lire_identifiant(c, 20)) or "",
        courriel=rangee.lire("courriel", lire_courriel) or "",
        telephone=propre(rangee.cellule("telephone"))[:30],
        contact=propre(rangee.cellule("contact"))[:120],
        adresse=propre(rangee.cellule("adresse"))[:100],
        code_postal=propre(rangee.cellule("code_postal"))[:12],
        ville=propre(rangee.cellule("ville"))[:80],
    )


def lire_courriel(cellule: Cellule) -> str:
    """The first address of the cell. ValeurIllisible when there is none."""
    trouve = _COURRIEL.search(propre(cellule)[:2000])
    adresse = trouve.group().strip(".") if trouve else ""
    try:
        validate_email(adresse)
    except ValidationError as erreur:
        raise ValeurIllisible(
            _("« %(valeur)s » n’est pas une adresse de courriel") % {"valeur": propre(cellule)[:40]}
        ) from erreur
    return adresse
