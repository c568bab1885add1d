"""One row of a list of clients: the client's card, and the contact it names.

A row with a value that cannot be taken (a SIREN, an address of email) is refused whole, at its field.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from clients.identites import NOMS, verifier_numeros
from clients.models import Client, Contact
from entreprises.champs import sans_accents
from importations.analyse import Lecture
from importations.identification import genre_de_numero
from importations.pays import PAYS
from importations.rangee import Rangee, lire_courriel
from importations.refus import LigneRefusee, ValeurIllisible
from importations.tableau import Cellule
from importations.textes import lire_identifiant, lire_texte, propre
from importations.vocabulaire import mot

GENRES: dict[str, str] = {
    Client.Genre.PROFESSIONNEL: "professionnel,pro,entreprise,societe,association,business,company,b2b,personne morale",
    Client.Genre.PARTICULIER: "particulier,personne physique,individual,person,consumer,private,b2c,consommateur",
    Client.Genre.PUBLIC: "public,secteur public,administration,collectivite,collectivite publique,organisme public,b2g",
}
ROLES: dict[str, str] = {
    Contact.Role.COMPTABILITE: "comptabilite,comptable,compta,accounting,accounts payable,finance,facturation",
    Contact.Role.DIRECTION: "direction,directeur,directrice,gerant,gerante,dirigeant,dirigeante,manager,owner,ceo",
    Contact.Role.COMMANDE: "commande,commandes,achats,acheteur,acheteuse,purchasing,buyer",
    Contact.Role.AUTRE: "autre,autres,other",
}
CIVILITES: dict[str, str] = {
    Contact.Civilite.MADAME: "madame,mme,mlle,mademoiselle,mrs,ms,miss,f",
    Contact.Civilite.MONSIEUR: "monsieur,m,mr,mister,h",
}
_AUTRES_LANGUES = (
    "de,nl,it,es,pt,lb,da,sv,no,fi,pl,allemand,neerlandais,italien,espagnol,portugais,luxembourgeois,german,dutch,"
    "italian,spanish,portuguese"
)
LANGUES = {"fr": "fr,francais,french,fra,fr fr,fr ca,fr be,fr ch", "en": "en,anglais,english,eng,en us,en gb,en ca"}
LONGUEURS = {
    "forme_juridique": 60,
    "siege_ligne1": 100,
    "siege_ligne2": 100,
    "siege_code_postal": 12,
    "siege_ville": 80,
    "livraison_adresse": 500,
}


@dataclass(frozen=True, slots=True)
class FicheLue:
    """What a row tells. `client`, `numeros`, `contact`: by column of our own, only those that are filled in."""

    ligne: int
    code: str
    nom: str
    numeros: Mapping[str, str] = field(default_factory=dict)
    client: Mapping[str, str] = field(default_factory=dict)
    contact: Mapping[str, str] = field(default_factory=dict)


class LecteurFiches:
    """Reads rows under a confirmed `Lecture`. `pays`: the company's, where two legal numbers are alike."""

    def __init__(self, lecture: Lecture, pays: str) -> None:
        self.lecture, self.pays = lecture, pays

    def lire(self, ligne: int, cellules: list[Cellule]) -> FicheLue:
        """LigneRefusee, with the field and the reason, for a row that cannot be read whole."""
        if any(propre(cellule) for cellule in cellules[len(self.lecture.entetes) :]):
            raise LigneRefusee("ligne", _("la ligne a plus de cellules que d’en-têtes"))
        rangee = Rangee(self.lecture.colonnes, cellules)
        code = rangee.lire("client_code", lambda c: lire_identifiant(c, 60)) or ""
        nom = rangee.lire("client_nom", lambda c: lire_texte(c, 200)) or ""
        if not code and not nom:
            champ = "client_nom" if "client_nom" in rangee.colonnes else "client_code"
            raise LigneRefusee(champ, _("valeur manquante"))
        return FicheLue(ligne, code, nom, self._numeros(rangee), _client(rangee), _contact(rangee))

    def _numeros(self, rangee: Rangee) -> dict[str, str]:
        dits = {champ: rangee.lire(champ, lambda c: lire_identifiant(c, 30)) or "" for champ in NOMS}
        if libre := rangee.lire("numero_legal", lambda c: lire_identifiant(c, 30)):
            dits[genre_de_numero(libre, self.pays)] = libre
        try:
            return {champ: numero for champ, numero in verifier_numeros(dits).items() if numero}
        except ValidationError as erreur:
            champ, messages = next(iter(erreur.message_dict.items()))
            champ = champ if champ in rangee.colonnes else "numero_legal"
            raise LigneRefusee(champ, messages[0]) from erreur


def _client(rangee: Rangee) -> dict[str, str]:
    lectures: dict[str, Callable[[Cellule], str]] = {
        champ: partial(lire_texte, longueur=longueur) for champ, longueur in LONGUEURS.items()
    }
    lectures |= {
        "genre": partial(_mot_connu, table=GENRES),
        "langue": _langue,
        "siege_pays": _pays,
    }
    lus = {champ: rangee.lire(champ, lecture) or "" for champ, lecture in lectures.items()}
    return {champ: valeur for champ, valeur in lus.items() if valeur}


def _contact(rangee: Rangee) -> dict[str, str]:
    """Columns of `Contact`. A role that is none of ours is kept as the person's function."""
    parties = (rangee.lire(champ, lambda c: lire_texte(c, 60)) or "" for champ in ("prenom", "nom_famille"))
    role = rangee.lire("role", lambda c: lire_texte(c, 80)) or ""
    connu = _chercher(role, ROLES) if role else ""
    lus = {
        "nom": rangee.lire("contact", lambda c: lire_texte(c, 120)) or " ".join(p for p in parties if p),
        "civilite": rangee.lire("civilite", partial(_mot_connu, table=CIVILITES)) or "",
        "role": connu or (Contact.Role.AUTRE.value if role else ""),
        "fonction": "" if connu else role,
        "courriel": rangee.lire("courriel", lire_courriel) or "",
        "telephone": rangee.lire("telephone", lambda c: lire_texte(c, 30)) or "",
    }
    if not (lus["nom"] or lus["courriel"] or lus["telephone"]):
        return {}
    return {champ: valeur for champ, valeur in lus.items() if valeur}


def _chercher(texte: str, table: Mapping[str, str]) -> str:
    cherche = mot(texte)
    return next((str(cle) for cle, mots in table.items() if cherche in mots.split(",")), "")


def _mot_connu(cellule: Cellule, table: Mapping[str, str]) -> str:
    trouve = _chercher(propre(cellule), table)
    if not trouve:
        possibles = ", ".join(mots.split(",")[0] for mots in table.values())
        raise ValeurIllisible(
            _("« %(valeur)s » n’est pas connu : écrivez l’un de %(possibles)s")
            % {"valeur": propre(cellule)[:40], "possibles": possibles}
        )
    return trouve


def _langue(cellule: Cellule) -> str:
    """A language in which we do not write leaves the client in ours."""
    return "" if mot(cellule) in _AUTRES_LANGUES.split(",") else _mot_connu(cellule, LANGUES)


def _pays(cellule: Cellule) -> str:
    texte = propre(cellule)
    if trouve := _chercher(texte, PAYS):
        return trouve
    if len(texte) == 2 and sans_accents(texte).isalpha():
        return texte.upper()
    raise ValeurIllisible(_("« %(valeur)s » : donnez le code du pays en deux lettres") % {"valeur": texte[:40]})
