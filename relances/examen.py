"""Decide for clients: from their rows to a decision for each open instalment and the acts of the night. Reads only."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db import DatabaseError

from noyau.echelle import Decision, Motif, Verdict, a_examiner_le
from noyau.groupement import ActeAFaire, decider_client, decisions_finales, grouper
from relances.dossier import Dossier, monter
from relances.lecture import Faits, lire_faits
from relances.passe import Passe, lire_passe
from relances.regime import Regime

journal = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Examen:
    """The answer for one client on one day: a decision for each open instalment, and the acts of the night.
    `erreur`: why nothing could be decided; the client is then set aside, never silently."""

    client: int
    dossier: Dossier | None = None
    decisions: tuple[Decision, ...] = ()
    actes: tuple[ActeAFaire, ...] = ()
    erreur: str = ""

    def a_examiner_le(self, au: date) -> dict[int, date | None]:
        """When the night must look again, by instalment."""
        jours = {d.creance.cle: a_examiner_le(d, au) for d in self.decisions}
        a_venir = self.dossier.a_venir if self.dossier else ()
        return {**jours, **{e.pk: e.facture.date_emission for e in a_venir}}


def examiner_lot(regime: Regime, clients: Sequence[int], au: date) -> list[Examen]:
    """One chunk. A client whose rows make no sense is set aside with its reason; it does not stop the others."""
    try:
        faits, echeances = lire_faits(regime, clients, au)
        passe = lire_passe(regime, clients, au, echeances)
    except DatabaseError:  # inside a transaction nothing more could be read
        raise
    except Exception as erreur:
        if len(clients) == 1:
            journal.exception("client %s set aside", clients[0])
            return [Examen(clients[0], erreur=en_clair(erreur))]
        return [examen for client in clients for examen in examiner_lot(regime, [client], au)]
    return [_examiner(regime, faits, passe, client, au) for client in sorted(faits.clients)]


def _examiner(regime: Regime, faits: Faits, passe: Passe, client: int, au: date) -> Examen:
    try:
        dossier = monter(regime, faits, faits.clients[client], au)
        completer(dossier, passe)
        return examiner(regime, dossier, au)
    except Exception as erreur:
        journal.exception("client %s set aside", client)
        return Examen(client, erreur=en_clair(erreur))


def en_clair(erreur: Exception) -> str:
    return f"{type(erreur).__name__}: {erreur}"[:300]


def completer(dossier: Dossier, passe: Passe) -> None:
    """Add what was done about the client's debts."""
    pk = dossier.client.pk
    dossier.actes = {cle: passe.actes[cle] for cle in dossier.echeances if cle in passe.actes}
    dossier.contacts = passe.contacts.get(pk, [])
    dossier.devises_en_cours = frozenset(devise for client, devise in passe.en_cours if client == pk)
    dossier.devises_du_jour = frozenset(devise for client, devise in passe.du_jour if client == pk)


def decisions(regime: Regime, dossier: Dossier, au: date) -> list[Decision]:
    """The decision for each debt of the client, before they are grouped."""
    return decider_client(
        dossier.creances,
        dossier.echelles,
        dossier.actes,
        dossier.suspensions,
        au,
        regime.jours,
        contacts=dossier.contacts,
        devises_en_cours=dossier.devises_en_cours,
        seuil=regime.reglages.seuil,
    )


def examiner(regime: Regime, dossier: Dossier, au: date) -> Examen:
    """Decide for one client, in memory."""
    brutes = [_une_par_nuit(d, dossier.devises_du_jour, au) for d in decisions(regime, dossier, au)]
    reglages = regime.reglages
    actes = grouper(brutes, seuil_appel=reglages.seuil_appel, seuil_recommande=reglages.seuil_recommande)
    finales = decisions_finales(brutes, actes, au)
    return Examen(dossier.client.pk, dossier, tuple(finales), tuple(actes))


def _une_par_nuit(decision: Decision, devises: frozenset[str], au: date) -> Decision:
    """An act decided today and already over (call without an answer, email refused) was the act of this night (R5)."""
    if decision.verdict is not Verdict.RELANCER or decision.creance.devise not in devises:
        return decision
    motif = Motif("autre_acte_cette_nuit", {"devise": decision.creance.devise})
    demain = au + timedelta(days=1)
    return replace(decision, verdict=Verdict.ATTENDRE, motif=motif, depuis=None, jusqu_au=demain)
