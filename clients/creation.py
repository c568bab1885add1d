"""Clients come in, and are found again by the key of R16: code, else legal number, else normalised name.

Conventions
* Names are compared without case, accents or repeated spaces; aliases count. The first name is kept.
* A code that nobody has makes a new client, except for one who had no code yet: the next keys find it, and it takes the
  code. The same holds for a legal number. A private person is never completed by name alone: homonyms are common.
* When a key fits several clients, the name chooses among them; else the look-up is refused, nobody is guessed.
* A client that was merged into another is found by its own keys still, and the other one is the answer.
* Everything about one company; the caller is in a transaction when it writes.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.identites import NOMS, cles_legales, numeros_de, verifier_numeros
from clients.models import AliasClient, Client, Contact
from entreprises.champs import sans_accents
from entreprises.ecriture import ecrire_colonnes
from entreprises.models import Entreprise
from entreprises.refus import refus


@transaction.atomic
def creer_client(
    entreprise: Entreprise, nom: str, *, contacts: Iterable[Mapping[str, Any]] = (), **valeurs: Any
) -> Client:
    """A client and its contacts (columns of `Contact`). ValidationError names the field that can't be taken."""
    client = preparer_client(entreprise, nom, **valeurs)
    if client.code and Client.objects.de(entreprise).filter(code=client.code).exists():
        raise refus("code", _("Un client a déjà le code « %(code)s »."), "deja_pris", code=client.code)
    client.save(force_insert=True)
    for contact in contacts:
        ajouter_contact(client, **contact)
    return client


def ajouter_contact(client: Client, **valeurs: Any) -> Contact:
    """A person or a department. ValidationError for a wrong address, or when nothing says who it is."""
    contact = Contact(entreprise_id=client.entreprise_id, client=client, **valeurs)
    if not (contact.nom or contact.courriel or contact.telephone):
        raise refus("nom", _("Donnez au moins un nom, un courriel ou un téléphone."))
    if contact.courriel:
        try:
            validate_email(contact.courriel)
        except ValidationError as erreur:
            message = _("« %(courriel)s » n’est pas une adresse valable.")
            raise refus("courriel", message, courriel=contact.courriel) from erreur
    contact.save(force_insert=True)
    return contact


def preparer_client(entreprise: Entreprise, nom: str, **valeurs: Any) -> Client:
    """The client, checked and not written. The code stays a text: leading zeros are part of it."""
    nom = " ".join(nom.split())
    if not nom or len(nom) > 200:
        raise refus("nom", _("Donnez un nom de 200 caractères au plus."))
    code = str(valeurs.pop("code", "")).strip()
    if len(code) > 60:
        raise refus("code", _("Un code client compte 60 caractères au plus."))
    if valeurs.get("genre", Client.Genre.PROFESSIONNEL) not in Client.Genre:
        raise refus("genre", _("Le genre « %(genre)s » n’existe pas."), genre=valeurs["genre"])
    numeros = verifier_numeros({champ: valeurs[champ] for champ in NOMS.keys() & valeurs.keys()})
    client = Client(entreprise=entreprise, nom=nom, code=code, **{**valeurs, **numeros})
    client.preparer_recherche()
    return client


def trouver_client(
    entreprise: Entreprise, *, code: str = "", numeros: Mapping[str, str] | None = None, nom: str = ""
) -> Client | None:
    """One look-up, with the answer that `IndexClients` would give. ValidationError when several clients fit."""
    numeros = {champ: numero for champ, numero in (numeros or {}).items() if numero}
    nom_normalise = sans_accents(nom)[:200]
    filtre = Q(tri=nom_normalise) | Q(alias__nom_normalise=nom_normalise)
    if code.strip():
        filtre |= Q(code=code.strip())
    for cle in cles_legales(numeros):
        champ, numero = cle.split(":", 1)
        filtre |= Q(**{champ: numero}) | Q(tva__contains=numero) | Q(siret__startswith=numero)
    candidats = Client.objects.de(entreprise).filter(filtre).select_related("fusionne_dans").distinct().order_by("pk")
    return IndexClients(entreprise, candidats).trouver(code=code, numeros=numeros, nom=nom)


class IndexClients:
    """The clients of a company in memory, for thousands of look-ups: two queries to load.

    `preparer`, `completer` and `nommer` write nothing: `enregistrer` writes what they did, in a few queries. A dry run
    does everything but that.
    """

    def __init__(self, entreprise: Entreprise, candidats: Iterable[Client] | None = None) -> None:
        self.entreprise = entreprise
        self._par_code: dict[str, Client] = {}
        self._par_numero: dict[str, list[Client]] = defaultdict(list)
        self._par_nom: dict[str, list[Client]] = defaultdict(list)
        self._nouveaux: list[Client] = []
        self._completes: list[Client] = []
        self._alias: list[AliasClient] = []
        tous = candidats is None
        par_pk = {c.pk: c for c in (Client.objects.de(entreprise).order_by("pk") if candidats is None else candidats)}
        for client in list(par_pk.values()):
            self._indexer(client, _garde(client, par_pk))
        alias = AliasClient.objects.filter(entreprise=entreprise)
        if not tous:
            alias = alias.filter(client__in=list(par_pk))
        for client_id, nom in alias.order_by("pk").values_list("client_id", "nom_normalise"):
            self._indexer_nom(_garde(par_pk[client_id], par_pk), nom)

    def trouver(self, *, code: str = "", numeros: Mapping[str, str] | None = None, nom: str = "") -> Client | None:
        """The client of these keys, or None. `numeros` as `verifier_numeros` returns them. ValidationError at "client"
        when several fit and nothing tells them apart."""
        code = code.strip()
        if code and code in self._par_code:
            return self._par_code[code]
        for cle in cles_legales(numeros or {}):
            if possibles := [c for c in self._par_numero.get(cle, ()) if not (code and c.code)]:
                return self._departager(possibles, nom)
        possibles = list(self._par_nom.get(sans_accents(nom)[:200], ())) if nom.strip() else []
        if code or any((numeros or {}).values()):
            possibles = [c for c in possibles if self._est_a_completer(c, code, numeros or {})]
        return self._departager(possibles, nom) if possibles else None

    def preparer(self, nom: str, **valeurs: Any) -> Client:
        """A new client, checked, findable at once, written by `enregistrer`."""
        client = preparer_client(self.entreprise, nom, **valeurs)
        if client.code in self._par_code:
            raise refus("code", _("Un client a déjà le code « %(code)s »."), "deja_pris", code=client.code)
        self._nouveaux.append(client)
        self._indexer(client)
        return client

    def completer(self, client: Client, *, code: str = "", numeros: Mapping[str, str] | None = None) -> bool:
        """Give the client the code and the legal numbers that it lacked. True when something changed."""
        recus = {"code": code.strip(), **(numeros or {})}
        manquants = {champ: valeur for champ, valeur in recus.items() if valeur and not getattr(client, champ)}
        if manquants.get("code") in self._par_code:  # that of a client merged into this one
            del manquants["code"]
        for champ, valeur in manquants.items():
            setattr(client, champ, valeur)
        if manquants:
            client.preparer_recherche()
            self._indexer(client)
            if client.pk is not None and not _est_dans(client, self._completes):
                self._completes.append(client)
        return bool(manquants)

    def nommer(self, client: Client, nom: str) -> bool:
        """Remember another name of the client as an alias. False when it is known already."""
        normalise = sans_accents(nom)[:200]
        if not normalise or _est_dans(client, self._par_nom.get(normalise, ())):
            return False
        self._indexer_nom(client, normalise)
        alias = AliasClient(entreprise=self.entreprise, client=client, nom=nom.strip()[:200], nom_normalise=normalise)
        self._alias.append(alias)
        return True

    def enregistrer(self) -> list[Client]:
        """Write the new clients, what the others were given, and the aliases. Returns the new clients."""
        with transaction.atomic():
            nouveaux = Client.objects.bulk_create(self._nouveaux)
            for client in self._completes:
                client.modifie_le = timezone.now()
            ecrire_colonnes(self._completes, ["code", *NOMS, "recherche", "tri", "modifie_le"])
            AliasClient.objects.bulk_create(self._alias)
        self._nouveaux, self._completes, self._alias = [], [], []
        return nouveaux

    def _departager(self, possibles: list[Client], nom: str) -> Client:
        if len(possibles) > 1:
            homonymes = self._par_nom.get(sans_accents(nom)[:200], ())
            possibles = [c for c in possibles if _est_dans(c, homonymes)] or possibles
        if len(possibles) > 1:
            noms = ", ".join(f"{c.nom} ({c.code or c.numero_legal or '–'})" for c in possibles[:3])
            message = _("Plusieurs clients correspondent : %(noms)s. Précisez le code client.")
            raise refus("client", message, "ambigu", noms=noms)
        return possibles[0]

    def _est_a_completer(self, client: Client, code: str, numeros: Mapping[str, str]) -> bool:
        """Whether a client of the same name may be the one: it lacks the keys given, and is no private person."""
        if client.genre == Client.Genre.PARTICULIER or (code and client.code):
            return False
        connus = numeros_de(client)
        return all(connus.get(champ, numero) == numero for champ, numero in numeros.items() if numero)

    def _indexer(self, client: Client, garde: Client | None = None) -> None:
        """The client's keys lead to it, or to `garde`, which it was merged into."""
        trouve = garde or client
        if client.code:
            self._par_code[client.code] = trouve
        for cle in cles_legales(numeros_de(client)):
            if not _est_dans(trouve, self._par_numero[cle]):
                self._par_numero[cle].append(trouve)
        self._indexer_nom(trouve, client.tri)

    def _indexer_nom(self, client: Client, normalise: str) -> None:
        if not _est_dans(client, self._par_nom[normalise]):
            self._par_nom[normalise].append(client)


def _garde(client: Client, connus: dict[int, Client]) -> Client:
    """The client that stands for this one: the one it was merged into, or itself. One instance for each."""
    if client.fusionne_dans_id is None:
        return client
    return connus.get(client.fusionne_dans_id) or connus.setdefault(client.fusionne_dans_id, client.fusionne_dans)  # type: ignore[arg-type]


def _est_dans(client: Client, clients: Iterable[Client]) -> bool:
    """By identity too: a client not yet written has no key to compare."""
    return any(client is autre or (client.pk is not None and client.pk == autre.pk) for autre in clients)
