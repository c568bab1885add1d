"""The list of invoices and of clients, and an invoice entered or cancelled by hand."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from encaissements.encaissement import enregistrer_reglement
from factures.models import ConditionsPaiement, Facture
from journal.models import Evenement
from tests.fabriques import fabriquer_client, fabriquer_facture
from tests.pages import compter_requetes, connecter, fabriquer_monde, texte

pytestmark = pytest.mark.django_db


@pytest.fixture
def monde():
    return fabriquer_monde()


@pytest.fixture
def gerant(monde):
    return connecter(monde.gerant)


def liste(monde, **choix) -> str:
    suite = "&".join(f"{cle}={valeur}" for cle, valeur in choix.items())
    return f"{reverse('factures:liste', kwargs={'slug': monde.entreprise.slug})}?{suite}"


def numeros(page: str) -> list[str]:
    """The numbers of the rows, in order."""
    lignes = page[page.index("<tbody") : page.index("</tbody>")] if "<tbody" in page else ""
    return [bout.split("<")[0] for bout in lignes.split('/">')[1:] if bout.split("<")[0].startswith("F-")]


@pytest.mark.parametrize(
    ("etat", "attendus"),
    [
        ("", ["F-1", "F-avenir"]),
        ("ouvertes", ["F-1", "F-avenir"]),
        ("retard", ["F-1"]),
        ("soldees", ["F-soldee"]),
        ("annulees", ["F-annulee"]),
        ("toutes", ["F-1", "F-annulee", "F-avenir", "F-soldee"]),
        ("nimporte", []),
    ],
)
def test_each_state_shows_its_invoices(monde, gerant, etat, attendus):
    au = monde.aujourd_hui
    fabriquer_facture(monde.client, "100.00", au + timedelta(days=10), numero="F-avenir")
    soldee = fabriquer_facture(monde.client, "70.00", au - timedelta(days=90), numero="F-soldee")
    enregistrer_reglement(monde.client, Decimal("70.00"), au, aujourd_hui=au, repartition={soldee: Decimal("70.00")})
    fabriquer_facture(monde.client, "30.00", au - timedelta(days=9), numero="F-annulee", annulee_le=au)
    Facture.objects.filter(numero="F-annulee").update(solde=0)
    page = texte(gerant.get(liste(monde, **({"etat": etat} if etat else {}))))
    assert sorted(numeros(page)) == attendus


def test_an_invoice_due_today_is_not_late(monde, gerant):
    fabriquer_facture(monde.client, "10.00", monde.aujourd_hui, numero="F-jour")
    fabriquer_facture(monde.client, "10.00", monde.aujourd_hui - timedelta(days=1), numero="F-hier")
    assert numeros(texte(gerant.get(liste(monde, etat="retard", tri="numero")))) == ["F-1", "F-hier"]


@pytest.mark.parametrize("mot", ["F-42", "eclair", "ÉCLAIR", "bc 9", "traiteur eclair"])
def test_a_search_ignores_accents_and_case(monde, gerant, mot):
    client = fabriquer_client(monde.entreprise, "Traiteur Éclair")
    fabriquer_facture(client, "10.00", monde.aujourd_hui, numero="F-42", reference_commande="BC 9")
    assert numeros(texte(gerant.get(liste(monde, q=mot)))) == ["F-42"]


def test_the_period_and_the_client_narrow_the_list_and_a_bad_date_says_so(monde, gerant):
    autre = fabriquer_client(monde.entreprise, "Garage Fictif")
    jour = monde.aujourd_hui - timedelta(days=400)
    fabriquer_facture(autre, "10.00", monde.aujourd_hui, numero="F-2", date_emission=jour)
    assert numeros(texte(gerant.get(liste(monde, client=autre.pk)))) == ["F-2"]
    assert numeros(texte(gerant.get(liste(monde, au=jour.isoformat())))) == ["F-2"]
    assert numeros(texte(gerant.get(liste(monde, du=(jour + timedelta(days=1)).isoformat())))) == ["F-1"]
    assert "Ce n’est pas une date" in texte(gerant.get(liste(monde, du="demain")))


@pytest.mark.parametrize(
    ("tri", "attendus"),
    [
        ("numero", ["F-1", "F-2", "F-3"]),
        ("-numero", ["F-3", "F-2", "F-1"]),
        ("client", ["F-3", "F-1", "F-2"]),
        ("-solde", ["F-1", "F-2", "F-3"]),
        ("echeance", ["F-1", "F-3", "F-2"]),
        ("total; drop table", ["F-1", "F-3", "F-2"]),
    ],
)
def test_the_heads_sort_and_a_strange_one_is_ignored(monde, gerant, tri, attendus):
    au = monde.aujourd_hui
    fabriquer_facture(fabriquer_client(monde.entreprise, "Zinguerie"), "90.00", au + timedelta(days=3), numero="F-2")
    fabriquer_facture(fabriquer_client(monde.entreprise, "Abbaye"), "80.00", au, numero="F-3")
    assert numeros(texte(gerant.get(liste(monde, tri=tri)))) == attendus


def test_the_totals_are_exact_per_currency_and_over_all_pages(monde, gerant):
    for i in range(60):
        fabriquer_facture(monde.client, "0.10", monde.aujourd_hui, numero=f"F-c{i:02d}")
    fabriquer_facture(monde.client, "77.70", monde.aujourd_hui, numero="F-usd", devise="USD")
    page = texte(gerant.get(liste(monde)))
    assert len(numeros(page)) == 50
    assert "1 à 50 sur 62" in page
    assert "1 006,00 €" in page
    assert "77,70 $US" in page
    assert len(numeros(texte(gerant.get(liste(monde, page=2))))) == 12
    assert len(numeros(texte(gerant.get(liste(monde, page=999))))) == 12


@pytest.mark.parametrize("page", ["factures:liste", "clients:liste", "encaissements:liste", "encaissements:nouveau"])
def test_a_list_takes_as_many_queries_for_five_rows_as_for_fifty(monde, gerant, page):
    def ajouter(n):
        for i in range(n):
            client = fabriquer_client(monde.entreprise, f"Client {i}")
            fabriquer_facture(client, "10.00", monde.aujourd_hui)
            enregistrer_reglement(client, Decimal("1.00"), monde.aujourd_hui, aujourd_hui=monde.aujourd_hui)

    adresse = reverse(page, kwargs={"slug": monde.entreprise.slug})
    ajouter(4)
    avec_cinq = compter_requetes(gerant, adresse)
    ajouter(45)
    assert compter_requetes(gerant, adresse) == avec_cinq


def test_an_empty_company_is_told_what_to_do_next(monde, gerant):
    Facture.objects.filter(pk=monde.facture.pk).update(annulee_le=monde.aujourd_hui)
    page = texte(gerant.get(liste(monde)))
    assert "Aucune facture ouverte" in page
    assert reverse("factures:nouvelle", kwargs={"slug": monde.entreprise.slug}) in page
    assert "Aucune facture ne correspond" in texte(gerant.get(liste(monde, q="introuvable")))


def test_the_clients_show_what_each_owes_and_sort_by_it(monde, gerant):
    riche = fabriquer_client(monde.entreprise, "Abbaye")
    fabriquer_facture(riche, "9000.00", monde.aujourd_hui - timedelta(days=5))
    fabriquer_client(monde.entreprise, "Sans dette")
    adresse = reverse("clients:liste", kwargs={"slug": monde.entreprise.slug})

    def noms(**choix):
        return [client.nom for client, _ in gerant.get(adresse, choix).context["lignes"]]

    assert noms() == ["Abbaye", "Hôtel Spécimen", "Sans dette"]
    assert noms(tri="-echu") == ["Abbaye", "Hôtel Spécimen", "Sans dette"]
    assert noms(tri="echu") == ["Hôtel Spécimen", "Abbaye", "Sans dette"]
    assert noms(tri="retard") == ["Hôtel Spécimen", "Abbaye", "Sans dette"]
    assert noms(etat="retard") == ["Abbaye", "Hôtel Spécimen"]
    assert noms(q="specimen") == ["Hôtel Spécimen"]
    assert "9 000,00 €" in texte(gerant.get(adresse))


VALEURS = {"client": "Hôtel Spécimen", "numero": "F-9", "total": "1 234,56", "mode_reglement": "virement"}


def saisir(monde, gerant, **valeurs):
    jour = monde.aujourd_hui
    donnees = {
        **VALEURS,
        "date_emission": jour.isoformat(),
        "echeance": (jour + timedelta(days=30)).isoformat(),
        **valeurs,
    }
    return gerant.post(reverse("factures:nouvelle", kwargs={"slug": monde.entreprise.slug}), donnees)


def test_an_invoice_is_entered_by_hand_with_its_pdf_and_journaled(monde, gerant):
    pdf = SimpleUploadedFile("f-9.pdf", b"%PDF-1.7 essai", "application/pdf")
    reponse = saisir(monde, gerant, pdf=pdf, objet="Escalier", escompte_taux="2", escompte_jours="8")
    facture = Facture.objects.get(numero="F-9")
    assert reponse.url == reverse("factures:detail", kwargs={"slug": monde.entreprise.slug, "pk": facture.pk})
    assert (facture.total, facture.solde, facture.objet) == (Decimal("1234.56"), Decimal("1234.56"), "Escalier")
    assert facture.echeances.get().date_echeance == monde.aujourd_hui + timedelta(days=30)
    assert Evenement.objects.filter(client=monde.client, genre="facture_creee", auteur=monde.gerant).exists()
    document = gerant.get(reverse("entreprise:document", kwargs={"slug": monde.entreprise.slug, "pk": facture.pdf_id}))
    assert document.content == b"%PDF-1.7 essai"


def test_the_terms_give_the_due_date_when_none_is_typed(monde, gerant):
    conditions = ConditionsPaiement.objects.create(
        entreprise=monde.entreprise,
        nom="30 jours",
        regle={"tranches": [{"delai": {"genre": "net", "jours": 30}}]},
        est_defaut=True,
    )
    assert saisir(monde, gerant, echeance="", conditions=conditions.pk).status_code == 302
    facture = Facture.objects.get(numero="F-9")
    assert facture.echeances.get().date_echeance == monde.aujourd_hui + timedelta(days=30)


@pytest.mark.parametrize(
    ("valeurs", "phrase"),
    [
        ({"client": "Personne"}, "Aucun client de ce nom"),
        ({"numero": "F-1"}, "déjà enregistrée"),
        ({"total": "beaucoup"}, "Ce n’est pas un montant"),
        ({"total": "12,345"}, "deux chiffres après la virgule"),
        ({"total": "0"}, "supérieur à zéro"),
        ({"echeance": "2020-01-01"}, "vient avant l’émission"),
        ({"date_emission": "0026-01-01"}, "invraisemblable"),
        ({"escompte_taux": "2"}, "un taux et un nombre de jours"),
        ({"pdf": SimpleUploadedFile("x.pdf", b"MZ", "application/pdf")}, "n’est pas un PDF"),
    ],
)
def test_what_cannot_be_taken_is_said_at_its_field_and_nothing_is_written(monde, gerant, valeurs, phrase):
    page = texte(saisir(monde, gerant, **valeurs))
    assert phrase in page
    assert "rien n’est perdu" in page
    assert Facture.objects.count() == 1


def test_one_may_enter_the_next_one_at_once(monde, gerant):
    assert saisir(monde, gerant, action="suivante").url.endswith("/factures/nouvelle/")
