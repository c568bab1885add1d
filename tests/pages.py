"""What the tests of pages share: a company with something of everything, and its members' browsers."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.test import Client as Navigateur
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients.models import Client
from encaissements.encaissement import enregistrer_reglement
from encaissements.models import Reglement
from entreprises.models import Entreprise, Utilisateur
from factures.models import Facture
from journal.ecriture import noter, verrouiller
from journal.models import Genre
from suivi.litiges import ouvrir_litige
from suivi.models import Litige, Pause, Promesse
from suivi.pauses import mettre_en_pause
from suivi.promesses import noter_promesse
from tests.fabriques import fabriquer_client, fabriquer_entreprise, fabriquer_facture, fabriquer_membre


@dataclass
class Monde:
    """A company, one client, one overdue invoice, and one row of each kind about them."""

    entreprise: Entreprise
    gerant: Utilisateur
    client: Client
    facture: Facture
    reglement: Reglement
    litige: Litige
    promesse: Promesse
    pause: Pause
    aujourd_hui: date


def fabriquer_monde(slug: str = "essai") -> Monde:
    entreprise = fabriquer_entreprise(slug)
    au = entreprise.date_locale(timezone.now())
    gerant = fabriquer_membre(entreprise)
    client = fabriquer_client(entreprise)
    facture = fabriquer_facture(client, "1200.00", au - timedelta(days=45), numero="F-1")
    reglement = enregistrer_reglement(
        client, Decimal("200.00"), au - timedelta(days=10), aujourd_hui=au, auteur=gerant, reference="VIR 12"
    )
    return Monde(
        entreprise=entreprise,
        gerant=gerant,
        client=client,
        facture=facture,
        reglement=reglement,
        litige=ouvrir_litige(facture, au, "Deux étagères manquent", aujourd_hui=au, auteur=gerant),
        promesse=noter_promesse(client, Decimal("300.00"), au + timedelta(days=5), faite_le=au, auteur=gerant),
        pause=mettre_en_pause(entreprise, du=au, client=client, motif="Échange", aujourd_hui=au, auteur=gerant),
        aujourd_hui=au,
    )


def noter_lignes(monde: Monde, combien: int) -> None:
    """So many lines in the client's journal."""
    with transaction.atomic():
        client = verrouiller(monde.client.pk)
        for i in range(combien):
            noter(client, Genre.NOTE, {"texte": f"ligne {i}."}, auteur=monde.gerant)


def connecter(utilisateur: Utilisateur, **entetes: Any) -> Navigateur:
    navigateur = Navigateur(headers=entetes or None)
    navigateur.force_login(utilisateur)
    return navigateur


def connecter_role(entreprise: Entreprise, role: str) -> Navigateur:
    return connecter(fabriquer_membre(entreprise, role))


def compter_requetes(navigateur: Navigateur, adresse: str) -> int:
    with CaptureQueriesContext(connection) as requetes:
        reponse = navigateur.get(adresse)
    assert reponse.status_code == 200, reponse.status_code
    return len(requetes)


def texte(reponse: Any) -> str:
    """The page as one reads it: no-break spaces as spaces."""
    return reponse.content.decode().replace("\u202f", " ").replace("\u00a0", " ")
