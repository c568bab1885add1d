"""Does this act wait for a person before it leaves, and why? One answer, for the planning and for the sending."""

from datetime import date

from relances.models import Reglages, Relance


def motif_d_attente(relance: Relance, reglages: Reglages, au: date, *, perimes: bool, joignable: bool) -> str:
    """The code of the first reason to wait, or an empty string. A person's approval answers all but a missing address.

    `perimes`: payments are not known to be up to date (R17), which messages before the due date do not wait for.
    `joignable`: there is an address for the act's channel.
    """
    if not joignable:
        return "contact_manquant"
    if relance.approuvee_le:
        return ""
    plafond = reglages.plafond_approbation
    motifs = {
        "approbation": relance.est_formelle or relance.etape.demande_approbation,
        "reglements_perimes": perimes and not relance.avant_echeance,
        "envoi_manuel": not reglages.envoi_automatique,
        "debut": reglages.approbation_jusqu_au is not None and au <= reglages.approbation_jusqu_au,
        "plafond": plafond is not None and relance.total > plafond,
    }
    return next((code for code, tient in motifs.items() if tient), "")
