"""What a person sees of a comparison, then of what was applied: by kind, with the sums, and the warnings."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.models import Client, Contact
from importations.analyse import Lecture
from importations.models import Importation
from importations.propositions import Compte, Proposition, Sorte, lire_propositions
from noyau.montants import ZERO

PAR_SECTION, PAR_PAGE = 50, 200
MENTIONS = {
    "client_nouveau": gettext_lazy("client nouveau"),
    "client_absent": gettext_lazy("client absent du fichier"),
    "devise_absente": gettext_lazy("aucune ligne du fichier dans cette devise"),
    "emise_apres": gettext_lazy("émise après la date de la balance"),
    "emise_ce_jour": gettext_lazy("émise le jour de la balance"),
    "absente": gettext_lazy("absente du fichier"),
}
AIDES = {
    Sorte.REGLEMENT: gettext_lazy("Leur solde a baissé : la différence devient un règlement, à la date de la balance."),
    Sorte.SOLDEE: gettext_lazy("Ouvertes chez nous, elles ne sont plus dans le fichier : leur solde est réglé."),
    Sorte.LITIGE: gettext_lazy("Une somme retenue n’est pas un règlement : cochez seulement ce que vous avez reçu."),
    Sorte.NOUVELLE: gettext_lazy("Leur numéro n’est pas connu : elles sont créées, avec leur client s’il est nouveau."),
    Sorte.CLIENT: gettext_lazy("Personne n’a leur code, leur numéro légal ni leur nom."),
    Sorte.CONTACT: gettext_lazy("Ils sont ajoutés à leur client."),
    Sorte.COMPLEMENT: gettext_lazy("Nos fiches n’ont rien à cet endroit."),
    Sorte.REMPLACEMENT: gettext_lazy("Nos fiches disent autre chose. Cochez ce que le fichier doit remplacer."),
}
DE_MONTANT = {Sorte.REGLEMENT, Sorte.SOLDEE, Sorte.LITIGE, Sorte.NOUVELLE}


@dataclass(frozen=True, slots=True)
class Rangee:
    """One proposal as it is shown. `rang` names it in the form; `raison`: why it was passed over."""

    rang: int
    proposition: Proposition
    champ: str
    avant: Any
    apres: Any
    regle: Decimal | None
    jour: date | None
    mentions: list[str]
    raison: str = ""


@dataclass
class Section:
    """All of one kind. `sommes`: of the differences, by currency, ticked then whole."""

    sorte: Sorte
    nombre: int = 0
    retenues: int = 0
    sommes: dict[str, list[Decimal]] = field(default_factory=lambda: defaultdict(lambda: [ZERO, ZERO]))
    rangs: list[int] = field(default_factory=list)
    page: Page[int] | None = None
    rangees: list[Rangee] = field(default_factory=list)

    @property
    def libelle(self) -> str:
        return str(self.sorte.label)

    @property
    def aide(self) -> str:
        return str(AIDES[self.sorte])

    @property
    def est_de_montants(self) -> bool:
        return self.sorte in DE_MONTANT

    @property
    def totaux(self) -> list[tuple[str, Decimal]]:
        """What is ticked, by currency."""
        return sorted((devise, retenu) for devise, (retenu, _tout) in self.sommes.items() if retenu)

    @property
    def est_coupee(self) -> bool:
        return self.nombre > len(self.rangees)


def sections(
    importation: Importation, *, sorte: str = "", page: str = "1", faites_seules: bool = False
) -> list[Section]:
    """The kinds that have something, each with its first rows; with `sorte`, that one alone, page after page.

    `faites_seules`: what was applied, or passed over, leaving out what was unticked.
    """
    propositions = lire_propositions(importation)
    sautees = importation.bilan.get("sautees", {})
    par_sorte = {sorte_: Section(sorte_) for sorte_ in Sorte}
    for rang, proposition in enumerate(propositions):
        if not (faites_seules and not proposition.est_retenue):
            _compter(par_sorte[Sorte(proposition.sorte)], rang, proposition)
    montrees = [s for s in par_sorte.values() if s.nombre and sorte in {"", s.sorte}]
    for section in montrees:
        section.page = Paginator(section.rangs, PAR_PAGE if sorte else PAR_SECTION).get_page(page if sorte else 1)
        section.rangees = [_rangee(rang, propositions[rang], sautees) for rang in section.page]
    return montrees


def _compter(section: Section, rang: int, proposition: Proposition) -> None:
    section.nombre += 1
    section.rangs.append(rang)
    section.retenues += proposition.est_retenue
    if section.est_de_montants:
        ecart = abs(_ecart(proposition))
        sommes = section.sommes[proposition.devise]
        sommes[0] += ecart if proposition.est_retenue else ZERO
        sommes[1] += ecart


def _ecart(proposition: Proposition) -> Decimal:
    """By how much our own balance moves."""
    apres = Decimal(proposition.apres)
    return apres if proposition.sorte == Sorte.NOUVELLE else apres - Decimal(proposition.avant)


def _rangee(rang: int, p: Proposition, sautees: Mapping[str, str]) -> Rangee:
    est_montant = p.sorte in DE_MONTANT
    return Rangee(
        rang=rang,
        proposition=p,
        champ=_libelle_du_champ(p),
        avant=Decimal(p.avant) if est_montant and p.avant else _en_clair(p, p.avant),
        apres=Decimal(p.apres) if est_montant else _en_clair(p, p.apres),
        regle=abs(_ecart(p)) if est_montant else None,
        jour=date.fromisoformat(p.jour) if p.jour else None,
        mentions=[str(MENTIONS[code]) for code in p.mentions if code != "absente" or p.sorte == Sorte.LITIGE],
        raison=sautees.get(str(rang), ""),
    )


def _libelle_du_champ(p: Proposition) -> str:
    if not p.champ:
        return ""
    modele: Any = Contact if p.contact else Client
    nom = str(modele._meta.get_field(p.champ).verbose_name)
    return nom[:1].upper() + nom[1:]


def _en_clair(p: Proposition, valeur: str) -> str:
    if not p.champ:
        return valeur
    modele: Any = Contact if p.contact else Client
    return str(dict(modele._meta.get_field(p.champ).flatchoices).get(valeur, valeur))


def encours(importation: Importation, montrees: list[Section]) -> list[tuple[str, Decimal, Decimal, Decimal, Decimal]]:
    """By currency: what is owed to us, less the payments ticked, plus the new invoices ticked, and what it becomes."""
    avant = {devise: Decimal(somme) for devise, somme in importation.bilan.get("encours", {}).items()}
    regle: dict[str, Decimal] = defaultdict(lambda: ZERO)
    cree: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for section in montrees:
        cible = cree if section.sorte == Sorte.NOUVELLE else regle
        for devise, (retenu, _tout) in section.sommes.items():
            cible[devise] += retenu
    devises = sorted({*avant, *regle, *cree})
    return [(d, avant.get(d, ZERO), regle[d], cree[d], avant.get(d, ZERO) - regle[d] + cree[d]) for d in devises]


def avertissements(compte: Compte, lecture: Lecture) -> list[str]:
    """What should be known before anything is ticked, the gravest first."""
    phrases = []
    if compte.est_partielle:
        message = _(
            "Ce fichier semble partiel : %(presentes)s de vos %(ouvertes)s factures ouvertes y sont. Celles qui n’y "
            "sont pas ne sont pas cochées : vérifiez que l’export contient tous vos clients."
        )
        phrases.append(message % {"presentes": compte.presentes, "ouvertes": compte.ouvertes})
    if compte.plus_recente:
        message = _("Une balance plus récente, du %(jour)s, a déjà été appliquée : vérifiez la date de celle-ci.")
        jour = date.fromisoformat(compte.plus_recente).strftime("%d/%m/%Y")
        phrases.append(message % {"jour": jour})
    if compte.emises_apres and lecture.au:
        message = _("%(n)s de vos factures ouvertes sont émises après la date de la balance : elles restent ouvertes.")
        phrases.append(message % {"n": compte.emises_apres})
    return phrases


def resume(compte: Compte) -> list[tuple[str, int]]:
    """The counts of the comparison and of what was applied, those that are zero left out but the first two."""
    comptes = [
        (_("Lignes lues"), compte.lues),
        (_("Sans changement"), compte.inchangees),
        (_("Lignes réunies"), compte.regroupees),
        (_("Soldes nuls de factures inconnues"), compte.sans_objet),
        (_("Règlements enregistrés"), compte.reglements_crees),
        (_("Factures créées"), compte.faites.get(Sorte.NOUVELLE, 0)),
        (_("Clients créés"), compte.clients_crees),
        (_("Contacts ajoutés"), compte.faites.get(Sorte.CONTACT, 0)),
        (_("Champs complétés"), compte.faites.get(Sorte.COMPLEMENT, 0)),
        (_("Valeurs remplacées"), compte.faites.get(Sorte.REMPLACEMENT, 0)),
        (_("Refusées"), compte.nombre_refusees),
        (_("Changées entre-temps, laissées de côté"), len(compte.sautees)),
    ]
    return [*comptes[:2], *((nom, nombre) for nom, nombre in comptes[2:] if nombre)]
