"""One timeline about a client: the lines of the journal, in words, the newest first, by pages of 30.

The lines of the clients that were merged into this one are shown among its own, marked with their name: each journal
keeps its own chain.

The words are made from the facts of each line; a fact that this module does not know is left out, an erased content
leaves the line with its kind, its date and its author.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from clients.models import Client
from encaissements.models import Reglement
from entreprises.templatetags.formats import ecrire_date, ecrire_montant
from factures.models import Facture
from journal.models import SYSTEME, Evenement, Genre
from suivi.models import Appel

PAR_PAGE = 30
MOTIFS_EN_CLAIR = {
    Genre.FACTURE_ANNULEE,
    Genre.REGLEMENT_REJETE,
    Genre.REGLEMENT_ANNULE,
    Genre.LITIGE_OUVERT,
    Genre.PAUSE,
    Genre.PROMESSE,
    Genre.ECHELLE,
}

SORTANT, ENTRANT, ATTENTION, NEUTRE = "sortant", "entrant", "attention", ""
ALLURES: dict[str, tuple[str, str]] = {
    Genre.CLIENT_CREE: ("client", NEUTRE),
    Genre.CLIENT_MODIFIE: ("client", NEUTRE),
    Genre.FACTURE_CREEE: ("factures", NEUTRE),
    Genre.FACTURE_ANNULEE: ("annuler", NEUTRE),
    Genre.FACTURE_TRANSMISE: ("envoyer", NEUTRE),
    Genre.FACTURE_MODIFIEE: ("modifier", NEUTRE),
    Genre.AVOIR: ("encaissements", ENTRANT),
    Genre.ACOMPTE: ("encaissements", ENTRANT),
    Genre.REGLEMENT: ("encaissements", ENTRANT),
    Genre.REGLEMENT_REJETE: ("alerte", ATTENTION),
    Genre.REGLEMENT_ANNULE: ("annuler", NEUTRE),
    Genre.REGLEMENTS_A_JOUR: ("ok", NEUTRE),
    Genre.LITIGE_OUVERT: ("litige", ATTENTION),
    Genre.LITIGE_CLOS: ("litige", NEUTRE),
    Genre.PROMESSE: ("promesse", ENTRANT),
    Genre.PROMESSE_ROMPUE: ("promesse", ATTENTION),
    Genre.PAUSE: ("retenir", NEUTRE),
    Genre.PAUSE_LEVEE: ("retenir", NEUTRE),
    Genre.APPEL: ("appel", NEUTRE),
    Genre.RELANCE_PREPAREE: ("date", NEUTRE),
    Genre.RELANCE_APPROUVEE: ("signer", NEUTRE),
    Genre.RELANCE_RETENUE: ("retenir", NEUTRE),
    Genre.RELANCE_ANNULEE: ("annuler", NEUTRE),
    Genre.RELANCE_ENVOYEE: ("courriel", SORTANT),
    Genre.RELANCE_ECHEC: ("alerte", ATTENTION),
    Genre.RELANCE_DOUTEUSE: ("doute", ATTENTION),
    Genre.LETTRE_POSTEE: ("poste", SORTANT),
    Genre.LETTRE_SUIVIE: ("poste", NEUTRE),
    Genre.ECHELLE: ("reglages", NEUTRE),
    Genre.NOTE: ("note", NEUTRE),
    Genre.TACHE: ("date", NEUTRE),
    Genre.TACHE_FAITE: ("ok", NEUTRE),
    Genre.FUSION: ("clients", NEUTRE),
    Genre.FUSION_DEFAITE: ("clients", NEUTRE),
}
ETATS_DE_TACHE = {
    "modifiee": gettext_lazy("Tâche modifiée"),
    "reprise": gettext_lazy("Tâche à refaire"),
    "annulee": gettext_lazy("Tâche annulée"),
}


@dataclass(frozen=True, slots=True)
class Ligne:
    """One line as it is read."""

    rang: int
    icone: str
    classe: str
    titre: str
    details: str
    citation: str
    auteur: str
    instant: datetime
    jour: date
    factures: tuple[tuple[int, str], ...] = ()
    fiche: str = ""  # the name of the merged client whose line it is


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines, whether older ones exist, and the month that was already begun on the page before."""

    lignes: list[Ligne]
    suivante: int | None
    mois_entame: date | None


def du_client(client: Client) -> QuerySet[Evenement]:
    """The client's lines, and those of the clients merged into it."""
    siens = Client.objects.filter(Q(pk=client.pk) | Q(fusionne_dans=client.pk))
    return Evenement.objects.filter(entreprise=client.entreprise_id, client__in=siens.values("pk"))


def recentes(evenements: QuerySet[Evenement]) -> QuerySet[Evenement]:
    """The newest first; in the order of their ranks within one client."""
    ordonnes = evenements.order_by("-instant", "-rang", "-pk")
    return ordonnes.select_related("contenu", "client").prefetch_related("factures")


def lire(evenements: QuerySet[Evenement], fuseau: Any, avant: int | None = None, client: int | None = None) -> Page:
    """The 30 lines before the line `avant`, by key (the newest ones without it), on the page of `client`."""
    lus, precedent = recentes(evenements), None
    if avant is not None and (derniere := evenements.filter(pk=avant).first()):
        precedent, rang = derniere.instant, derniere.rang
        meme_instant = Q(rang__lt=rang) | Q(rang=rang, pk__lt=avant)
        lus = lus.filter(Q(instant__lt=precedent) | Q(instant=precedent) & meme_instant)
    trouves = list(lus[: PAR_PAGE + 1])
    lignes = [decrire(e, fuseau, client) for e in trouves[:PAR_PAGE]]
    suivante = trouves[PAR_PAGE - 1].pk if len(trouves) > PAR_PAGE else None
    return Page(lignes, suivante, precedent and precedent.astimezone(fuseau).date())


def decrire(evenement: Evenement, fuseau: Any, client: int | None = None) -> Ligne:
    """The line in words, as it is read on the page of `client`."""
    contenu = getattr(evenement, "contenu", None)
    faits: Mapping[str, Any] = (contenu.faits if contenu else None) or {}
    icone, classe = ALLURES.get(evenement.genre, ("note", NEUTRE))
    if evenement.genre == Genre.RELANCE_ENVOYEE and faits.get("canal") in {"courrier", "recommande"}:
        icone = "poste"
    return Ligne(
        rang=evenement.rang,
        icone=icone,
        classe=classe,
        titre=titre(evenement, faits),
        details=details(faits),
        citation=citation(evenement, faits),
        auteur=_("le système") if evenement.auteur_nom == SYSTEME else evenement.auteur_nom,
        instant=evenement.instant,
        jour=evenement.instant.astimezone(fuseau).date(),
        factures=tuple((f.pk, f.numero) for f in evenement.factures.all()),
        fiche=evenement.client.nom if client not in {None, evenement.client_id} else "",
    )


def titre(evenement: Evenement, faits: Mapping[str, Any]) -> str:
    """The kind, with the name of the rung where there is one."""
    etape = faits.get("etape")
    nom = str(evenement.get_genre_display())
    if evenement.genre == Genre.PROMESSE and faits.get("annulee_le"):
        nom = _("Promesse annulée")
    elif evenement.genre == Genre.PROMESSE and faits.get("reportee_du"):
        nom = _("Promesse reportée")
    elif evenement.genre == Genre.REGLEMENT and faits.get("libere"):
        nom = _("Sommes rendues au client")
    elif evenement.genre == Genre.ECHELLE and faits.get("cycle"):
        nom = _("Échelle recommencée")
    elif evenement.genre == Genre.TACHE and faits.get("etat") in ETATS_DE_TACHE:
        nom = str(ETATS_DE_TACHE[faits["etat"]])
    elif evenement.genre == Genre.CLIENT_MODIFIE and "archive" in faits:
        nom = _("Client archivé") if faits["archive"] else _("Client rétabli")
    return f"{nom}{_(' : ')}{etape}" if etape and etape != nom else nom


def details(faits: Mapping[str, Any]) -> str:
    """The known facts, in the order in which one tells them."""
    morceaux = [
        _montants(faits),
        _dates(faits, "date", _("du %s")),
        _choix(faits, "moyen", Reglement.Moyen),
        _dates(faits, "pour_le", _("pour le %s")),
        _texte(faits, "responsable", _("confiée à %s")),
        _texte(faits, "absorbe", _("« %s » est réuni avec ce client")),
        _texte(faits, "garde", _("ce client est réuni avec « %s »")),
        _texte(faits, "separe", _("« %s » est de nouveau à part")),
        _dates(faits, "date_promise", _("promis pour le %s")),
        _dates(faits, "rejete_le", _("rejeté le %s")),
        _dates(faits, "ouvert_le", _("ouvert le %s")),
        _dates(faits, "clos_le", _("clos le %s")),
        _dates(faits, "du", pgettext("début d’une période", "du %s")),
        _dates(faits, "au", pgettext("fin d’une période", "au %s")),
        _choix(faits, "resultat", Appel.Resultat),
        _texte(faits, "interlocuteur", _("avec %s")),
        _choix(faits, "transmise_par", Facture.CanalTransmission),
        _texte(faits, "destinataire", _("à %s")),
        _texte(faits, "avoir", _("avoir n° %s")),
        _texte(faits, "piece", _("PDF « %s »")),
        _texte(faits, "par", _("par %s")),
        _texte(faits, "objet", _("« %s »")),
        _texte(faits, "reference", _("référence %s")),
        _texte(faits, "numero_suivi", _("n° %s")),
        _texte(faits, "scenario", _("échelle « %s »")),
        _texte(faits, "scenario_avant", _("au lieu de « %s »")),
        _texte(faits, "raison", "%s"),
    ]
    phrase = ", ".join(m for m in morceaux if m)
    return f"{phrase[0].upper()}{phrase[1:]}." if phrase else ""


def citation(evenement: Evenement, faits: Mapping[str, Any]) -> str:
    """What was said or written, in its own words. A motif that is a code of the ladder is worded by another room."""
    if evenement.genre == Genre.CLIENT_MODIFIE:
        return "\n".join(_changements(faits))
    if evenement.genre == Genre.FACTURE_MODIFIEE:
        return "\n".join([*_changements_de_facture(faits), *([str(faits["motif"])] if faits.get("motif") else [])])
    cles = ["notes", "texte", "issue"]
    if evenement.genre in MOTIFS_EN_CLAIR:
        cles.append("motif")
    return "\n".join(str(faits[cle]) for cle in cles if faits.get(cle))


def _changements(faits: Mapping[str, Any]) -> Iterator[str]:
    """By field of the client's card, what it was and what it became."""
    changes = faits.get("changements")
    for champ, valeurs in changes.items() if isinstance(changes, Mapping) else ():
        colonne: Any = Client._meta.get_field(champ)
        avant, apres = (_valeur(colonne, valeur) for valeur in valeurs)
        nom = _("type de client") if champ == "genre" else colonne.verbose_name
        yield f"{nom}{_(' : ')}{avant} → {apres}"


def _changements_de_facture(faits: Mapping[str, Any]) -> Iterator[str]:
    """The same for an invoice, or for the due date of one of its instalments."""
    noms = {
        "objet": _("objet"),
        "reference_commande": _("référence de commande"),
        "mode_reglement": _("mode de règlement"),
        "date_echeance": _("échéance"),
    }
    changes = faits.get("changements")
    for champ, valeurs in changes.items() if isinstance(changes, Mapping) else ():
        if champ in noms:
            avant, apres = (_valeur_de_facture(champ, str(valeur)) for valeur in valeurs)
            yield f"{noms[champ]}{_(' : ')}{avant} → {apres}"


def _valeur_de_facture(champ: str, valeur: str) -> str:
    if champ == "date_echeance":
        return _dates({champ: valeur}, champ, "%s") or valeur
    return _choix({champ: valeur}, champ, Facture.ModeReglement) or valeur or "–"


def _valeur(colonne: Any, valeur: str) -> str:
    if colonne.get_internal_type() == "BooleanField":
        return _("oui") if valeur else _("non")
    return str(dict(colonne.flatchoices).get(valeur, valeur)) or "–"


def _montants(faits: Mapping[str, Any]) -> str:
    """The amount of the line, or one per currency."""
    sommes = faits.get("totaux")
    if not isinstance(sommes, Mapping):
        somme = next((faits[cle] for cle in ("montant", "total", "libere") if faits.get(cle) is not None), None)
        sommes = {} if somme is None else {str(faits.get("devise", "EUR")): somme}
    try:
        return ", ".join(ecrire_montant(Decimal(str(somme)), devise) for devise, somme in sommes.items())
    except InvalidOperation:
        return ""


def _choix(faits: Mapping[str, Any], cle: str, choix: Any) -> str:
    valeur = faits.get(cle)
    return str(dict(choix.choices).get(valeur, "")).lower() if valeur else ""


def _dates(faits: Mapping[str, Any], cle: str, phrase: str) -> str:
    try:
        return phrase % ecrire_date(date.fromisoformat(str(faits[cle])), "j F Y")
    except (KeyError, ValueError):
        return ""


def _texte(faits: Mapping[str, Any], cle: str, phrase: str) -> str:
    valeur = faits.get(cle)
    return phrase % valeur if valeur and isinstance(valeur, str) else ""


def de_la_facture(facture: Facture) -> QuerySet[Evenement]:
    """The lines that speak of this invoice, whichever client it had then."""
    return Evenement.objects.filter(entreprise=facture.entreprise, evenementfacture__facture=facture)
