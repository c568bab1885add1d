"""Which client a row speaks of, found by its key or made (R16)."""

from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError

from clients.creation import IndexClients
from clients.identites import verifier_numero, verifier_numeros
from clients.models import Client, Contact
from entreprises.models import Entreprise
from importations.bilan import Bilan
from importations.rangee import ClientLu


class Identification:
    """The company's clients in memory. Nothing is written before `enregistrer`."""

    def __init__(self, entreprise: Entreprise) -> None:
        self.entreprise = entreprise
        self.index = IndexClients(entreprise)
        self._avec_contact: set[int] | None = None
        self._contacts: list[Contact] = []

    def charger(self, lus: Iterable[ClientLu]) -> None:
        """Read which clients have a contact, once the file tells of one."""
        if self._avec_contact is None and any(lu.courriel or lu.telephone for lu in lus):
            contacts = Contact.objects.filter(entreprise=self.entreprise)
            self._avec_contact = set(contacts.values_list("client_id", flat=True))

    def trouver(self, lu: ClientLu) -> Client | None:
        """ValidationError when a legal number is wrong, or when several clients fit."""
        return self.index.trouver(code=lu.code, numeros=self._numeros(lu), nom=lu.nom)

    def obtenir(self, lu: ClientLu, bilan: Bilan) -> Client:
        """The client of the row, made when nobody has its key. The first name is kept, others become aliases."""
        numeros = self._numeros(lu)
        client = self.index.trouver(code=lu.code, numeros=numeros, nom=lu.nom)
        if client is None:
            adresse = {"siege_ligne1": lu.adresse, "siege_code_postal": lu.code_postal, "siege_ville": lu.ville}
            client = self.index.preparer(lu.nom or lu.code, code=lu.code, **numeros, **adresse)
            bilan.clients_crees += 1
            self._joindre(client, lu)
            return client
        self.index.completer(client, code=lu.code, numeros=numeros)
        if lu.nom:
            self.index.nommer(client, lu.nom)
        if client.pk and self._avec_contact is not None and client.pk not in self._avec_contact:
            self._joindre(client, lu)
            self._avec_contact.add(client.pk)
        return client

    def enregistrer(self) -> None:
        """Write the new clients, what the others were given, and the contacts. The caller holds the transaction."""
        for client in self.index.enregistrer():
            if self._avec_contact is not None:
                self._avec_contact.add(client.pk)
        Contact.objects.bulk_create(self._contacts)
        self._contacts = []

    def _joindre(self, client: Client, lu: ClientLu) -> None:
        if lu.courriel or lu.telephone:
            self._contacts.append(
                Contact(
                    entreprise=self.entreprise,
                    client=client,
                    nom=lu.contact,
                    courriel=lu.courriel,
                    telephone=lu.telephone,
                )
            )

    def _numeros(self, lu: ClientLu) -> Mapping[str, str]:
        numeros = {"tva": lu.tva} if lu.tva else {}
        if lu.legal:
            numeros[genre_de_numero(lu.legal, self.entreprise.pays)] = lu.legal
        return verifier_numeros(numeros)


def genre_de_numero(numero: str, pays: str) -> str:
    """Which legal number this is, by its shape; by the company's country where two shapes are alike."""
    chiffres = "".join(c for c in numero if c.isdigit())
    if numero.strip().upper().startswith("CHE"):
        return "ide"
    if len(chiffres) == 14:
        return "siret"
    if len(chiffres) != 10:
        return "siren"
    for genre in ("neq", "bce") if pays == "CA" else ("bce", "neq"):
        try:
            verifier_numero(genre, numero)
        except ValidationError:
            continue
        return genre
    return "neq" if pays == "CA" else "bce"
