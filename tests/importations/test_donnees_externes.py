"""The real files kept beside the project: balances agree with what a dozen lines of Decimal compute from them."""

import csv
import json
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum

from clients.models import AliasClient, Client
from encaissements.models import Reglement
from encaissements.verification import Ecart, verifier_soldes
from factures.models import Facture
from importations.models import Importation
from journal.ecriture import verifier
from suivi.models import Litige
from tests.fabriques import fabriquer_entreprise

pytestmark = [pytest.mark.donnees_externes, pytest.mark.django_db]
IBM = "payment_histories/ibm/WA_Fn-UseC_-Accounts-Receivable_60pct-customers.csv"
HIGHRADIUS = "payment_histories/highradius_sap/open_items_open.csv"


def importer(capsys, chemin: Path, *options: str) -> dict:
    call_command("importer_factures", str(chemin), "--entreprise=essai", "--json", *options)
    return json.loads(capsys.readouterr().out)


def lire(chemin: Path) -> list[dict[str, str]]:
    with chemin.open(newline="", encoding="utf-8") as fichier:
        return list(csv.DictReader(fichier))


def totaux(champ: str) -> dict[str, Decimal]:
    lignes = Facture.objects.values("devise").annotate(somme=Sum(champ)).order_by("devise")
    return {ligne["devise"]: ligne["somme"] for ligne in lignes}


def verifier_tout(entreprise) -> None:
    assert [constat for constat in verifier_soldes(entreprise) if isinstance(constat, Ecart)] == []
    assert [anomalie for client in Client.objects.all() for anomalie in verifier(client)] == []


def test_the_ibm_file_comes_in_whole_with_payments_and_disputes(donnees_externes: Path, capsys):
    entreprise = fabriquer_entreprise()
    lignes = lire(donnees_externes / IBM)
    bilan = importer(capsys, donnees_externes / IBM)

    attendu = {
        "lues": 1409,
        "creees": 1409,
        "deja_la": 0,
        "refusees": [],
        "clients_crees": 57,
        "reglements_crees": 1409,
    }
    assert {cle: bilan[cle] for cle in attendu} == attendu
    assert bilan["litiges_crees"] == sum(ligne["Disputed"] == "Yes" for ligne in lignes) == 352
    assert bilan["a_colonne_reglements"] is True
    assert totaux("total") == {"EUR": sum(Decimal(ligne["InvoiceAmount"]) for ligne in lignes)}
    assert totaux("solde") == {"EUR": 0}
    assert set(Client.objects.values_list("code", flat=True)) == {ligne["customerID"] for ligne in lignes}
    # 16/02/2012 and 03/01/2012 tell that the day comes first.
    facture = Facture.objects.get(numero="5133177585")
    assert (str(facture.date_emission), str(facture.soldee_le)) == ("2012-01-03", "2012-02-16")
    litige = Litige.objects.select_related("facture").order_by("pk").first()
    assert litige.ouvert_le == litige.facture.echeances.get().date_echeance
    verifier_tout(entreprise)


def test_the_highradius_file_comes_in_whole_in_two_currencies(donnees_externes: Path, capsys):
    entreprise = fabriquer_entreprise()
    lignes = lire(donnees_externes / HIGHRADIUS)
    bilan = importer(capsys, donnees_externes / HIGHRADIUS)

    attendu = {"lues": 4562, "creees": 4562, "deja_la": 0, "refusees": [], "clients_crees": 209, "reglements_crees": 0}
    assert {cle: bilan[cle] for cle in attendu} == attendu
    par_devise, noms = defaultdict(Decimal), defaultdict(list)
    for ligne in lignes:
        par_devise[ligne["invoice_currency"]] += Decimal(ligne["total_open_amount"])
        noms[ligne["cust_number"]].append(" ".join(ligne["name_customer"].split()))
    assert totaux("solde") == totaux("total") == dict(sorted(par_devise.items()))
    assert bilan["soldes"] == {devise: f"{somme:.2f}" for devise, somme in sorted(par_devise.items())}
    assert {c.code: c.nom for c in Client.objects.all()} == {code: leurs[0] for code, leurs in noms.items()}
    assert AliasClient.objects.count() == sum(len({n.casefold() for n in leurs}) - 1 for leurs in noms.values())
    assert Facture.objects.filter(numero="1930581131", client__code="0200777735").exists()
    verifier_tout(entreprise)


@pytest.mark.parametrize("nom", [IBM, HIGHRADIUS])
def test_R16_the_same_file_twice_changes_nothing(nom: str, donnees_externes: Path, capsys):
    fabriquer_entreprise()
    premier = importer(capsys, donnees_externes / nom)
    etat = (totaux("solde"), Reglement.objects.count(), Litige.objects.count(), AliasClient.objects.count())
    repetition = importer(capsys, donnees_externes / nom, "--simulation")
    second = importer(capsys, donnees_externes / nom)

    assert second == repetition
    assert second["deja_la"] == second["lues"] == premier["lues"]
    assert second["creees"] == second["clients_crees"] == second["reglements_crees"] == second["mises_a_jour"] == 0
    assert etat == (totaux("solde"), Reglement.objects.count(), Litige.objects.count(), AliasClient.objects.count())
    assert Importation.objects.filter(statut="terminee").count() == 2


@pytest.mark.parametrize("nom", [IBM, HIGHRADIUS])
def test_a_dry_run_counts_what_the_real_run_does_and_writes_nothing(nom: str, donnees_externes: Path, capsys):
    fabriquer_entreprise()
    repetition = importer(capsys, donnees_externes / nom, "--simulation")
    assert (Facture.objects.count(), Client.objects.count(), Importation.objects.count()) == (0, 0, 0)
    assert importer(capsys, donnees_externes / nom) == repetition


# file -> (rows read, invoices, already there, refused, the only reasons of refusal)
EXEMPLES = {
    "akaunting/invoices.xlsx": (1, 1, 0, 0, set()),
    "fr_faktu/export-factures.csv": (2, 2, 0, 0, set()),
    "fr_finsights/customer_invoices.csv": (26, 26, 0, 0, set()),
    "invoiceninja/invoice.csv": (401, 400, 1, 0, set()),
    "invoiceninja/zoho_invoices.csv": (13, 0, 0, 13, {"statut"}),
    "invoiceninja/freshbooks_invoices.csv": (3, 0, 0, 3, {"date_echeance"}),
    "xero/SalesInvoiceTemplate.csv": (100, 0, 0, 100, {"total"}),
}


# Lists without what makes an invoice: customers, bank lines, ledger lines, quantities and prices without a total.
SANS_FACTURE = {
    "akaunting/customers.xlsx": "Numéro de facture",
    "banana/contacts.csv": "Total TTC",
    "banana/invoices.csv": "Total TTC",
    "bigcapital/customers.csv": "Numéro de facture",
    "bigcapital/sale-invoices.csv": "Total TTC",
    "fr_finsights/bank_transactions.csv": "Numéro de facture",
    "invoiceninja/freshbooks_clients.csv": "Numéro de facture",
    "invoiceninja/wave_clients.csv": "Numéro de facture",
    "invoiceninja/wave_invoices.csv": "Total TTC",
    "odoo16/o2m_customers_contacts.csv": "Numéro de facture",
    "quickbooks/sample_quickbooks.csv": "Numéro de facture",
}


@pytest.mark.parametrize("nom", SANS_FACTURE)
def test_a_list_that_holds_no_invoice_is_refused_whole(nom: str, donnees_externes: Path):
    fabriquer_entreprise()
    with pytest.raises(CommandError, match=SANS_FACTURE[nom]) as refus:
        call_command("importer_factures", str(donnees_externes / "invoices_csv" / nom), "--entreprise=essai", "--json")
    assert refus.value.returncode == 2
    assert (Facture.objects.count(), Importation.objects.count()) == (0, 0)


@pytest.mark.parametrize("nom", EXEMPLES)
def test_exports_of_accounting_programs_give_invoices_or_clear_refusals(nom: str, donnees_externes: Path, capsys):
    entreprise = fabriquer_entreprise()
    bilan = importer(capsys, donnees_externes / "invoices_csv" / nom)
    vu = (bilan["lues"], bilan["creees"], bilan["deja_la"], len(bilan["refusees"]))
    assert (*vu, {refus["champ"] for refus in bilan["refusees"]}) == EXEMPLES[nom]
    verifier_tout(entreprise)
