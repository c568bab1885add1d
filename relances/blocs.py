"""What the body of a message is made of: paragraphs with a light markup, and blocks that the app computed.

A body is text. `**so**` is bold; a blank line parts two paragraphs. A computed block (the table of invoices, the
means of payment…) stands between two lines that begin with U+FFFC, "object replacement character": its name, then its
rows, cells parted by tabs. Neither that character nor a tab can come from a value or from a user's text, so nobody
but the app makes a block. In a value `*` and the backslash are escaped by a backslash: what a client is called is
never markup.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from noyau.gabarits import Brut

BALISE = "\ufffc"
# Left-to-right marks and overrides can show a line in another order than it is written.
_INTERDITS = {BALISE, "\u2028", "\u2029", *"\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"}
_JETON = re.compile(r"\\([\\*])|(\*\*)")


@dataclass(frozen=True)
class Paragraphe:
    """Lines of text with their markup."""

    texte: str


@dataclass(frozen=True)
class Bloc:
    """A computed block: its name and its rows."""

    nom: str
    rangs: tuple[tuple[str, ...], ...]

    def en_dict(self) -> dict[str, str]:
        """Rows of a key and a value, as a dict."""
        return {rang[0]: rang[1] for rang in self.rangs if len(rang) > 1}


Element = Paragraphe | Bloc


@dataclass(frozen=True)
class Morceau:
    """A run of text, bold or not."""

    texte: str
    gras: bool = False


def nettoyer(valeur: object) -> str:
    """A value as one line of visible text, whatever was typed or imported."""
    texte = "".join(" " if c.isspace() and c not in "\u00a0\u202f" else c for c in str(valeur))
    visible = "".join(c for c in texte if c not in _INTERDITS and unicodedata.category(c) not in {"Cc", "Cs"})
    return re.sub(" {2,}", " ", visible).strip()


def nettoyer_texte(texte: str) -> str:
    """A user's text, ready to be filled: line breaks kept, nothing that could pass for a block or an escape."""
    lignes = texte.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    propres = ("".join(c for c in ligne.replace("\t", " ") if c not in _INTERDITS) for ligne in lignes)
    return "\n".join(propres).replace("\\", "\\\\")


def echapper(valeur: str) -> str:
    """A value that keeps its stars and backslashes."""
    return valeur.replace("\\", "\\\\").replace("*", "\\*")


def bloc(nom: str, rangs: Iterable[Sequence[object]]) -> Brut:
    """The text of a block, to be put in a body; blank without rows."""
    lignes = ["\t".join(nettoyer(cellule) for cellule in rang) for rang in rangs]
    return Brut("\n".join(["", f"{BALISE}{nom}", *lignes, BALISE, ""]) if lignes else "")


def lire(corps: str) -> list[Element]:
    """The paragraphs and blocks of a body, in order. A block that nobody closed ends with the body."""
    elements: list[Element] = []
    paragraphe: list[str] = []
    nom: str | None = None
    rangs: list[tuple[str, ...]] = []

    def clore() -> None:
        if nom is not None:
            elements.append(Bloc(nom, tuple(rangs)))
        elif paragraphe:
            elements.append(Paragraphe("\n".join(paragraphe)))
        paragraphe.clear()
        rangs.clear()

    for ligne in corps.split("\n"):
        if nom is not None and ligne != BALISE:
            rangs.append(tuple(ligne.split("\t")))
        elif ligne.startswith(BALISE) or not ligne.strip():
            clore()
            nom = ligne.removeprefix(BALISE).strip() or None if ligne.startswith(BALISE) else None
        else:
            paragraphe.append(ligne.strip())
    clore()
    return elements


def ecrire(elements: Iterable[Element]) -> str:
    """The body of these elements; `lire` reads it back."""
    return "\n\n".join(
        e.texte if isinstance(e, Paragraphe) else str(bloc(e.nom, e.rangs)).strip("\n") for e in elements
    )


def morceaux(texte: str) -> Iterator[list[Morceau]]:
    """The runs of each line. A `**` without its pair is two stars."""
    for ligne in texte.split("\n"):
        yield list(_morceaux_de_ligne(ligne))


def sans_marques(texte: str) -> str:
    """The text without its markup."""
    return "\n".join("".join(m.texte for m in ligne) for ligne in morceaux(texte))


def est_tout_gras(texte: str) -> bool:
    """Whether every visible character is bold."""
    runs = [m for ligne in morceaux(texte) for m in ligne if m.texte.strip()]
    return bool(runs) and all(m.gras for m in runs)


def _morceaux_de_ligne(ligne: str) -> Iterator[Morceau]:
    paires = sum(1 for t in _JETON.finditer(ligne) if t[2]) // 2 * 2
    debut, courant, gras = 0, "", False
    for trouve in _JETON.finditer(ligne):
        courant += ligne[debut : trouve.start()]
        debut = trouve.end()
        if trouve[1]:
            courant += trouve[1]
        elif paires:
            if courant:
                yield Morceau(courant, gras)
            courant, gras, paires = "", not gras, paires - 1
        else:
            courant += "**"
    if courant + ligne[debut:]:
        yield Morceau(courant + ligne[debut:], gras)
