"""Which client is meant by what was typed at an invoice: a name, a code, a legal number, or « name (code) »."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from clients.models import Client, ClientQuerySet
from entreprises.champs import sans_accents
from entreprises.models import Entreprise

PROPOSES = 8
AVEC_CLE = re.compile(r"^(?P<nom>.+?)\s*\((?P<cle>[^()]+)\)$")


@dataclass(frozen=True, slots=True)
class ClientSaisi:
    """The client, or those that it may be. Neither: nobody is called so."""

    texte: str
    client: Client | None = None
    candidats: list[Client] = field(default_factory=list)


def reconnaitre(entreprise: Entreprise, texte: str) -> ClientSaisi:
    """Exactly one client by code, legal number, name or alias; else those found by their words. Nobody is guessed."""
    texte = " ".join(texte.replace("\0", " ").split())[:200]
    if not texte:
        return ClientSaisi("")
    actifs = Client.objects.de(entreprise).actifs()
    for exacts in _exacts(actifs, texte):
        if exacts:
            return ClientSaisi(texte, exacts[0]) if len(exacts) == 1 else ClientSaisi(texte, None, exacts)
    return ClientSaisi(texte, None, list(actifs.cherchant(texte).order_by("tri", "pk")[:PROPOSES]))


def _exacts(actifs: ClientQuerySet, texte: str) -> Iterable[list[Client]]:
    """Those that are called exactly so, the surest way first."""
    yield list(actifs.filter(code=texte)[:PROPOSES])
    yield _par_numero(actifs, texte)
    if trouve := AVEC_CLE.match(texte):
        cle = trouve["cle"]
        yield list(actifs.filter(code=cle)[:PROPOSES]) or _par_numero(actifs, cle)
    nom = sans_accents(texte)[:200]
    yield list(actifs.filter(Q(tri=nom) | Q(alias__nom_normalise=nom)).distinct().order_by("pk")[:PROPOSES])


def _par_numero(actifs: ClientQuerySet, texte: str) -> list[Client]:
    serre = re.sub(r"[\s.\-]", "", texte).upper()
    if len(serre) < 9 or not any(c.isdigit() for c in serre):
        return []
    numeros = Q(siren=serre) | Q(siret=serre) | Q(bce=serre) | Q(neq=serre) | Q(tva=serre) | Q(ide=serre)
    return list(actifs.filter(numeros).order_by("pk")[:PROPOSES])


def proposer(entreprise: Entreprise, texte: str) -> list[tuple[str, str]]:
    """What to type for each client found, and what tells it apart: for the browser's list."""
    actifs = Client.objects.de(entreprise).actifs()
    trouves = list((actifs.cherchant(texte) if texte.strip() else actifs).order_by("tri", "pk")[: PROPOSES * 4])
    homonymes = Counter(c.nom for c in trouves)
    return [(nom_a_saisir(c, avec_cle=homonymes[c.nom] > 1), reconnaissable(c)) for c in trouves]


def nom_a_saisir(client: Client, *, avec_cle: bool) -> str:
    """The text by which the form finds this client again."""
    cle = client.code or client.numero_legal
    return f"{client.nom} ({cle})" if avec_cle and cle else client.nom


def reconnaissable(client: Client) -> str:
    """Code, legal number, town: what tells two clients of one name apart."""
    return " · ".join(mot for mot in (client.code, client.numero_legal, client.siege_ville) if mot)
