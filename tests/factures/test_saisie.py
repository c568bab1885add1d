"""An invoice entered by hand, from what is typed to the books: journeys over its page."""

from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from clients.models import Client
from encaissements import views_factures
from encaissements.models import Imputation, Reglement
from entreprises.models import Document
from factures.models import ConditionsPaiement, Facture
from tests.encaissements.verite import rien_ne_differe
from tests.fabriques import fabriquer_client, fabriquer_entreprise, fabriquer_facture, fabriquer_membre
from tests.pages import connecter, texte

pytestmark = pytest.mark.django_db
D = Decimal
TRENTE_JOURS = {"tranches": [{"delai": {"genre": "net", "jours": 30}}]}


class Saisie:
    """The page, filled as a person would."""

    def __init__(self, pays: str = "FR", **valeurs):
        self.entreprise = fabriquer_entreprise(pays=pays, **valeurs)
        self.navigateur = connecter(fabriquer_membre(self.entreprise, "comptable"))
        self.client = fabriquer_client(self.entreprise, code="C042", siren="732829320")
        self.conditions = ConditionsPaiement.objects.create(
            entreprise=self.entreprise, nom="30 jours", regle=TRENTE_JOURS, est_defaut=True
        )
        self.jour = self.entreprise.date_locale(timezone.now())
        self.adresse = reverse("factures:nouvelle", kwargs={"slug": self.entreprise.slug})

    def poster(self, entetes=None, **valeurs):
        donnees = {
            "client": "Hôtel Spécimen",
            "numero": "F-9",
            "date_emission": self.jour.isoformat(),
            "base_1": "1 850,00",
            "taux_1": "20",
            "conditions": self.conditions.pk,
            "mode_reglement": "virement",
            **valeurs,
        }
        return self.navigateur.post(self.adresse, donnees, headers=entetes)

    def facture(self, numero: str = "F-9") -> Facture:
        return Facture.objects.get(numero=numero)


@pytest.fixture
def saisie():
    return Saisie()


def test_the_amount_before_tax_and_the_terms_are_enough(saisie):
    reponse = saisie.poster()
    facture = saisie.facture()
    assert reponse.url == reverse("factures:detail", kwargs={"slug": "essai", "pk": facture.pk})
    assert (facture.total, facture.conditions) == (D("2220.00"), saisie.conditions)
    assert facture.echeances.get().date_echeance == saisie.jour + timedelta(days=30)
    taxe = facture.taxes.get()
    assert (taxe.taux, taxe.base, taxe.montant) == (D("20"), D("1850.00"), D("370.00"))
    rien_ne_differe()


def test_the_empty_page_proposes_the_date_the_next_number_and_the_default_terms(saisie):
    fabriquer_facture(saisie.client, numero="F-2026-0041", date_emission=saisie.jour - timedelta(days=2))
    form = saisie.navigateur.get(saisie.adresse).context["form"]
    assert form["numero"].value().endswith("0042")
    assert form["date_emission"].value() == saisie.jour
    assert form["conditions"].value() == saisie.conditions.pk
    assert saisie.navigateur.get(f"{saisie.adresse}?client={saisie.client.pk}").context["form"]["client"].value() == (
        "Hôtel Spécimen"
    )


@pytest.mark.parametrize("ecrit", ["hotel specimen", "C042", "732829320", "732 829 320", "Hôtel Spécimen (C042)"])
def test_a_client_is_known_by_name_code_or_siren(saisie, ecrit):
    fabriquer_client(saisie.entreprise, "Hôtel Spécimen Annexe")
    assert saisie.poster(client=ecrit).status_code == 302
    assert saisie.facture().client == saisie.client


def test_two_clients_that_fit_are_shown_and_one_is_chosen(saisie):
    annexe = fabriquer_client(saisie.entreprise, "Hôtel Annexe", siege_ville="Dinard")
    page = texte(saisie.poster(client="hotel"))
    assert "Lequel ?" in page
    assert "Dinard" in page
    assert not Facture.objects.exists()
    assert saisie.poster(client="hotel", client_choix=annexe.pk, client_cherche="hôtel x").status_code == 200
    assert saisie.poster(client="hotel", client_choix=annexe.pk, client_cherche="hotel").status_code == 302
    assert saisie.facture().client == annexe


def test_a_new_client_is_created_on_the_way_without_losing_what_was_typed(saisie):
    page = texte(saisie.poster(client="Garage Fictif", objet="Portail"))
    assert "Créer le client « Garage Fictif »" in page
    assert 'value="Portail"' in page
    assert not Client.objects.filter(nom="Garage Fictif").exists()
    choix = {"client": "Garage Fictif", "client_choix": "nouveau", "client_cherche": "Garage Fictif"}
    assert "adresse" in texte(saisie.poster(**choix, nouveau_courriel="garage"))
    assert not Client.objects.filter(nom="Garage Fictif").exists()
    saisie.poster(**choix, nouveau_courriel="compta@garage.invalid", nouveau_genre="particulier")
    client = saisie.facture().client
    assert (client.nom, client.genre, client.contacts.get().courriel) == (
        "Garage Fictif",
        "particulier",
        "compta@garage.invalid",
    )


def test_nothing_of_a_new_client_stays_when_its_invoice_is_refused(saisie):
    choix = {"client": "Garage Fictif", "client_choix": "nouveau", "client_cherche": "Garage Fictif"}
    assert saisie.poster(**choix, transmise_le=(saisie.jour + timedelta(days=3)).isoformat()).status_code == 200
    assert not Client.objects.filter(nom="Garage Fictif").exists()


def test_a_deposit_received_is_deducted_and_is_a_payment(saisie):
    recu = saisie.jour - timedelta(days=10)
    saisie.poster(acompte_montant="220", acompte_date=recu.isoformat(), acompte_moyen="cheque")
    facture = saisie.facture()
    assert (facture.total, facture.solde) == (D("2220.00"), D("2000.00"))
    assert facture.echeances.get().solde == D("2000.00")
    assert (Reglement.objects.get().moyen, Imputation.objects.get().nature) == ("cheque", "acompte")
    assert facture.acomptes.get().montant == D("220.00")
    rien_ne_differe()


def test_the_instalments_are_typed_in_percent_in_amounts_or_as_the_rest(saisie):
    jours = [saisie.jour + timedelta(days=n) for n in (10, 40, 70)]
    champs = {f"jour_{i}": jour.isoformat() for i, jour in enumerate(jours, start=1)}
    saisie.poster(**champs, part_1="30 %", part_2="1 000,00")
    facture = saisie.facture()
    assert [(e.date_echeance, str(e.montant)) for e in facture.echeances.order_by("rang")] == list(
        zip(jours, ["666.00", "1000.00", "554.00"], strict=True)
    )
    assert facture.conditions is None
    rien_ne_differe()


def test_one_enters_quebec_taxes():
    saisie = Saisie("CA", devise="CAD", fuseau="America/Toronto")
    saisie.poster(base_1="1 000,00", taux_1="tps-tvq")
    facture = saisie.facture()
    assert (facture.total, facture.devise) == (D("1149.75"), "CAD")
    assert [t.libelle for t in facture.taxes.order_by("pk")] == ["TPS", "TVQ"]


@pytest.mark.parametrize(
    ("valeurs", "phrase"),
    [
        ({"client": "Personne"}, "Aucun client de ce nom"),
        ({"base_1": "", "total": ""}, "Donnez le montant hors taxes, ou le total TTC"),
        ({"total": "2 300,00"}, "l’écart avec ce total est de 80,00"),
        ({"base_1": "12,345"}, "deux chiffres après la virgule"),
        ({"conditions": ""}, "Donnez une échéance ou des conditions"),
        ({"echeance": "2020-01-01"}, "vient avant l’émission"),
        ({"echeance": "2026-12-31", "jour_1": "2026-12-31"}, "pas les deux"),
        ({"part_1": "30 %"}, "Donnez la date de cette échéance"),
        ({"jour_1": "2099-01-01", "part_1": "30 %"}, "pas 100"),
        ({"jour_1": "2099-01-01", "part_1": "beaucoup"}, "Ce n’est pas un montant"),
        ({"acompte_montant": "10"}, "Donnez le jour où il a été reçu"),
        ({"acompte_date": "2026-01-01"}, "Donnez le montant de l’acompte"),
        ({"acompte_montant": "9999", "acompte_date": "2026-01-01"}, "dépasse le total"),
        ({"acompte_montant": "10", "acompte_date": "2099-01-01"}, "ne se date pas dans le futur"),
        ({"transmise_a": "compta@client.invalid"}, "Donnez le jour où elle a été envoyée"),
        ({"escompte_taux": "2"}, "un taux et un nombre de jours"),
        ({"escompte_taux": "200", "escompte_jours": "8"}, "taux d’escompte"),
    ],
)
def test_what_cannot_be_taken_is_said_and_nothing_is_written(saisie, valeurs, phrase):
    page = texte(saisie.poster(**valeurs))
    assert phrase in page
    assert "rien n’est perdu" in page
    assert not Facture.objects.exists()


def test_the_old_bug_an_invoice_is_never_due_before_its_issue(saisie):
    for champ in ("echeance", "jour_1"):
        veille = (saisie.jour - timedelta(days=1)).isoformat()
        assert "vient avant l’émission" in texte(saisie.poster(**{champ: veille}))
    assert not Facture.objects.exists()


def test_a_double_click_or_the_way_back_leads_to_the_invoice_already_recorded(saisie):
    premiere = saisie.poster(acompte_montant="20", acompte_date=saisie.jour.isoformat())
    seconde = saisie.poster(acompte_montant="20", acompte_date=saisie.jour.isoformat())
    assert seconde.url == premiere.url
    assert (Facture.objects.count(), Reglement.objects.count()) == (1, 1)
    assert "déjà enregistrée" in texte(saisie.navigateur.get(seconde.url))


def test_a_double_click_with_a_new_client_makes_one_client(saisie):
    choix = {"client": "Garage Fictif", "client_choix": "nouveau", "client_cherche": "Garage Fictif"}
    assert [saisie.poster(**choix).status_code, saisie.poster(**choix).status_code] == [302, 302]
    assert (Client.objects.filter(nom="Garage Fictif").count(), Facture.objects.count()) == (1, 1)


def test_two_clicks_at_the_same_instant_lead_to_the_same_invoice(saisie, monkeypatch):
    premiere = saisie.poster()
    lire, lectures = views_factures.meme_numero, []

    def lire_trop_tot(*args):
        lectures.append(1)
        return None if len(lectures) == 1 else lire(*args)

    monkeypatch.setattr(views_factures, "meme_numero", lire_trop_tot)
    monkeypatch.setattr(views_factures, "avertissements", lambda *args, **kwargs: [])
    assert saisie.poster().url == premiere.url
    assert Facture.objects.count() == 1


def test_a_number_taken_says_by_which_invoice_and_which_one_is_free(saisie):
    saisie.poster(numero="F-41")
    page = texte(saisie.poster(numero="F-41", base_1="10,00"))
    assert "La facture n° F-41 est déjà enregistrée" in page
    assert reverse("factures:detail", kwargs={"slug": "essai", "pk": saisie.facture("F-41").pk}) in page
    assert "Le suivant libre est F-42" in page
    fabriquer_client(saisie.entreprise, "Garage Fictif")
    assert "est déjà enregistrée" in texte(saisie.poster(numero="F-41", client="Garage Fictif"))
    assert Facture.objects.count() == 1


@pytest.mark.parametrize(
    ("valeurs", "phrase"),
    [
        ({"numero": "F-10"}, "Même client, même total"),
        ({"numero": "f 0009", "base_1": "10"}, "ressemble à un autre"),
        ({"numero": "F-10", "base_1": "10", "date_emission": "+3"}, "dans le futur"),
        ({"numero": "F-10", "base_1": "10", "date_emission": "-400", "conditions_libres": True}, "plus d’un an"),
    ],
)
def test_a_likely_mistake_is_warned_about_once_and_can_be_confirmed(saisie, valeurs, phrase):
    saisie.poster()
    if "date_emission" in valeurs:
        valeurs = {**valeurs, "date_emission": (saisie.jour + timedelta(int(valeurs["date_emission"]))).isoformat()}
    valeurs.pop("conditions_libres", None)
    reponse = saisie.poster(**valeurs)
    assert phrase in texte(reponse)
    assert Facture.objects.count() == 1
    assert saisie.poster(**valeurs, confirme="autre chose").status_code == 200
    assert saisie.poster(**valeurs, confirme=reponse.context["empreinte"]).status_code == 302
    assert Facture.objects.count() == 2


def test_eight_days_apart_is_another_invoice(saisie):
    saisie.poster(date_emission=(saisie.jour - timedelta(days=8)).isoformat())
    assert saisie.poster(numero="F-10").status_code == 302


def test_the_server_reckons_while_one_types_and_writes_nothing(saisie):
    calcul = {"action": "calculer", "client": "", "numero": ""}
    fragment = texte(saisie.poster({"HX-Request": "true"}, **calcul, escompte_taux="2", escompte_jours="8"))
    page = texte(saisie.poster(**calcul, escompte_taux="2", escompte_jours="8"))
    assert "2 220,00 €" in fragment
    assert "44,40 €" in fragment
    assert "<html" not in fragment
    assert fragment.strip() in page  # what htmx swaps in equals what a reload shows
    assert "obligatoire" not in page
    assert not Facture.objects.exists()
    assert "l’écart" in texte(saisie.poster({"HX-Request": "true"}, **calcul, total="1"))


def test_the_fragment_about_the_client_says_what_it_owes_or_who_it_may_be(saisie):
    fabriquer_facture(saisie.client, "500.00", saisie.jour - timedelta(days=5))
    adresse = reverse("factures:client_saisi", kwargs={"slug": "essai"})

    def fragment(nom):
        return texte(saisie.navigateur.get(f"{adresse}?{urlencode({'client': nom})}"))

    assert "Doit déjà 500,00 € échus" in fragment("C042").replace('<span class="montant">', "").replace("</span>", "")
    assert "Lequel ?" in fragment("hôtel")
    assert "Créer le client « Garage »" in fragment("Garage")
    assert fragment("").strip() == ""
    proposes = reverse("factures:clients_proposes", kwargs={"slug": "essai"})
    assert 'value="Hôtel Spécimen"' in texte(saisie.navigateur.get(f"{proposes}?client=7328"))


def test_the_pdf_is_kept_when_something_else_is_to_correct(saisie):
    pdf = SimpleUploadedFile("f-9.pdf", b"%PDF-1.7 essai", "application/pdf")
    reponse = saisie.poster(pdf=pdf, client="Personne")
    assert "« f-9.pdf » est gardé" in texte(reponse)
    garde = reponse.context["piece"].pk
    assert saisie.poster(pdf_garde=garde).status_code == 302
    assert saisie.facture().pdf_id == garde
    ailleurs = Document.objects.create(
        entreprise=fabriquer_entreprise("autre"), sha256="0" * 64, type_mime="application/pdf", taille=1
    )
    saisie.poster(numero="F-11", base_1="7", pdf_garde=ailleurs.pk)
    assert saisie.facture("F-11").pdf is None


def test_a_hand_typed_due_date_wins_over_the_terms(saisie):
    saisie.poster(echeance=date(saisie.jour.year + 1, 1, 31).isoformat())
    facture = saisie.facture()
    assert facture.echeances.get().date_echeance == date(saisie.jour.year + 1, 1, 31)
    assert facture.conditions is None
