"""Tasks: what a person must do about a client by a day, and our own promises to them.

Conventions: every change is written under the client's lock and in the journal. A task that is done or cancelled stays;
done by mistake, it is taken up again. The same task asked for twice while it is open is one task.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from clients.models import Client
from entreprises.models import Adhesion, Utilisateur
from entreprises.refus import refus
from factures.historique import noter_sur
from factures.models import Facture
from journal.ecriture import verrouiller
from journal.models import Genre
from suivi.models import Tache

DECRITS = ("genre", "texte", "pour_le", "responsable_id", "facture_id")


@transaction.atomic
def ajouter_tache(
    client: Client,
    *,
    pour_le: date,
    aujourd_hui: date,
    genre: str = Tache.Genre.AUTRE,
    texte: str = "",
    responsable: Utilisateur | None = None,
    facture: Facture | None = None,
    auteur: Any = None,
) -> Tache:
    """A task for `responsable`, or for anyone. ValidationError names the field that can't be taken."""
    verrou = verrouiller(client.pk)
    tache = Tache(
        entreprise_id=verrou.entreprise_id,
        client=verrou,
        facture=facture,
        genre=genre,
        texte=texte.strip()[:300],
        pour_le=pour_le,
        responsable=responsable,
        cree_par=auteur,
    )
    _verifier(tache, aujourd_hui)
    decrite = {nom: getattr(tache, nom) for nom in DECRITS}
    if deja_la := Tache.objects.a_faire().filter(client=verrou, **decrite).first():
        return deja_la
    tache.save(force_insert=True)
    _noter(tache, verrou, Genre.TACHE, auteur)
    return tache


@transaction.atomic
def modifier_tache(tache: Tache, ecrire: Callable[[], bool], *, auteur: Any = None) -> bool:
    """Have `ecrire` change the row. False, with nothing noted, when it did not write. ValidationError when the task is
    over."""
    client = verrouiller(tache.client_id)
    avant = Tache.objects.get(pk=tache.pk)
    _exiger_ouverte(avant)
    if not ecrire():
        return False
    apres = Tache.objects.select_related("facture", "responsable").get(pk=tache.pk)
    if any(getattr(avant, nom) != getattr(apres, nom) for nom in DECRITS):
        _noter(apres, client, Genre.TACHE, auteur, etat="modifiee")
    return True


@transaction.atomic
def faire_tache(tache: Tache, *, instant: datetime, auteur: Any = None) -> bool:
    """It is done. False when it was done already. ValidationError when it was cancelled."""
    client, tache = _relire(tache)
    if tache.faite_le is not None:
        return False
    _exiger_ouverte(tache)
    tache.faite_le, tache.faite_par = instant, auteur
    _ecrire(tache)
    _noter(tache, client, Genre.TACHE_FAITE, auteur)
    return True


@transaction.atomic
def reprendre_tache(tache: Tache, *, auteur: Any = None) -> bool:
    """Done or cancelled by mistake: it is to be done again. False when it was to be done already."""
    client, tache = _relire(tache)
    if tache.faite_le is None and tache.annulee_le is None:
        return False
    tache.faite_le = tache.faite_par = tache.annulee_le = None
    _ecrire(tache)
    _noter(tache, client, Genre.TACHE, auteur, etat="reprise")
    return True


@transaction.atomic
def annuler_tache(tache: Tache, *, instant: datetime, auteur: Any = None) -> bool:
    """Nobody has to do it any more. False when it was cancelled already. ValidationError when it is done."""
    client, tache = _relire(tache)
    if tache.annulee_le is not None:
        return False
    _exiger_ouverte(tache)
    tache.annulee_le = instant
    _ecrire(tache)
    _noter(tache, client, Genre.TACHE, auteur, etat="annulee")
    return True


def _relire(tache: Tache) -> tuple[Client, Tache]:
    client = verrouiller(tache.client_id)
    return client, Tache.objects.select_related("facture", "responsable").get(pk=tache.pk)


def _ecrire(tache: Tache) -> None:
    tache.version += 1
    tache.save(update_fields=["faite_le", "faite_par", "annulee_le", "version", "modifie_le"])


def _exiger_ouverte(tache: Tache) -> None:
    if tache.faite_le is not None:
        raise refus("tache", _("Cette tâche est déjà faite."), "faite")
    if tache.annulee_le is not None:
        raise refus("tache", _("Cette tâche est annulée."), "annulee")


def _verifier(tache: Tache, aujourd_hui: date) -> None:
    if tache.genre not in Tache.Genre.values:
        raise refus("genre", _("Ce genre de tâche n’existe pas."))
    if tache.genre == Tache.Genre.AUTRE and not tache.texte:
        raise refus("texte", _("Dites ce qu’il y a à faire."))
    if tache.pour_le < aujourd_hui:
        raise refus("pour_le", _("Une tâche se date d’aujourd’hui ou de plus tard."), "passee")
    if tache.facture is not None and tache.facture.client_id != tache.client_id:
        raise refus("facture", _("Cette facture n’est pas de ce client."), "autre_client")
    membres = Adhesion.objects.filter(entreprise=tache.entreprise_id, est_active=True)
    if tache.responsable_id and not membres.filter(utilisateur=tache.responsable_id).exists():
        raise refus("responsable", _("Cette personne n’est pas de l’entreprise."), "etranger")


def _noter(tache: Tache, client: Client, genre: str, auteur: Any, etat: str = "") -> None:
    faits = {
        "tache": tache.pk,
        "genre": tache.genre,
        "texte": tache.texte,
        "pour_le": tache.pour_le.isoformat(),
        "responsable": str(tache.responsable) if tache.responsable else "",
        "etat": etat,
    }
    connus = {nom: valeur for nom, valeur in faits.items() if valeur}
    noter_sur(client, genre, connus, [tache.facture] if tache.facture else [], auteur=auteur)
