"""Erase a company, thirty days after it was closed: in chunks, each one a transaction, resumed wherever it stopped.

Everything goes but what the chain of the journal stands on: its lines (without their content, which the chain does not
need to verify), the clients' rows they speak of (emptied of all that names anyone) and the company's row itself.
Constraints are checked at each commit, so rows go in the order of their foreign keys: those that point, then those that
are pointed to.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import date, datetime
from graphlib import TopologicalSorter

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import models, router, transaction
from django.db.models import F
from django.utils import timezone

from archivage.exportation import retirer
from archivage.models import Export
from clients.models import Client
from entreprises.modeles import LigneEntreprise
from entreprises.models import Adhesion, Document, Entreprise, Utilisateur
from factures.models import EvenementFacture
from journal.models import ContenuEvenement

journal = logging.getLogger(__name__)
LOT = 500
GARDES = (Client, Adhesion)  # rows that other rows of the journal, or other companies, still speak of
IDENTITE_CLIENT = {"id", "entreprise", "cree_le", "modifie_le", "journal_rang", "journal_empreinte"}
IDENTITE_ENTREPRISE = {
    "id", "pays", "devise", "fuseau", "cloturee_le", "effacement_prevu_le", "cree_le", "est_demonstration",
}  # fmt: skip
Arret = Callable[[], bool]


def a_effacer(instant: datetime) -> list[int]:
    """The companies whose delay is over, in their own time zone."""
    cloturees = Entreprise.objects.filter(cloturee_le__isnull=False, effacement_prevu_le__isnull=False, effacee_le=None)
    return [e.pk for e in cloturees.order_by("pk") if est_due(e, instant)]


def est_due(entreprise: Entreprise, instant: datetime) -> bool:
    """Closed, its delay over, and not erased yet."""
    prevu: date | None = entreprise.effacement_prevu_le
    if entreprise.cloturee_le is None or entreprise.effacee_le is not None or prevu is None:
        return False
    return prevu <= entreprise.date_locale(instant)


def effacer(pk: int, instant: datetime, jusqu_a: datetime) -> bool:
    """Erase until `jusqu_a`. True when there is more to do. Nothing for a company that is not due."""
    entreprise = Entreprise.objects.filter(pk=pk).first()
    if entreprise is None or not est_due(entreprise, instant):
        return False
    for pas in _pas(entreprise):
        while pas():
            if timezone.now() >= jusqu_a:
                return True
    _achever(entreprise, instant)
    return False


def _pas(entreprise: Entreprise) -> Iterator[Callable[[], bool]]:
    """The steps; each is called until it has nothing left, and says whether it did something."""
    Entreprise.objects.filter(pk=entreprise.pk).update(logo=None, conditions_generales=None)
    yield lambda: _oublier_exports(entreprise)
    yield lambda: _supprimer(EvenementFacture, "evenement__entreprise", entreprise)
    yield lambda: _supprimer(ContenuEvenement, "evenement__entreprise", entreprise)
    Client.objects.de(entreprise).exclude(fusionne_dans=None).update(fusionne_dans=None)
    for modele in ordre_de_suppression():
        if modele is Document:
            yield lambda: _supprimer_documents(entreprise)
        else:
            yield lambda modele=modele: _supprimer(modele, "entreprise", entreprise)  # type: ignore[misc]
    yield lambda: _vider_clients(entreprise)


def ordre_de_suppression() -> list[type[models.Model]]:
    """Every model of a company's rows, those that point before those they point to."""
    tous = [m for m in apps.get_models() if issubclass(m, LigneEntreprise) and m not in GARDES]
    graphe: TopologicalSorter[type[models.Model]] = TopologicalSorter({m: set() for m in tous})
    for modele in tous:
        for champ in modele._meta.concrete_fields:
            cible = champ.related_model
            if champ.is_relation and cible in tous and cible is not modele:
                graphe.add(cible, modele)
    return list(graphe.static_order())


def _supprimer(modele: type[models.Model], chemin: str, entreprise: Entreprise) -> bool:
    """A chunk of rows. Without Django's collector, whose PROTECT sees no further than one model."""
    lignes = modele._default_manager.filter(**{chemin: entreprise.pk})
    # A row that points to one of its own model goes first: it is the reversal of the other.
    propres = [c.attname for c in modele._meta.concrete_fields if c.is_relation and c.related_model is modele]
    ordre = [F(nom).desc(nulls_last=True) for nom in propres]
    with transaction.atomic():
        cles = list(lignes.order_by(*ordre, "pk").values_list("pk", flat=True)[:LOT])
        if cles:
            a_supprimer = modele._default_manager.filter(pk__in=cles)
            a_supprimer._raw_delete(router.db_for_write(modele))
    return bool(cles)


def _supprimer_documents(entreprise: Entreprise) -> bool:
    """Their files first: a row whose file is gone is found again, a file without a row would not be."""
    lot = list(Document.objects.de(entreprise).order_by("pk")[:LOT])
    for document in lot:
        default_storage.delete(document.chemin)
    Document.objects.filter(pk__in=[d.pk for d in lot])._raw_delete(router.db_for_write(Document))
    return bool(lot)


def _oublier_exports(entreprise: Entreprise) -> bool:
    for export in Export.objects.filter(entreprise=entreprise):
        retirer(export)
    return False  # their rows go with the others


def _vider_clients(entreprise: Entreprise) -> bool:
    """The rows remain for the journal, and name nobody any more."""
    vide = _valeurs_vides(Client, IDENTITE_CLIENT)
    noms = Client.objects.de(entreprise).exclude(nom="")
    cles = list(noms.order_by("pk").values_list("pk", flat=True)[:LOT])
    Client.objects.filter(pk__in=cles).update(**vide)
    return bool(cles)


def _valeurs_vides(modele: type[models.Model], gardes: set[str]) -> dict[str, object]:
    """What every other column becomes: its default, null or empty."""
    vides = {}
    for champ in modele._meta.concrete_fields:
        if champ.name not in gardes and not champ.primary_key:
            vides[champ.name] = None if champ.null else champ.get_default()
    return vides


def _achever(entreprise: Entreprise, instant: datetime) -> None:
    """The last step: who belonged to this company alone signs in no more, and the company is seen no more."""
    with transaction.atomic():
        adhesions = Adhesion.objects.filter(entreprise=entreprise)
        ailleurs = Adhesion.objects.filter(est_active=True, entreprise__effacee_le=None).exclude(entreprise=entreprise)
        seuls = Utilisateur.objects.filter(adhesions__in=adhesions, is_staff=False)
        cles = list(seuls.exclude(pk__in=ailleurs.values("utilisateur")).values_list("pk", flat=True))
        Utilisateur.objects.filter(pk__in=cles).update(is_active=False)
        adhesions.update(est_active=False)
        vide = _valeurs_vides(Entreprise, IDENTITE_ENTREPRISE)
        vide |= {"slug": f"effacee-{entreprise.pk}", "effacee_le": instant, "modifie_le": instant}
        Entreprise.objects.filter(pk=entreprise.pk).update(**vide)
    journal.info("company %s erased", entreprise.pk)
