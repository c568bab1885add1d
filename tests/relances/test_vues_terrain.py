"""Calls, postings and their follow-up, from the screen."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from suivi.models import Appel, Litige, Promesse, Tache
from tests.relances import actes, scene


@pytest.fixture
def appel(essai):
    etape = actes.etape_de(essai, canal="appel")
    return scene.acte(essai, "Imprimerie Modèle Noir", "742.50", etape, telephone="01 99 00 56 78")


@pytest.fixture
def lettre(essai, gerante, client, adresse):
    """A formal demand, approved: ready to be printed and posted."""
    acte = scene.acte(
        essai, "Hôtel", "905.43", actes.mise_en_demeure(essai), statut="a_valider", motif_attente="approbation"
    )
    client.post(adresse("approuver", pk=acte.pk), {"version": acte.version, "confirme": "1"})
    acte.refresh_from_db()
    return acte


def conclure(client, adresse, acte, **donnees):
    reponse = client.post(adresse("conclure_appel", pk=acte.pk), {"version": acte.version, **donnees}, follow=True)
    acte.refresh_from_db()
    return reponse


def test_the_call_screen_has_the_number_the_total_and_the_script(essai, gerante, client, adresse, appel):
    page = client.get(adresse("acte", pk=appel.pk)).content.decode()
    assert "01 99 00 56 78" in page
    assert "Puis-je parler à" in page
    assert "Répondeur" in page
    assert page.count('type="radio" name="resultat"') == len(Appel.Resultat.choices)


def test_a_promise_is_noted_with_its_amount_and_date(essai, gerante, client, adresse, appel):
    conclure(
        client, adresse, appel, resultat="promesse", promesse_montant="742,50", promesse_date="2026-07-15",
        interlocuteur="Paule Martin", notes="Le virement part mercredi",
    )  # fmt: skip
    assert appel.statut == "envoyee"
    promesse = Promesse.objects.get(client=appel.client)
    assert (str(promesse.montant), promesse.date_promise.isoformat()) == ("742.50", "2026-07-15")


@pytest.mark.parametrize(
    ("saisi", "pour_le"), [({"rappel_le": "2026-07-13"}, "2026-07-13"), ({"rappel_le": ""}, "2026-07-09")]
)
def test_a_call_to_make_again_becomes_a_task(essai, gerante, client, adresse, appel, saisi, pour_le):
    page = client.get(adresse("acte", pk=appel.pk)).content.decode()
    assert 'value="2026-07-09"' in page  # the next working day is proposed
    conclure(client, adresse, appel, resultat="a_rappeler", interlocuteur="Paule Martin", **saisi)
    tache = Tache.objects.get(client=appel.client)
    assert (tache.genre, tache.pour_le.isoformat(), tache.texte) == ("rappeler", pour_le, "Rappeler Paule Martin")
    assert tache.responsable == gerante


def test_a_dispute_told_on_the_phone_is_opened(essai, gerante, client, adresse, appel):
    conclure(client, adresse, appel, resultat="litige", notes="Deux étagères manquent")
    assert Litige.objects.get(client=appel.client).motif == "Deux étagères manquent"


@pytest.mark.parametrize(
    ("donnees", "champ", "mots"),
    [
        ({}, "resultat", "Choisissez ce que l’appel a donné"),
        ({"resultat": "nimporte"}, "resultat", "Sélectionnez un choix valide"),
        ({"resultat": "promesse"}, "promesse_montant", "Une promesse a un montant"),
        ({"resultat": "promesse", "promesse_montant": "0"}, "promesse_montant", "supérieur à zéro"),
        ({"resultat": "promesse", "promesse_montant": "deux"}, "promesse_montant", "pas un montant"),
        ({"resultat": "promesse", "promesse_montant": "10"}, "promesse_date", "Une promesse a une date"),
        ({"resultat": "a_rappeler", "rappel_le": "2026-07-07"}, "rappel_le", "aujourd’hui ou plus tard"),
        (
            {"resultat": "promesse", "promesse_montant": "10", "promesse_date": "2026-07-07"},
            "promesse_date",
            "Une promesse a une date",
        ),
    ],
)
def test_a_call_s_result_that_is_wrong_is_refused_at_its_field(
    essai, gerante, client, adresse, appel, donnees, champ, mots
):
    reponse = conclure(client, adresse, appel, notes="ce que j’ai tapé", **donnees)
    assert mots in " ".join(reponse.context["formulaire"].errors[champ])
    assert "ce que j’ai tapé" in reponse.content.decode()
    assert appel.statut == "a_envoyer"
    assert not Appel.objects.exists()


def test_a_call_noted_twice_is_one_call(essai, gerante, client, adresse, appel):
    donnees = {"version": appel.version, "resultat": "repondeur"}
    for _ in range(2):
        client.post(adresse("conclure_appel", pk=appel.pk), donnees)
    assert Appel.objects.count() == 1


def test_a_letter_is_printed_posted_then_followed(essai, gerante, client, adresse, lettre):
    lue = client.get(adresse("lettre", pk=lettre.pk))
    lettre.refresh_from_db()
    assert (lettre.imprimee_le, lettre.pieces.count()) == (None, 0)  # reading notes nothing
    pdf = client.post(adresse("imprimer", pk=lettre.pk))
    assert pdf.content == lue.content
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")
    lettre.refresh_from_db()
    assert lettre.imprimee_le is not None
    preuve = SimpleUploadedFile("bordereau.png", b"\x89PNG\r\n\x1a\n", content_type="image/png")
    donnees = {"version": lettre.version, "postee_le": "2026-07-08", "numero": "1A 234 567", "preuve": preuve}
    client.post(adresse("poster", pk=lettre.pk), donnees)
    lettre.refresh_from_db()
    assert (lettre.statut, lettre.numero_recommande) == ("envoyee", "1A 234 567")
    assert lettre.pieces.filter(role="preuve").count() == 1
    client.post(adresse("suivre", pk=lettre.pk), {"version": lettre.version, "suivi": "recue", "le": "2026-07-08"})
    lettre.refresh_from_db()
    assert lettre.recue_le == scene.AU
    assert client.get(adresse("lettre", pk=lettre.pk)).content == pdf.content


@pytest.mark.parametrize(
    ("donnees", "champ"),
    [
        ({"postee_le": "", "numero": "1A"}, "postee_le"),
        ({"postee_le": "2026-07-09", "numero": "1A"}, "postee_le"),
        ({"postee_le": "2026-07-07", "numero": "1A"}, "postee_le"),
        ({"postee_le": "2026-07-08", "numero": " "}, "numero"),
    ],
)
def test_a_posting_that_is_wrong_is_refused_at_its_field(essai, gerante, client, adresse, lettre, donnees, champ):
    reponse = client.post(adresse("poster", pk=lettre.pk), {"version": lettre.version, **donnees})
    assert champ in reponse.context["formulaire"].errors
    lettre.refresh_from_db()
    assert lettre.statut == "a_envoyer"


def test_a_proof_is_a_picture_or_a_pdf(essai, gerante, client, adresse, lettre):
    preuve = SimpleUploadedFile("page.html", b"<script>", content_type="text/html")
    donnees = {"version": lettre.version, "postee_le": "2026-07-08", "numero": "1A", "preuve": preuve}
    reponse = client.post(adresse("poster", pk=lettre.pk), donnees)
    assert "preuve" in reponse.context["formulaire"].errors


def test_a_letter_posted_twice_is_one_posting(essai, gerante, client, adresse, lettre):
    donnees = {"version": lettre.version, "postee_le": "2026-07-08", "numero": "1A"}
    client.post(adresse("poster", pk=lettre.pk), donnees)
    reponse = client.post(adresse("poster", pk=lettre.pk), {**donnees, "numero": "2B"}, follow=True)
    lettre.refresh_from_db()
    assert lettre.numero_recommande == "1A"
    assert "deux fois" in reponse.content.decode()
