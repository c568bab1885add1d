"""The real files kept beside the project, as balances and lists of clients: nothing moved, nothing is proposed."""

import csv
import io
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import Sum
from django.utils import timezone

from clients.models import Client, Contact
from encaissements.models import Reglement
from encaissements.verification import Ecart, verifier_soldes
from factures.models import Facture
from importations.analyse import Lecture, analyser, titres
from importations.application import appliquer
from importations.confirmation import appliquer_import, comparer_import, recevoir
from importations.genres import deviner_genre
from importations.models import Importation
from importations.propositions import Compte, lire_propositions
from importations.refus import FichierRefuse
from journal.ecriture import verifier
from tests.fabriques import fabriquer_entreprise
from tests.importations.test_donnees_externes import HIGHRADIUS, importer

pytestmark = [pytest.mark.donnees_externes, pytest.mark.django_db]
EXPORTS = "invoices_csv"


def comparer(entreprise, contenu: bytes, genre: str = "balance") -> Importation:
    jour = entreprise.date_locale(timezone.now())
    importation = recevoir(entreprise, contenu, "export.csv", auteur=None, aujourd_hui=jour, genre=genre)
    lecture = analyser(contenu, Lecture.depuis_dict(importation.lecture))[1]
    assert comparer_import(importation, lecture, jour)
    importation.refresh_from_db()
    return importation


def executer(importation: Importation) -> Compte:
    assert appliquer_import(importation)
    Importation.objects.filter(pk=importation.pk).update(statut="en_cours", battement=timezone.now())
    entreprise = importation.entreprise
    aujourd_hui = entreprise.date_locale(timezone.now())
    compte = appliquer(Importation.objects.get(pk=importation.pk), aujourd_hui=aujourd_hui)
    assert [constat for constat in verifier_soldes(entreprise) if isinstance(constat, Ecart)] == []
    assert [anomalie for client in Client.objects.all() for anomalie in verifier(client)] == []
    return compte


def sortes(importation: Importation) -> Counter:
    return Counter(p.sorte for p in lire_propositions(importation) if p.est_retenue)


def totaux() -> dict[str, Decimal]:
    lignes = Facture.objects.values("devise").annotate(somme=Sum("solde")).order_by("devise")
    return {ligne["devise"]: ligne["somme"] for ligne in lignes}


def modifier(contenu: bytes) -> tuple[bytes, dict[str, Decimal], Counter]:
    """The open items of another week: every 10th half paid, every 17th gone, every 23rd higher, two new.

    With the balances by currency that our books should then hold, and the number of proposals of each kind.
    """
    lignes = list(csv.DictReader(io.StringIO(contenu.decode())))
    entetes, gardees = list(lignes[0]), []
    attendus: dict[str, Decimal] = {}
    comptes: Counter = Counter()
    for n, ligne in enumerate(lignes):
        solde = Decimal(ligne["total_open_amount"])
        reste, dit = solde, solde
        if n % 17 == 3:
            reste, dit = Decimal(0), None
            comptes["soldee"] += 1
        elif n % 10 == 1:
            reste = dit = (solde / 2).quantize(Decimal("0.01"))
            comptes["reglement"] += 1
        elif n % 23 == 5:
            dit = solde + 1
            comptes["refus"] += 1
        attendus[ligne["invoice_currency"]] = attendus.get(ligne["invoice_currency"], Decimal(0)) + reste
        if dit is not None:
            gardees.append({**ligne, "total_open_amount": str(dit)})
    for numero in ("NEUVE-1", "NEUVE-2"):
        gardees.append({**gardees[0], "doc_id": numero, "invoice_id": numero, "total_open_amount": "10.00"})
        attendus[gardees[0]["invoice_currency"]] += 10
        comptes["nouvelle"] += 1
    sortie = io.StringIO()
    ecrivain = csv.DictWriter(sortie, entetes)
    ecrivain.writeheader()
    ecrivain.writerows(gardees)
    return sortie.getvalue().encode(), dict(sorted(attendus.items())), comptes


def test_R16_open_items_over_their_own_import_change_nothing_then_only_what_moved(donnees_externes: Path, capsys):
    entreprise = fabriquer_entreprise()
    contenu = (donnees_externes / HIGHRADIUS).read_bytes()
    importer(capsys, donnees_externes / HIGHRADIUS)
    meme = comparer(entreprise, contenu)
    compte = Compte.depuis_dict(meme.bilan)
    assert (compte.lues, compte.inchangees, compte.nombre_refusees, meme.propositions) == (4562, 4562, 0, [])

    autre, attendus, comptes = modifier(contenu)
    semaine = comparer(entreprise, autre)
    refusees = comptes.pop("refus")
    assert (sortes(semaine), Compte.depuis_dict(semaine.bilan).nombre_refusees) == (comptes, refusees)
    compte = executer(semaine)
    assert (compte.sautees, compte.faites) == ({}, dict(comptes))
    assert totaux() == attendus
    reglements = Reglement.objects.count()
    encore = comparer(entreprise, autre)
    assert (encore.propositions, Reglement.objects.count()) == ([], reglements)


# file -> (rows, clients, contacts, the only reasons of refusal). The sheet of Bigcapital names one rare country
# after another, from Ghana to Niger, which we know by their code alone.
LISTES = {
    "akaunting/customers.xlsx": (1, 1, 1, set()),
    "banana/contacts.csv": (4, 4, 3, set()),
    "bigcapital/customers.csv": (5, 2, 2, {"siege_pays"}),
    "invoiceninja/freshbooks_clients.csv": (2, 2, 2, set()),
    "invoiceninja/wave_clients.csv": (4, 3, 3, {"siege_pays"}),
}


@pytest.mark.parametrize("nom", LISTES)
def test_R16_the_clients_of_accounting_programs_come_in_and_again_change_nothing(nom: str, donnees_externes: Path):
    entreprise = fabriquer_entreprise()
    contenu = (donnees_externes / EXPORTS / nom).read_bytes()
    importation = comparer(entreprise, contenu, "clients")
    champs = {refus.champ for refus in Compte.depuis_dict(importation.bilan).refusees}
    compte = executer(importation)
    assert (compte.lues, Client.objects.count(), Contact.objects.count(), champs) == LISTES[nom]
    encore = comparer(entreprise, contenu, "clients")
    assert [p for p in lire_propositions(encore) if p.est_retenue] == []


# What each real export looks like: "" when its headers tell nothing.
GENRES = {
    "akaunting/customers.xlsx": "clients",
    "akaunting/invoices.xlsx": "factures",
    "bigcapital/customers.csv": "clients",
    "fr_faktu/export-factures.csv": "factures",
    "fr_finsights/customer_invoices.csv": "factures",
    "invoiceninja/freshbooks_clients.csv": "clients",
    "invoiceninja/freshbooks_invoices.csv": "factures",
    "invoiceninja/invoice.csv": "factures",
    "invoiceninja/payments.csv": "reglements",
    "invoiceninja/wave_clients.csv": "clients",
    "invoiceninja/zoho_invoices.csv": "factures",
    "xero/SalesInvoiceTemplate.csv": "factures",
}


@pytest.mark.parametrize("nom", GENRES)
def test_the_kind_of_a_real_export_is_told_and_payments_are_named(nom: str, donnees_externes: Path):
    source, lecture = analyser((donnees_externes / EXPORTS / nom).read_bytes())
    assert deviner_genre(lecture.entetes, titres(source, lecture)) == GENRES[nom]


def test_open_items_are_told_from_a_history_of_payments(donnees_externes: Path):
    contenu = (donnees_externes / HIGHRADIUS).read_bytes()
    assert deviner_genre(analyser(contenu)[1].entetes) == "balance"


def test_a_list_of_invoices_without_balances_is_no_balance(donnees_externes: Path):
    entreprise = fabriquer_entreprise()
    with pytest.raises(FichierRefuse, match="Solde restant dû"):
        comparer(entreprise, (donnees_externes / EXPORTS / "fr_finsights/customer_invoices.csv").read_bytes())
