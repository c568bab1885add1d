"""Credit notes over their pages: recorded, used, undone; an invoice cancelled by one."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from encaissements.annulation_facture import annuler_par_avoir
from encaissements.avoirs import annuler_avoir, disponible_de, enregistrer_avoir
from encaissements.encaissement import enregistrer_reglement
from factures.models import Avoir, Echeance, Facture
from journal.models import Evenement
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


def lien(nom, pk=None, suite=""):
    cles = {"slug": "essai", **({"pk": pk} if pk else {})}
    return f"{reverse(nom, kwargs=cles)}{suite}"


def relire(ligne):
    return type(ligne).objects.get(pk=ligne.pk)


def crediter(monde, montant="50.00", numero="A-1", **valeurs):
    return enregistrer_avoir(
        monde.client, numero, D(montant), monde.aujourd_hui, aujourd_hui=monde.aujourd_hui, **valeurs
    )


def test_a_credit_note_is_recorded_from_the_invoice_with_number_date_and_amount_proposed(monde, gerant):
    adresse = lien("encaissements:avoir_nouveau", suite=f"?facture={monde.facture.pk}")
    form = gerant.get(adresse).context["form"]
    assert (form["numero"].value(), form["montant"].initial) == (f"A-{monde.aujourd_hui.year}-0001", D("1000.00"))
    saisie = {
        "numero": "A-7",
        "montant": "100",
        "date_emission": monde.aujourd_hui.isoformat(),
        "facture": monde.facture.pk,
        "devise": "EUR",
        "motif": "Retour",
    }
    premiere = gerant.post(adresse, saisie)
    assert gerant.post(adresse, saisie).url == premiere.url  # a double click leads to it
    assert (Avoir.objects.count(), relire(monde.facture).solde) == (1, D("900.00"))
    page = texte(gerant.get(premiere.url))
    assert "Retour" in page
    assert "déjà enregistré" in page
    assert "déjà enregistré" in texte(gerant.post(adresse, {**saisie, "montant": "200"}))
    assert "A-7" in texte(gerant.get(lien("encaissements:avoirs")))
    rien_ne_differe()


def test_the_client_is_asked_first_and_found_as_at_an_invoice(monde, gerant):
    adresse = lien("encaissements:avoir_nouveau")
    fabriquer_client(monde.entreprise, "Hôtel Annexe")
    assert "Pour quel client" in texte(gerant.get(adresse))
    assert "Hôtel Annexe" in texte(gerant.get(adresse, {"q": "hotel"}))
    assert gerant.get(adresse, {"q": "Hôtel Spécimen"}).url == f"{adresse}?client={monde.client.pk}"
    assert "Personne ne correspond" in texte(gerant.get(adresse, {"q": "Garage"}))


def test_what_is_left_of_a_credit_note_is_used_as_typed(monde, gerant):
    avoir = crediter(monde)
    echeance = monde.facture.echeances.get()
    page = texte(gerant.get(lien("encaissements:avoir", avoir.pk)))
    assert f'name="part-{echeance.pk}" value="50,00"' in page
    imputer = lien("encaissements:avoir_imputer", avoir.pk)
    assert "Donnez un montant" in texte(gerant.post(imputer, {}))
    assert "à corriger" in texte(gerant.post(imputer, {f"part-{echeance.pk}": "2000"}))
    assert "dépasse la somme" in texte(gerant.post(imputer, {f"part-{echeance.pk}": "50,01"}))
    assert gerant.post(imputer, {f"part-{echeance.pk}": "30"}).status_code == 302
    assert (relire(monde.facture).solde, disponible_de(avoir)) == (D("970.00"), D("20.00"))
    rien_ne_differe()


def test_the_pages_of_the_client_and_of_the_invoice_list_their_credit_notes(monde, gerant):
    crediter(monde, "30.00", "A-1", facture=monde.facture)
    crediter(monde, "20.00", "A-2")
    crediter(monde, "10.00", "A-3", repartition={monde.facture: D("10.00")})
    enregistrer_avoir(
        fabriquer_client(monde.entreprise, "Autre"), "A-4", D(1), monde.aujourd_hui, aujourd_hui=monde.aujourd_hui
    )
    for detail, requete, attendus in [
        (lien("clients:detail", monde.client.pk), f"?client={monde.client.pk}", ["A-1", "A-2", "A-3"]),
        (lien("factures:detail", monde.facture.pk), f"?facture={monde.facture.pk}", ["A-1", "A-3"]),
    ]:
        adresse = lien("encaissements:avoirs", suite=requete)
        assert adresse in texte(gerant.get(detail))
        fragment = texte(gerant.get(adresse, headers={"HX-Request": "true"}))
        assert [n for n in ("A-1", "A-2", "A-3", "A-4") if f">{n}<" in fragment] == attendus
        assert "<html" not in fragment
        assert [n for n in ("A-1", "A-2", "A-3", "A-4") if f">{n}<" in texte(gerant.get(adresse))] == attendus


def test_the_list_takes_as_many_queries_for_five_as_for_fifty(monde, gerant):
    for i in range(5):
        crediter(monde, "1.00", f"B-{i}")
    avec_cinq = compter_requetes(gerant, lien("encaissements:avoirs"))
    for i in range(45):
        crediter(monde, "1.00", f"C-{i}", facture=monde.facture)
    assert compter_requetes(gerant, lien("encaissements:avoirs")) == avec_cinq


def test_a_credit_note_entered_by_mistake_is_undone_and_its_number_is_free_again(monde, gerant):
    avoir = crediter(monde, "1000.00", facture=monde.facture)
    assert relire(monde.facture).solde == 0
    Echeance.objects.update(a_examiner_le=None)
    adresse = lien("encaissements:avoir_annuler", avoir.pk)
    assert "obligatoire" in texte(gerant.post(adresse, {"motif": ""}))
    assert gerant.post(adresse, {"motif": "Zéro de trop"}).status_code == 302
    assert (relire(monde.facture).solde, disponible_de(relire(avoir))) == (D("1000.00"), D("0.00"))
    assert monde.facture.echeances.get().a_examiner_le == monde.aujourd_hui
    assert "déjà annulée" in texte(gerant.post(adresse, {"motif": "encore"}))
    assert Evenement.objects.filter(genre="reglement_annule").count() == 1
    assert "saisie annulée" in texte(gerant.get(lien("encaissements:avoir", avoir.pk)))
    crediter(monde, "100.00", facture=monde.facture)
    assert relire(monde.facture).solde == D("900.00")
    rien_ne_differe()


def test_a_credit_note_half_used_is_undone_wherever_it_went(monde):
    autre = fabriquer_facture(monde.client, "40.00", monde.aujourd_hui)
    avoir = crediter(monde, "60.00", repartition={autre: D("40.00")})
    annuler_avoir(avoir, "Erreur", aujourd_hui=monde.aujourd_hui, instant=timezone.now())
    assert relire(autre).solde == D("40.00")
    rien_ne_differe()


def annuler(monde, gerant, **valeurs):
    donnees = {
        "maniere": "avec",
        "motif": "Prix faux",
        "numero": "A-9",
        "date_emission": monde.aujourd_hui.isoformat(),
        **valeurs,
    }
    return gerant.post(lien("factures:annuler", monde.facture.pk), donnees)


def test_an_issued_invoice_is_cancelled_by_a_credit_note_that_takes_it_to_zero(monde, gerant):
    libre = fabriquer_facture(monde.client, "120.00", monde.aujourd_hui, numero="F-2")
    page = gerant.get(lien("factures:annuler", libre.pk))
    assert page.context["form"]["numero"].value() == f"A-{monde.aujourd_hui.year}-0001"
    monde.facture = libre
    assert "obligatoire" in texte(annuler(monde, gerant, numero=""))
    assert annuler(monde, gerant).status_code == 302
    libre = relire(libre)
    avoir = Avoir.objects.get()
    assert (libre.solde, libre.annulee_le, avoir.montant, avoir.facture) == (0, monde.aujourd_hui, D("120.00"), libre)
    assert [e.genre for e in libre.evenements.order_by("rang")] == ["avoir", "facture_annulee"]
    assert "déjà annulée" in texte(annuler(monde, gerant, numero="A-10"))
    with pytest.raises(ValidationError, match="est annulée par cet avoir"):
        annuler_avoir(avoir, "Erreur", aujourd_hui=monde.aujourd_hui, instant=timezone.now())
    rien_ne_differe()


def test_what_was_paid_on_it_is_given_back_as_a_credit_when_told_so(monde, gerant):
    crediter(monde, "100.00", "A-1", facture=monde.facture)
    assert "acceptez de les rendre" in texte(annuler(monde, gerant))
    assert Facture.objects.get(pk=monde.facture.pk).annulee_le is None
    assert annuler(monde, gerant, rendre="on").status_code == 302
    assert relire(monde.reglement).disponible == D("200.00")
    assert Avoir.objects.get(numero="A-9").montant == D("1100.00")  # with A-1: the total of the invoice
    assert disponible_de(Avoir.objects.get(numero="A-1")) == 0
    rien_ne_differe()


def test_an_invoice_entered_by_mistake_is_cancelled_without_a_credit_note(monde, gerant):
    assert "rendez-les au client" in texte(annuler(monde, gerant, maniere="sans"))
    assert "obligatoire" in texte(annuler(monde, gerant, maniere=""))
    assert annuler(monde, gerant, maniere="sans", rendre="on", numero="", date_emission="").status_code == 302
    facture = relire(monde.facture)
    assert (facture.annulee_le, facture.solde, Avoir.objects.count()) == (monde.aujourd_hui, facture.total, 0)
    assert relire(monde.reglement).disponible == D("200.00")
    rien_ne_differe()


@pytest.mark.parametrize(
    ("jours", "champ"), [(1, "date_emission"), (-400, "date_emission")], ids=["future", "before the invoice"]
)
def test_a_cancelling_credit_note_has_a_sensible_date(monde, jours, champ):
    libre = fabriquer_facture(monde.client, "120.00", monde.aujourd_hui)
    jour: date = monde.aujourd_hui + timedelta(days=jours)
    with pytest.raises(ValidationError) as refus:
        annuler_par_avoir(libre, "Prix faux", "A-9", jour, aujourd_hui=monde.aujourd_hui)
    assert champ in refus.value.message_dict
    assert (relire(libre).annulee_le, relire(libre).solde) == (None, D("120.00"))


def test_a_settled_invoice_may_be_cancelled_once_its_money_is_given_back(monde, gerant):
    enregistrer_reglement(monde.client, D("1000.00"), monde.aujourd_hui, aujourd_hui=monde.aujourd_hui)
    assert relire(monde.facture).solde == 0
    assert annuler(monde, gerant, rendre="on").status_code == 302
    assert Avoir.objects.get().montant == D("1200.00")
    rien_ne_differe()


def test_a_reader_sees_credit_notes_and_no_action(monde):
    avoir = crediter(monde)
    page = texte(connecter_role(monde.entreprise, "lecture").get(lien("encaissements:avoir", avoir.pk)))
    assert "Reste à imputer" in page
    assert lien("encaissements:avoir_annuler", avoir.pk) not in page
    assert lien("encaissements:avoir_imputer", avoir.pk) not in page
