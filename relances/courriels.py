"""Emails: what leaves, and its preview, from the same words and the same template.

One addressee. Sent in the creditor's name from the address of the installation, replies to the creditor. No
`X-Auto-Response-Suppress`: a bounce or an absence tells the creditor something; `Auto-Submitted` keeps two robots from
answering each other (RFC 3834).
"""

import base64
from collections.abc import Sequence
from datetime import date
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string

from entreprises.documents import lire
from relances import blocs, mentions
from relances.blocs import Bloc, Morceau, Paragraphe
from relances.composition import Composition
from relances.message import (
    Message,
    appelle_signature,
    en_colonnes,
    en_texte,
    lignes_de_signature,
    lignes_du_tableau,
    lire_message,
    valeur_du_paiement,
)
from relances.models import Relance
from relances.mots import mots
from relances.plume import FINE, INSECABLE
from relances.qr import en_png

ID_QR = "qr@recouvrement"
APERCU_MAXIMUM = 140
_MOT_ENTIER = 28
FIL = 10  # messages of the thread that References names


class Courriel(EmailMultiAlternatives):
    """An email whose HTML part carries its own image, as multipart/related, so that it is not shown as an attachment.

    Written once: what is kept as proof is, byte for byte, what is handed to the server (R6).
    """

    image: bytes = b""
    _ecrit: Any = None

    def message(self, **options: Any) -> Any:
        if self._ecrit is None:
            self._ecrit = super().message(**options)
            if self.image:
                _joindre_image(self._ecrit, self.image)
        return self._ecrit


def construire(
    relance: Relance, connection: BaseEmailBackend | None = None, precedents: Sequence[str] | None = None
) -> Courriel:
    """The email of a frozen act. `precedents`: Message-IDs of the thread, the oldest first; read when not given."""
    message = lire_message(relance)
    html, image = _html(message, f"cid:{ID_QR}")
    courriel = Courriel(
        subject=message.objet,
        body=texte_brut(message),
        from_email=expediteur(message),
        to=[message.destinataire],
        reply_to=[message.entreprise.courriel] if message.entreprise.courriel else None,
        headers=_entetes(relance, _fil(relance) if precedents is None else precedents),
        connection=connection,
    )
    courriel.attach_alternative(html, "text/html")
    courriel.image = image
    for piece in message.pieces:
        courriel.attach(piece.nom, lire(piece.document), piece.document.type_mime)
    return courriel


def apercu(relance: Relance, au: date | None = None, composition: Composition | None = None) -> str:
    """The HTML of the email, for a sandboxed frame: the QR code is a `data:` image. See `lire_message` for `au` and
    `composition`."""
    message = lire_message(relance, composition, au)
    return _html(message, "")[0]


def texte_brut(message: Message) -> str:
    """The plain-text part: the same words, 72 columns."""
    pied = "\n".join(en_colonnes(ligne) for ligne in _pied(message)).replace(FINE, INSECABLE)
    return f"{en_texte(message.elements, message.plume)}\n\n-- \n{pied}\n"


def expediteur(message: Message) -> str:
    """The creditor's name on the installation's address: the creditor's own would fail SPF and DMARC."""
    return formataddr((blocs.nettoyer(message.entreprise.nom), parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))


def _fil(relance: Relance) -> list[str]:
    """The messages already sent to this client in this currency, the oldest first."""
    passes = Relance.objects.filter(
        client_id=relance.client_id,
        devise=relance.devise,
        pk__lt=relance.pk or 0,
        statut=Relance.Statut.ENVOYEE,
        canal="courriel",
    ).exclude(message_id="")
    return list(passes.order_by("-pk").values_list("message_id", flat=True)[:FIL])[::-1]


def _entetes(relance: Relance, precedents: Sequence[str]) -> dict[str, str]:
    entetes = {"Auto-Submitted": "auto-generated"}
    if relance.message_id:
        entetes["Message-ID"] = relance.message_id
    if precedents:
        entetes["In-Reply-To"] = precedents[-1]
        entetes["References"] = " ".join(precedents)
    return entetes


def _html(message: Message, adresse_qr: str) -> tuple[str, bytes]:
    """The HTML and the image of its QR code. Without `adresse_qr` the image is inside the HTML."""
    charge = message.charge_qr
    image, cote = en_png(charge) if charge else (b"", 0)
    if image and not adresse_qr:
        adresse_qr = f"data:image/png;base64,{base64.b64encode(image).decode()}"
    contexte = {
        "message": message,
        "mots": mots(message.plume.langue, message.entreprise.pays),
        "langue": f"{message.plume.langue}-CA" if message.entreprise.pays == "CA" else message.plume.langue,
        "elements": _elements(message),
        "amorce": _amorce(message),
        "pied": _pied(message),
        "qr": {"adresse": adresse_qr, "cote": cote, "largeur": cote + 16} if image else None,
    }
    return render_to_string("courriels/message.html", contexte), image


def _elements(message: Message) -> list[dict[str, Any]]:
    """The paragraphs and blocks, made ready for the template: nothing is left to compute there."""
    prets: list[dict[str, Any]] = []
    for element in message.elements:
        if isinstance(element, Paragraphe):
            prets.append(
                {
                    "genre": "paragraphe",
                    "lignes": list(blocs.morceaux(element.texte)),
                    "appelle_signature": appelle_signature(element.texte),
                }
            )
        elif element.nom == "signature":
            lignes = [[Morceau(ligne)] for ligne in lignes_de_signature(element)]
            if prets and prets[-1].get("appelle_signature"):
                prets[-1]["lignes"].extend(lignes)
            else:
                prets.append({"genre": "paragraphe", "lignes": lignes})
        elif element.nom == "paiement":
            prets.append({"genre": "paiement", "rangs": _paiement(element, message)})
        elif element.nom in {"tableau", "information"}:
            prets.append({"genre": element.nom, **_tableau(element, message)})
    return prets


def _paiement(bloc: Bloc, message: Message) -> list[dict[str, Any]]:
    plume = message.plume
    rangs = []
    for rang in bloc.rangs:
        valeur = valeur_du_paiement(rang, plume)
        valeur = valeur.replace(INSECABLE, " ") if rang[0] == "iban" else valeur
        est_lien = rang[0] == "lien" and valeur.startswith(("https://", "http://"))
        # A number of invoice is not cut in two, unless it is too long for a phone.
        mots_entiers = [(mot, len(mot) <= _MOT_ENTIER) for mot in valeur.split(" ")] if rang[0] == "reference" else []
        rangs.append(
            {
                "cle": rang[0],
                "libelle": plume.mot(rang[0]),
                "valeur": valeur,
                "mots": mots_entiers,
                "est_lien": est_lien,
            }
        )
        if rang[0].startswith("montant"):
            rangs[-1]["alt"] = plume.mot("qr_alt", montant=valeur)
    return rangs


def _tableau(bloc: Bloc, message: Message) -> dict[str, Any]:
    plume, (devise, *reste) = message.plume, bloc.rangs[0]
    lignes = [
        {
            "numero": ligne.numero,
            "emission": plume.date_courte(ligne.emission),
            "echeance": plume.date_courte(ligne.echeance),
            "retard": plume.retard(ligne.retard),
            "solde": plume.montant(ligne.solde, devise),
        }
        for ligne in lignes_du_tableau(bloc)
    ]
    est_avant = bool(reste) and reste[1] == "avant"
    return {
        "lignes": lignes,
        "titre": plume.mot("colonne_a_regler" if est_avant else "colonne_solde_courriel"),
        "total": plume.montant(message.total, devise) if reste and len(lignes) > 1 else "",
    }


def _amorce(message: Message) -> str:
    """What mail programs show beside the subject: the first real sentence."""
    paragraphes = [blocs.sans_marques(e.texte) for e in message.elements if isinstance(e, Paragraphe)]
    phrase = next((p for p in paragraphes if len(p) > 40), "").replace("\n", " ")
    return phrase if len(phrase) <= APERCU_MAXIMUM else f"{phrase[: APERCU_MAXIMUM - 1]}…"


def _pied(message: Message) -> list[str]:
    entreprise, plume = message.entreprise, message.plume
    lignes = [
        mentions.identite(entreprise, plume),
        mentions.numeros(entreprise, plume),
        blocs.nettoyer(entreprise.site),
    ]
    lignes += [plume.mot("demonstration")] if entreprise.est_demonstration else []
    return [ligne for ligne in lignes if ligne]


def _joindre_image(message: Any, image: bytes) -> None:
    """Put the HTML part and its image together, where the HTML part alone was."""
    for partie in message.walk():
        contenu = partie.get_payload()
        if partie.get_content_type() != "multipart/alternative" or not isinstance(contenu, list):
            continue
        for rang, fille in enumerate(contenu):
            if fille.get_content_type() == "text/html":
                contenu[rang] = _avec_image(fille, image)
                return


def _avec_image(html: Any, image: bytes) -> MIMEMultipart:
    liee = MIMEMultipart("related", type="text/html")
    liee.attach(html)
    partie = MIMEImage(image, "png")
    partie.add_header("Content-ID", f"<{ID_QR}>")
    partie.add_header("Content-Disposition", "inline", filename="qr.png")
    liee.attach(partie)
    return liee
