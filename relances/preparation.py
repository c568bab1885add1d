"""From an act decided in memory to its rows: what it says, whether it waits for a person, and why (R5, R17)."""

from dataclasses import dataclass
from datetime import date

from factures.models import Echeance
from noyau.echelle import Decision
from noyau.groupement import ActeAFaire
from relances.attente import motif_d_attente
from relances.dossier import Dossier
from relances.joignables import Voie, voie
from relances.models import Canal, LigneRelance, Reglages, Relance
from relances.regime import Regime

# A call is made by a person: what keeps messages from leaving by themselves does not hold it back.
SANS_OBJET_POUR_UN_APPEL = frozenset({"envoi_manuel", "debut", "plafond"})


@dataclass(frozen=True, slots=True)
class Preparee:
    """An act and its lines, not yet written."""

    relance: Relance
    lignes: list[LigneRelance]

    @property
    def numeros(self) -> list[str]:
        """The invoices acted for, without those listed for information."""
        return list(dict.fromkeys(ligne.numero for ligne in self.lignes if ligne.etape_id))

    @property
    def factures(self) -> set[int]:
        return {ligne.echeance.facture_id for ligne in self.lignes}


def preparer(
    regime: Regime, dossier: Dossier, acte: ActeAFaire, au: date, *, perimes: bool, canaux: frozenset[Voie]
) -> Preparee:
    """`perimes`: payments are not known to be up to date; `canaux`: the ways that are open to this client."""
    relance = Relance(
        entreprise=regime.entreprise,
        client=dossier.client,
        devise=acte.devise,
        etape=regime.etapes[acte.echelon.cle],
        canal=acte.canal.value,
        date_decision=au,
        avant_echeance=acte.avant_echeance,
        est_formelle=acte.est_formel,
        langue=dossier.client.langue,
        total=acte.total,
    )
    joignable = voie(relance) in canaux
    motif = motif_a_la_preparation(relance, regime.reglages, au, perimes=perimes, joignable=joignable)
    relance.motif_attente = motif
    relance.statut = Relance.Statut.A_VALIDER if motif else Relance.Statut.A_ENVOYER
    lignes = [_ligne(relance, dossier, d, d.echelon.cle if d.echelon else None) for d in acte.lignes]
    informations = [_ligne(relance, dossier, d, None) for d in acte.pour_information]
    return Preparee(relance, lignes + informations)


def motif_a_la_preparation(relance: Relance, reglages: Reglages, au: date, *, perimes: bool, joignable: bool) -> str:
    """Why the act waits for a person, or an empty string: it is then in the queue, or on the list of calls."""
    motif = motif_d_attente(relance, reglages, au, perimes=perimes, joignable=joignable)
    est_un_appel = relance.canal == Canal.APPEL
    return "" if est_un_appel and motif in SANS_OBJET_POUR_UN_APPEL else motif


def _ligne(relance: Relance, dossier: Dossier, decision: Decision, etape: int | None) -> LigneRelance:
    echeance: Echeance = dossier.echeances[decision.creance.cle]
    return LigneRelance(
        entreprise=relance.entreprise,
        relance=relance,
        echeance=echeance,
        etape_id=etape,
        cycle=echeance.cycle,
        numero=echeance.facture.numero,
        date_emission=echeance.facture.date_emission,
        date_echeance=echeance.date_echeance,
        montant=echeance.montant,
        solde=decision.creance.solde,
    )
