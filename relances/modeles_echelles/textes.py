"""The default texts, read from the files beside this module.

A file is named after the rung: `premiere.txt`, or more precisely `premiere_particulier_be.txt`, `premiere_ca.txt`,
`premiere_particulier.txt`; the most precise one wins. First line: the subject; the body after a blank line. They are
written with plain spaces and apostrophes: `typographie` sets the unbreakable ones.
"""

import re
from functools import cache
from pathlib import Path

from relances.modeles_echelles.clauses import clause
from relances.modeles_echelles.definitions import QUEBEC

DOSSIER = Path(__file__).parent
LANGUES = ("fr", "en")
INSECABLE = "\u00a0"
_CLAUSE = re.compile(r"<<([a-z_]+)>>")


@cache
def lire(cle: str, pays: str, genre: str, langue: str) -> tuple[str, str]:
    """Subject and body of a rung's default text, the clauses of the country filled in. FileNotFoundError when none."""
    texte = _fichier(cle, pays.lower(), genre, langue).read_text(encoding="utf-8")
    objet, _, corps = texte.partition("\n")
    corps = _CLAUSE.sub(lambda trouve: clause(trouve[1], pays, genre, langue), corps)
    corps = re.sub(r"\n{3,}", "\n\n", re.sub(r" +\n", "\n", corps)).strip()
    return typographie(objet.strip(), langue, pays), typographie(corps, langue, pays)


def _fichier(cle: str, pays: str, genre: str, langue: str) -> Path:
    noms = (f"{cle}_{genre}_{pays}", f"{cle}_{pays}", f"{cle}_{genre}", cle)
    chemins = [DOSSIER / langue / f"{nom}.txt" for nom in noms]
    return next((chemin for chemin in chemins if chemin.is_file()), chemins[-1])


def typographie(texte: str, langue: str, pays: str) -> str:
    """Typographic apostrophes; in French, unbreakable spaces before `: ; ! ? » %` and a sign of currency, after `«`.

    Québec sets no space before `; ! ?` (Office québécois de la langue française).
    """
    texte = texte.replace("'", "’")
    if langue != "fr":
        return texte
    texte = re.sub(r" ([;!?])", r"\1" if pays == QUEBEC else INSECABLE + r"\1", texte)
    texte = re.sub(r" (\[\[)?([:»%€$])", lambda t: (t[1] or "") + INSECABLE + t[2], texte)
    texte = re.sub(r"(«|n°|articles?|art\.) ", rf"\1{INSECABLE}", texte)
    return re.sub(r"(\d) (€|août|avril)", rf"\1{INSECABLE}\2", texte)
