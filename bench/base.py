"""A throw-away database and a company, for one measure in one process."""

import os
import resource
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

AU = date(2026, 11, 18)  # a Wednesday
PAR_LOT = 2000


@contextmanager
def base_jetable(**environnement: str) -> Iterator[None]:
    """Django set up on an empty database that goes away."""
    with tempfile.TemporaryDirectory(prefix="bench-") as dossier:
        os.environ.update({"DONNEES": dossier, "DJANGO_SETTINGS_MODULE": "recouvrement.settings", **environnement})
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{dossier}/bench.sqlite3")
        os.environ["NIVEAU_JOURNAL"] = "WARNING"
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        yield


def memoire() -> float:
    """Peak resident memory of this process, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def entreprise_prete() -> Any:
    """A company that has said go, its payments declared up to date."""
    from entreprises.creation import creer_entreprise
    from entreprises.models import MoyenPaiement
    from relances.echelles import installer
    from relances.models import Reglages

    entreprise = creer_entreprise("bench", "Banc d’essai", courriel="compta@bench.invalid", signataire_nom="Exemple")
    MoyenPaiement.objects.create(
        entreprise=entreprise, genre="virement", titulaire="BANC", iban="FR1420041010050500013M02606"
    )
    installer(entreprise)
    Reglages.objects.filter(entreprise=entreprise).update(
        envoi_automatique=True, approbation_jusqu_au=None, reglements_a_jour_au=AU
    )
    return entreprise


def garnir(entreprise: Any, clients: int, par_client: int, dues: int) -> None:
    """`par_client` open invoices for each client, the first `dues` of each due for their pre-due message on AU, the
    others not to be looked at before their own J−7."""
    from clients.models import Client, Contact
    from factures.models import Echeance, Facture

    lignes = [Client(entreprise=entreprise, nom=f"Client {n}", siege_ville="Rennes") for n in range(clients)]
    for client in lignes:
        client.preparer_recherche()
    Client.objects.bulk_create(lignes, batch_size=PAR_LOT)
    Contact.objects.bulk_create(
        [Contact(entreprise=entreprise, client=c, courriel=f"c{c.pk}@client.invalid") for c in lignes],
        batch_size=PAR_LOT,
    )
    montant = Decimal("480.00")
    for debut in range(0, clients, 100):
        factures, echeances = [], []
        for client in lignes[debut : debut + 100]:
            for rang in range(par_client):
                echeance_le = AU + timedelta(days=7 if rang < dues else 40 + rang)
                facture = Facture(
                    entreprise=entreprise,
                    client=client,
                    numero=f"F{client.pk}-{rang}",
                    date_emission=echeance_le - timedelta(days=60),
                    devise="EUR",
                    total=montant,
                    solde=montant,
                    connue_le=echeance_le - timedelta(days=60),
                )
                factures.append(facture)
                echeances.append((facture, echeance_le))
        Facture.objects.bulk_create(factures, batch_size=PAR_LOT)
        Echeance.objects.bulk_create(
            [
                Echeance(
                    entreprise=entreprise,
                    facture=facture,
                    client=facture.client,
                    devise="EUR",
                    date_echeance=le,
                    montant=montant,
                    solde=montant,
                    a_examiner_le=le - timedelta(days=7),
                )
                for facture, le in echeances
            ],
            batch_size=PAR_LOT,
        )
