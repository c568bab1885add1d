"""The default ladders, as data: by country and kind of client, their rungs and their rhythm.

Offsets are days from the anchor; the discount's are working days before its limit. A formal demand always asks for a
person's approval. Handing over is not an act: it has no rung.
"""

from dataclasses import dataclass, replace

QUEBEC = "CA"
GENRES = {"professionnel": "Professionnels", "particulier": "Particuliers", "public": "Secteur public"}
INTERVALLES = {"professionnel": 5, "particulier": 10, "public": 5}


@dataclass(frozen=True)
class ModeleEtape:
    """A rung to copy. `cle` names the files of its text."""

    cle: str
    nom: str
    decalage: int
    canal: str = "courriel"
    ancre: str = "echeance"
    en_jours_ouvres: bool = False
    accessoires: str = "aucun"
    delai_jours: int = 7
    est_formelle: bool = False
    est_reprise: bool = False


@dataclass(frozen=True)
class ModeleEchelle:
    """A ladder to copy into a company."""

    cle: str
    nom: str
    genre: str
    intervalle_minimum: int
    etapes: tuple[ModeleEtape, ...]


AVANT = ModeleEtape("avant_echeance", "Avant l’échéance", -7)
ESCOMPTE = ModeleEtape("escompte", "Rappel de l’escompte", -3, ancre="escompte", en_jours_ouvres=True)
APPEL = ModeleEtape("appel", "Appel", 1, canal="appel", en_jours_ouvres=True)
PREMIERE = ModeleEtape("premiere", "Première relance", 7)
DEUXIEME = ModeleEtape("deuxieme", "Deuxième relance", 15, accessoires="principe", delai_jours=8)
DEMEURE = ModeleEtape(
    "mise_en_demeure",
    "Mise en demeure",
    30,
    canal="recommande",
    accessoires="decompte",
    delai_jours=8,
    est_formelle=True,
)

PROFESSIONNEL = (AVANT, ESCOMPTE, APPEL, PREMIERE, DEUXIEME, DEMEURE)
PARTICULIER = (
    AVANT,
    replace(PREMIERE, decalage=3),
    replace(DEUXIEME, decalage=13, accessoires="aucun"),
    ModeleEtape("troisieme", "Troisième relance", 25, delai_jours=8),
    replace(DEMEURE, decalage=40, accessoires="aucun", delai_jours=15),
)
# The first reminder is free and gives 14 days (CDE, book XIX): the next one waits for them to be over.
PARTICULIER_BELGE = (
    AVANT,
    replace(PREMIERE, decalage=3, delai_jours=14),
    replace(DEUXIEME, decalage=20, accessoires="aucun"),
    replace(DEMEURE, decalage=40, accessoires="aucun", delai_jours=15),
)
PUBLIC = (
    replace(AVANT, nom="Point avant l’échéance", decalage=-10),
    replace(PREMIERE, nom="État du dossier", decalage=5),
    ModeleEtape("gestionnaire", "Relance du service gestionnaire", 15, delai_jours=8),
    ModeleEtape("comptable", "Relance du comptable public", 30, accessoires="principe", delai_jours=8),
    replace(DEMEURE, nom="Demande de paiement", decalage=60, delai_jours=30),
)
QUEBECOISE = (
    replace(AVANT, decalage=-3),
    ESCOMPTE,
    replace(APPEL, decalage=3, en_jours_ouvres=False),
    replace(PREMIERE, decalage=10),
    replace(DEUXIEME, decalage=20, accessoires="aucun"),
    replace(DEMEURE, decalage=35, accessoires="aucun", delai_jours=10),
)

_PAR_GENRE = {"professionnel": PROFESSIONNEL, "particulier": PARTICULIER, "public": PUBLIC}


def etapes_de(pays: str, genre: str) -> tuple[ModeleEtape, ...]:
    """The rungs in order, the "reprise" just before the first written reminder: it has its offset, it stands for it."""
    etapes = QUEBECOISE if pays == QUEBEC else _PAR_GENRE[genre]
    if (pays, genre) == ("BE", "particulier"):
        etapes = PARTICULIER_BELGE
    rang = next(i for i, etape in enumerate(etapes) if etape.cle == "premiere")
    premiere = etapes[rang]
    reprise = ModeleEtape("reprise", "Reprise du compte", premiere.decalage, delai_jours=10, est_reprise=True)
    if premiere.delai_jours > reprise.delai_jours:
        reprise = replace(reprise, delai_jours=premiere.delai_jours)
    return (*etapes[:rang], reprise, *etapes[rang:])


def echelles_de(pays: str) -> list[ModeleEchelle]:
    """The three ladders of a country."""
    return [
        ModeleEchelle(f"{pays.lower()}-{genre}", nom, genre, INTERVALLES[genre], etapes_de(pays, genre))
        for genre, nom in GENRES.items()
    ]
