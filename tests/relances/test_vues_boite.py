"""The outbox."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from relances import envoi
from tests.relances import scene


def test_each_view_holds_its_own_and_counts_it(essai, gerante, client, adresse):
    trouves = scene.matin(essai)
    reponse = client.get(adresse("boite_envoi"), {"etat": "douteux"})
    assert list(reponse.context["page"]) == [trouves["douteux"]]
    nombres = {vue.code: vue.nombre for vue in reponse.context["vues"]}
    assert (nombres["douteux"], nombres["echecs"], nombres["en_partance"]) == (1, 1, 2)
    assert trouves["courriel"] not in client.get(adresse("boite_envoi")).context["page"]  # it waits for a person


def test_a_client_or_an_invoice_is_found(essai, gerante, client, adresse):
    acte = scene.matin(essai)["en_partance"]
    numero = acte.lignes.get().numero
    for recherche in ("encrier rouge", "ENCRIER", numero.lower()):
        page = client.get(adresse("boite_envoi"), {"q": recherche, "etat": "en_partance"}).context["page"]
        assert list(page) == [acte]
    assert not client.get(adresse("boite_envoi"), {"q": "introuvable"}).context["page"].object_list


def test_an_unknown_view_or_page_shows_all_of_it(essai, gerante, client, adresse):
    scene.acte(essai, "Client")
    assert client.get(adresse("boite_envoi"), {"etat": "x", "page": "99"}).status_code == 200


def test_the_number_of_queries_does_not_depend_on_the_number_of_messages(essai, gerante, client, adresse):
    def requetes():
        client.get(adresse("boite_envoi"))
        with CaptureQueriesContext(connection) as capture:
            client.get(adresse("boite_envoi"))
        return len(capture)

    for rang in range(5):
        scene.acte(essai, f"Client {rang}")
    peu = requetes()
    for rang in range(5, 40):
        scene.acte(essai, f"Client {rang}")
    assert requetes() == peu


def test_a_message_that_left_shows_its_headers_text_and_story(essai, gerante, client, adresse):
    acte = scene.acte(essai, "Transports Modèle", "2736.00")
    envoi.envoyer(essai, scene.AU, scene.INSTANT)
    acte.refresh_from_db()
    reponse = client.get(adresse("envoi", pk=acte.pk))
    page = reponse.content.decode()
    assert "Réponses à" in page
    assert acte.message_id.strip("<>") in page
    assert "relance-" in page  # the message itself, kept
    assert any("envoyée" in ligne.titre for ligne in reponse.context["histoire"])


def test_a_message_still_to_leave_is_shown_as_it_would(essai, gerante, client, adresse):
    acte = scene.acte(essai, "Transports Modèle")
    page = client.get(adresse("envoi", pk=acte.pk)).content.decode()
    assert "Ce qui partirait aujourd’hui" in page
