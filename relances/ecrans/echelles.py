"""The ladders as they are shown: rungs in a row, whom they are for, what is odd. A constant number of queries."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.models import Client
from entreprises.models import Entreprise
from relances.avertissements import avertir
from relances.echelons import derniers_textes
from relances.essai import est_avant
from relances.models import Affectation, Canal, Etape, Scenario, TexteEtape
from relances.origine import modele_de

_VARIABLE = re.compile(r"\{([a-z_.]+)\}")


@dataclass
class Echelon:
    """A rung in words. `textes`: its words in force, by language."""

    etape: Etape
    textes: dict[str, TexteEtape] = field(default_factory=dict)

    @property
    def jalon(self) -> str:
        return jalon(self.etape)

    @property
    def quand(self) -> str:
        return quand(self.etape)

    @property
    def accord(self) -> str:
        return accord(self.etape)

    @property
    def donne_un_delai(self) -> bool:
        return self.etape.canal != Canal.APPEL and not est_avant(self.etape)

    @property
    def objets(self) -> list[tuple[str, str]]:
        """By language, the subject as one reads it before anything is known of the invoice."""
        return [(langue, objet_lisible(texte)) for langue, texte in sorted(self.textes.items(), reverse=True)]


@dataclass
class Fiche:
    """A ladder. `genres`: kinds of client that climb it; `clients`, `factures`: how many have chosen it for
    themselves."""

    scenario: Scenario
    echelons: list[Echelon] = field(default_factory=list)
    genres: list[str] = field(default_factory=list)
    clients: int = 0
    factures: int = 0

    @property
    def est_affectee(self) -> bool:
        return bool(self.genres or self.clients or self.factures)

    @property
    def est_retablissable(self) -> bool:
        return modele_de(self.scenario) is not None

    @property
    def avertissements(self) -> list[str]:
        return avertir(self.scenario, [e.etape for e in self.echelons])


def objet_lisible(texte: TexteEtape) -> str:
    """« Deuxième rappel – [somme] échus depuis le [date] »: the company's name, and a word for what will vary."""
    noms = {"entreprise.nom": texte.entreprise.nom, "objet.factures": _("[facture]"), "client.nom": _("[client]")}
    fins = {"date": _("[date]"), "numero": _("[facture]")}

    def mot(trouve: re.Match[str]) -> str:
        nom = trouve[1]
        if nom in noms:
            return str(noms[nom])
        if nom.startswith("total.") or nom.endswith((".montant", ".net")):
            return _("[somme]")
        return fins.get(nom.split(".")[-1], "[…]")

    return _VARIABLE.sub(mot, texte.objet.replace("[[", "").replace("]]", ""))


def jalon(etape: Etape) -> str:
    """« J+7 », « J+1 ouvré », « escompte − 3 », « délai + 5 »."""
    jours = abs(etape.decalage)
    if etape.ancre == "escompte":
        return _("escompte −%(n)d") % {"n": jours}
    if etape.ancre == "fin_delai":
        return _("délai +%(n)d") % {"n": jours}
    signe = "−" if etape.decalage < 0 else "+"
    texte = _("J%(signe)s%(n)d") % {"signe": signe, "n": jours} if jours else _("jour J")
    return _("%(jalon)s ouvré") % {"jalon": texte} if etape.en_jours_ouvres and jours else texte


def quand(etape: Etape) -> str:
    """The same in full."""
    jours = abs(etape.decalage)
    if jours == 0:
        duree = _("Le jour même de")
        return f"{duree} {_('l’échéance')}" if etape.ancre == "echeance" else _("À la fin du délai")
    if etape.en_jours_ouvres or etape.ancre == "escompte":
        duree = ngettext("%(n)d jour ouvré", "%(n)d jours ouvrés", jours) % {"n": jours}
    else:
        duree = ngettext("%(n)d jour", "%(n)d jours", jours) % {"n": jours}
    suites = {
        "escompte": _("avant la limite de l’escompte"),
        "fin_delai": _("après la fin du délai de la mise en demeure"),
        "echeance": _("avant l’échéance") if etape.decalage < 0 else _("après l’échéance"),
    }
    return f"{duree} {suites[etape.ancre]}"


def accord(etape: Etape) -> str:
    """Who lets it go, or does it."""
    if etape.est_formelle:
        return _("accord du gérant, toujours")
    if etape.canal != Canal.COURRIEL:
        return _("fait par une personne")
    return _("accord demandé à chaque fois") if etape.demande_approbation else _("envoi automatique")


def lire_echelles(entreprise: Entreprise, *, avec_retirees: bool = False) -> list[Fiche]:
    """The company's ladders: those of the kinds of client first, in their order, then those of some clients."""
    scenarios = Scenario.objects.de(entreprise).select_related("entreprise", "modifie_par").order_by("nom")
    fiches = {s.pk: Fiche(s) for s in (scenarios if avec_retirees else scenarios.filter(retire_le=None))}
    for etape in Etape.objects.de(entreprise).en_vigueur().filter(scenario__in=fiches).order_by("rang"):
        fiches[etape.scenario_id].echelons.append(Echelon(etape))
    _affecter(fiches, entreprise)
    genres = [str(libelle) for libelle in Client.Genre.labels]
    rangs = {f.scenario.pk: min((genres.index(g) for g in f.genres), default=len(genres)) for f in fiches.values()}
    return sorted(fiches.values(), key=lambda f: (rangs[f.scenario.pk], not f.est_affectee, f.scenario.nom.casefold()))


def lire_echelle(scenario: Scenario) -> Fiche:
    """One ladder, with the words of its rungs."""
    fiche = Fiche(scenario)
    etapes = list(scenario.etapes.en_vigueur().order_by("rang"))
    fiche.echelons = [Echelon(etape) for etape in etapes]
    textes = derniers_textes(etapes)
    for echelon in fiche.echelons:
        echelon.textes = {t.langue: t for t in textes if t.etape_id == echelon.etape.pk}
    _affecter({scenario.pk: fiche}, scenario.entreprise)
    return fiche


def _affecter(fiches: dict[int, Fiche], entreprise: Entreprise) -> None:
    lignes = (
        Affectation.objects.de(entreprise)
        .filter(scenario__in=fiches)
        .values("scenario_id", "genre_client")
        .annotate(clients=Count("client"), factures=Count("facture"))
        .order_by("scenario_id", "genre_client")
    )
    libelles = dict(Client.Genre.choices)
    for ligne in lignes:
        fiche = fiches[ligne["scenario_id"]]
        fiche.factures += ligne["factures"]
        fiche.clients += ligne["clients"]
        if ligne["genre_client"]:
            fiche.genres.append(str(libelles[ligne["genre_client"]]))


def actuelles_par_genre(entreprise: Entreprise) -> dict[str, int]:
    """The ladder of each kind of client."""
    lignes: Iterable[tuple[str, int]] = (
        Affectation.objects.de(entreprise).filter(client=None, facture=None).values_list("genre_client", "scenario_id")
    )
    return dict(lignes)
