"""The words of a rung, by version: write, go back to an older one, go back to those that came with the ladder.

An edit adds a version (R6: an act points to the one it used); nothing is changed in place. The rung's row is the lock.
"""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max

from relances.models import Etape, TexteEtape


class TextePerime(Exception):
    """Someone saved another version meanwhile: `dernier`. Nothing was written."""

    def __init__(self, dernier: TexteEtape) -> None:
        super().__init__(f"version {dernier.numero_version}")
        self.dernier = dernier


@dataclass(frozen=True)
class LigneComparee:
    """A line of two texts laid side by side. `signe`: "+" added, "-" taken out, " " in both."""

    signe: str
    texte: str


def versions_de(etape: Etape, langue: str) -> list[TexteEtape]:
    """Every version, the latest first."""
    return list(TexteEtape.objects.filter(etape=etape, langue=langue).select_related("par").order_by("-numero_version"))


def derniere_version(etape: Etape, langue: str) -> TexteEtape | None:
    """The version in force in this very language."""
    return TexteEtape.objects.filter(etape=etape, langue=langue).order_by("-numero_version").first()


@transaction.atomic
def enregistrer_texte(etape: Etape, langue: str, objet: str, corps: str, *, base: int, auteur: Any) -> TexteEtape:
    """The version in force then. The very same words as the present version add none: a second click does nothing.

    `base`: the version that was shown, 0 when there was none. TextePerime when it is no longer the latest.
    """
    Etape.objects.select_for_update().get(pk=etape.pk)
    dernier = derniere_version(etape, langue)
    if dernier is not None and (dernier.objet, dernier.corps) == (objet, corps):
        return dernier
    if dernier is not None and dernier.numero_version != base:
        raise TextePerime(dernier)
    return ajouter_version(etape, langue, objet, corps, auteur=auteur)


def ajouter_version(etape: Etape, langue: str, objet: str, corps: str, *, auteur: Any) -> TexteEtape:
    """One more version, under the lock of the rung or of its ladder."""
    dernier = TexteEtape.objects.filter(etape=etape, langue=langue).aggregate(n=Max("numero_version"))["n"]
    return TexteEtape.objects.create(
        entreprise=etape.entreprise,
        etape=etape,
        langue=langue,
        objet=objet,
        corps=corps,
        numero_version=(dernier or 0) + 1,
        par=auteur,
    )


def normaliser(texte: str) -> str:
    """Line breaks as one sign, no spaces at the end of lines: what a browser adds is not a change."""
    lignes = texte.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(ligne.rstrip(" \t") for ligne in lignes).strip("\n")


def comparer(avant: Sequence[str], apres: Sequence[str]) -> Iterator[LigneComparee]:
    """Two texts, line by line."""
    for operation, a, b, c, d in difflib.SequenceMatcher(a=avant, b=apres, autojunk=False).get_opcodes():
        if operation == "equal":
            yield from (LigneComparee(" ", ligne) for ligne in avant[a:b])
            continue
        yield from (LigneComparee("-", ligne) for ligne in avant[a:b])
        yield from (LigneComparee("+", ligne) for ligne in apres[c:d])


def lignes_de(objet: str, corps: str) -> list[str]:
    """Subject, then the body, as lines to compare."""
    return [objet, "", *corps.split("\n")]
