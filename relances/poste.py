"""Letters: printed, posted, presented, received or unclaimed. The post is a person's; the app keeps the facts (R8)."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from entreprises.documents import conserver, lire
from entreprises.models import Document
from journal.ecriture import verrouiller
from journal.models import Genre
from relances import statuts
from relances.approbation import Refus, verrouillee
from relances.delais import delai_depuis_reception
from relances.figeage import figer
from relances.lettres import rendre
from relances.models import PieceRelance, Relance

S = Relance.Statut
SUIVIS = {"presentee": "presentee_le", "recue": "recue_le", "non_reclamee": "non_reclamee_le"}


def lettre(relance: Relance) -> Document:
    """The letter of a frozen act: rendered once, then always the same file (R6). Refus when it is not frozen."""
    if relance.figee_le is None:
        raise Refus("lettre_non_figee")
    piece = _pieces(relance).filter(cree_le__gte=relance.figee_le).last()
    if piece:
        return piece.document
    document = conserver(
        relance.entreprise, rendre(relance), "application/pdf", f"{relance.reference or relance.pk}.pdf"
    )
    with transaction.atomic():
        PieceRelance.objects.get_or_create(
            entreprise=relance.entreprise,
            relance=relance,
            document=document,
            role=PieceRelance.Role.LETTRE,
            defaults={"nom": document.nom},
        )
    return document


def _pieces(relance: Relance) -> Any:
    return relance.pieces.filter(role=PieceRelance.Role.LETTRE).select_related("document").order_by("cree_le")


def _figer(relance: Relance, instant: datetime) -> Relance:
    with transaction.atomic():
        verrouiller(relance.client_id)
        actuelle = Relance.objects.select_related("etape", "client", "entreprise").get(pk=relance.pk)
        if actuelle.figee_le is None and actuelle.statut == S.A_ENVOYER:
            figer(actuelle, actuelle.entreprise.date_locale(instant), instant)
        return actuelle


def imprimer(relance: Relance, instant: datetime) -> bytes:
    """The letter's bytes, and the note that it was printed. One that nobody had to approve is frozen here."""
    if relance.figee_le is None:
        relance = _figer(relance, instant)
    contenu = lire(lettre(relance))
    Relance.objects.filter(pk=relance.pk, imprimee_le=None).update(imprimee_le=instant)
    return contenu


def poster(
    relance: Relance,
    version: int,
    *,
    postee_le: date,
    numero: str,
    au: date,
    instant: datetime,
    auteur: Any,
    preuve: tuple[bytes, str, str] | None = None,
) -> Relance:
    """It was posted: date, registered number, and `preuve` (bytes, MIME type, name), the proof of deposit.

    Refus: a date in the future or before the letter's, a registered letter without its number.
    """
    if postee_le > au:
        raise Refus("date_future", champ="postee_le")
    if relance.date_lettre and postee_le < relance.date_lettre:
        raise Refus("avant_la_lettre", champ="postee_le", date_lettre=relance.date_lettre)
    if relance.canal == "recommande" and not numero.strip():
        raise Refus("numero_manquant", champ="numero")
    lettre(relance if relance.figee_le else _figer(relance, instant))
    document = conserver(relance.entreprise, *preuve) if preuve else None
    with verrouillee(relance, version, (S.A_ENVOYER,)) as (actuelle, client):
        actuelle.postee_le, actuelle.numero_recommande = postee_le, numero.strip()
        statuts.constater_envoyee(
            actuelle, client, instant, auteur, postee_le=postee_le.isoformat(), numero=numero.strip()
        )
        if document:
            PieceRelance.objects.get_or_create(
                entreprise=actuelle.entreprise,
                relance=actuelle,
                document=document,
                role=PieceRelance.Role.PREUVE,
                defaults={"nom": document.nom or "preuve de dépôt"},
            )
        return actuelle


def suivre(
    relance: Relance, version: int, *, suivi: str, le: date, au: date, instant: datetime, auteur: Any
) -> Relance:
    """What the post says of a registered letter: presented, received or unclaimed, on `le`.

    An unclaimed registered letter remains valid in France (Cass. 1re civ., 20 January 2021, n° 19-20.680).
    Refus: an unknown word, a date in the future or before the posting.
    """
    if suivi not in SUIVIS:
        raise Refus("suivi_inconnu")
    if le > au:
        raise Refus("date_future", champ="le")
    if relance.postee_le is None or le < relance.postee_le:
        raise Refus("avant_le_depot", champ="le", postee_le=relance.postee_le)
    with verrouillee(relance, version, (S.ENVOYEE,)) as (actuelle, client):
        setattr(actuelle, SUIVIS[suivi], le)
        if actuelle.delai_le is None and suivi != "presentee":  # Québec: the deadline runs from receipt
            jours = actuelle.etape.delai_jours
            actuelle.delai_le = delai_depuis_reception(le, jours, actuelle.entreprise.calendrier())
        statuts.reexaminer(actuelle, au)
        statuts.journaliser(actuelle, client, Genre.LETTRE_SUIVIE, instant, auteur, suivi=suivi, le=le.isoformat())
        actuelle.save()
        return actuelle
