"""The client's page and the invoice's, the timeline, and what was said: promises, disputes, pauses."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from encaissements.encaissement import enregistrer_reglement
from encaissements.rejet import rejeter_reglement
from factures.models import Acompte, LigneTaxe
from journal.models import ContenuEvenement
from suivi.models import Litige, Pause, Promesse
from tests.fabriques import fabriquer_facture
from tests.pages import compter_requetes, connecter, fabriquer_monde, noter_lignes, texte

pytestmark = pytest.mark.django_db


@pytest.fixture
def monde():
    return fabriquer_monde()


@pytest.fixture
def gerant(monde):
    return connecter(monde.gerant)


def lien(monde, nom, pk=None):
    return reverse(nom, kwargs={"slug": monde.entreprise.slug, **({"pk": pk} if pk else {})})


def test_the_invoice_s_page_says_how_its_balance_is_made(monde, gerant):
    LigneTaxe.objects.create(
        entreprise=monde.entreprise, facture=monde.facture, taux=Decimal(20), base="1000.00", montant="200.00"
    )
    Acompte.objects.create(entreprise=monde.entreprise, facture=monde.facture, montant="360.00")
    page = texte(gerant.get(lien(monde, "factures:detail", monde.facture.pk)))
    for morceau in (
        "1 200,00 €",
        "1 000,00 € HT",
        "TVA 20 %",
        "−200,00 €",
        "virement",
        "Reste à payer",
        "Acompte demandé",
        "Litige ouvert le",
        "Deux étagères manquent",
        "300,00 € promis pour le",
        "45 jours",
    ):
        assert morceau in page.replace('<span class="montant">', "").replace("</span>", ""), morceau


def test_the_steps_of_the_balance_sum_to_it_even_after_a_rejection(monde, gerant):
    rejeter_reglement(monde.reglement, monde.aujourd_hui, "Sans provision", aujourd_hui=monde.aujourd_hui)
    dossier = gerant.get(lien(monde, "factures:detail", monde.facture.pk)).context["dossier"]
    monde.facture.refresh_from_db()
    assert len(dossier.compte) == 2
    assert monde.facture.total + sum(ligne.montant for ligne in dossier.compte) == monde.facture.solde


def test_the_client_s_page_says_what_is_owed_and_what_holds_it_back(monde, gerant):
    fabriquer_facture(monde.client, "80.00", monde.aujourd_hui + timedelta(days=3), numero="F-2", devise="USD")
    reponse = gerant.get(lien(monde, "clients:detail", monde.client.pk))
    comptes = {c.encours.devise: c for c in reponse.context["dossier"].comptes}
    assert (comptes["EUR"].encours.solde, comptes["EUR"].en_litige) == (Decimal("1000.00"), Decimal("1000.00"))
    assert (comptes["USD"].encours.solde, comptes["USD"].encours.echu) == (Decimal("80.00"), Decimal("0.00"))
    page = texte(reponse)
    for morceau in ("en litige", "En pause depuis le", "promis pour le", "Solde par ancienneté", "Reçoit tout"):
        assert morceau in page, morceau


def test_money_beyond_the_debts_is_shown_as_a_credit(monde, gerant):
    enregistrer_reglement(
        monde.client, Decimal("1500.00"), monde.aujourd_hui, aujourd_hui=monde.aujourd_hui, auteur=monde.gerant
    )
    page = texte(gerant.get(lien(monde, "clients:detail", monde.client.pk)))
    assert "Crédit non imputé" in page
    assert "500,00 €" in page
    assert "Rien à régler" in page


@pytest.mark.parametrize("nom", ["clients:detail", "factures:detail"])
def test_a_page_takes_as_many_queries_for_five_rows_as_for_fifty(monde, gerant, nom):
    def ajouter(n):
        for i in range(n):
            facture = fabriquer_facture(monde.client, "10.00", monde.aujourd_hui, parts=None)
            enregistrer_reglement(
                monde.client,
                Decimal("1.00"),
                monde.aujourd_hui,
                aujourd_hui=monde.aujourd_hui,
                repartition={monde.facture: Decimal("1.00")},
            )
            monde.client.contacts.create(entreprise=monde.entreprise, nom=f"Contact {i}")
            Promesse.objects.create(
                entreprise=monde.entreprise,
                client=monde.client,
                facture=facture,
                devise="EUR",
                montant="1.00",
                faite_le=monde.aujourd_hui,
                date_promise=monde.aujourd_hui,
            )

    adresse = lien(monde, nom, monde.client.pk if nom.startswith("clients") else monde.facture.pk)
    ajouter(4)
    avec_cinq = compter_requetes(gerant, adresse)
    ajouter(45)
    assert compter_requetes(gerant, adresse) == avec_cinq


def test_the_timeline_goes_back_thirty_lines_at_a_time(monde, gerant):
    noter_lignes(monde, 70)
    lues, avant = [], ""
    while avant is not None:
        page = gerant.get(lien(monde, "clients:chronologie", monde.client.pk), {"avant": avant}).context["page"]
        assert len(page.lignes) <= 30
        lues += [ligne.rang for ligne in page.lignes]
        avant = page.suivante
    monde.client.refresh_from_db()
    assert lues == list(range(monde.client.journal_rang, 0, -1))


def test_what_htmx_swaps_in_is_what_a_reload_shows(monde, gerant):
    noter_lignes(monde, 40)
    adresse = lien(monde, "clients:chronologie", monde.client.pk) + "?avant=20"
    fragment = gerant.get(adresse, headers={"hx-request": "true"})
    entiere = gerant.get(adresse)
    assert "<html" not in texte(fragment)
    assert texte(fragment).strip() in texte(entiere)


def test_the_first_page_of_the_timeline_is_the_client_s(monde, gerant):
    noter_lignes(monde, 40)
    fragment = gerant.get(lien(monde, "clients:chronologie", monde.client.pk), headers={"hx-request": "true"})
    assert texte(fragment).strip() in texte(gerant.get(lien(monde, "clients:detail", monde.client.pk)))


def test_an_erased_line_keeps_its_kind_its_date_and_its_author(monde, gerant):
    noter_lignes(monde, 1)
    ContenuEvenement.objects.all().delete()
    page = texte(gerant.get(lien(monde, "clients:detail", monde.client.pk)))
    assert "par Claire Exemple" in page
    assert "ligne 0" not in page


def test_a_line_tells_its_facts(monde, gerant):
    page = texte(gerant.get(lien(monde, "clients:detail", monde.client.pk)))
    page = page[page.index('id="fil"') :]
    for morceau in ("200,00 €, du ", "virement, référence VIR 12", "Litige ouvert", "300,00 €, promis pour le"):
        assert morceau in page, morceau


def test_a_promise_is_noted_and_withdrawn(monde, gerant):
    Promesse.objects.all().delete()
    page = lien(monde, "suivi:promesse_nouvelle", monde.client.pk)
    passee = {"montant": "100", "devise": "EUR", "date_promise": (monde.aujourd_hui - timedelta(days=1)).isoformat()}
    assert "ou plus tard" in texte(gerant.post(page, passee))
    gerant.post(page, {**passee, "date_promise": monde.aujourd_hui.isoformat(), "facture": monde.facture.pk})
    promesse = Promesse.objects.get()
    assert (promesse.facture, promesse.montant) == (monde.facture, Decimal("100.00"))
    for _ in range(2):
        gerant.post(lien(monde, "suivi:promesse_annuler", promesse.pk))
    promesse.refresh_from_db()
    assert promesse.annulee_le == monde.aujourd_hui


def test_a_dispute_is_closed_then_opened_again(monde, gerant):
    clore = lien(monde, "suivi:litige_clore", monde.litige.pk)
    demain = (monde.aujourd_hui + timedelta(days=1)).isoformat()
    assert "pas dans le futur" in texte(gerant.post(clore, {"clos_le": demain}))
    assert gerant.post(clore, {"clos_le": monde.aujourd_hui.isoformat(), "issue": "Avoir fait"}).status_code == 302
    ouvrir = lien(monde, "suivi:litige_ouvrir", monde.facture.pk)
    valeurs = {"ouvert_le": monde.aujourd_hui.isoformat(), "motif": "Encore une"}
    assert gerant.post(ouvrir, valeurs).status_code == 302
    assert "déjà ouvert" in texte(gerant.post(ouvrir, valeurs))
    assert Litige.objects.filter(clos_le=None).count() == 1
    assert "Litiges clos" in texte(gerant.get(lien(monde, "factures:detail", monde.facture.pk)))


def test_a_pause_is_put_and_lifted(monde, gerant):
    gerant.post(lien(monde, "suivi:pause_lever", monde.pause.pk))
    monde.pause.refresh_from_db()
    assert monde.pause.levee_le == monde.aujourd_hui
    page = lien(monde, "suivi:pause_nouvelle", monde.client.pk)
    hier = (monde.aujourd_hui - timedelta(days=1)).isoformat()
    valeurs = {"du": monde.aujourd_hui.isoformat(), "motif": "Vu au salon"}
    assert "pas dans le passé" in texte(gerant.post(page, {**valeurs, "au": hier}))
    gerant.post(page, {**valeurs, "facture": monde.facture.pk})
    assert Pause.objects.get(levee_le=None).facture == monde.facture


def test_he_answered_is_one_click_and_a_second_adds_nothing(monde, gerant):
    gerant.post(lien(monde, "suivi:pause_lever", monde.pause.pk))
    for _ in range(2):
        gerant.post(lien(monde, "suivi:repondu", monde.client.pk))
    assert Pause.objects.get(levee_le=None).au == monde.aujourd_hui + timedelta(days=4)


def test_the_company_goes_on_holiday(monde, gerant):
    page = lien(monde, "suivi:pauses")
    fin = monde.aujourd_hui + timedelta(days=7)
    gerant.post(page, {"du": monde.aujourd_hui.isoformat(), "au": fin.isoformat(), "motif": "Congés"})
    conges = Pause.objects.get(client=None)
    assert "toute l’entreprise" in texte(gerant.get(lien(monde, "clients:detail", monde.client.pk)))
    gerant.post(lien(monde, "suivi:pause_lever", conges.pk))
    conges.refresh_from_db()
    assert conges.levee_le == monde.aujourd_hui
