"""The night: decide for every client that has something to look at, and prepare the acts (design: the night, step 1).

Chunks of clients. Those for whom nothing is to be done are settled together, under their locks; each client who gets
an act has a short transaction of its own, where it is decided again if anything changed. A `Nuit` row remembers where
it got to: after a crash the next run goes on from there. Two runs at once, or the same night twice, find the same rows
and create nothing twice.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from heapq import merge
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from clients.models import Client
from entreprises.models import Entreprise
from factures.models import Echeance, EvenementFacture
from journal.ecriture import noter, verrouiller
from journal.models import Genre
from relances import fraicheur
from relances.appels_non_faits import clore_appels_non_faits
from relances.decision import clients_ouverts, parcourir
from relances.examen import Examen, en_clair, examiner_lot
from relances.joignables import Voie, canaux_joignables
from relances.liberation import liberer_joignables
from relances.models import LigneRelance, Nuit
from relances.preparation import Preparee, preparer
from relances.regime import Regime, lire_regime
from relances.reveil import reveiller_si_les_regles_ont_change
from relances.revision import reviser_ouvertes
from suivi.models import Promesse
from suivi.promesses import constater_tenues

journal = logging.getLogger(__name__)
CLIENTS_PAR_LOT = 100
MEMOIRE_DES_PROMESSES = timedelta(days=60)


@dataclass
class Bilan:
    """What a night did. `relances`: the acts created; in a dry run `prevues` holds them instead, unsaved."""

    examinees: int = 0
    relances: list[int] = field(default_factory=list)
    prevues: list[Preparee] = field(default_factory=list)
    ecartes: list[dict[str, Any]] = field(default_factory=list)

    def ecarter(self, client: int, raison: str) -> None:
        self.ecartes.append({"client": client, "raison": raison})


@dataclass(frozen=True, slots=True)
class _Run:
    """What holds for the whole run."""

    regime: Regime
    au: date
    instant: datetime
    frais: fraicheur.Fraicheur

    @property
    def entreprise(self) -> Entreprise:
        return self.regime.entreprise


def planifier(
    entreprise: Entreprise,
    au: date,
    *,
    instant: datetime,
    simulation: bool = False,
    tous: bool = False,
) -> Bilan:
    """Plan the night of `au`. `simulation`: the same decisions, nothing written (R18). `tous`: every client with
    something open, not only those whose time has come."""
    if simulation:
        return _bilan_prevu(entreprise, au, tous)
    solder_la_veille(entreprise, au, instant)
    regime = lire_regime(entreprise)
    run = _Run(regime, au, instant, fraicheur.etat(entreprise, au, regime.reglages))
    nuit = _ouvrir(entreprise, au)
    bilan = Bilan(ecartes=list(nuit.ecartes))
    for lot in _lots(_candidats(entreprise, au, nuit.curseur, tous)):
        avant = len(bilan.relances), bilan.examinees
        _planifier_lot(run, lot, bilan)
        _avancer(nuit, lot[-1], bilan, len(bilan.relances) - avant[0], bilan.examinees - avant[1])
    Nuit.objects.filter(pk=nuit.pk).update(statut=Nuit.Statut.TERMINEE, battement=Now())
    return bilan


def solder_la_veille(entreprise: Entreprise, au: date, instant: datetime) -> None:
    """Before anything is decided: end the acts that time made void, let go those whose address has come, and close the
    calls that nobody made."""
    reviser_ouvertes(entreprise, au, instant, toutes=True)
    liberer_joignables(entreprise, au, instant)
    clore_appels_non_faits(entreprise, au, instant=instant, regime=lire_regime(entreprise))


def prevoir(
    entreprise: Entreprise, au: date, *, tous: bool = True, forcer: bool = False
) -> Iterator[tuple[Examen, list[Preparee]]]:
    """What the night of `au` would decide and prepare, client by client; nothing is written (R18). `forcer`: as if the
    freshness of payments were overridden."""
    regime = lire_regime(entreprise)
    perimes = fraicheur.etat(entreprise, au, regime.reglages).retient and not forcer
    for lot in _lots(_candidats(entreprise, au, 0, tous)):
        examens = examiner_lot(regime, lot, au)
        canaux = canaux_joignables([e.dossier.client for e in examens if e.actes and e.dossier])
        for examen in examens:
            yield examen, _preparees(regime, examen, au, perimes, canaux.get(examen.client, frozenset()))


def _bilan_prevu(entreprise: Entreprise, au: date, tous: bool) -> Bilan:
    bilan = Bilan()
    for examen, preparees in prevoir(entreprise, au, tous=tous):
        bilan.examinees += len(examen.decisions)
        bilan.prevues += preparees
        if examen.erreur:
            bilan.ecarter(examen.client, examen.erreur)
    return bilan


def _candidats(entreprise: Entreprise, au: date, curseur: int, tous: bool) -> Iterator[int]:
    if tous:
        return clients_ouverts(entreprise, au, curseur)
    a_l_heure = parcourir(Echeance.objects.de(entreprise).a_examiner(au), curseur)
    return (client for client, _doublons in groupby(merge(a_l_heure, _promettants(entreprise, au, curseur))))


def _promettants(entreprise: Entreprise, au: date, curseur: int) -> list[int]:
    """The clients with a recent promise: kept by a payment, or broken, it frees what nobody else thought of waking."""
    recentes = Promesse.objects.de(entreprise).filter(
        annulee_le=None, faite_le__lte=au, date_promise__gte=au - MEMOIRE_DES_PROMESSES, client__gt=curseur
    )
    return list(recentes.order_by("client").values_list("client", flat=True).distinct())


def _lots(clients: Iterator[int]) -> Iterator[list[int]]:
    lot: list[int] = []
    for client in clients:
        lot.append(client)
        if len(lot) == CLIENTS_PAR_LOT:
            yield lot
            lot = []
    if lot:
        yield lot


def _preparees(regime: Regime, examen: Examen, au: date, perimes: bool, canaux: frozenset[Voie]) -> list[Preparee]:
    dossier = examen.dossier
    if dossier is None:
        return []
    return [preparer(regime, dossier, acte, au, perimes=perimes, canaux=canaux) for acte in examen.actes]


def _ouvrir(entreprise: Entreprise, au: date) -> Nuit:
    """The night's row. One that was over starts again: whoever asks again wants what changed since."""
    with transaction.atomic():
        reveiller_si_les_regles_ont_change(entreprise, au)
        nuit, _creee = Nuit.objects.get_or_create(entreprise=entreprise, date_nuit=au)
    if nuit.statut == Nuit.Statut.TERMINEE:
        nuit.statut, nuit.curseur, nuit.ecartes = Nuit.Statut.EN_COURS, 0, []
    Nuit.objects.filter(pk=nuit.pk).update(
        statut=nuit.statut, curseur=nuit.curseur, ecartes=nuit.ecartes, battement=Now()
    )
    return nuit


def _avancer(nuit: Nuit, curseur: int, bilan: Bilan, actes: int, examinees: int) -> None:
    Nuit.objects.filter(pk=nuit.pk).update(
        curseur=curseur,
        actes=F("actes") + actes,
        examinees=F("examinees") + examinees,
        ecartes=bilan.ecartes,
        battement=Now(),
    )


def _planifier_lot(run: _Run, lot: Sequence[int], bilan: Bilan) -> None:
    """Settle the clients for whom nothing is to be done; then each of the others, one by one."""
    try:
        examens = {examen.client: examen for examen in _ranger_lot(run, lot, bilan)}
    except Exception:
        journal.exception("chunk of %s clients taken one by one", len(lot))
        examens = dict.fromkeys(lot, Examen(0))
    joints = canaux_joignables([e.dossier.client for e in examens.values() if e.dossier])
    for client, examen in examens.items():
        try:
            _planifier_client(run, client, examen, joints.get(client), bilan)
        except Exception as erreur:
            journal.exception("client %s set aside", client)
            bilan.ecarter(client, en_clair(erreur))


def _ranger_lot(run: _Run, lot: Sequence[int], bilan: Bilan) -> list[Examen]:
    """Those that get an act, still to be written. The locks keep a fact that arrives meanwhile from being overwritten
    by a later `a_examiner_le`."""
    _constater_promesses(run, lot)
    with transaction.atomic():
        list(Client.objects.select_for_update().filter(pk__in=lot).order_by("pk").values_list("pk", flat=True))
        examens = examiner_lot(run.regime, lot, run.au)
        ranges = [e for e in examens if not e.actes and not e.erreur]
        _ranger(run, ranges)
        _oublier(run, [e for e in examens if not e.erreur])
    for examen in examens:
        if examen.erreur:
            bilan.ecarter(examen.client, examen.erreur)
    bilan.examinees += sum(len(e.decisions) for e in ranges)
    return [e for e in examens if e.actes]


def _constater_promesses(run: _Run, lot: Sequence[int]) -> None:
    """Write which promises are kept, for the pages; the decision reads the payments themselves."""
    promesses = Promesse.objects.de(run.entreprise).filter(client__in=lot, annulee_le=None)
    for client in Client.objects.filter(pk__in=promesses.values("client")):
        constater_tenues(client, run.au)


def _planifier_client(run: _Run, client_id: int, examen: Examen, canaux: frozenset[Voie] | None, bilan: Bilan) -> None:
    """One client, under its lock; decided again unless nothing at all changed since `examen`."""
    creees = []
    with transaction.atomic():
        client = verrouiller(client_id)
        if examen.dossier is None or canaux is None or not _est_inchange(client, examen.dossier.client):
            (examen,) = examiner_lot(run.regime, [client_id], run.au)
            canaux = canaux_joignables([client])[client_id]
            _oublier(run, [examen])
        if examen.erreur:
            bilan.ecarter(client_id, examen.erreur)
            return
        for preparee in _preparees(run.regime, examen, run.au, run.frais.retient, canaux):
            creees.append(_creer(run, client, preparee))
        _ranger(run, [examen])
    bilan.relances += creees
    bilan.examinees += len(examen.decisions)


def _est_inchange(client: Client, lu: Client) -> bool:
    """Every workflow that changes what R4 looks at writes the client's journal, whose head is in its row."""
    return all(getattr(client, c.attname) == getattr(lu, c.attname) for c in Client._meta.concrete_fields)


def _creer(run: _Run, client: Client, preparee: Preparee) -> int:
    """Write the act, its lines and its journal line, under the client's lock."""
    relance = preparee.relance
    relance.journal_rang_vu = client.journal_rang + 1
    relance.save(force_insert=True)
    LigneRelance.objects.bulk_create(preparee.lignes)
    faits = {
        "relance": relance.pk,
        "etape": relance.etape.nom,
        "canal": relance.canal,
        "devise": relance.devise,
        "total": str(relance.total),
        "factures": preparee.numeros,
        "attente": relance.motif_attente,
    }
    if run.frais.est_perimee and run.frais.est_outrepassee:
        faits["reglements_outrepasses"] = True
    evenement = noter(client, Genre.RELANCE_PREPAREE, faits, instant=run.instant)
    EvenementFacture.objects.bulk_create(
        EvenementFacture(evenement=evenement, facture_id=pk) for pk in sorted(preparee.factures)
    )
    return relance.pk


def _ranger(run: _Run, examens: Sequence[Examen]) -> None:
    """Write when the night must look again."""
    changees = []
    for examen in examens:
        jours = examen.a_examiner_le(run.au)
        dossier = examen.dossier
        for echeance in [*dossier.echeances.values(), *dossier.a_venir] if dossier else []:
            if echeance.a_examiner_le != jours[echeance.pk]:
                echeance.a_examiner_le = jours[echeance.pk]
                changees.append(echeance)
    Echeance.objects.bulk_update(changees, ["a_examiner_le"], batch_size=1000)


def _oublier(run: _Run, examens: Sequence[Examen]) -> None:
    """What the night came for but did not find open is over: settled or cancelled."""
    lues = {pk for examen in examens for pk in examen.a_examiner_le(run.au)}
    attendues = Echeance.objects.de(run.entreprise).a_examiner(run.au).filter(client__in=[e.client for e in examens])
    finies = [pk for pk in attendues.values_list("pk", flat=True) if pk not in lues]
    if finies:
        Echeance.objects.filter(pk__in=finies).update(a_examiner_le=None)
