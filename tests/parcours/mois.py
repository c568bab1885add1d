"""A firm of six in March 2026: its books, the clock, and what its bookkeeper and its owner do on the pages.

The accounting program is the other half of the story: what it says every Monday is what the bank said the week before.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import time_machine
from django.core import mail
from django.test import Client as Navigateur
from django.urls import reverse

from clients.models import Client
from entreprises.models import Adhesion, Entreprise
from factures.models import Facture
from relances.models import Relance
from relances.nuit import battre
from tests import fabriques
from tests.encaissements.test_pointer import poster as poster_releve
from tests.encaissements.test_pointer import soldee
from tests.importations.fichiers import csv_de
from tests.importations.test_vues_propositions import comparer, formulaire
from tests.pages import connecter, texte
from tests.parcours import test_invariants as invariants

PARIS = ZoneInfo("Europe/Paris")
LUNDI = date(2026, 3, 2)
DERNIER = date(2026, 3, 31)
BALANCE = "Numéro;Client;Date;Échéance;Total TTC;Solde"
CLIENTS = "Code client;Nom du client;Adresse;Code postal;Ville;Nom du contact;Courriel;Téléphone"
HEURES = (time(4, 30), time(8), time(10), time(17))
S = Relance.Statut


@dataclass
class Piece:
    """An invoice as the accounting program holds it."""

    client: str
    emission: date
    echeance: date
    total: Decimal
    solde: Decimal


@dataclass
class Livres:
    """The accounting program. Only what is open is in its « balance »."""

    pieces: dict[str, Piece] = field(default_factory=dict)

    def porter(self, numero: str, client: str, echeance: date, total: str, emission: date | None = None) -> None:
        montant = Decimal(total)
        self.pieces[numero] = Piece(client, emission or echeance - timedelta(days=30), echeance, montant, montant)

    def solder(self, *numeros: str) -> None:
        for numero in numeros:
            self.pieces[numero].solde = Decimal(0)

    def deduire(self, numero: str, montant: str) -> None:
        self.pieces[numero].solde -= Decimal(montant)

    def balance(self) -> bytes:
        return csv_de(
            *(
                f"{n};{p.client};{p.emission:%d/%m/%Y};{p.echeance:%d/%m/%Y};{francais(p.total)};{francais(p.solde)}"
                for n, p in self.pieces.items()
                if p.solde
            ),
            entetes=BALANCE,
        )


def francais(montant: Decimal) -> str:
    return f"{montant:.2f}".replace(".", ",")


def adresse_de(nom: str) -> str:
    return f"compta@{''.join(c for c in nom.lower() if c.isascii() and c.isalnum())}.invalid"


class Mois:
    """The month as it goes. `recus`: day, addressee's client, subject and words of each message to a client."""

    def __init__(self, entreprise: Entreprise) -> None:
        self.entreprise, self.livres = entreprise, Livres()
        self.gerante = fabriques.fabriquer_membre(entreprise)
        self.comptable = fabriques.fabriquer_membre(entreprise, "comptable")
        fabriques.fabriquer_membre(entreprise, "lecture")
        adhesion = Adhesion.objects.get(utilisateur=self.gerante)
        self.monde = invariants.Monde(entreprise, adhesion, Random(0), jour=LUNDI)
        self.patronne, self.compta = connecter(self.gerante), connecter(self.comptable)
        self.recus: list[tuple[date, str, str, str]] = []
        self._voyage: Any = None

    @property
    def jour(self) -> date:
        return self.monde.jour

    # The clock

    def est(self, heure: time) -> datetime:
        """It is this hour of the day."""
        self.arreter()
        instant = datetime.combine(self.jour, heure, tzinfo=PARIS)
        self._voyage = time_machine.travel(instant, tick=True)
        self._voyage.start()
        return instant

    def arreter(self) -> None:
        if self._voyage is not None:
            self._voyage.stop()
            self._voyage = None

    def tic(self, heure: time) -> None:
        """A tick; what leaves in it is received at once."""
        deja = len(mail.outbox)
        battre(self.entreprise, self.est(heure))
        noms = {adresse_de(nom): nom for nom in Client.objects.values_list("nom", flat=True)}
        for message in mail.outbox[deja:]:
            if message.to[0] in noms:
                corps = str(message.body).replace("\u202f", " ").replace("\u00a0", " ")
                self.recus.append((self.jour, noms[message.to[0]], message.subject, corps))

    def ouvrir_la_journee(self, jour: date) -> None:
        """Another day; both are signed in, since a session lasts two weeks."""
        self.monde.jour = jour
        self.patronne.force_login(self.gerante)
        self.compta.force_login(self.comptable)

    # What people do

    def page(self, nom: str, **cles: Any) -> str:
        return reverse(nom, kwargs={"slug": self.entreprise.slug, **cles})

    def client(self, nom: str) -> Client:
        return Client.objects.get(nom=nom)

    def facture(self, numero: str) -> Facture:
        return Facture.objects.get(numero=numero)

    def fait(self, qui: Navigateur, nom: str, donnees: dict[str, Any], suite: str = "", **cles: Any) -> str:
        """Post a form of the pages; the page that comes after it, as one reads it."""
        reponse = qui.post(self.page(nom, **cles) + suite, donnees, follow=True)
        assert reponse.redirect_chain, texte(reponse)
        assert reponse.status_code == 200
        return texte(reponse)

    def importer(self, contenu: bytes, genre: str) -> str:
        page, pk = comparer(self.compta, contenu, genre)
        if "montrees" not in page.context:
            return texte(page)
        assert self.page("importations:propositions", pk=pk) in page.redirect_chain[-1][0], texte(page)
        return self.fait(self.compta, "importations:propositions", formulaire(page, "appliquer"), pk=pk)

    def dire_a_jour(self) -> None:
        """Where the queue says that reminders wait for the payments, confirm that they are known up to today."""
        if "Les relances attendent" in texte(self.compta.get(self.page("relances:a_faire"))):
            self.fait(self.compta, "relances:a_jour", {"jour": self.jour.isoformat()})

    def saisir(self, numero: str, client: str, echeance: date, hors_taxe: str, conditions: int) -> None:
        """The invoice is made in the accounting program, and typed here; 20 % of VAT."""
        donnees = {
            "client": client,
            "numero": numero,
            "date_emission": self.jour.isoformat(),
            "echeance": echeance.isoformat(),
            "base_1": hors_taxe,
            "taux_1": "20",
            "conditions": conditions,
            "mode_reglement": "virement",
        }
        self.fait(self.compta, "factures:nouvelle", donnees)
        total = str(self.facture(numero).total)
        self.livres.porter(numero, client, echeance, total, emission=self.jour)

    def pointer(self, *numeros: str, ailleurs: bool = True) -> str:
        """Tick these invoices on the list of open ones. `ailleurs`: they are paid in the accounting program too."""
        coches: dict[str, str] = {}
        for numero in numeros:
            coches |= soldee(self.facture(numero))
        page = poster_releve(self.compta, **coches)
        if ailleurs:
            self.livres.solder(*numeros)
        return texte(page)

    def appeler(self, autrement: dict[str, dict[str, str]]) -> None:
        """Every call of the day is made; « annonce » unless told otherwise for this client."""
        for acte in Relance.objects.filter(canal="appel", statut=S.A_ENVOYER).select_related("client"):
            dit = autrement.get(acte.client.nom, {"resultat": "annonce"})
            self.fait(self.compta, "relances:conclure_appel", {"version": acte.version, **dit}, pk=acte.pk)

    def approuver(self) -> list[Relance]:
        """The owner approves each letter that waits."""
        attendent = list(Relance.objects.filter(statut=S.A_VALIDER, est_formelle=True).order_by("pk"))
        for acte in attendent:
            donnees = {"version": acte.version, "confirme": "oui"}
            self.fait(self.patronne, "relances:approuver", donnees, pk=acte.pk)
        return attendent

    def poster_les_lettres(self, numeros: Iterable[str]) -> bytes:
        """Print what is to be posted as one file, then type the numbers in a row."""
        lettres = list(Relance.objects.filter(statut=S.A_ENVOYER, canal="recommande").order_by("client__nom"))
        cochees = [f"{acte.pk}:{acte.version}" for acte in lettres]
        choix = {"acte": cochees, "action": "imprimer", "bordereau": "on"}
        tirage = self.compta.post(self.page("relances:courriers_imprimer"), choix)
        assert tirage["Content-Type"] == "application/pdf", texte(tirage)
        rangs: dict[str, Any] = {}
        for acte, numero in zip(lettres, numeros, strict=True):
            acte.refresh_from_db()
            ligne = {"version": acte.version, "postee_le": self.jour.isoformat(), "numero": numero}
            rangs |= {f"l{acte.pk}-{nom}": valeur for nom, valeur in ligne.items()}
        self.fait(self.compta, "relances:courriers_numeros", rangs)
        return bytes(tirage.content)
