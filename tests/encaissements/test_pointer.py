"""« Pointer »: many payments at once, beside the list of open invoices."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from encaissements.encaissement import enregistrer_reglement
from encaissements.models import Reglement
from encaissements.releve import bornes_cherchees
from factures.models import Facture
from journal.models import Genre
from tests.encaissements.verite import rien_ne_differe
from tests.fabriques import fabriquer_client, fabriquer_facture
from tests.pages import compter_requetes, connecter, connecter_role, fabriquer_monde, texte

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def monde():
    return fabriquer_monde()


@pytest.fixture
def gerant(monde):
    return connecter(monde.gerant)


@pytest.fixture
def factures(monde):
    """Two of one client, one of another, one in dollars; F-1 of the world has 1000,00 left."""
    autre = fabriquer_client(monde.entreprise, "Garage Œuvré")
    jour = monde.aujourd_hui
    return {
        "deux": fabriquer_facture(monde.client, "300.00", jour - timedelta(days=3), numero="F-2"),
        "garage": fabriquer_facture(autre, "50.00", jour + timedelta(days=9), numero="G-1"),
        "dollars": fabriquer_facture(autre, "80.00", jour + timedelta(days=20), numero="U-1", devise="USD"),
    }


def lien(nom="pointer"):
    return reverse(f"encaissements:{nom}", kwargs={"slug": "essai"})


def poster(gerant, page=None, action="enregistrer", **valeurs):
    """What the browser posts from this page: its own fields, then what is typed."""
    page = page or gerant.get(lien())
    releve = page.context["releve"]
    champs = {
        "cle": releve.form["cle"].value(),
        "date_reglement": releve.aujourd_hui.isoformat(),
        "moyen": "virement",
        "pour": releve.temoin,
        "page": releve.page.number,
        "porte": [ligne.porte for ligne in releve.portees],
        "action": action,
    }
    for ligne in releve.lignes:
        if not ligne.est_payable:
            continue
        pk, saisie = ligne.facture.pk, ligne.saisie
        champs |= {f"vu-{pk}": saisie.vu, f"montant-{pk}": saisie.montant, f"reference-{pk}": saisie.reference}
        if saisie.soldee:
            champs[f"soldee-{pk}"] = "1"
        if ligne.propose:
            champs[f"demande-{pk}"] = str(ligne.propose)
    return gerant.post(lien(), {**champs, **valeurs}, follow=True)


def soldee(facture):
    return {f"soldee-{facture.pk}": "1"}


def recus(monde):
    return Reglement.objects.exclude(pk=monde.reglement.pk).order_by("pk")


def test_open_invoices_are_listed_the_oldest_due_first(monde, gerant, factures):
    page = gerant.get(lien())
    assert [x.facture.numero for x in page.context["releve"].lignes] == ["F-1", "F-2", "G-1", "U-1"]


def test_ticks_and_parts_become_one_payment_per_row_in_one_go(monde, gerant, factures):
    page = poster(
        gerant,
        **soldee(monde.facture),
        **{f"montant-{factures['deux'].pk}": "100,50", f"reference-{factures['deux'].pk}": "VIR 7"},
        **soldee(factures["dollars"]),
        moyen="cheque",
    )
    assert "3 règlements enregistrés" in texte(page)
    assert [(r.montant, r.devise, r.moyen, r.reference) for r in recus(monde)] == [
        (D("1000.00"), "EUR", "cheque", ""),
        (D("100.50"), "EUR", "cheque", "VIR 7"),
        (D("80.00"), "USD", "cheque", ""),
    ]
    assert dict(Facture.objects.values_list("numero", "solde")) == {
        "F-1": D("0.00"), "F-2": D("199.50"), "G-1": D("50.00"), "U-1": D("0.00"),
    }  # fmt: skip
    ligne = monde.client.evenements.filter(genre=Genre.REGLEMENT).order_by("-rang")[0]
    assert sorted(f.numero for f in ligne.factures.all()) == ["F-1", "F-2"]
    rien_ne_differe()


def test_one_payment_per_client_joins_its_rows_and_their_references(monde, gerant, factures):
    references = {f"reference-{monde.facture.pk}": "A", f"reference-{factures['deux'].pk}": "B"}
    page = poster(
        gerant,
        par_client="on",
        **soldee(monde.facture),
        **soldee(factures["deux"]),
        **soldee(factures["garage"]),
        **soldee(factures["dollars"]),
        **references,
    )
    assert "3 règlements enregistrés" in texte(page)
    assert [(r.montant, r.devise, r.reference) for r in recus(monde)] == [
        (D("1300.00"), "EUR", "A ; B"),
        (D("50.00"), "EUR", ""),
        (D("80.00"), "USD", ""),
    ]
    rien_ne_differe()


@pytest.mark.parametrize(
    ("montant", "phrase"),
    [
        ("-5", "supérieur à zéro"),
        ("mille", "Ce n’est pas un montant"),
        ("1,005", "deux chiffres"),
        ("300,01", "plus que le solde"),
    ],
)
def test_a_bad_amount_is_said_at_its_row_and_nothing_is_written_nor_lost(monde, gerant, factures, montant, phrase):
    page = poster(gerant, **soldee(monde.facture), **{f"montant-{factures['deux'].pk}": montant})
    assert phrase in texte(page)
    assert not recus(monde).exists()
    lignes = {x.facture.numero: x for x in page.context["releve"].lignes}
    assert lignes["F-1"].saisie.soldee
    assert (lignes["F-2"].saisie.montant, bool(lignes["F-2"].erreur)) == (montant, True)


def test_too_much_is_kept_as_a_credit_once_confirmed(monde, gerant, factures):
    pk = factures["garage"].pk
    page = poster(gerant, **{f"montant-{pk}": "60"})
    assert "Garder 10,00 € en crédit" in texte(page)
    autre = poster(gerant, page, **{f"montant-{pk}": "70", f"exces-{pk}": "10.00"})
    assert not recus(monde).exists()  # the answer was about another amount
    poster(gerant, autre, **{f"montant-{pk}": "60", f"exces-{pk}": "10.00"})
    assert recus(monde).get().disponible == D("10.00")
    rien_ne_differe()


@pytest.mark.parametrize(("accorde", "reste"), [(True, "0.00"), (False, "20.00")])
def test_short_by_the_discount_and_in_time_asks_whether_it_is_granted(monde, gerant, accorde, reste):
    facture = fabriquer_facture(
        monde.client, "1000.00", monde.aujourd_hui, numero="E-1", escompte_taux=D(2), escompte_jours=8,
        date_emission=monde.aujourd_hui - timedelta(days=3),
    )  # fmt: skip
    page = poster(gerant, **{f"montant-{facture.pk}": "980"})
    assert "Accorder l’escompte de 20,00 €" in texte(page)
    assert not recus(monde).exists()
    poster(gerant, page, **({f"escompte-{facture.pk}": "20.00"} if accorde else {}))
    facture.refresh_from_db()
    assert facture.solde == D(reste)
    rien_ne_differe()


def test_a_discount_asked_for_too_late_is_not_proposed(monde, gerant):
    facture = fabriquer_facture(
        monde.client, "1000.00", monde.aujourd_hui, escompte_taux=D(2), escompte_jours=8,
        date_emission=monde.aujourd_hui - timedelta(days=9),
    )  # fmt: skip
    poster(gerant, **{f"montant-{facture.pk}": "980"})
    facture.refresh_from_db()
    assert facture.solde == D("20.00")


def test_a_row_paid_meanwhile_is_said_there_and_nothing_is_written(monde, gerant, factures):
    page = gerant.get(lien())
    enregistrer_reglement(
        factures["garage"].client, D("50.00"), monde.aujourd_hui, aujourd_hui=monde.aujourd_hui,
        repartition={factures["garage"]: D("50.00")},
    )  # fmt: skip
    avant = Reglement.objects.count()
    page = poster(gerant, page, **soldee(factures["garage"]), **soldee(monde.facture))
    assert "Réglée entre-temps" in texte(page)
    assert Reglement.objects.count() == avant
    page = poster(gerant, page)  # what is left of the batch
    assert Reglement.objects.count() == avant + 1
    rien_ne_differe()


def test_a_balance_changed_meanwhile_wants_to_be_seen_again(monde, gerant, factures):
    page = gerant.get(lien())
    enregistrer_reglement(
        monde.client, D("10.00"), monde.aujourd_hui, aujourd_hui=monde.aujourd_hui,
        repartition={factures["deux"]: D("10.00")},
    )  # fmt: skip
    page = poster(gerant, page, action="chercher", **soldee(factures["deux"]), q="G-1")
    assert "il reste 290,00 €" in texte(page)  # shown, though the search would not keep it
    poster(gerant, page)
    assert Reglement.objects.latest("pk").montant == D("290.00")
    rien_ne_differe()


def test_a_double_click_records_once(monde, gerant, factures):
    page = gerant.get(lien())
    for _ in range(2):
        suite = poster(gerant, page, **soldee(monde.facture))
        assert "Règlement de 1 000,00 € enregistré" in texte(suite)
    assert recus(monde).count() == 1


def test_a_page_that_served_does_not_drop_what_is_typed_on_it_afterwards(monde, gerant, factures):
    page = gerant.get(lien())
    poster(gerant, page, **soldee(factures["garage"]))
    jumelle = fabriquer_facture(factures["garage"].client, "50.00", monde.aujourd_hui, numero="G-2")
    page = poster(gerant, page, **{**soldee(jumelle), f"vu-{jumelle.pk}": "50.00"})
    assert "avait déjà servi" in texte(page)
    poster(gerant, page)
    jumelle.refresh_from_db()
    assert jumelle.solde == 0
    rien_ne_differe()


def test_the_expected_total_must_match_to_the_cent(monde, gerant, factures):
    page = poster(gerant, **soldee(factures["deux"]), **{"attendu-EUR": "300,01"})
    assert "Il manque 0,01 €" in texte(page)
    assert not recus(monde).exists()
    poster(gerant, page, **{"attendu-EUR": "300"})
    assert recus(monde).count() == 1


def test_nothing_ticked_is_said(monde, gerant):
    assert "Rien n’est coché" in texte(poster(gerant))


def test_a_future_date_keeps_all_that_is_typed(monde, gerant, factures):
    demain = (monde.aujourd_hui + timedelta(days=1)).isoformat()
    page = poster(gerant, **soldee(factures["deux"]), date_reglement=demain)
    assert "pas dans le futur" in texte(page)
    assert not recus(monde).exists()
    assert page.context["releve"].nombre == 1


def test_ticks_survive_a_search_and_a_page_without_javascript(monde, gerant, factures, monkeypatch):
    monkeypatch.setattr("encaissements.releve.PAR_PAGE", 2)
    page = poster(gerant, **soldee(monde.facture), action="chercher", vers="2")
    releve = page.context["releve"]
    assert [x.facture.numero for x in releve.lignes] == ["G-1", "U-1"]
    assert [x.facture.numero for x in releve.portees] == ["F-1"]
    page = poster(gerant, page, **soldee(factures["garage"]), q="F-2", action="chercher")
    assert [x.facture.numero for x in page.context["releve"].lignes] == ["F-2"]
    page = poster(gerant, page, q="", vue="cochees", action="chercher")
    assert [x.facture.numero for x in page.context["releve"].lignes] == ["F-1", "G-1"]
    poster(gerant, page)
    assert [r.montant for r in recus(monde)] == [D("1000.00"), D("50.00")]


@pytest.mark.parametrize(
    ("choix", "numeros"),
    [
        ({"q": "garage"}, ["G-1", "U-1"]),
        ({"q": "f-2"}, ["F-2"]),
        ({"q": "300"}, ["F-2"]),
        ({"q": "1 000,0"}, ["F-1"]),
        ({"q": "1200"}, ["F-1"]),
        ({"devise": "USD"}, ["U-1"]),
        ({"vue": "retard"}, ["F-1", "F-2"]),
        ({"q": "zzz"}, []),
    ],
)
def test_the_list_is_searched_by_number_client_and_amount(monde, gerant, factures, choix, numeros):
    assert [x.facture.numero for x in gerant.get(lien(), choix).context["releve"].lignes] == numeros


def test_the_list_of_one_client(monde, gerant, factures):
    page = gerant.get(lien(), {"client": monde.client.pk})
    assert [x.facture.numero for x in page.context["releve"].lignes] == ["F-1", "F-2"]


@pytest.mark.parametrize(
    ("tape", "bornes"),
    [("1250", ("1250.00", "1250.99")), ("1 250,4", ("1250.40", "1250.49")), ("12.34", ("12.34", "12.34")),
     ("abc", None), ("1,234", None), ("", None), ("-5", None), ("²", None)],
)  # fmt: skip
def test_an_amount_is_found_as_one_types_it(tape, bornes):
    assert bornes_cherchees(tape) == (bornes and tuple(D(b) for b in bornes))


def test_a_whole_batch_is_undone_from_its_message(monde, gerant, factures):
    page = gerant.get(lien())
    cle = page.context["releve"].form["cle"].value()
    suite = poster(gerant, page, **soldee(monde.facture), **soldee(factures["garage"]))
    assert f'name="lot" value="{cle}"' in texte(suite)
    page_apres = gerant.post(
        reverse("encaissements:annuler_saisie", kwargs={"slug": "essai"}), {"lot": cle}, follow=True
    )
    assert "2 règlements" in texte(page_apres)
    assert Reglement.objects.valides().count() == 1
    assert dict(Facture.objects.values_list("numero", "solde"))["F-1"] == D("1000.00")
    suite = poster(gerant, page, **soldee(monde.facture))
    assert "a été annulée" in texte(suite)
    rien_ne_differe()


@pytest.mark.parametrize("porte", ["", "{", "[]", '{"f":"x"}', '{"f":{"f":1}}', "[" * 2000, json.dumps({"f": 10**30})])
def test_a_garbled_hidden_field_is_left_out(monde, gerant, porte):
    assert "Rien n’est coché" in texte(poster(gerant, porte=[porte]))


def test_R13_an_invoice_of_another_company_is_not_paid(monde, gerant):
    ailleurs = fabriquer_monde("autre")
    assert "Rien n’est coché" in texte(
        poster(gerant, **soldee(ailleurs.facture), **{f"vu-{ailleurs.facture.pk}": "1000.00"})
    )
    ailleurs.facture.refresh_from_db()
    assert ailleurs.facture.solde == D("1000.00")
    lecteur = connecter_role(monde.entreprise, "lecture")
    assert [lecteur.get(lien(n)).status_code for n in ("pointer", "prelevements")] == [403, 403]
    assert connecter(ailleurs.gerant).get(lien()).status_code == 404


def test_the_page_costs_the_same_for_ten_and_for_two_hundred(monde, gerant, monkeypatch):
    monkeypatch.setattr("encaissements.releve.PAR_PAGE", 250)

    def ajouter(combien):
        for i in range(combien):
            fabriquer_facture(
                fabriquer_client(monde.entreprise, f"Client {i}", courriel=""), "10.00", monde.aujourd_hui
            )

    ajouter(10)
    gerant.get(lien())
    dix = compter_requetes(gerant, lien())
    ajouter(190)
    assert compter_requetes(gerant, lien()) == dix


def test_recording_forty_costs_a_constant_number_of_queries(monde, gerant, django_assert_max_num_queries):
    lot = {}
    for i in range(40):
        lot |= soldee(fabriquer_facture(fabriquer_client(monde.entreprise, f"Client {i}"), "10.00", monde.aujourd_hui))
    page = gerant.get(lien())
    with django_assert_max_num_queries(60):
        poster(gerant, page, **lot)
    assert recus(monde).count() == 40
    rien_ne_differe()


# Direct debits


@pytest.fixture
def prelevees(monde):
    client = fabriquer_client(monde.entreprise, "Abonnée")
    jour = monde.aujourd_hui
    valeurs = {"mode_reglement": "prelevement"}
    return [
        fabriquer_facture(client, "10.00", jour - timedelta(days=2), numero="P-1", **valeurs),
        fabriquer_facture(
            client, "30.00", jour + timedelta(days=20), numero="P-2",
            parts=[(jour, "10.00"), (jour + timedelta(days=20), "20.00")], **valeurs,
        ),
    ]  # fmt: skip


def faire(gerant, page, sauf=()):
    ecran = page.context["ecran"]
    champs = {f"fait-{x.echeance.pk}": str(x.echeance.solde) for x in ecran.lignes if x.echeance.pk not in sauf}
    return gerant.post(lien("prelevements"), {"cle": ecran.cle, **champs}, follow=True)


def test_debits_that_fell_due_are_recorded_on_their_own_days(monde, gerant, prelevees):
    assert "Prélèvements échus" in texte(gerant.get(lien()))
    page = gerant.get(lien("prelevements"))
    for _ in range(2):
        assert "2 règlements enregistrés, 20,00 €" in texte(faire(gerant, page))
    jour = monde.aujourd_hui
    assert [(r.montant, r.date_reglement, r.moyen) for r in recus(monde)] == [
        (D("10.00"), jour - timedelta(days=2), "prelevement"),
        (D("10.00"), jour, "prelevement"),
    ]
    assert [e.solde for e in prelevees[1].echeances.all()] == [D("0.00"), D("20.00")]
    assert "Aucun prélèvement échu" in texte(gerant.get(lien("prelevements")))
    rien_ne_differe()


def test_a_debit_left_unticked_is_not_recorded_and_one_paid_meanwhile_stops_all(monde, gerant, prelevees):
    page = gerant.get(lien("prelevements"))
    une = prelevees[0].echeances.get()
    faire(gerant, page, sauf=[une.pk])
    assert recus(monde).get().montant == D("10.00")
    page = gerant.get(lien("prelevements"))
    assert "Rien n’est coché" in texte(faire(gerant, page, sauf=[une.pk]))
    enregistrer_reglement(
        prelevees[0].client, D("4.00"), monde.aujourd_hui, aujourd_hui=monde.aujourd_hui,
        repartition={prelevees[0]: D("4.00")},
    )  # fmt: skip
    assert "a changé entre-temps" in texte(faire(gerant, page))
    assert recus(monde).count() == 2


def test_a_rejected_debit_wakes_the_ladder_and_is_asked_for_by_transfer(monde, gerant, prelevees):
    faire(gerant, gerant.get(lien("prelevements")))
    reglement = recus(monde)[0]
    prelevees[0].echeances.update(a_examiner_le=None)
    rejet = reverse("encaissements:rejeter", kwargs={"slug": "essai", "pk": reglement.pk})
    gerant.post(rejet, {"rejete_le": monde.aujourd_hui.isoformat(), "motif": "Provision insuffisante"})
    facture = prelevees[0]
    facture.refresh_from_db()
    assert (facture.solde, facture.mode_reglement) == (D("10.00"), "virement")
    assert facture.echeances.get().a_examiner_le == monde.aujourd_hui
    assert facture.evenements.filter(genre=Genre.REGLEMENT_REJETE).exists()
    rien_ne_differe()


# The list of payments, and the credit they leave


def liste(gerant, **choix):
    return gerant.get(lien("liste"), choix)


def test_payments_are_found_by_client_reference_amount_period_and_means(monde, gerant, factures):
    jour = monde.aujourd_hui
    enregistrer_reglement(factures["garage"].client, D("60.00"), jour, aujourd_hui=jour, moyen="cheque")
    trouves = {
        "garage": {"q": "garage"}, "reference": {"q": "vir 12"}, "montant": {"q": "200"},
        "moyen": {"moyen": "cheque"}, "periode": {"du": jour.isoformat()}, "credit": {"etat": "credit"},
        "rien": {"etat": "rejetes"},
    }  # fmt: skip
    lus = {nom: [r.montant for r in liste(gerant, **choix).context["page"]] for nom, choix in trouves.items()}
    assert lus == {
        "garage": [D("60.00")], "reference": [D("200.00")], "montant": [D("200.00")], "moyen": [D("60.00")],
        "periode": [D("60.00")], "credit": [D("60.00")], "rien": [],
    }  # fmt: skip
    assert "260,00 €" in texte(liste(gerant))
    assert liste(gerant, du="x", moyen="x").status_code == 200


def test_a_credit_is_used_where_one_says_and_not_twice(monde, gerant, factures):
    jour = monde.aujourd_hui
    reglement = enregistrer_reglement(monde.client, D("100.00"), jour, aujourd_hui=jour, imputer_le_reste=False)
    page = reverse("encaissements:imputer", kwargs={"slug": "essai", "pk": reglement.pk})
    credit = gerant.get(page).context["credit"]
    assert [ligne.montant for ligne in credit.lignes] == [D("100.00"), D("0.00")]
    visee = factures["deux"].echeances.get()
    for part, phrase in (("", "au moins"), ("101", "dépasse le crédit"), ("x", "à corriger")):
        assert phrase in texte(gerant.post(page, {"vu": "100.00", f"part-{visee.pk}": part}))
    assert "a changé entre-temps" in texte(gerant.post(page, {"vu": "90.00", f"part-{visee.pk}": "10"}))
    assert gerant.post(page, {"vu": "100.00", f"part-{visee.pk}": "60"}).status_code == 302
    assert "a changé entre-temps" in texte(gerant.post(page, {"vu": "100.00", f"part-{visee.pk}": "40"}))
    reglement.refresh_from_db()
    assert reglement.disponible == D("40.00")
    rien_ne_differe()
