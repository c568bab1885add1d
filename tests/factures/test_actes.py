"""What may still be said of an invoice once recorded: sent, changed, its PDF."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from entreprises.documents import lire
from entreprises.models import Document
from factures.models import Echeance, Facture
from factures.transmission import marquer_transmises
from journal.ecriture import verifier
from journal.models import Evenement
from tests.encaissements.verite import rien_ne_differe
from tests.fabriques import fabriquer_client, fabriquer_facture
from tests.pages import compter_requetes, connecter, fabriquer_monde, texte

pytestmark = pytest.mark.django_db
AU = date(2026, 11, 20)


@pytest.fixture
def monde():
    return fabriquer_monde()


@pytest.fixture
def gerant(monde):
    return connecter(monde.gerant)


def lien(monde, nom, pk=None, suite=""):
    cles = {"slug": monde.entreprise.slug, **({"pk": pk} if pk else {})}
    return f"{reverse(f'factures:{nom}', kwargs=cles)}{suite}"


def relire(facture):
    return Facture.objects.get(pk=facture.pk)


def test_several_invoices_are_marked_sent_with_one_line_per_client(monde, gerant):
    au = monde.aujourd_hui
    autre = fabriquer_client(monde.entreprise, "Garage Fictif")
    factures = [fabriquer_facture(c, "10.00", au) for c in (monde.client, monde.client, autre)]
    annulee = fabriquer_facture(autre, "10.00", au, annulee_le=au)
    choix = "?" + "&".join(f"f={f.pk}" for f in [*factures, annulee])
    assert "3 factures" in texte(gerant.get(lien(monde, "transmettre", suite=choix)))
    envoi = {"transmise_le": au.isoformat(), "transmise_par": "courriel", "transmise_a": "compta@client.invalid"}
    assert gerant.post(lien(monde, "transmettre", suite=choix), envoi).url == lien(monde, "liste")
    for facture in map(relire, factures):
        assert (facture.transmise_le, facture.transmise_par) == (au, "courriel")
        assert facture.evenements.get().genre == "facture_transmise"
    assert relire(annulee).transmise_le is None
    assert Evenement.objects.filter(genre="facture_transmise").count() == 2
    page = texte(gerant.get(reverse("clients:detail", kwargs={"slug": "essai", "pk": monde.client.pk})))
    assert "courriel, à compta@client.invalid" in page.lower()
    assert verifier(type(monde.client).objects.get(pk=monde.client.pk)) == []


def test_the_night_looks_again_at_an_invoice_marked_sent(monde):
    Echeance.objects.update(a_examiner_le=None)
    marquer_transmises([monde.facture], monde.aujourd_hui, aujourd_hui=monde.aujourd_hui)
    assert monde.facture.echeances.get().a_examiner_le == monde.aujourd_hui


@pytest.mark.parametrize(
    ("jours", "par", "champ"),
    [(1, "", "transmise_le"), (-400, "", "transmise_le"), (0, "pigeon", "transmise_par")],
)
def test_an_invoice_is_not_sent_in_the_future_nor_before_its_issue(monde, jours, par, champ):
    jour = monde.aujourd_hui + timedelta(days=jours)
    with pytest.raises(ValidationError) as refus:
        marquer_transmises([monde.facture], jour, par, aujourd_hui=monde.aujourd_hui)
    assert champ in refus.value.message_dict
    assert relire(monde.facture).transmise_le is None


def test_marking_takes_as_many_queries_for_thirty_invoices_as_for_three(monde, gerant):
    factures = [fabriquer_facture(monde.client, "10.00", monde.aujourd_hui) for _ in range(30)]
    adresses = [lien(monde, "transmettre", suite="?" + "&".join(f"f={f.pk}" for f in factures[:n])) for n in (3, 30)]
    assert compter_requetes(gerant, adresses[0]) == compter_requetes(gerant, adresses[1])


@pytest.mark.parametrize("choix", ["", "?f=x", "?f=99999999999999999999", "?f=1&f=" + "9" * 18])
def test_nothing_ticked_says_what_to_do(monde, gerant, choix):
    Facture.objects.update(annulee_le=monde.aujourd_hui)
    assert "Aucune facture choisie" in texte(gerant.get(lien(monde, "transmettre", suite=choix)))
    assert gerant.post(lien(monde, "transmettre", suite=choix), {"transmise_le": "2026-01-01"}).status_code == 200


def changer(monde, gerant, **valeurs):
    facture = relire(monde.facture)
    donnees = {"objet": "", "reference_commande": "", "mode_reglement": "virement", "version": facture.version}
    return gerant.post(lien(monde, "modifier", facture.pk), {**donnees, **valeurs})


def test_a_few_facts_change_with_their_line_and_are_found_again(monde, gerant):
    Echeance.objects.update(a_examiner_le=None)
    assert changer(monde, gerant, objet="Escalier", reference_commande="BC 77").status_code == 302
    assert monde.facture.echeances.get().a_examiner_le is None
    assert changer(monde, gerant, objet="Escalier", reference_commande="BC 77", mode_reglement="prelevement").url
    assert monde.facture.echeances.get().a_examiner_le == monde.aujourd_hui
    facture = relire(monde.facture)
    assert (facture.objet, facture.mode_reglement, facture.total) == ("Escalier", "prelevement", monde.facture.total)
    assert facture in Facture.objects.cherchant("bc 77")
    page = texte(gerant.get(lien(monde, "detail", facture.pk)))
    assert "mode de règlement : virement → prélèvement" in page
    assert "objet : – → Escalier" in page
    rien_ne_differe()


def test_a_stale_change_shows_both_values_and_writes_nothing(monde, gerant):
    version = relire(monde.facture).version
    changer(monde, gerant, objet="Escalier")
    page = texte(changer(monde, gerant, objet="Portail", version=version))
    assert "Valeur actuelle : « Escalier »" in page
    assert 'value="Portail"' in page
    assert relire(monde.facture).objet == "Escalier"


def test_the_page_says_that_number_and_amounts_do_not_change(monde, gerant):
    page = texte(gerant.get(lien(monde, "modifier", monde.facture.pk)))
    assert "annulez la facture par un avoir" in page
    changer(monde, gerant, total="1.00", numero="F-999")
    assert (relire(monde.facture).total, relire(monde.facture).numero) == (monde.facture.total, "F-1")


def test_a_cancelled_invoice_does_not_change(monde, gerant):
    Facture.objects.update(annulee_le=monde.aujourd_hui)
    assert "est annulée" in texte(changer(monde, gerant, objet="Escalier"))
    assert relire(monde.facture).objet == ""


def fichier(contenu=b"%PDF-1.7 un", nom="f-1.pdf"):
    return SimpleUploadedFile(nom, contenu, "application/pdf")


def test_a_pdf_is_joined_shown_in_the_page_and_replaced_without_losing_the_first(monde, gerant):
    joindre, detail = lien(monde, "joindre", monde.facture.pk), lien(monde, "detail", monde.facture.pk)
    assert gerant.get(lien(monde, "pdf", monde.facture.pk)).status_code == 404
    gerant.post(joindre, {"pdf": fichier()})
    premier = relire(monde.facture).pdf
    assert lien(monde, "pdf", monde.facture.pk) in texte(gerant.get(detail))
    gerant.post(joindre, {"pdf": fichier(b"%PDF-1.7 deux", "f-1 bis.pdf")})
    reponse = gerant.get(lien(monde, "pdf", monde.facture.pk))
    assert (reponse.content, reponse["X-Frame-Options"]) == (b"%PDF-1.7 deux", "SAMEORIGIN")
    assert "frame-ancestors 'self'" in reponse["Content-Security-Policy"]
    assert lire(Document.objects.get(pk=premier.pk)) == b"%PDF-1.7 un"
    dernier = monde.facture.evenements.order_by("-rang").first()
    assert dernier.contenu.faits["ancienne_piece"] == "f-1.pdf"
    assert "PDF « f-1 bis.pdf »" in texte(gerant.get(detail))


def test_the_same_pdf_twice_changes_nothing(monde, gerant):
    for _ in range(2):
        gerant.post(lien(monde, "joindre", monde.facture.pk), {"pdf": fichier()})
    assert Evenement.objects.filter(genre="facture_modifiee").count() == 1


@pytest.mark.parametrize(
    ("contenu", "phrase"),
    [(b"MZ", "n’est pas un PDF"), (b"", "vide"), (b"%PDF-" + b"0" * (10 * 1024 * 1024), "dépasse 10 Mo")],
)
def test_what_is_no_pdf_or_too_big_is_refused(monde, gerant, contenu, phrase):
    assert phrase in texte(gerant.post(lien(monde, "joindre", monde.facture.pk), {"pdf": fichier(contenu)}))
    assert relire(monde.facture).pdf is None
