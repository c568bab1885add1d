"""Realistic invented data, for trials and benchmarks: the same for the same seed and the same day.

Rows are made in bulk, without a line in the journal. Balances agree with the allocations. Everything is invented;
addresses end in `.invalid`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from django.db import transaction
from django.db.models import Max, Model

from clients.models import Client, Contact
from encaissements.models import Imputation, Reglement
from entreprises.models import Entreprise
from factures.models import Echeance, Facture
from noyau.montants import ZERO, depuis_centimes
from suivi.models import Litige, Promesse

FACTURES_PAR_CLIENT = 20
PAR_LOT = 2000
MARGE = timedelta(days=10)  # the night must look at an invoice before its first rung, at most ten days before it is due
_METIERS = ("Menuiserie", "Hôtel", "Garage", "Boulangerie", "Atelier", "Imprimerie", "Transports", "Librairie")
_NOMS = ("Spécimen", "du Modèle", "de l’Exemple", "Fictif", "Imaginaire", "du Gabarit", "Témoin", "de l’Essai")
_GENRES = ("professionnel",) * 17 + ("particulier",) * 2 + ("public",)
_DELAIS = (15, 30, 30, 30, 45, 60)


def peupler(entreprise: Entreprise, factures: int, graine: int, au: date) -> int:
    """Add `factures` invoices, some of them paid, in part or disputed, of one client in twenty. The number of rows."""
    hasard = Random(graine)  # noqa: S311  no secret depends on it
    premier = Facture.objects.de(entreprise).aggregate(Max("pk"))["pk__max"] or 0
    nombre = max(1, factures // FACTURES_PAR_CLIENT)
    lignes = 0
    with transaction.atomic():
        clients = _clients(entreprise, nombre, hasard)
        lignes += len(clients)
        for debut in range(0, factures, PAR_LOT):
            lot = _Lot(entreprise, hasard, au)
            for rang in range(debut, min(debut + PAR_LOT, factures)):
                lot.ajouter(clients[rang % nombre], f"P{premier}-{rang + 1:07d}")
            lignes += lot.ecrire()
    return lignes


def _clients(entreprise: Entreprise, nombre: int, hasard: Random) -> list[Client]:
    deja = Client.objects.de(entreprise).count()
    clients = [_client(entreprise, deja + rang, hasard) for rang in range(nombre)]
    Client.objects.bulk_create(clients, batch_size=PAR_LOT)
    joignables = [client for client in clients if hasard.random() < 0.95]
    Contact.objects.bulk_create(
        [
            Contact(
                entreprise=entreprise,
                client=client,
                nom="Service comptabilité",
                courriel=f"compta{client.pk}@client.invalid",
                telephone="01 99 00 00 00",
            )
            for client in joignables
        ],
        batch_size=PAR_LOT,
    )
    return clients


def _client(entreprise: Entreprise, rang: int, hasard: Random) -> Client:
    client = Client(
        entreprise=entreprise,
        code=f"C{rang + 1:06d}",
        nom=f"{hasard.choice(_METIERS)} {hasard.choice(_NOMS)} {rang + 1}",
        genre=hasard.choice(_GENRES),
        siege_ligne1=f"{hasard.randint(1, 99)} rue du Modèle",
        siege_code_postal="35000",
        siege_ville="Rennes",
        ne_pas_relancer=hasard.random() < 0.01,
    )
    client.preparer_recherche()
    return client


@dataclass
class _Lot:
    """Invoices and what goes with them, written together."""

    entreprise: Entreprise
    hasard: Random
    au: date
    factures: list[Facture] = field(default_factory=list)
    echeances: list[Echeance] = field(default_factory=list)
    reglements: list[Reglement] = field(default_factory=list)
    imputations: list[Imputation] = field(default_factory=list)
    litiges: list[Litige] = field(default_factory=list)
    promesses: list[Promesse] = field(default_factory=list)

    def ajouter(self, client: Client, numero: str) -> None:
        echeance_le = self.au + timedelta(days=self.hasard.randint(-150, 60))
        facture = self._facture(client, numero, echeance_le)
        recu_le, recu = self._recu(facture, echeance_le)
        facture.solde = facture.total - recu
        facture.soldee_le = recu_le if recu_le and not facture.solde else None
        self.factures.append(facture)
        self.echeances.append(self._echeance(facture, echeance_le))
        if recu_le:
            self._regler(facture, recu_le, recu)
        elif echeance_le < self.au:
            self._dire(facture, echeance_le)

    def _facture(self, client: Client, numero: str, echeance_le: date) -> Facture:
        emission = min(echeance_le - timedelta(days=self.hasard.choice(_DELAIS)), self.au)
        facture = Facture(
            entreprise=self.entreprise,
            client=client,
            numero=numero,
            date_emission=emission,
            devise=self.entreprise.devise,
            total=depuis_centimes(round(self.hasard.lognormvariate(11, 1.2)) + 1000),
            connue_le=emission,
            transmise_le=emission if self.hasard.random() < 0.7 else None,
        )
        facture.preparer_recherche()
        return facture

    def _recu(self, facture: Facture, echeance_le: date) -> tuple[date | None, Decimal]:
        """Most invoices are paid around their due date; a few in part."""
        paye_le = echeance_le + timedelta(days=round(self.hasard.gauss(4, 12)))
        paye_le = max(paye_le, facture.date_emission)
        sort = self.hasard.random()
        if paye_le > self.au or sort > 0.9:
            return None, ZERO
        if sort > 0.85:
            return paye_le, depuis_centimes(int(facture.total * 100) // 3)
        return paye_le, facture.total

    def _echeance(self, facture: Facture, echeance_le: date) -> Echeance:
        return Echeance(
            entreprise=self.entreprise,
            facture=facture,
            client=facture.client,
            devise=facture.devise,
            date_echeance=echeance_le,
            montant=facture.total,
            solde=facture.solde,
            a_examiner_le=max(facture.date_emission, echeance_le - MARGE) if facture.solde else None,
        )

    def _regler(self, facture: Facture, recu_le: date, recu: Decimal) -> None:
        reglement = Reglement(
            entreprise=self.entreprise,
            client=facture.client,
            date_reglement=recu_le,
            devise=facture.devise,
            montant=recu,
        )
        self.reglements.append(reglement)
        self.imputations.append(
            Imputation(
                entreprise=self.entreprise,
                facture=facture,
                nature=Imputation.Nature.REGLEMENT,
                date_valeur=recu_le,
                montant=recu,
                reglement=reglement,
            )
        )

    def _dire(self, facture: Facture, echeance_le: date) -> None:
        """A few of the late ones are disputed, or promised."""
        sort = self.hasard.random()
        commun = {"entreprise": self.entreprise, "client": facture.client, "facture": facture}
        if sort < 0.05:
            self.litiges.append(Litige(**commun, ouvert_le=echeance_le, motif="Quantité livrée"))
        elif sort < 0.1:
            promis_le = self.au + timedelta(days=self.hasard.randint(-10, 15))
            faite_le = min(promis_le, self.au) - timedelta(days=self.hasard.randint(0, 5))
            promesse = {"devise": facture.devise, "montant": facture.solde, "faite_le": faite_le}
            self.promesses.append(Promesse(**commun, **promesse, date_promise=promis_le))

    def ecrire(self) -> int:
        """The number of rows."""
        return sum(_creer(lignes) for lignes in self._tables())

    def _tables(self) -> Iterator[list[Model]]:
        # Parents first: the keys that the database gives them are then on their children.
        for lignes in (self.factures, self.echeances, self.reglements, self.imputations, self.litiges, self.promesses):
            yield list(lignes)


def _creer(lignes: list[Model]) -> int:
    if lignes:
        type(lignes[0])._default_manager.bulk_create(lignes, batch_size=PAR_LOT)
    return len(lignes)
