"""Letters: a formal demand or a reminder by post, as a PDF that is printed, signed and posted.

Positions are in millimetres from the sheet, so that the address shows through the window of an envelope: see
`templates/lettres/lettre.css`. The same frozen act gives the same bytes.
"""

import math
from datetime import date
from typing import Any

from django.template.loader import render_to_string

from clients.models import Client
from entreprises.documents import lire
from relances import blocs, mentions
from relances.blocs import Bloc, Paragraphe
from relances.composition import Composition
from relances.destinataires import en_capitales
from relances.message import Message, lignes_du_tableau, lire_message, valeur_du_paiement
from relances.models import Relance
from relances.mots import mots
from relances.pdf import PREFIXE, Image, en_pdf
from relances.qr import en_svg

_LIGNES_D_UNE_PAGE = 38.5  # what is left of the first page under the subject
IMAGES = {"image/png", "image/jpeg", "image/svg+xml"}


def rendre(relance: Relance, composition: Composition | None = None, au: date | None = None) -> bytes:
    """The letter of a frozen act, or a draft marked as such: of `composition`, or composed for `au`.

    CompositionImpossible when there is nothing to compose.
    """
    return mettre_en_page(lire_message(relance, composition, au))


def mettre_en_page(message: Message, marque: str = "") -> bytes:
    """The sheet of this message; `marque` in its margin instead of the one that its state calls for."""
    images = _images(message)
    contexte = _contexte(message, images)
    contexte["marque"] = marque or contexte["marque"]
    html = render_to_string("lettres/lettre.html", contexte)
    numerote = render_to_string("lettres/lettre.html", {**contexte, "numerotee": True})
    return en_pdf(html, numerote, images, parait_longue=_hauteur(message) > _LIGNES_D_UNE_PAGE)


def _hauteur(message: Message) -> float:
    """About how many lines the body takes: which layout is tried first depends on it, nothing else."""
    signature = 6.5 if message.relance.est_formelle else 2.5
    lignes = 0.0
    for element in message.elements:
        if isinstance(element, Paragraphe):
            lignes += sum(math.ceil(max(len(ligne), 1) / 100) for ligne in element.texte.split("\n")) + 0.5
        else:
            lignes += {"paiement": 8.0, "signature": signature}.get(element.nom, 1.5 * len(element.rangs) + 1)
    return lignes + len(message.pieces)


def _images(message: Message) -> dict[str, Image]:
    """The QR code, and the logo when its file is still there."""
    images = {}
    if message.charge_qr:
        images["qr.svg"] = Image(en_svg(message.charge_qr), "image/svg+xml")
    logo = message.entreprise.logo
    if logo is not None and logo.type_mime in IMAGES:
        try:
            images["logo"] = Image(lire(logo), logo.type_mime)
        except FileNotFoundError:
            images.pop("logo", None)
    return images


def _contexte(message: Message, images: dict[str, Image]) -> dict[str, Any]:
    entreprise, plume = message.entreprise, message.plume
    return {
        "message": message,
        "mots": mots(plume.langue, entreprise.pays),
        "langue": f"{plume.langue}-CA" if entreprise.pays == "CA" else plume.langue,
        "prefixe": PREFIXE,
        "logo": "logo" in images,
        "qr": "qr.svg" in images,
        "tete": _tete(message),
        "reperes": _reperes(message),
        "envoi": _envoi(message),
        "lieu_date": _lieu_date(message),
        "rappel": _rappel(message),
        "marque": _marque(message),
        "pied": [ligne for ligne in (mentions.identite(entreprise, plume), _numeros(message)) if ligne],
        "elements": _elements(message),
        "annexes": [plume.mot("copie_facture", numero=piece.numero) for piece in message.pieces],
    }


def _rappel(message: Message) -> str:
    """The running head of the next pages: which letter they belong to."""
    relance, plume = message.relance, message.plume
    numero = blocs.nettoyer(relance.numero_recommande)
    parties = [message.reference, plume.date_longue(message.date), blocs.nettoyer(relance.client.nom)]
    return " – ".join([*parties, *([plume.mot("numero", numero=numero)] if numero else [])])


def _tete(message: Message) -> list[str]:
    """The letterhead under the name."""
    entreprise = message.entreprise
    lignes = [*mentions.adresse(entreprise), entreprise.telephone, entreprise.courriel]
    return [blocs.nettoyer(ligne) for ligne in lignes if ligne]


def _numeros(message: Message) -> str:
    return " – ".join(
        v for v in (mentions.numeros(message.entreprise, message.plume), blocs.nettoyer(message.entreprise.site)) if v
    )


def _reperes(message: Message) -> list[tuple[str, str]]:
    """Our reference, the client's account and legal number."""
    client, plume = message.relance.client, message.plume
    noms = {"siren": "SIREN", "bce": "BCE", "ide": "IDE", "neq": "NEQ"}
    legal = next(((nom, getattr(client, champ)) for champ, nom in noms.items() if getattr(client, champ)), None)
    reperes = [(plume.mot("references"), message.reference), (plume.mot("compte_client"), blocs.nettoyer(client.code))]
    if legal and client.genre != Client.Genre.PARTICULIER:
        numero = mentions.grouper(legal[1], 3) if legal[0] == "SIREN" else legal[1]
        reperes.append((plume.mot("numero_client", nom=legal[0]), numero))
    if not _est_nomme_en_entier(message):
        reperes.append((plume.mot("client"), blocs.nettoyer(client.nom)))
    return [(nom, valeur) for nom, valeur in reperes if valeur]


def _est_nomme_en_entier(message: Message) -> bool:
    """Whether the window shows the whole name of the client: it may not have the room."""
    montre = en_capitales(" ".join(message.adresse_postale))
    return en_capitales(message.relance.client.nom) in montre


def _envoi(message: Message) -> list[str]:
    """How it travels, for a registered letter; its number once it is known."""
    if message.relance.canal != "recommande":
        return []
    numero = blocs.nettoyer(message.relance.numero_recommande)
    return [message.plume.mot("recommande"), *([message.plume.mot("numero", numero=numero)] if numero else [])]


def _lieu_date(message: Message) -> str:
    jour, lieu = message.plume.date_longue(message.date), blocs.nettoyer(message.entreprise.ville)
    return message.plume.mot("lieu_date", lieu=lieu, date=jour) if lieu else message.plume.mot("date_seule", date=jour)


def _marque(message: Message) -> str:
    """What keeps a draft, or a demonstration, from being taken for the real letter."""
    marques = [message.plume.mot("projet")] if message.est_projet else []
    marques += [message.plume.mot("demonstration")] if message.entreprise.est_demonstration else []
    return " – ".join(marques)


def _elements(message: Message) -> list[dict[str, Any]]:
    prets: list[dict[str, Any]] = []
    for element in message.elements:
        if isinstance(element, Paragraphe):
            # The demand itself is the paragraph that is bold from end to end.
            genre = "demande" if message.relance.est_formelle and blocs.est_tout_gras(element.texte) else "paragraphe"
            prets.append({"genre": genre, "lignes": list(blocs.morceaux(element.texte))})
        elif element.nom == "signature":
            for precedent in prets[-2:]:
                precedent["garde"] = True  # nobody signs an empty page
            prets.append(_signature(element, message))
        elif element.nom == "paiement":
            prets.append(_paiement(element, message))
        elif element.nom in {"tableau", "information"}:
            prets.append({"genre": element.nom, **_tableau(element, message)})
    return prets


def _signature(bloc: Bloc, message: Message) -> dict[str, Any]:
    """Name and quality, with the room to sign a formal demand; one line under a reminder."""
    valeurs = bloc.en_dict()
    nom, qualite = valeurs.get("nom", ""), valeurs.get("qualite", "")
    est_formelle = message.relance.est_formelle
    lignes = (
        [nom, f"{qualite[:1].upper()}{qualite[1:]}"] if est_formelle else [", ".join(v for v in (nom, qualite) if v)]
    )
    presentes = [ligne for ligne in lignes if ligne] or [valeurs.get("entreprise", "")]
    return {"genre": "signature", "lignes": presentes, "a_signer": est_formelle}


def _paiement(bloc: Bloc, message: Message) -> dict[str, Any]:
    plume = message.plume
    valeurs = [(rang[0], plume.mot(rang[0]), valeur_du_paiement(rang, plume)) for rang in bloc.rangs]
    montant = next((valeur for cle, _, valeur in valeurs if cle.startswith("montant")), "")
    return {
        "genre": "paiement",
        "rangs": [
            {"libelle": libelle, "valeur": valeur, "fort": cle in {"iban", "montant", "montant_escompte", "reference"}}
            for cle, libelle, valeur in valeurs
        ],
        "alt": plume.mot("qr_alt", montant=montant),
        "legende": plume.mot("qr_lettre", montant=montant),
    }


def _tableau(bloc: Bloc, message: Message) -> dict[str, Any]:
    plume, (devise, *reste) = message.plume, bloc.rangs[0]
    lignes = [
        {
            "numero": ligne.numero,
            "emission": plume.date_courte(ligne.emission),
            "echeance": plume.date_courte(ligne.echeance),
            "retard": plume.mot("jours_courts", n=ligne.retard) if ligne.retard else "–",
            "montant": plume.montant(ligne.montant, devise),
            "regle": plume.montant(ligne.regle, devise) if ligne.regle else "–",
            "solde": plume.montant(ligne.solde, devise),
        }
        for ligne in lignes_du_tableau(bloc)
    ]
    return {"lignes": lignes, "total": plume.montant(message.total, devise) if reste and len(lignes) > 1 else ""}
