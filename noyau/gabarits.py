"""Filling of the texts that users write: no logic, no recursion, no attribute access.

Syntax
* ``{client.nom}``: a variable, replaced by its value as it is. Names are ``[a-z_]+`` words joined by dots.
* ``{{`` and ``}}``: a literal brace.
* ``[[Malgré {bloc.historique}, ]]le règlement…``: an optional segment. It disappears when any variable inside it is
  blank; the text that takes its place gets a capital when it now begins a sentence. A segment holds at least one
  variable, may span lines, and holds no other segment. Spaces inside the marks belong to the segment.

How the lines are laid out once filled is in ``noyau.page``. Time is linear in the length of the text and of what it
gives. Lines are counted from 1.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from noyau.page import Page

# No part can be read in two ways, so that a hostile text costs no more than its length. Possessive quantifiers would
# say so, but Python 3.11.2 gets them wrong.
_JETON = re.compile(
    r"(?P<accolade>\{\{|\}\})|(?P<variable>\{[a-z_]+(?:\.[a-z_]+)*\})|(?P<ouvrante>\[\[)|(?P<fermante>\]\])"
    r"|(?P<nom_invalide>\{[^{}\[\]\n]{0,60}\})|(?P<accolade_seule>[{}])"
    r"|(?P<saut>\n)|(?P<texte>[^{}\[\]\n]+|[\[\]])"
)


class Brut(str):
    """A value that is already fit for the output (HTML made by the app): ``echapper`` leaves it alone."""

    __slots__ = ()


class GabaritInvalide(ValueError):
    """A text that cannot be filled. ``code``: ``accolade_seule``, ``nom_invalide``, ``segment_imbrique``,
    ``segment_non_ouvert``, ``segment_non_ferme``, ``segment_sans_variable`` or ``variable_inconnue``; ``ligne``: where;
    ``extrait``: the piece of the text at fault."""

    def __init__(self, code: str, ligne: int, extrait: str) -> None:
        super().__init__(f"line {ligne}: {code} {extrait!r}")
        self.code = code
        self.ligne = ligne
        self.extrait = extrait


class VariableInconnue(GabaritInvalide):
    """A variable that has no value; ``nom`` is its name."""

    def __init__(self, nom: str, ligne: int) -> None:
        super().__init__("variable_inconnue", ligne, nom)
        self.nom = nom


@dataclass(frozen=True, slots=True)
class _Jeton:
    """A piece of the text: ``genre`` is "texte", "variable" (its name) or "saut", or what only the reading sees."""

    genre: str
    contenu: str
    ligne: int


@dataclass(slots=True)
class _Segment:
    ligne: int
    jetons: list[_Jeton] = field(default_factory=list)

    def variables(self) -> set[str]:
        return {jeton.contenu for jeton in self.jetons if jeton.genre == "variable"}

    def commence_en_minuscule(self) -> bool:
        premier = self.jetons[0]
        return premier.genre == "texte" and premier.contenu.lstrip()[:1].islower()


@dataclass(slots=True)
class _Gabarit:
    """A text once read, with all its errors."""

    morceaux: list[_Jeton | _Segment] = field(default_factory=list)
    erreurs: list[GabaritInvalide] = field(default_factory=list)

    def variables(self) -> Iterator[_Jeton]:
        for morceau in self.morceaux:
            jetons = morceau.jetons if isinstance(morceau, _Segment) else [morceau]
            yield from (jeton for jeton in jetons if jeton.genre == "variable")

    def verifier(self, connues: Collection[str]) -> list[GabaritInvalide]:
        inconnues = [VariableInconnue(j.contenu, j.ligne) for j in self.variables() if j.contenu not in connues]
        return sorted([*self.erreurs, *inconnues], key=lambda erreur: erreur.ligne)


def variables(texte: str) -> tuple[str, ...]:
    """The names of the variables, once each, in order. GabaritInvalide for the first error of syntax."""
    gabarit = _lire(texte)
    for erreur in sorted(gabarit.erreurs, key=lambda erreur: erreur.ligne):
        raise erreur
    return tuple(dict.fromkeys(jeton.contenu for jeton in gabarit.variables()))


def verifier(texte: str, connues: Collection[str]) -> list[GabaritInvalide]:
    """Everything that would keep the text from being filled with the variables ``connues``, by line."""
    return _lire(texte).verifier(connues)


def remplir(texte: str, valeurs: Mapping[str, str], echapper: Callable[[str], str] | None = None) -> str:
    """The text filled. Raises the first error of ``verifier``.

    ``echapper`` is applied to every value but those marked ``Brut``. It is not applied to the text itself: for HTML,
    escape the text first (escaping touches neither braces nor brackets).
    """
    gabarit = _lire(texte)
    for erreur in gabarit.verifier(valeurs):
        raise erreur
    noms = {jeton.contenu for jeton in gabarit.variables()}
    pleines = {nom: valeurs[nom] for nom in noms if valeurs[nom].strip()}
    if echapper is not None:
        pleines = {nom: v if isinstance(v, Brut) else echapper(v) for nom, v in pleines.items()}
    page = Page()
    for morceau in gabarit.morceaux:
        if not isinstance(morceau, _Segment):
            _poser(page, [morceau], pleines)
        elif morceau.variables() <= pleines.keys():
            _poser(page, morceau.jetons, pleines)
        else:
            page.omettre(commence_en_minuscule=morceau.commence_en_minuscule())
    return page.finir()


def _poser(page: Page, jetons: Iterable[_Jeton], pleines: Mapping[str, str]) -> None:
    for jeton in jetons:
        if jeton.genre == "saut":
            page.aller_a_la_ligne()
        elif jeton.genre == "texte":
            page.poser_texte(jeton.contenu)
        elif jeton.contenu in pleines:
            page.poser_valeur(pleines[jeton.contenu])
        else:
            page.laisser_vide()


def _jetons(texte: str) -> Iterator[_Jeton]:
    texte = texte.replace("\r\n", "\n").replace("\r", "\n")
    ligne = 1
    for trouve in _JETON.finditer(texte):
        genre, contenu = trouve.lastgroup or "", trouve.group()
        if genre == "accolade":
            genre, contenu = "texte", contenu[0]
        elif genre == "variable":
            contenu = contenu[1:-1]
        elif genre == "accolade_seule":
            contenu = texte[trouve.start() : trouve.start() + 20].partition("\n")[0]
        yield _Jeton(genre, contenu, ligne)
        ligne += genre == "saut"


def _lire(texte: str) -> _Gabarit:
    gabarit = _Gabarit()
    ouvert: _Segment | None = None
    for jeton in _jetons(texte):
        if jeton.genre in ("accolade_seule", "nom_invalide"):
            gabarit.erreurs.append(GabaritInvalide(jeton.genre, jeton.ligne, jeton.contenu))
        elif jeton.genre == "ouvrante":
            if ouvert is None:
                ouvert = _Segment(jeton.ligne)
            else:
                gabarit.erreurs.append(GabaritInvalide("segment_imbrique", jeton.ligne, "[["))
        elif jeton.genre == "fermante":
            gabarit.erreurs.extend(_fermer(ouvert, jeton.ligne))
            gabarit.morceaux.extend([ouvert] if ouvert else [])
            ouvert = None
        else:
            (gabarit.morceaux if ouvert is None else ouvert.jetons).append(jeton)
    if ouvert is not None:
        gabarit.erreurs.append(GabaritInvalide("segment_non_ferme", ouvert.ligne, "[["))
    return gabarit


def _fermer(segment: _Segment | None, ligne: int) -> Iterator[GabaritInvalide]:
    if segment is None:
        yield GabaritInvalide("segment_non_ouvert", ligne, "]]")
    elif not segment.variables():
        yield GabaritInvalide("segment_sans_variable", segment.ligne, "[[")
