"""Letters: printed, posted, presented, received or unclaimed. The post is a person's; the app keeps the facts (R8)."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from entreprises.documents import conserver, lire
from entreprises.modeles import Perimee
from entreprises.models import Document
from journal.ecriture import verrouiller
from journal.models import Genre
from relances import statuts
from relances.approbation import Refus, verrouillee
from relances.delais import court_de_la_reception, delai_depuis_reception
from relances.figeage import figer
from relances.joignables import POSTE
from relances.lettres import rendre
from relances.models import PieceRelance, Relance

S = Relance.Statut
JOURS_DE_LA_DATE = 2  # working days that a letter's date may be older than its first printing
SUIVIS = {"presentee": "presentee_le", "recue": "recue_le", "non_reclamee": "non_reclamee_le"}


def lettre(relance: Relance) -> Document:
    """The letter of a frozen act: rendered once, then always the same file (R6). Refus when it is not frozen."""
    _exiger_une_lettre(relance)
    if relance.figee_le is None:
        raise Refus("lettre_non_figee")
    document = _gardee(relance)
    if document is None:
        nom = f"{relance.reference or relance.pk}.pdf"
        document = _garder(relance, conserver(relance.entreprise, rendre(relance), "application/pdf", nom))
    return document


def _exiger_une_lettre(relance: Relance) -> None:
    if relance.canal not in POSTE:
        raise Refus("pas_une_lettre")


def _gardee(relance: Relance) -> Document | None:
    piece = relance.pieces.filter(role=PieceRelance.Role.LETTRE).select_related("document").last()
    return piece.document if piece else None


def _garder(relance: Relance, document: Document) -> Document:
    """Keep it with the act, unless another was kept, or the act was unfrozen, while this one was rendered."""
    with transaction.atomic():
        verrouiller(relance.client_id)
        gardee = _gardee(relance)
        if gardee is None and Relance.objects.filter(pk=relance.pk, figee_le=relance.figee_le).exists():
            PieceRelance.objects.create(
                entreprise=relance.entreprise,
                relance=relance,
                document=document,
                role=PieceRelance.Role.LETTRE,
                nom=document.nom,
            )
    return gardee or document


def lettre_a_lire(relance: Relance) -> bytes:
    """The bytes of a frozen act's letter, without keeping or noting anything: to be read, not to be posted."""
    _exiger_une_lettre(relance)
    if relance.figee_le is None:
        raise Refus("lettre_non_figee")
    document = _gardee(relance)
    return lire(document) if document else rendre(relance)


def _figer(relance: Relance, jour: date, instant: datetime) -> Relance:
    """A letter that nobody had to approve, frozen with `jour` as its date; any other as it is."""
    if relance.figee_le is not None:
        return relance
    with transaction.atomic():
        verrouiller(relance.client_id)
        actuelle = Relance.objects.select_related("etape", "client", "entreprise").get(pk=relance.pk)
        if actuelle.figee_le is None and actuelle.statut == S.A_ENVOYER:
            figer(actuelle, jour, instant)
        return actuelle


def _refaire(relance: Relance, jour: date, instant: datetime) -> Relance:
    """A letter that would be printed for the first time more than two working days after its date is made again: dated
    `jour`, or, when a person approved its words, back to them. Refus in that case."""
    limite = relance.entreprise.calendrier().ajouter_ouvres(jour, -JOURS_DE_LA_DATE)
    if relance.imprimee_le or relance.date_lettre is None or relance.date_lettre >= limite:
        return relance
    with transaction.atomic():
        client = verrouiller(relance.client_id)
        actuelle = Relance.objects.select_related("etape", "client", "entreprise").get(pk=relance.pk)
        if actuelle.imprimee_le or actuelle.statut != S.A_ENVOYER:
            return actuelle
        if actuelle.est_formelle:
            statuts.mettre_a_valider(actuelle, client, "lettre_perimee", instant)
        else:
            statuts.defiger(actuelle)
            actuelle.save()
    if actuelle.statut == S.A_VALIDER:
        raise Refus("lettre_perimee")
    return actuelle


def imprimer(relance: Relance, instant: datetime) -> bytes:
    """The letter's bytes, and the note that it was printed. One that nobody had to approve is frozen here.

    Refus when it is no letter, or when its date is too old and a person must approve it again."""
    _exiger_une_lettre(relance)
    jour = relance.entreprise.date_locale(instant)
    contenu = lire(lettre(_figer(_refaire(relance, jour, instant), jour, instant)))
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

    Refus: not a letter, a date in the future or before the letter's, a registered letter without its number.
    """
    _exiger_une_lettre(relance)
    if postee_le > au:
        raise Refus("date_future", champ="postee_le")
    if relance.date_lettre and postee_le < relance.date_lettre:
        raise Refus("avant_la_lettre", champ="postee_le", date_lettre=relance.date_lettre)
    if relance.canal == "recommande" and not numero.strip():
        raise Refus("numero_manquant", champ="numero")
    if not Relance.objects.filter(pk=relance.pk, version=version, statut=S.A_ENVOYER).exists():
        raise Perimee
    lettre(_figer(relance, postee_le, instant))
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

    An unclaimed registered letter remains valid in France (Cass. 1re civ., 20 January 2021, n° 19-20.680). A deadline
    that runs from receipt is known from then on; it follows a date that is corrected.
    Refus: an unknown word, a date in the future or before the posting.
    """
    if suivi not in SUIVIS:
        raise Refus("suivi_inconnu")
    if le > au:
        raise Refus("date_future", champ="le")
    if relance.postee_le is None or le < relance.postee_le:
        raise Refus("avant_le_depot", champ="le", postee_le=relance.postee_le)
    with verrouillee(relance, version, (S.ENVOYEE,)) as (actuelle, client):
        connu = _delai_de_reception(actuelle)
        setattr(actuelle, SUIVIS[suivi], le)
        if actuelle.delai_le in {None, connu}:  # any other is the one that the letter names
            actuelle.delai_le = _delai_de_reception(actuelle)
        statuts.reexaminer(actuelle, au)
        statuts.journaliser(actuelle, client, Genre.LETTRE_SUIVIE, instant, auteur, suivi=suivi, le=le.isoformat())
        actuelle.save()
        return actuelle


def _delai_de_reception(relance: Relance) -> date | None:
    """The deadline counted from what the post said so far; None when it doesn't run from receipt (Québec's does)."""
    recue_le = relance.recue_le or relance.non_reclamee_le
    pays = relance.entreprise.pays
    if recue_le is None or not court_de_la_reception(relance.canal, pays, est_formelle=relance.est_formelle):
        return None
    return delai_depuis_reception(recue_le, relance.etape.delai_jours, relance.entreprise.calendrier())
