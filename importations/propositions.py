"""What a balance or a list of clients would change: shown, ticked or not, then applied as it was shown.

The list is kept on the import in the order in which it is applied: all that concerns one client in a row, its `groupe`.
Its ranks therefore never change until the file is compared again, which raises the import's `version`.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from importations.models import Importation
from importations.refus import Refus

REFUS_GARDES = 2_000


class Sorte(models.TextChoices):
    """What is proposed: the first four by a balance, the others by a list of clients."""

    REGLEMENT = "reglement", _("Soldes en baisse : règlements à enregistrer")
    SOLDEE = "soldee", _("Absentes du fichier : à solder")
    LITIGE = "litige", _("En litige chez nous")
    NOUVELLE = "nouvelle", _("Factures nouvelles")
    CLIENT = "client", _("Clients nouveaux")
    CONTACT = "contact", _("Contacts nouveaux")
    COMPLEMENT = "complement", _("Champs vides à compléter")
    REMPLACEMENT = "remplacement", _("Valeurs différentes")


@dataclass(slots=True, kw_only=True)
class Proposition:
    """One change. `ligne`: of the file, None for what vanished. `cle`: of our own row, None for what is new.

    Amounts are strings with two decimals. `mentions`: codes of what the person should know of it.
    """

    sorte: str
    groupe: str
    client: str
    objet: str
    ligne: int | None = None
    cle: int | None = None
    contact: int | None = None
    champ: str = ""
    avant: str = ""
    apres: str = ""
    devise: str = ""
    jour: str = ""
    mentions: list[str] = field(default_factory=list)
    est_retenue: bool = True


_DEFAUTS: dict[str, Any] = {"ligne": None, "cle": None, "contact": None, "champ": "", "avant": "", "apres": ""}
_DEFAUTS |= {"devise": "", "jour": "", "mentions": [], "est_retenue": True}


@dataclass
class Compte:
    """The account: of the comparison first, then of what was applied.

    `presentes` of our `ouvertes` invoices are in the file; `emises_apres` are younger than it. `encours`: what we hold
    as owed, by currency. `faites`: how many of each kind were applied. `sautees`: by rank, why one was not.
    """

    lues: int = 0
    inchangees: int = 0
    sans_objet: int = 0
    regroupees: int = 0
    ouvertes: int = 0
    presentes: int = 0
    emises_apres: int = 0
    creees: int = 0
    clients_crees: int = 0
    reglements_crees: int = 0
    nombre_refusees: int = 0
    est_partielle: bool = False
    plus_recente: str = ""
    a_jour_au: str = ""
    encours: dict[str, str] = field(default_factory=dict)
    faites: dict[str, int] = field(default_factory=dict)
    sautees: dict[str, str] = field(default_factory=dict)
    refusees: list[Refus] = field(default_factory=list)

    def refuser(self, refus: Refus) -> None:
        self.nombre_refusees += 1
        if len(self.refusees) < REFUS_GARDES:
            self.refusees.append(refus)

    def copie(self) -> Self:
        """One whose counts move on by themselves; refusals are told once, by the comparison."""
        return replace(self, faites=dict(self.faites), sautees=dict(self.sautees))

    def en_dict(self) -> dict[str, Any]:
        return {**asdict(self), "refusees": [refus.en_dict() for refus in self.refusees]}

    @classmethod
    def depuis_dict(cls, donnees: Mapping[str, Any]) -> "Compte":
        """What `en_dict` wrote; an empty dict is a new account."""
        connues = {champ.name: donnees[champ.name] for champ in fields(cls) if champ.name in donnees}
        return cls(**{**connues, "refusees": [Refus(**refus) for refus in donnees.get("refusees", ())]})


def lire_propositions(importation: Importation) -> list[Proposition]:
    """In the order of their ranks."""
    return [Proposition(**donnees) for donnees in importation.propositions]


def garder(importation: Importation, propositions: Iterable[Proposition], compte: Compte) -> bool:
    """Keep a comparison on an import that has not left. False when it has. Ranks change, and so does the version."""
    rangees = sorted(propositions, key=lambda p: p.groupe)
    importation.propositions, importation.bilan = [_compacte(p) for p in rangees], compte.en_dict()
    return _ecrire(importation, version=importation.version + 1)


def cocher(importation: Importation, montrees: Collection[int], cochees: Collection[int]) -> bool:
    """Keep the ticks of the rows that were shown. False when the import has left, or was compared again meanwhile."""
    for rang in montrees:
        if 0 <= rang < len(importation.propositions):
            importation.propositions[rang]["est_retenue"] = rang in cochees
    return _ecrire(importation)


def cocher_sorte(importation: Importation, sorte: str, *, est_retenue: bool) -> bool:
    """Tick or untick all of one kind."""
    rangs = {rang for rang, donnees in enumerate(importation.propositions) if donnees["sorte"] == sorte}
    return cocher(importation, rangs, rangs if est_retenue else set())


def _ecrire(importation: Importation, **colonnes: Any) -> bool:
    """The comparison, if the import still waits for a person and nobody compared the file again."""
    ecrites = Importation.objects.filter(
        pk=importation.pk, statut=Importation.Statut.A_CONFIRMER, version=importation.version
    ).update(propositions=importation.propositions, bilan=importation.bilan, modifie_le=timezone.now(), **colonnes)
    importation.version = colonnes.get("version", importation.version)
    return bool(ecrites)


def _compacte(proposition: Proposition) -> dict[str, Any]:
    """Without what is empty: a long list stays short."""
    donnees = asdict(proposition)
    return {nom: valeur for nom, valeur in donnees.items() if nom not in _DEFAUTS or valeur != _DEFAUTS[nom]}
