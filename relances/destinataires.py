"""To whom a message goes: one person or department, and the lines of the envelope."""

import re
import textwrap
import unicodedata
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from clients.models import Client, Contact
from clients.reception import Sorte, recoit, refusees
from entreprises.models import Entreprise, Pays
from relances.blocs import nettoyer
from relances.modeles_echelles.definitions import QUEBEC
from relances.plume import Plume

LIGNES_MAXIMUM = 6  # what the window of an envelope shows
LARGEUR = 38  # NF Z 10-011
# Written in capitals without accents nor punctuation there; elsewhere as typed.
PAYS_CAPITALES = {"FR", "BE", "LU"}
_ORDRE = {"comptabilite": 0, "direction": 1, "autre": 2, "commande": 3}
_ORDRE_FORMEL = {**_ORDRE, "direction": -1}


def sorte_de(canal: str, *, est_formelle: bool, avant_echeance: bool) -> Sorte:
    """The kind of act, as a contact takes or leaves it."""
    if canal == "appel":
        return Sorte.APPELS
    if est_formelle:
        return Sorte.MISES_EN_DEMEURE
    return Sorte.AVANT_ECHEANCE if avant_echeance else Sorte.RELANCES


def choisir(
    contacts: Iterable[Contact], canal: str, *, est_formelle: bool, avant_echeance: bool = False
) -> Contact | None:
    """The contact that this act reaches: accounts first, or the management for a formal demand."""
    ordre = _ORDRE_FORMEL if est_formelle else _ORDRE
    sorte = sorte_de(canal, est_formelle=est_formelle, avant_echeance=avant_echeance)
    possibles = [c for c in contacts if c.archive_le is None and recoit(c, sorte) and _est_joignable(c, canal)]
    return min(
        possibles, key=lambda c: (canal == "appel" and not c.telephone, ordre.get(c.role, 9), c.pk), default=None
    )


def est_refusee(contacts: Iterable[Contact], sorte: Sorte) -> bool:
    """Whether everyone there refuses this kind: a letter then waits too, though the address is known."""
    return sorte in refusees(contacts)


def a_une_adresse(client: Client) -> bool:
    """Whether a letter would find the registered office."""
    return bool(client.siege_ville and client.siege_ligne1)


def _est_joignable(contact: Contact, canal: str) -> bool:
    if canal != "courriel":
        return True
    if contact.courriel_refuse_le is not None:
        return False
    try:
        validate_email(contact.courriel)
    except ValidationError:
        return False
    return True


def enveloppe(client: Client, entreprise: Entreprise, plume: Plume) -> list[str]:
    """The lines of the address, six at most: what would not fit is left out."""
    capitales = entreprise.pays in PAYS_CAPITALES
    nom = _lignes(f"{client.nom} {_forme(client)}", capitales=capitales, maximum=2)
    attention = [plume.mot("attention")] if client.genre == Client.Genre.PROFESSIONNEL else []
    rue = _lignes(client.siege_ligne1, capitales=capitales, maximum=2)
    complement = _lignes(client.siege_ligne2, capitales=capitales, maximum=1)
    ville = [*_lignes(_ville(client), capitales=capitales, maximum=1), *_pays(client, entreprise)]
    parties = [nom, attention, rue, complement, ville]
    # What gives way first; a name that is cut is told in full beside the references.
    for partie, garde in ((attention, 0), (complement, 0), (nom, 1), (rue, 1)):
        if sum(map(len, parties)) > LIGNES_MAXIMUM:
            del partie[garde:]
    return [ligne for partie in parties for ligne in partie]


def _forme(client: Client) -> str:
    """The legal form, unless the name says it already."""
    forme = nettoyer(client.forme_juridique)
    return "" if forme.casefold() in nettoyer(client.nom).casefold().split() else forme


def _ville(client: Client) -> str:
    if client.siege_pays == QUEBEC or (not client.siege_pays and client.entreprise.pays == QUEBEC):
        return f"{client.siege_ville}  {client.siege_code_postal}"
    return f"{client.siege_code_postal} {client.siege_ville}"


def _pays(client: Client, entreprise: Entreprise) -> list[str]:
    """The country, in capitals, when the letter leaves ours."""
    code = client.siege_pays.upper()
    if not code or code == entreprise.pays:
        return []
    noms = {Pays.FRANCE: "FRANCE", Pays.BELGIQUE: "BELGIQUE", Pays.LUXEMBOURG: "LUXEMBOURG"}
    autres = {Pays.SUISSE: "SUISSE", Pays.CANADA: "CANADA"}
    return [{**noms, **autres}.get(code, code)]  # type: ignore[call-overload]


def _lignes(texte: str, *, capitales: bool, maximum: int) -> list[str]:
    texte = nettoyer(texte)
    return textwrap.wrap(en_capitales(texte) if capitales else texte, LARGEUR, break_on_hyphens=False)[:maximum]


def en_capitales(texte: str) -> str:
    """Capitals without accents nor punctuation (NF Z 10-011). A script that has no Latin letters is left as it is."""
    ouvert = texte.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae").replace("Æ", "AE").replace("ß", "ss")
    decompose = unicodedata.normalize("NFKD", ouvert)
    lettres = "".join(c for c in decompose if not unicodedata.combining(c)).upper()
    return re.sub(r"\s+", " ", re.sub(r"[^\w\s/&+]", " ", lettres)).strip()
