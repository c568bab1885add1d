"""A letter or a call's script drawn in the page, from the very elements that the PDF and the email are made of, in the
debtor's language and habits."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from relances import blocs, mentions
from relances.blocs import Bloc, Element, Morceau, Paragraphe
from relances.message import Message, lignes_de_signature, lignes_du_tableau, valeur_du_paiement
from relances.plume import Plume


@dataclass(frozen=True)
class Rang:
    """A row of the table of invoices."""

    facture: str
    echeance: str
    solde: str


@dataclass(frozen=True)
class Piece:
    """One element as the template draws it, by `genre`: paragraphe, tableau, paiement or signature."""

    genre: str
    lignes: list[list[Morceau]] = field(default_factory=list)
    rangs: list[Rang] = field(default_factory=list)
    faits: list[tuple[str, str]] = field(default_factory=list)
    textes: list[str] = field(default_factory=list)
    intitule: str = ""
    total: str = ""
    tetes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Feuille:
    """A letter as a sheet: who writes, to whom, where and when, about what, and the rest."""

    langue: str
    expediteur: list[str]
    adresse: tuple[str, ...]
    lieu_date: str
    objet: str
    recommande: str
    pieces: list[Piece]
    identite: str
    reference: str


def en_pieces(message: Message) -> list[Piece]:
    """The body, ready to be drawn."""
    return [piece for element in message.elements for piece in _piece(element, message.plume)]


def en_feuille(message: Message) -> Feuille:
    """The whole letter."""
    entreprise, plume = message.entreprise, message.plume
    jour = plume.date_longue(message.date)
    lieu = plume.mot("lieu_date", lieu=entreprise.ville, date=jour) if entreprise.ville else jour
    numeros = mentions.numeros(entreprise, plume)
    return Feuille(
        langue=plume.langue,
        expediteur=[*entreprise.adresse, *([numeros] if numeros else [])],
        adresse=message.adresse_postale,
        lieu_date=lieu,
        objet=f"{plume.mot('objet')}{message.objet}",
        recommande=plume.mot("recommande") if message.relance.canal == "recommande" else "",
        pieces=en_pieces(message),
        identite=mentions.identite(entreprise, plume),
        reference=message.reference,
    )


def _piece(element: Element, plume: Plume) -> Iterator[Piece]:
    if isinstance(element, Paragraphe):
        yield Piece("paragraphe", lignes=list(blocs.morceaux(element.texte)))
    elif element.nom in {"tableau", "information"}:
        yield _tableau(element, plume)
    elif element.nom == "paiement":
        faits = [(plume.mot(rang[0]), valeur_du_paiement(rang, plume)) for rang in element.rangs]
        yield Piece("paiement", faits=faits, intitule=plume.mot("moyens_paiement"))
    elif element.nom == "signature":
        yield Piece("signature", textes=lignes_de_signature(element))


def _tableau(bloc: Bloc, plume: Plume) -> Piece:
    devise, *reste = bloc.rangs[0]
    rangs = []
    for ligne in lignes_du_tableau(bloc):
        retard = plume.retard(ligne.retard)
        echeance = plume.date_courte(ligne.echeance)
        rangs.append(
            Rang(ligne.numero, f"{echeance}, {retard}" if retard else echeance, plume.montant(ligne.solde, devise))
        )
    return Piece(
        "tableau",
        rangs=rangs,
        intitule=plume.mot("information") if bloc.nom == "information" else "",
        total=plume.montant(Decimal(reste[0]), devise) if reste else "",
        tetes=[
            plume.mot("colonne_facture"),
            plume.mot("colonne_echeance"),
            plume.mot("colonne_solde"),
            plume.mot("total"),
        ],
    )
