"""The words of an act: what will leave, computed from its lines on a day. Reads only.

The same code serves the preview and the freezing, so that what is approved is what leaves. A user's text is filled by
`noyau.gabarits`; no template engine ever reads it.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from clients.models import Contact
from noyau import gabarits
from relances import blocs, delais
from relances.contexte import Contexte, Piece
from relances.destinataires import a_une_adresse, choisir, enveloppe, est_refusee, sorte_de
from relances.echelles import texte_de
from relances.modeles_echelles.textes import LANGUES, lire
from relances.models import Relance, TexteEtape
from relances.plume import Plume
from relances.valeurs import NOMS, NOMS_OBJET, Valeurs

OBJET_MAXIMUM = 300
SCRIPT = "script_appel"
_POSTE = {"courrier", "recommande"}


class CompositionImpossible(Exception):
    """Something needed is missing: `contact_manquant` (no email address), `adresse_manquante` (no postal one),
    `sorte_refusee` (every contact refuses that kind of act), `texte_manquant`, `texte_invalide` (with the line and the
    piece at fault), `sans_ligne`. The app words it with `parametres`."""

    def __init__(self, code: str, **parametres: Any) -> None:
        super().__init__(code)
        self.code, self.parametres = code, parametres


@dataclass(frozen=True)
class Composition:
    """What an act says. `corps` holds markup and blocks (`relances.blocs`); `delai_le` is the deadline that it gives,
    None when that runs from receipt. `total` is what is asked, in the act's currency."""

    langue: str
    texte: TexteEtape
    objet: str
    corps: str
    delai_le: date | None
    destinataire: str
    contact: Contact | None
    adresse_postale: tuple[str, ...]
    total: Decimal
    reference: str = ""
    pieces: tuple[Piece, ...] = ()


def composer(relance: Relance, au: date, *, brouillon: bool = False) -> Composition:
    """The words of this act if it left on `au`. `brouillon`: a missing address is left blank instead of refused.

    CompositionImpossible tells what is missing. A constant number of queries.
    """
    langue = relance.client.langue if relance.client.langue in LANGUES else "fr"
    texte = texte_de(relance.etape, langue)
    if texte is None:
        raise CompositionImpossible("texte_manquant", etape=relance.etape.nom)
    contacts = list(Contact.objects.filter(client_id=relance.client_id))
    contact = _contact(relance, contacts)
    if not brouillon and (manque := _manque(relance, contacts, contact)):
        raise CompositionImpossible(manque, client=relance.client.nom, canal=relance.canal)
    plume = Plume(texte.langue, relance.entreprise.pays)
    contexte = Contexte(relance, au, plume, contact, reference_de(relance, au))
    if not contexte.lignes:
        raise CompositionImpossible("sans_ligne")
    return rediger(contexte, texte)


def rediger(contexte: Contexte, texte: TexteEtape) -> Composition:
    """What this text, saved or not, says of the act of `contexte`. CompositionImpossible for a text with a fault."""
    relance, contact, plume = contexte.relance, contexte.contact, contexte.plume
    objet, corps = _sources(relance, texte)
    contexte.delai_le = _delai(contexte, corps)
    est_courriel = relance.canal == "courriel"
    return Composition(
        langue=texte.langue,
        texte=texte,
        objet=_remplir_objet(objet, contexte),
        corps=_remplir_corps(corps, contexte),
        delai_le=contexte.delai_le,
        destinataire=contact.courriel if contact and est_courriel else "",
        contact=contact,
        adresse_postale=tuple(enveloppe(relance.client, relance.entreprise, plume)) if relance.canal in _POSTE else (),
        total=contexte.total,
        reference=contexte.reference,
        pieces=contexte.pieces,
    )


def verifier_texte(objet: str, corps: str) -> list[tuple[str, gabarits.GabaritInvalide]]:
    """What keeps a text from being used, each with its field ("objet" or "corps")."""
    erreurs = [("objet", erreur) for erreur in gabarits.verifier(objet, NOMS_OBJET)]
    return [*erreurs, *(("corps", erreur) for erreur in gabarits.verifier(corps, NOMS))]


def reference_de(relance: Relance, au: date) -> str:
    """The act's reference, or the one that it takes if it leaves on `au`."""
    prefixe = "MED" if relance.est_formelle else "REL"
    return relance.reference or f"{prefixe}-{au.year}-{relance.pk or 0:05d}"


def _contact(relance: Relance, contacts: list[Contact]) -> Contact | None:
    """The one that a person chose while it can be reached, else the best one."""
    choisi = [c for c in contacts if c.pk == relance.contact_id]
    acte = {"est_formelle": relance.est_formelle, "avant_echeance": relance.avant_echeance}
    return choisir(choisi, relance.canal, **acte) or choisir(contacts, relance.canal, **acte)


def _manque(relance: Relance, contacts: list[Contact], contact: Contact | None) -> str:
    """The code of what keeps the act from finding its reader, or an empty string."""
    sorte = sorte_de(relance.canal, est_formelle=relance.est_formelle, avant_echeance=relance.avant_echeance)
    if relance.canal == "courriel":
        refuse = est_refusee(contacts, sorte)
        return "" if contact else "sorte_refusee" if refuse else "contact_manquant"
    if relance.canal not in _POSTE:
        return ""
    if not a_une_adresse(relance.client):
        return "adresse_manquante"
    return "sorte_refusee" if est_refusee(contacts, sorte) else ""


def _sources(relance: Relance, texte: TexteEtape) -> tuple[str, str]:
    """The words to fill: the rung's; for a call, the script, since the rung's words are those of the email that takes
    the place of a call about a small amount."""
    if relance.canal == "appel":
        return lire(SCRIPT, relance.entreprise.pays, relance.client.genre, texte.langue)
    return texte.objet, texte.corps


def _delai(contexte: Contexte, corps: str) -> date | None:
    relance, etape = contexte.relance, contexte.relance.etape
    pays = contexte.entreprise.pays
    sans_date = relance.avant_echeance or delais.court_de_la_reception(
        relance.canal, pays, est_formelle=relance.est_formelle
    )
    # A text that names a date gives that date, whatever the country.
    if relance.canal == "appel" or (sans_date and "{delai.date}" not in corps):
        return None
    return delais.delai_le(contexte.au, etape.delai_jours, relance.canal, contexte.entreprise.calendrier())


def _remplir_objet(objet: str, contexte: Contexte) -> str:
    propre = blocs.nettoyer_texte(objet).replace("\\\\", "\\")
    rempli = blocs.nettoyer(_remplir(propre, Valeurs(contexte, avec_blocs=False)))
    return rempli if len(rempli) <= OBJET_MAXIMUM else f"{rempli[: OBJET_MAXIMUM - 1]}…"


def _remplir_corps(corps: str, contexte: Contexte) -> str:
    rempli = _remplir(blocs.nettoyer_texte(corps), Valeurs(contexte), blocs.echapper)
    return blocs.ecrire(blocs.lire(rempli))


def _remplir(texte: str, valeurs: Valeurs, echapper: Any = None) -> str:
    try:
        return gabarits.remplir(texte, valeurs, echapper)
    except gabarits.GabaritInvalide as erreur:
        raise CompositionImpossible(
            "texte_invalide", raison=erreur.code, ligne=erreur.ligne, extrait=erreur.extrait
        ) from erreur
