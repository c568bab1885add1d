"""The outbox: what left, what leaves, what failed, what nobody knows."""

import base64
import email
import email.policy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from entreprises.champs import mots_cherches
from entreprises.documents import lire
from entreprises.models import Entreprise
from relances.models import Canal, PieceRelance, Relance

S = Relance.Statut
ETATS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "parties": (_("Partis"), (S.ENVOYEE,)),
    "en_partance": (_("En partance"), (S.A_ENVOYER, S.EN_COURS)),
    "douteux": (_("Douteux"), (S.A_VERIFIER,)),
    "echecs": (_("Refusés"), (S.ECHEC,)),
}
EN_TETES = {
    "From": _("De"),
    "To": _("À"),
    "Reply-To": _("Réponses à"),
    "Subject": _("Objet"),
    "Message-ID": _("Identifiant"),
}


@dataclass(frozen=True)
class Vue:
    """A ready-made view of the outbox, with its count."""

    code: str
    nom: str
    nombre: int


@dataclass
class Message:
    """An email as it left: its headers in words, its two bodies, what was joined (name, bytes)."""

    en_tetes: list[tuple[str, str]] = field(default_factory=list)
    texte: str = ""
    html: str = ""
    images: dict[str, str] = field(default_factory=dict)  # by Content-ID, as data: addresses
    joints: list[tuple[str, int]] = field(default_factory=list)


def envois(entreprise: Entreprise, recherche: str = "") -> Any:
    """Messages and letters that left or are about to; acts that still wait for a person are not there."""
    tous = [statut for _nom, statuts in ETATS.values() for statut in statuts]
    relances = Relance.objects.de(entreprise).filter(statut__in=tous).exclude(canal=Canal.APPEL)
    for mot in mots_cherches(recherche):
        relances = relances.filter(
            Q(client__recherche__contains=mot) | Q(lignes__echeance__facture__recherche__contains=mot)
        )
    return relances.distinct() if recherche else relances


def d_etat(relances: Any, etat: str) -> Any:
    """Those of one view; all of them for an unknown word. The newest first."""
    if etat in ETATS:
        relances = relances.filter(statut__in=ETATS[etat][1])
    instant = Coalesce("envoyee_le", "remise_le", "terminee_le", "modifie_le")
    return relances.annotate(instant=instant).select_related("client", "etape").order_by(F("instant").desc(), "-pk")


def vues(relances: Any) -> list[Vue]:
    """One query: how many messages each view holds."""
    nombres: Mapping[str, int] = dict(
        relances.order_by().values("statut").annotate(n=Count("pk", distinct=True)).values_list("statut", "n")
    )
    return [
        Vue(code, str(nom), sum(nombres.get(statut, 0) for statut in statuts)) for code, (nom, statuts) in ETATS.items()
    ]


def message_parti(relance: Relance) -> Message | None:
    """The email that is kept, read again; None when there is none (a letter, or a message not yet prepared)."""
    piece = (
        relance.pieces.filter(role=PieceRelance.Role.COURRIEL).select_related("document").order_by("-cree_le").first()
    )
    return analyser(lire(piece.document)) if piece else None


def analyser(contenu: bytes) -> Message:
    """The parts of an email that we wrote ourselves."""
    brut = email.message_from_bytes(contenu, policy=email.policy.default)
    assert isinstance(brut, EmailMessage)
    texte, html = brut.get_body(("plain",)), brut.get_body(("html",))
    return Message(
        en_tetes=[(str(nom), str(brut[cle]).strip()) for cle, nom in EN_TETES.items() if brut[cle]],
        texte=texte.get_content() if texte else "",
        html=html.get_content() if html else "",
        images=dict(_images(brut)),
        joints=[(p.get_filename() or "", len(_octets(p))) for p in brut.iter_attachments()],
    )


def _images(brut: EmailMessage) -> Iterator[tuple[str, str]]:
    """The pictures that the HTML shows, as data: addresses, since a page can't read a `cid:`."""
    for partie in brut.walk():
        cid = str(partie.get("Content-ID", "")).strip("<>")
        if cid and partie.get_content_maintype() == "image":
            yield cid, f"data:{partie.get_content_type()};base64,{base64.b64encode(_octets(partie)).decode()}"


def _octets(partie: Any) -> bytes:
    return bytes(partie.get_payload(decode=True) or b"")


def html_du_message(message: Message) -> str:
    """Its HTML body with its pictures in it; its text when it has no HTML."""
    if not message.html:
        return f"<!doctype html><meta charset=utf-8><title></title><pre>{escape(message.texte)}</pre>"
    html = message.html
    for cid, adresse in message.images.items():
        html = html.replace(f"cid:{cid}", adresse)
    return html
