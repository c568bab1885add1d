"""The tone of a text, read before it is saved: gentle remarks, each with its line and an advice. No clock, and no
query but the rung's own ladder and company."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from django.utils.translation import gettext as _

from relances.models import Etape
from relances.regles_ton import EXPRESSIONS, NECESSAIRES, Cas

OBJET_LISIBLE = 100  # characters, once filled
DELAI_FORMEL = 8  # days
_VARIABLE = re.compile(r"\{([a-z_.]+)\}")
_LARGEURS = {"entreprise.nom": 20, "client.nom": 20, "objet.factures": 20, "echeance.date": 16, "delai.date": 24}
_CAPITALES = re.compile(r"\b[A-ZÀ-ÖØ-Þ]{2,}(?:['-]?[A-ZÀ-ÖØ-Þ]+)*(?:[ ,]+[A-ZÀ-ÖØ-Þ]{2,})+")
# Closes a demand in Québec, by custom.
_CAPITALES_D_USAGE = {"VEUILLEZ AGIR EN CONSÉQUENCE", "PLEASE ACT ACCORDINGLY", "PLEASE GOVERN YOURSELVES ACCORDINGLY"}


class Texte(Protocol):
    """A version, or words not saved yet."""

    objet: str
    corps: str


@dataclass(frozen=True)
class Remarque:
    """`champ`: "objet" or "corps"; `ligne` 0: the text as a whole. `est_bloquante`: it cannot be saved so."""

    code: str
    champ: str
    ligne: int
    extrait: str
    conseil: str
    est_bloquante: bool = False


def relire(texte: Texte, langue: str, etape: Etape, *, reste_un_echelon: bool = True) -> list[Remarque]:
    """What there is to say of these words for this rung, the gravest first, then in the order of the text."""
    cas = _cas(etape, reste_un_echelon)
    objet, corps = aplanir(texte.objet), aplanir(texte.corps)
    trouvees = [
        *_expressions("objet", objet, langue, cas),
        *_expressions("corps", corps, langue, cas),
        *_capitales(objet, corps, cas),
        *_manques(f"{objet}\n{corps}", langue, cas),
        *_longueurs(objet, cas),
    ]
    return sorted(trouvees, key=lambda r: (not r.est_bloquante, r.ligne == 0, r.champ != "objet", r.ligne))


def aplanir(texte: str) -> str:
    """Straight apostrophes and ordinary spaces: what was typed and what was set are the same words."""
    return texte.translate({0xA0: " ", 0x202F: " ", 0x2019: "'"}).replace("\r\n", "\n")


def _cas(etape: Etape, reste_un_echelon: bool) -> Cas:
    return Cas(
        pays=etape.scenario.entreprise.pays,
        genre=etape.scenario.genre_client,
        est_formelle=etape.est_formelle,
        avant=etape.ancre == "escompte" or (etape.ancre == "echeance" and etape.decalage < 0),
        accessoires=etape.accessoires,
        delai_jours=etape.delai_jours,
        reste_un_echelon=reste_un_echelon,
    )


def _expressions(champ: str, texte: str, langue: str, cas: Cas) -> Iterator[Remarque]:
    """The first place of each expression: one remark is enough to correct them all."""
    for regle in EXPRESSIONS:
        trouve = re.search(regle.motifs[langue], texte, re.IGNORECASE) if regle.vaut(cas) else None
        if trouve is not None:
            ligne = texte.count("\n", 0, trouve.start()) + 1
            extrait = trouve.group().strip().replace("\n", " ")[:80]
            yield Remarque(regle.code, champ, ligne, extrait, str(regle.conseil), regle.bloque)


def _capitales(objet: str, corps: str, cas: Cas) -> Iterator[Remarque]:
    """Whole words in capitals, but in the title of a formal demand."""
    for champ, texte in (("objet", "" if cas.est_formelle else objet), ("corps", corps)):
        for trouve in _CAPITALES.finditer(texte):
            if trouve.group() in _CAPITALES_D_USAGE or len(trouve.group()) < 8:
                continue
            conseil = _("Des majuscules continues se lisent comme un cri. Le gras, **entre étoiles**, suffit.")
            yield Remarque("majuscules", champ, texte.count("\n", 0, trouve.start()) + 1, trouve.group()[:80], conseil)
            break


def _manques(texte: str, langue: str, cas: Cas) -> Iterator[Remarque]:
    for regle in NECESSAIRES:
        motif = regle.motifs.get(langue) or regle.motifs[""]
        if regle.vaut(cas) and not re.search(motif, texte, re.IGNORECASE):
            yield Remarque(regle.code, "corps", 0, "", str(regle.conseil), regle.bloque(cas))


def _longueurs(objet: str, cas: Cas) -> Iterator[Remarque]:
    rempli = _VARIABLE.sub(lambda t: "x" * _LARGEURS.get(t[1], 12), objet.replace("[[", "").replace("]]", ""))
    if len(rempli) > OBJET_LISIBLE:
        conseil = _("Un objet long est coupé dans la boîte de réception : dites l’essentiel d’abord.")
        yield Remarque("objet_long", "objet", 1, "", conseil)
    if cas.est_formelle and cas.delai_jours < DELAI_FORMEL:
        conseil = _("Un délai de moins de huit jours affaiblit une mise en demeure : allongez-le dans l’échelon.")
        yield Remarque("delai_court", "corps", 0, "", conseil)
