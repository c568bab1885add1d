"""Rows for tests, made in one line each. Everything is invented; addresses end in `.invalid`."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from clients.models import Client, Contact
from entreprises.models import Adhesion, Entreprise, MoyenPaiement, Utilisateur
from factures.models import Echeance, Facture

_numeros = count(1)
IBAN = "FR1420041010050500013M02606"


def fabriquer_entreprise(slug: str = "essai", **valeurs: Any) -> Entreprise:
    """A French company, its address, its signatory and an IBAN."""
    champs = {
        "nom": "Menuiserie Modèle",
        "forme_juridique": "SARL",
        "capital": "20 000 €",
        "adresse_ligne1": "12, rue de l’Exemple",
        "code_postal": "35000",
        "ville": "Rennes",
        "siren": "732829320",
        "rcs": "RCS Rennes",
        "telephone": "02 61 91 04 17",
        "courriel": "compta@menuiserie-modele.invalid",
        "signataire_nom": "Claire Exemple",
        "signataire_qualite": "gérante",
    }
    entreprise = Entreprise.objects.create(slug=slug, **{**champs, **valeurs})
    MoyenPaiement.objects.create(
        entreprise=entreprise, genre="virement", iban=IBAN, bic="PSSTFRPPXXX", titulaire="MENUISERIE MODELE SARL"
    )
    return entreprise


def fabriquer_membre(entreprise: Entreprise, role: str = "gerant", courriel: str = "", **valeurs: Any) -> Utilisateur:
    """A user with the password « motdepasse » and a membership of this role."""
    utilisateur = Utilisateur.objects.create_user(
        courriel or f"{role}{next(_numeros)}@exemple.invalid", "motdepasse", first_name="Claire", last_name="Exemple"
    )
    Adhesion.objects.create(entreprise=entreprise, utilisateur=utilisateur, role=role, **valeurs)
    return utilisateur


def fabriquer_client(
    entreprise: Entreprise, nom: str = "Hôtel Spécimen", courriel: str = "direct", **valeurs: Any
) -> Client:
    """A client with an address and one contact; `courriel=""` makes a client without any contact."""
    champs = {"siege_ligne1": "8 quai du Modèle", "siege_code_postal": "35400", "siege_ville": "Saint-Malo"}
    client = Client.objects.create(entreprise=entreprise, nom=nom, **{**champs, **valeurs})
    if courriel:
        adresse = courriel if "@" in courriel else f"compta{client.pk}@client.invalid"
        Contact.objects.create(
            entreprise=entreprise, client=client, nom="Paule Martin", civilite="madame", courriel=adresse
        )
    return client


def fabriquer_facture(
    client: Client,
    total: str | Decimal = "1200.00",
    echeance: date = date(2026, 6, 30),
    numero: str = "",
    parts: list[tuple[date, str]] | None = None,
    **valeurs: Any,
) -> Facture:
    """An open invoice with one instalment, or with `parts` [(due date, amount)]; known since its issue by default."""
    entreprise = client.entreprise
    emission = valeurs.pop("date_emission", echeance - timedelta(days=30))
    total = Decimal(total)
    facture = Facture.objects.create(
        entreprise=entreprise,
        client=client,
        numero=numero or f"F-{next(_numeros):05d}",
        date_emission=emission,
        devise=valeurs.pop("devise", entreprise.devise),
        total=total,
        solde=total,
        connue_le=valeurs.pop("connue_le", emission),
        **valeurs,
    )
    for rang, (jour, montant) in enumerate(parts or [(echeance, str(total))], start=1):
        Echeance.objects.create(
            entreprise=entreprise,
            facture=facture,
            client=client,
            devise=facture.devise,
            rang=rang,
            date_echeance=jour,
            montant=Decimal(montant),
            solde=Decimal(montant),
            a_examiner_le=emission,
        )
    return facture
