"""Signing in, the frame, the companies one serves, the company's own page."""

import pytest
from django.test import Client as Navigateur
from django.test import RequestFactory
from django.urls import reverse

from entreprises.models import Adhesion, Entreprise, MoyenPaiement, Utilisateur
from entreprises.templatetags.formats import TRANCHES
from factures.encours import BORNES
from recouvrement.vues import erreur
from tests.fabriques import IBAN, fabriquer_client, fabriquer_entreprise, fabriquer_facture, fabriquer_membre
from tests.pages import compter_requetes, connecter, fabriquer_monde, texte

pytestmark = pytest.mark.django_db
FAUX_IBAN = "FR1420041010050500013M02607"


@pytest.fixture
def monde():
    return fabriquer_monde()


def test_one_signs_in_with_an_email_and_lands_in_the_company(client, monde):
    reponse = client.post(
        reverse("account_login"), {"login": monde.gerant.email, "password": "motdepasse"}, follow=True
    )
    assert reponse.status_code == 200
    assert reponse.wsgi_request.path.startswith(f"/e/{monde.entreprise.slug}/")


def test_the_accounts_pages_are_in_the_frame(client, monde):
    for nom in ("account_login", "account_reset_password", "account_reset_password_done"):
        page = texte(client.get(reverse(nom)))
        assert '<main id="principal"' in page, nom
        assert "css/composants.css" in page, nom
    connecte = connecter(monde.gerant)
    for nom in ("account_logout", "account_change_password", "usersessions_list", "mfa_index"):
        assert '<main id="principal"' in texte(connecte.get(reverse(nom))), nom


def test_a_password_reset_goes_to_its_end(client, monde, mailoutbox):
    client.post(reverse("account_reset_password"), {"email": monde.gerant.email})
    lien = next(mot for mot in mailoutbox[0].body.split() if "/password/reset/key/" in mot)
    page = client.get(lien[lien.index("/compte/") :], follow=True)
    assert 'type="password"' in texte(page)
    adresse = page.redirect_chain[-1][0]
    fin = client.post(adresse, {"password1": "chêne-et-roseau-12", "password2": "chêne-et-roseau-12"}, follow=True)
    assert fin.status_code == 200
    monde.gerant.refresh_from_db()
    assert monde.gerant.check_password("chêne-et-roseau-12")


def test_a_strange_address_says_so_in_the_frame(monde):
    reponse = connecter(monde.gerant).get("/e/nulle/factures/")
    assert reponse.status_code == 404
    assert "Cette page n’existe pas" in texte(reponse)


def test_a_stale_token_is_explained(monde):
    navigateur = Navigateur(enforce_csrf_checks=True)
    navigateur.force_login(monde.gerant)
    reponse = navigateur.post(reverse("account_logout"))
    assert reponse.status_code == 403
    assert "Ce formulaire a expiré" in texte(reponse)


def test_the_error_page_needs_nothing(client, monde):
    assert "Une erreur de notre côté" in texte(erreur(RequestFactory().get("/")))


def test_no_page_holds_a_script_a_style_or_a_handler(monde):
    gerant = connecter(monde.gerant)
    for nom in ("factures:liste", "clients:liste", "entreprise:detail", "encaissements:nouveau"):
        reponse = gerant.get(reverse(nom, kwargs={"slug": monde.entreprise.slug}))
        page = texte(reponse)
        for interdit in (" style=", "<style", "<script>", " onclick", " onload", "javascript:"):
            assert interdit not in page, (nom, interdit)
        assert "unsafe" not in reponse.headers["Content-Security-Policy"]


def test_the_language_is_chosen_by_a_form(monde):
    gerant = connecter(monde.gerant)
    page = reverse("factures:liste", kwargs={"slug": monde.entreprise.slug})
    assert '<html lang="fr">' in texte(gerant.get(page))
    gerant.post(reverse("langue"), {"language": "en", "next": page})
    assert '<html lang="en">' in texte(gerant.get(page))


def test_the_demonstration_is_named_on_every_page(monde):
    gerant = connecter(monde.gerant)
    page = reverse("factures:liste", kwargs={"slug": monde.entreprise.slug})
    assert "Données de démonstration" not in texte(gerant.get(page))
    Entreprise.objects.update(est_demonstration=True)
    assert "Données de démonstration" in texte(gerant.get(page))


def test_the_companies_one_serves_show_what_each_is_owed_per_currency(monde):
    autre = fabriquer_entreprise("erable", nom="Érablière Témoin", pays="CA", devise="CAD")
    Adhesion.objects.create(entreprise=autre, utilisateur=monde.gerant, role="lecture")
    fabriquer_facture(fabriquer_client(autre), "50.00", monde.aujourd_hui, numero="Q-1")
    fabriquer_facture(fabriquer_client(fabriquer_entreprise("cachee", nom="Cachée")), "9.00", monde.aujourd_hui)
    page = texte(connecter(monde.gerant).get(reverse("cabinet:liste")))
    assert "1 000,00 €" in page
    assert "50,00 $" in page
    assert "Cachée" not in page


def test_the_list_of_companies_takes_as_many_queries_for_five_as_for_twenty(monde):
    def ajouter(debut, fin):
        for i in range(debut, fin):
            entreprise = fabriquer_entreprise(f"e{i}", nom=f"Entreprise {i}")
            Adhesion.objects.create(entreprise=entreprise, utilisateur=monde.gerant, role="comptable")
            fabriquer_facture(fabriquer_client(entreprise), "10.00", monde.aujourd_hui)

    ajouter(0, 4)
    gerant = connecter(monde.gerant)
    avec_cinq = compter_requetes(gerant, reverse("cabinet:liste"))
    ajouter(4, 19)
    assert compter_requetes(gerant, reverse("cabinet:liste")) == avec_cinq


def test_who_serves_no_company_is_told_what_to_do():
    seul = connecter(Utilisateur.objects.create_user("seul@exemple.invalid", "motdepasse"))
    assert "membre d’aucune entreprise" in texte(seul.get(reverse("entreprises:accueil"), follow=True))


def test_an_iban_with_a_wrong_key_is_refused_and_a_right_one_kept(monde):
    gerant = connecter(monde.gerant)
    nouveau = reverse("entreprise:moyen_nouveau", kwargs={"slug": monde.entreprise.slug})
    MoyenPaiement.objects.all().delete()
    refus = gerant.post(nouveau, {"genre": "virement", "iban": FAUX_IBAN})
    assert "Cet IBAN est faux" in texte(refus)
    assert not MoyenPaiement.objects.exists()
    gerant.post(nouveau, {"genre": "virement", "iban": "FR14 2004 1010 0505 0001 3M02 606"})
    assert MoyenPaiement.objects.get().iban == IBAN


def test_a_means_of_payment_needs_what_it_is_paid_with(monde):
    nouveau = reverse("entreprise:moyen_nouveau", kwargs={"slug": monde.entreprise.slug})
    for genre in ("virement", "interac", "depot", "cheque", "lien"):
        page = texte(connecter(monde.gerant).post(nouveau, {"genre": genre}))
        assert "Nécessaire pour ce moyen de paiement." in page, genre


def test_the_company_s_card_is_changed_and_a_wrong_number_refused(monde):
    gerant = connecter(monde.gerant)
    page = reverse("entreprise:modifier", kwargs={"slug": monde.entreprise.slug})
    valeurs = {"nom": "Menuiserie Neuve", "siren": "732829320", "version": monde.entreprise.version}
    refus = gerant.post(page, {**valeurs, "siren": "732829321"})
    assert "clé de contrôle" in texte(refus)
    assert gerant.post(page, valeurs).status_code == 302
    monde.entreprise.refresh_from_db()
    assert monde.entreprise.nom == "Menuiserie Neuve"


def test_a_stale_form_writes_nothing_and_shows_both_values(monde):
    gerant = connecter(monde.gerant)
    page = reverse("entreprise:modifier", kwargs={"slug": monde.entreprise.slug})
    perimee = {"nom": "Nom de B", "version": monde.entreprise.version}
    gerant.post(page, {"nom": "Nom de A", "version": monde.entreprise.version})
    seconde = texte(gerant.post(page, perimee))
    assert "modifiée entre-temps" in seconde
    assert "Nom de A" in seconde
    assert "Nom de B" in seconde
    assert Entreprise.objects.get(pk=monde.entreprise.pk).nom == "Nom de A"
    version = Entreprise.objects.get(pk=monde.entreprise.pk).version
    assert f'name="version" value="{version}"' in seconde
    assert gerant.post(page, {**perimee, "version": version}).status_code == 302


def test_a_membership_withdrawn_closes_the_company(monde):
    membre = fabriquer_membre(monde.entreprise, "comptable")
    Adhesion.objects.filter(utilisateur=membre).update(est_active=False)
    assert connecter(membre).get(f"/e/{monde.entreprise.slug}/factures/").status_code == 404


def test_the_ages_of_the_bars_are_those_of_the_discs():
    assert BORNES == TRANCHES
