"""The computed blocks of a message, and the sentences that say more than a value. Rows hold plain data: amounts as
1234.56, dates in ISO, so that email, letter and plain text each write them in their own way."""

from collections.abc import Iterable

from entreprises.models import MoyenPaiement
from noyau.gabarits import Brut
from relances.blocs import bloc, nettoyer
from relances.contexte import Contexte
from relances.modeles_echelles.definitions import QUEBEC
from relances.models import LigneRelance

REFERENCE_MAXIMUM = 60


def _rangs(lignes: Iterable[LigneRelance], contexte: Contexte) -> list[tuple[object, ...]]:
    return [
        (
            ligne.numero,
            ligne.date_emission.isoformat(),
            ligne.date_echeance.isoformat(),
            ligne.jours_de_retard(contexte.au),
            ligne.montant,
            ligne.montant - ligne.solde,
            ligne.solde,
        )
        for ligne in lignes
    ]


def tableau(contexte: Contexte) -> Brut:
    """First row: currency, total, "avant" or "echu". Then one row per instalment."""
    moment = "avant" if contexte.relance.avant_echeance else "echu"
    tete = (contexte.devise, contexte.total, moment)
    return bloc("tableau", [tete, *_rangs(contexte.lignes, contexte)])


def pour_information(contexte: Contexte) -> Brut:
    """The other overdue instalments: same rows, and no total since nothing is asked."""
    lignes = contexte.informations
    return bloc("information", [(contexte.devise,), *_rangs(lignes, contexte)] if lignes else [])


def moyens_paiement(contexte: Contexte) -> Brut:
    """Rows of a key and a value; `montant` has the currency as a third cell. Blank when there is no way to pay."""
    rangs: list[tuple[object, ...]] = [rang for moyen in contexte.moyens for rang in _moyen(moyen, contexte)]
    if not rangs:
        return Brut("")
    cle = "montant_escompte" if contexte.a_payer != contexte.total else "montant"
    return bloc(
        "paiement", [*rangs, (cle, contexte.a_payer, contexte.devise), ("reference", reference_de_paiement(contexte))]
    )


def _moyen(moyen: MoyenPaiement, contexte: Contexte) -> list[tuple[object, ...]]:
    genres = MoyenPaiement.Genre
    nom = moyen.titulaire or contexte.entreprise.nom
    if moyen.genre == genres.VIREMENT:
        # Québec pays by Interac, direct deposit or cheque: no IBAN there.
        if contexte.entreprise.pays == QUEBEC or not moyen.iban:
            return []
        return [("virement", nom), ("iban", moyen.iban), *([("bic", moyen.bic)] if moyen.bic else [])]
    valeurs = {
        genres.INTERAC: ("interac", moyen.courriel),
        genres.DEPOT: ("depot", moyen.coordonnees),
        genres.LIEN: ("lien", moyen.url),
        genres.CHEQUE: ("cheque", nom),
    }
    rang = valeurs.get(genres(moyen.genre))
    return [rang] if rang and rang[1] else []


def reference_de_paiement(contexte: Contexte) -> str:
    """What the payer quotes: the numbers of the invoices in an email, the reference of a letter."""
    numeros = " ".join(nettoyer(facture.numero) for facture in contexte.factures)
    return numeros if contexte.est_courriel and len(numeros) <= REFERENCE_MAXIMUM else contexte.reference


def signature(contexte: Contexte) -> Brut:
    """Who signs: name, quality, company, telephone; only what is known."""
    entreprise = contexte.entreprise
    rangs = [
        ("nom", entreprise.signataire_nom),
        ("qualite", entreprise.signataire_qualite if entreprise.signataire_nom else ""),
        ("entreprise", entreprise.nom),
        ("telephone", entreprise.telephone),
    ]
    return bloc("signature", [rang for rang in rangs if rang[1]])


def escompte(contexte: Contexte) -> str:
    """A sentence for each discount still to be had."""
    plume, devise = contexte.plume, contexte.devise
    cle = "escompte" if len(contexte.factures) == 1 else "escompte_facture"
    return " ".join(
        plume.mot(
            cle,
            numero=remise.facture.numero,
            taux=plume.taux(remise.taux),
            montant=plume.montant(remise.montant, devise),
            date=plume.date_longue(remise.jusqu_au),
            net=plume.montant(remise.net, devise),
        )
        for remise in contexte.remises
    )


def contestees(contexte: Contexte) -> str:
    """The disputed invoices are left out, and the message says so."""
    numeros = contexte.contestees
    if not numeros:
        return ""
    designation = contexte.plume.mot("ce_message" if contexte.est_courriel else "cette_lettre")
    cle = "contestee" if len(numeros) == 1 else "contestees"
    return contexte.plume.mot(cle, numeros=contexte.plume.enumeration(numeros), designation=designation)


def copies(contexte: Contexte) -> str:
    """Only when the copy of every invoice asked for is there."""
    if not contexte.factures or not contexte.sont_toutes_jointes:
        return ""
    return contexte.plume.mot("copie_une" if len(contexte.factures) == 1 else "copie_plusieurs")
