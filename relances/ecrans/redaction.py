"""The editor of a rung's words: what was typed, its faults and remarks, how it looks on an invoice, the menu of
variables, the versions."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from entreprises.acces import cle_lue
from factures.models import Echeance
from relances.ecrans.papier import Feuille, en_feuille
from relances.essai import Essai, echeance_choisie, echeances_proposees, essayer
from relances.fautes import Faute, fautes
from relances.message import Message, lire_message
from relances.models import Canal, Etape, TexteEtape
from relances.origine import texte_d_origine
from relances.redaction import LigneComparee, comparer, lignes_de, normaliser, versions_de
from relances.ton import Remarque, relire
from relances.valeurs import VARIABLES

# The menu's groups, by the first word of the variables.
GROUPES: list[tuple[Any, tuple[str, ...]]] = [
    (_("Votre client"), ("contact", "client")),
    (_("La dette"), ("total", "objet", "facture", "echeance", "tableau")),
    (_("Le message"), ("message", "delai")),
    (_("Passages tout faits"), ("bloc",)),
    (_("L’escompte"), ("escompte",)),
    (_("Votre entreprise"), ("entreprise", "signataire")),
]


@dataclass(frozen=True)
class Choix:
    """A variable of the menu. `jeton`: as it is typed."""

    jeton: str
    description: str
    exemple: str
    est_bloc: bool


@dataclass(frozen=True)
class Saisie:
    """What is in the form: the words, and the instalment they are tried on."""

    objet: str
    corps: str
    recherche: str = ""
    echeance: int | None = None

    @classmethod
    def lue(cls, donnees: Any, objet: str, corps: str) -> "Saisie":
        """From a request; `objet` and `corps` where it holds none."""
        return cls(
            objet=str(donnees.get("objet", objet))[:500],
            corps=normaliser(str(donnees.get("corps", corps))),
            recherche=str(donnees.get("q", "")).replace("\0", "").strip()[:100],
            echeance=cle_lue(str(donnees.get("echeance", ""))),
        )


@dataclass
class Ecran:
    """All that the page shows besides the form."""

    etape: Etape
    langue: str
    saisie: Saisie
    fautes: list[Faute]
    remarques: list[Remarque]
    essai: Essai
    message: Message | None
    proposees: list[Echeance] = field(default_factory=list)
    choisie: Echeance | None = None

    @property
    def est_courriel(self) -> bool:
        return self.essai.relance.canal == Canal.COURRIEL

    @property
    def remplace_un_appel(self) -> bool:
        return self.etape.canal == Canal.APPEL

    @property
    def feuille(self) -> Feuille | None:
        return en_feuille(self.message) if self.message else None

    @property
    def menu(self) -> list[tuple[str, list[Choix]]]:
        exemples = self.essai.exemples()
        return [
            (
                str(titre),
                [
                    Choix(f"{{{nom}}}", str(variable.description), exemples.get(nom, ""), variable.est_bloc)
                    for nom, variable in VARIABLES.items()
                    if nom.split(".")[0] in debuts
                ],
            )
            for titre, debuts in GROUPES
        ]


def composer_ecran(etape: Etape, langue: str, saisie: Saisie, au: date, *, reste_un_echelon: bool) -> Ecran:
    """The words read, tried and told about. Nothing is written."""
    entreprise = etape.scenario.entreprise
    texte = TexteEtape(etape=etape, langue=langue, objet=saisie.objet, corps=saisie.corps)
    proposees = echeances_proposees(entreprise, etape, saisie.recherche, au)
    choisie = echeance_choisie(entreprise, saisie.echeance)
    if choisie is not None and saisie.recherche and choisie not in proposees:
        choisie = None
    elif choisie is not None and choisie not in proposees:
        proposees.insert(0, choisie)
    choisie = choisie or (proposees[0] if proposees else None)
    essai = essayer(etape, texte, choisie, au)
    message = lire_message(essai.relance, essai.composition, au) if essai.composition else None
    remarques = relire(texte, langue, etape, reste_un_echelon=reste_un_echelon)
    return Ecran(
        etape, langue, saisie, fautes(saisie.objet, saisie.corps), remarques, essai, message, proposees, choisie
    )


@dataclass(frozen=True)
class Histoire:
    """The versions of a text, the latest first. `ecarts`: one of them against the latest, when asked for."""

    versions: list[TexteEtape]
    comparee: TexteEtape | None
    ecarts: list[LigneComparee]
    a_une_origine: bool  # other words came with the ladder


def lire_histoire(etape: Etape, langue: str, numero: int | None) -> Histoire:
    """The versions, one of them compared with the latest."""
    versions = versions_de(etape, langue)
    comparee = next((v for v in versions[1:] if v.numero_version == numero), None)
    origine = texte_d_origine(etape, langue)
    derniere = versions[0] if versions else None
    return Histoire(
        versions=versions,
        comparee=comparee,
        ecarts=ecarts(comparee, derniere) if comparee and derniere else [],
        a_une_origine=origine is not None and (derniere is None or origine != (derniere.objet, derniere.corps)),
    )


def ecarts(avant: TexteEtape, apres: TexteEtape | Saisie) -> list[LigneComparee]:
    """From one text to the other, line by line."""
    return list(comparer(lignes_de(avant.objet, avant.corps), lignes_de(apres.objet, apres.corps)))
