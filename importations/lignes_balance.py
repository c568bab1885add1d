"""One row of a list of open items: an invoice number and what is left to pay of it.

Several rows of one number are instalments of one invoice when their due dates differ; their balances add up. Rows that
say the same thing twice count once. Anything else is refused: nobody guesses which row is right.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from entreprises.templatetags.formats import ecrire_nombre
from importations.analyse import Lecture
from importations.dates import lire_date
from importations.delais import lire_delai
from importations.lignes import LigneLue
from importations.montants import lire_devise, lire_montant
from importations.rangee import ClientLu, Rangee, lire_client
from importations.refus import LigneRefusee
from importations.tableau import Cellule, Ligne
from importations.textes import lire_identifiant, propre
from importations.vocabulaire import AVOIRS, mot
from noyau.delais import Delai
from noyau.montants import ZERO


@dataclass(frozen=True, slots=True)
class LigneBalance:
    """What a row tells. None and "": the file does not say. `solde` is signed."""

    ligne: int = field(compare=False)
    numero: str
    solde: Decimal
    client: ClientLu
    total: Decimal | None = None
    devise: str = ""
    date_emission: date | None = None
    date_echeance: date | None = None
    delai: Delai | None = None
    est_avoir: bool = False
    est_reunie: bool = False
    objet: str = field(default="", compare=False)
    reference_commande: str = field(default="", compare=False)

    def en_facture(self) -> LigneLue:
        """The row as an invoice of which we know nothing yet. LigneRefusee when it does not tell enough."""
        if not (self.client.nom or self.client.code):
            raise LigneRefusee("client_nom", _("facture inconnue, et la ligne ne nomme pas le client"))
        if self.est_reunie:
            raise LigneRefusee("numero", _("facture inconnue en plusieurs échéances : saisissez-la d’abord"))
        if self.date_emission is None:
            raise LigneRefusee("date_emission", _("facture inconnue, et la ligne n’a pas de date d’émission"))
        return LigneLue(
            ligne=self.ligne,
            numero=self.numero,
            client=self.client,
            date_emission=self.date_emission,
            date_echeance=self.date_echeance,
            delai=self.delai,
            total=self.total,
            solde=self.solde,
            regle=None if self.total is None else self.total - self.solde,
            devise=self.devise,
            objet=self.objet,
            reference_commande=self.reference_commande,
        )


class LecteurBalance:
    """Reads rows under a confirmed `Lecture`."""

    def __init__(self, lecture: Lecture) -> None:
        self.lecture = lecture
        self.nomme_clients = bool({"client_nom", "client_code"} & set(lecture.colonnes))

    def lire(self, ligne: int, cellules: list[Cellule]) -> LigneBalance:
        """LigneRefusee, with the field and the reason, for a row that cannot be read whole."""
        if any(propre(cellule) for cellule in cellules[len(self.lecture.entetes) :]):
            raise LigneRefusee("ligne", _("la ligne a plus de cellules que d’en-têtes"))
        rangee = Rangee(self.lecture.colonnes, cellules)
        numero = rangee.obligatoire("numero", lambda c: lire_identifiant(c, 60))
        solde = rangee.obligatoire("solde", lambda c: lire_montant(c, self.lecture.decimale))
        total = rangee.lire("total", lambda c: lire_montant(c, self.lecture.decimale))
        devises = {solde.devise, total.devise if total else "", rangee.lire("devise", lire_devise) or ""} - {""}
        if len(devises) > 1:
            raise LigneRefusee("devise", _("plusieurs devises sur la même ligne"))
        est_avoir = mot(rangee.cellule("type")) in AVOIRS or solde.valeur < 0
        if total and not est_avoir and not 0 <= solde.valeur <= total.valeur:
            valeurs = {"solde": ecrire_nombre(solde.valeur), "total": ecrire_nombre(total.valeur)}
            raise LigneRefusee("solde", _("le solde, %(solde)s, dépasse le total, %(total)s") % valeurs)
        return LigneBalance(
            ligne=ligne,
            numero=numero,
            solde=solde.valeur,
            client=lire_client(rangee) if self.nomme_clients else ClientLu(),
            total=abs(total.valeur) if total else None,
            devise=next(iter(devises), ""),
            date_emission=self._date(rangee, "date_emission"),
            date_echeance=(echeance := self._date(rangee, "date_echeance")),
            delai=None if echeance else rangee.lire("conditions", lire_delai),
            est_avoir=est_avoir,
            objet=propre(rangee.cellule("objet"))[:200],
            reference_commande=(rangee.lire("reference_commande", lambda c: lire_identifiant(c, 60)) or ""),
        )

    def _date(self, rangee: Rangee, champ: str) -> date | None:
        return rangee.lire(champ, lambda c: lire_date(c, self.lecture.ordres[champ]))


def numeros_repetes(lecture: Lecture, rangees: Iterable[Ligne]) -> set[str]:
    """The numbers that several rows bear."""
    numeros = Counter(numero_de(lecture, cellules) for _ligne, cellules in rangees)
    return {numero for numero, combien in numeros.items() if numero and combien > 1}


def numero_de(lecture: Lecture, cellules: list[Cellule]) -> str:
    """The invoice number of a row that may be wrong elsewhere; "" when it cannot be read either."""
    try:
        return Rangee(lecture.colonnes, cellules).lire("numero", lambda c: lire_identifiant(c, 60)) or ""
    except LigneRefusee:
        return ""


def reunir(lignes: Sequence[LigneBalance]) -> LigneBalance:
    """The rows of one number as one. LigneRefusee when they contradict each other (module docstring)."""
    premiere = lignes[0]
    differentes = list(dict.fromkeys(lignes))
    if len(differentes) == 1:
        return premiere
    semblables = {replace(ligne, solde=ZERO, date_echeance=None, delai=None) for ligne in differentes}
    echeances = [ligne.date_echeance for ligne in differentes]
    if len(semblables) > 1 or None in echeances or len(set(echeances)) < len(echeances):
        raise LigneRefusee(
            "numero",
            _("ce numéro est à plusieurs lignes qui se contredisent : %(lignes)s")
            % {"lignes": ", ".join(str(ligne.ligne) for ligne in lignes[:5])},
        )
    solde = sum((ligne.solde for ligne in differentes), ZERO)
    return replace(premiere, solde=solde, date_echeance=None, est_reunie=True)


def par_numero(lignes: Iterable[LigneBalance]) -> Iterator[list[LigneBalance]]:
    """The rows of each number, in the order of the file."""
    groupes: dict[str, list[LigneBalance]] = {}
    for ligne in lignes:
        groupes.setdefault(ligne.numero, []).append(ligne)
    yield from groupes.values()
