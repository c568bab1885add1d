"""An act's words as they are read: from what was frozen, else composed. Email, letter and plain text all start here."""

import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from entreprises.models import Entreprise
from factures.models import Facture
from relances import blocs
from relances.blocs import Bloc, Element, Paragraphe
from relances.composition import Composition, composer, reference_de
from relances.contexte import Piece, pieces_de
from relances.models import PieceRelance, Relance
from relances.plume import FINE, INSECABLE, Plume
from relances.qr import charge_epc

COLONNES = 72
_LARGEUR_TABLEAU = 60


@dataclass(frozen=True)
class Message:
    """`date` is the day that it bears. `est_projet`: it is not frozen, hence not what will surely leave."""

    relance: Relance
    plume: Plume
    objet: str
    elements: tuple[Element, ...]
    date: date
    adresse_postale: tuple[str, ...]
    destinataire: str
    total: Decimal
    reference: str
    pieces: tuple[Piece, ...]
    est_projet: bool

    @property
    def entreprise(self) -> Entreprise:
        return self.relance.entreprise

    @property
    def charge_qr(self) -> str:
        """The payload of the QR code, made of what the payment block says; empty where there is none."""
        paiement = next((e for e in self.elements if isinstance(e, Bloc) and e.nom == "paiement"), None)
        return charge_du_paiement(paiement) if paiement else ""


def lire_message(relance: Relance, composition: Composition | None = None, au: date | None = None) -> Message:
    """The frozen words of the act; else `composition`, else a draft of the day `au` (the day of the decision by
    default).

    CompositionImpossible when there is no text.
    """
    if relance.figee_le is not None and composition is None:
        return _fige(relance)
    jour = au or relance.date_lettre or relance.date_decision
    composition = composition or composer(relance, jour, brouillon=True)
    return Message(
        relance=relance,
        plume=Plume(composition.langue, relance.entreprise.pays),
        objet=composition.objet,
        elements=tuple(blocs.lire(composition.corps)),
        date=jour,
        adresse_postale=composition.adresse_postale,
        destinataire=composition.destinataire,
        total=composition.total,
        reference=composition.reference,
        pieces=composition.pieces,
        est_projet=True,
    )


def _fige(relance: Relance) -> Message:
    jour = relance.date_lettre or relance.date_decision
    return Message(
        relance=relance,
        plume=Plume(relance.langue, relance.entreprise.pays),
        objet=relance.objet,
        elements=tuple(blocs.lire(relance.corps)),
        date=jour,
        adresse_postale=tuple(relance.adresse_postale),
        destinataire=relance.destinataire,
        total=relance.total,
        reference=reference_de(relance, jour),
        pieces=_pieces(relance),
        est_projet=False,
    )


def _pieces(relance: Relance) -> tuple[Piece, ...]:
    """The invoices joined when it was frozen, else the PDFs of those that it asks for."""
    jointes = relance.pieces.filter(role=PieceRelance.Role.FACTURE).select_related("document")
    figees = tuple(Piece(p.nom, p.nom.removesuffix(".pdf"), p.document) for p in jointes)
    factures = Facture.objects.filter(
        echeances__lignes_relance__relance=relance, echeances__lignes_relance__etape__isnull=False
    )
    return figees or pieces_de(list(factures.select_related("pdf").distinct().order_by("date_emission", "pk")))


def charge_du_paiement(paiement: Bloc) -> str:
    """The payload for the IBAN, the amount and the reference that the block prints."""
    valeurs = paiement.en_dict()
    montant = next((rang for rang in paiement.rangs if rang[0].startswith("montant")), None)
    if montant is None or "iban" not in valeurs:
        return ""
    return charge_epc(
        valeurs["virement"], valeurs["iban"], Decimal(montant[1]), montant[2], valeurs.get("reference", "")
    )


def valeur_du_paiement(rang: tuple[str, ...], plume: Plume) -> str:
    """The value of a row of the payment block, as it is printed."""
    if rang[0].startswith("montant"):
        return plume.montant(Decimal(rang[1]), rang[2])
    return INSECABLE.join(re.findall(".{1,4}", re.sub(r"\s", "", rang[1]))) if rang[0] == "iban" else rang[1]


# Plain text


def texte_lisible(corps: str, langue: str, pays: str) -> str:
    """The body of an act as plain text, 72 columns, with U+00A0 as its only special space."""
    return en_texte(blocs.lire(corps), Plume(langue, pays))


def en_texte(elements: Iterable[Element], plume: Plume) -> str:
    parties: list[str] = []
    for element in elements:
        if isinstance(element, Paragraphe):
            parties.append(en_colonnes(blocs.sans_marques(element.texte)))
        elif element.nom == "signature":
            lignes = "\n".join(lignes_de_signature(element))
            parties.append(f"{parties.pop()}\n{lignes}" if parties and appelle_signature(parties[-1]) else lignes)
        else:
            parties.append("\n".join(_bloc_en_texte(element, plume)))
    return "\n\n".join(partie for partie in parties if partie).replace(FINE, INSECABLE)


def appelle_signature(texte: str) -> bool:
    """Whether the signature follows on the next line: after "Cordialement,", not after a whole sentence."""
    return texte.endswith(",")


def lignes_de_signature(bloc: Bloc) -> list[str]:
    """Name and quality on a line, then the company, then the telephone."""
    valeurs = bloc.en_dict()
    nom = ", ".join(v for v in (valeurs.get("nom"), valeurs.get("qualite")) if v)
    return [ligne for ligne in (nom, valeurs.get("entreprise"), valeurs.get("telephone")) if ligne]


def en_colonnes(texte: str) -> str:
    """The text cut at 72 columns, between words; its own line breaks kept."""
    return "\n".join(
        textwrap.fill(ligne, COLONNES, break_on_hyphens=False, break_long_words=False) for ligne in texte.split("\n")
    )


def _bloc_en_texte(bloc: Bloc, plume: Plume) -> Iterator[str]:
    if bloc.nom == "paiement":
        for rang in bloc.rangs:
            valeur = valeur_du_paiement(rang, plume)
            # Plain spaces in an IBAN: it is copied and pasted.
            valeur = valeur.replace(INSECABLE, " ") if rang[0] == "iban" else valeur
            yield f"  {plume.mot(rang[0])}{plume.mot('deux_points')}{valeur}"
    elif bloc.nom in {"tableau", "information"}:
        yield from _tableau_en_texte(bloc, plume)


def _tableau_en_texte(bloc: Bloc, plume: Plume) -> Iterator[str]:
    devise, *reste = bloc.rangs[0]
    if bloc.nom == "information":
        yield en_colonnes(plume.mot("information"))
        yield ""
    for ligne in lignes_du_tableau(bloc):
        gauche = f"  {ligne.numero} {plume.mot('du')} {plume.date_courte(ligne.emission)}"
        montant = plume.montant(ligne.solde, devise)
        yield gauche + montant.rjust(max(_LARGEUR_TABLEAU - len(gauche), len(montant) + 2))
        retard = plume.retard(ligne.retard)
        yield f"    {plume.mot('echeance')} {plume.date_courte(ligne.echeance)}{', ' if retard else ''}{retard}"
    if reste and len(bloc.rangs) > 2:
        total, libelle = plume.montant(Decimal(reste[0]), devise), plume.mot("total")
        yield "  " + "-" * (_LARGEUR_TABLEAU - 2)
        yield f"  {libelle}{total.rjust(_LARGEUR_TABLEAU - 2 - len(libelle))}"


@dataclass(frozen=True)
class LigneTableau:
    """A row of the table of invoices, read back."""

    numero: str
    emission: date
    echeance: date
    retard: int
    montant: Decimal
    regle: Decimal
    solde: Decimal


def lignes_du_tableau(bloc: Bloc) -> list[LigneTableau]:
    """The rows of a "tableau" or "information" block, its first row left out."""
    return [
        LigneTableau(
            numero=numero,
            emission=date.fromisoformat(emission),
            echeance=date.fromisoformat(echeance),
            retard=int(retard),
            montant=Decimal(montant),
            regle=Decimal(regle),
            solde=Decimal(solde),
        )
        for numero, emission, echeance, retard, montant, regle, solde in bloc.rangs[1:]
    ]
