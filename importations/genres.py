"""The three kinds of file: the columns of each, what each cannot do without, and which one a file looks like.

A list of payments is told apart and named: taken for invoices, it would make a claim of what was paid.
"""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_lazy as _

from entreprises.champs import sans_accents
from importations.colonnes import CHAMPS, Champ, compacter, proposer
from importations.colonnes_clients import CHAMPS_CLIENTS
from importations.models import Importation

Genre = Importation.Genre
REGLEMENTS = "reglements"
"""What a file of payments alone is guessed to be; no import of ours takes one."""

_HORS_BALANCE = {"total_ligne", "date_reglement", "montant_regle", "litige", "statut"}
CHAMPS_PAR_GENRE: dict[str, tuple[Champ, ...]] = {
    Genre.FACTURES: CHAMPS,
    Genre.BALANCE: tuple(champ for champ in CHAMPS if champ.nom not in _HORS_BALANCE),
    Genre.CLIENTS: CHAMPS_CLIENTS,
}
_PAR_NOM = {champ.nom: champ for champ in CHAMPS}
_NOMMER = ({"client_code", "client_nom"}, _("Nom ou code du client"))
_NUMERO = ({"numero"}, _PAR_NOM["numero"].libelle)
_BESOINS: dict[str, list[tuple[set[str], object]]] = {
    Genre.FACTURES: [
        _NUMERO,
        _NOMMER,
        ({"date_emission"}, _PAR_NOM["date_emission"].libelle),
        ({"total", "total_ligne", "solde"}, _("Total TTC ou solde")),
    ],
    Genre.BALANCE: [_NUMERO, ({"solde"}, _PAR_NOM["solde"].libelle)],
    Genre.CLIENTS: [_NOMMER],
}
_ENTETES_DE_REGLEMENT = (
    "mode de reglement,mode de paiement,moyen de paiement,moyen de reglement,type de paiement,payment method,"
    "payment type,payment amount,payment reference,transaction reference,montant du reglement,montant reglement,"
    "montant du paiement,reference du reglement,numero de cheque,payment number,payment id"
)
_DE_REGLEMENT = {compacter(nom) for nom in _ENTETES_DE_REGLEMENT.split(",")}
_MOTS_DE_REGLEMENT = ("payment", "paiement", "reglement", "encaissement")


def champs_du_genre(genre: str, noms: Iterable[str] | None = None) -> list[Champ]:
    """The fields that a file of this kind may hold; with `noms`, those among them."""
    champs = CHAMPS_PAR_GENRE[genre]
    return [champ for champ in champs if noms is None or champ.nom in set(noms)]


def manquants(colonnes: Iterable[str], genre: str = Genre.FACTURES) -> list[str]:
    """What the mapping still lacks for a file of this kind, as French labels; empty when nothing does."""
    presentes = set(colonnes)
    return [str(libelle) for possibles, libelle in _BESOINS[genre] if not possibles & presentes]


def deviner_genre(entetes: Sequence[str], titres: Iterable[str] = ()) -> str:
    """What a file with these headers looks like: a kind, `REGLEMENTS`, or "" when nothing tells.

    `titres`: what stands above the headers, and the file's name.
    """
    vus = set(proposer(entetes))
    est_facture = "numero" in vus and bool(vus & {"total", "total_ligne", "solde"})
    if est_facture and _est_de_reglements(entetes, vus, titres):
        return REGLEMENTS
    if est_facture and "solde" in vus and not vus & {"total_ligne", "date_reglement", "montant_regle", "statut"}:
        return Genre.BALANCE
    if est_facture:
        return Genre.FACTURES
    fiches = set(proposer(entetes, CHAMPS_CLIENTS))
    est_fiche = bool(fiches & {"client_nom", "client_code"}) and len(fiches) >= 3
    return Genre.CLIENTS if est_fiche and not vus & {"date_emission", "date_echeance", "total", "solde"} else ""


def contredit(choisi: str, devine: str, colonnes: Iterable[str]) -> bool:
    """Whether the guess is worth saying to who chose otherwise."""
    if devine in {"", choisi}:
        return False
    if choisi == Genre.BALANCE and devine == Genre.FACTURES:
        return bool(manquants(colonnes, choisi))  # with a balance in each row, either reading is sound
    return True


def _est_de_reglements(entetes: Sequence[str], vus: set[str], titres: Iterable[str]) -> bool:
    """Payments: their own columns, or a title that says so, and nothing of what only an invoice has."""
    if vus & {"date_echeance", "conditions", "solde", "total_ligne"}:
        return False
    if {compacter(entete) for entete in entetes} & _DE_REGLEMENT:
        return True
    mots = [sans_accents(titre) for titre in titres]
    return any(mot in titre for titre in mots for mot in _MOTS_DE_REGLEMENT)
