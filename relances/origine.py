"""The default ladders seen from a company's own: which default rung one of its rungs comes from, and its words."""

from relances.modeles_echelles.definitions import ModeleEchelle, ModeleEtape, echelles_de
from relances.modeles_echelles.textes import lire
from relances.models import Etape, Scenario

FORMELLE, AVANT, ESCOMPTE, APPEL, PREMIERE, DEUXIEME = (
    "mise_en_demeure",
    "avant_echeance",
    "escompte",
    "appel",
    "premiere",
    "deuxieme",
)


def modele_de(scenario: Scenario) -> ModeleEchelle | None:
    """The default ladder that this one was copied from; None for one that comes from nowhere."""
    modeles = echelles_de(scenario.entreprise.pays) if scenario.modele else []
    return next((modele for modele in modeles if modele.cle == scenario.modele), None)


def etape_d_origine(etape: Etape, modele: ModeleEchelle | None) -> ModeleEtape | None:
    """The default rung that this one comes from; known by its name when it was copied before lines were kept."""
    etapes = modele.etapes if modele else ()
    if etape.lignee:
        return next((e for e in etapes if e.cle == etape.lignee), None)
    return next((e for e in etapes if e.nom == etape.nom), None)


def texte_d_origine(etape: Etape, langue: str) -> tuple[str, str] | None:
    """Subject and body that came with the rung; None for a rung that was added."""
    modele = modele_de(etape.scenario)
    origine = etape_d_origine(etape, modele)
    if modele is None or origine is None:
        return None
    return lire(origine.cle, etape.scenario.entreprise.pays, modele.genre, langue)


def texte_de_depart(etape: Etape, langue: str) -> tuple[str, str]:
    """The words that a new rung begins with: those of the default rung that it is most like."""
    return lire(_plus_proche(etape), etape.scenario.entreprise.pays, etape.scenario.genre_client, langue)


def _plus_proche(etape: Etape) -> str:
    if etape.est_formelle:
        return FORMELLE
    if etape.ancre == "escompte":
        return ESCOMPTE
    if etape.ancre == "echeance" and etape.decalage < 0:
        return AVANT
    if etape.canal == "appel":
        return APPEL
    return PREMIERE if etape.accessoires == Etape.Accessoires.AUCUN else DEUXIEME
