"""« À faire »: what is listed, in which order, at what cost, and the act beside it."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from encaissements.encaissement import enregistrer_reglement
from journal.models import Evenement, Genre
from relances.models import Reglages, Relance
from suivi.taches import ajouter_tache
from tests import fabriques
from tests.relances import actes, scene

ORDRE = [
    "attente_longue", "approuver", "appels", "courriers", "douteux", "promesses", "litiges", "reglements", "contacts",
    "echecs", "ecartes",
]  # fmt: skip


def requetes(client, lien):
    client.get(lien)  # what is read once (content types, session) is read
    with CaptureQueriesContext(
        connection,
    ) as capture:
        assert client.get(lien).status_code == 200
    return len(capture)


def test_one_of_each_is_listed_in_the_order_in_which_to_take_it(essai, gerante, client, adresse):
    trouves = scene.matin(essai)
    reponse = client.get(adresse("a_faire"))
    file = reponse.context["file"]
    assert [g.code.value for g in file.groupes] == ORDRE
    assert reponse.context["acte"] == trouves["formelle"]
    page = reponse.content.decode()
    for nom in ("Hôtel des Trois Marées", "Auberge du Gabarit", "Deux étagères manquent", "Menuiserie Bizarre"):
        assert nom in page
    assert "11 points, à peu près 25 minutes" in page
    assert "Librairie L’Encrier Rouge" not in page  # it leaves by itself: nothing to do


def test_tasks_of_today_and_before_are_a_group_of_their_own(essai, gerante, client, adresse):
    debiteur = scene.client(essai, "Hôtel")
    for jours in (-2, 0, 1):
        pour_le = scene.AU + timedelta(days=jours)
        ajouter_tache(debiteur, texte=f"J{jours:+d}", pour_le=pour_le, aujourd_hui=pour_le, responsable=gerante)
    (groupe,) = client.get(adresse("a_faire")).context["file"].groupes
    assert (groupe.code, groupe.total) == ("taches", 2)
    assert [(p.quoi, p.quand) for p in groupe.points] == [
        ("J-2 (Claire Exemple)", "depuis 2 jours"),
        ("J+0 (Claire Exemple)", "aujourd’hui"),
    ]


def test_R2_an_approval_that_waits_for_more_than_five_days_comes_first(essai, gerante, client, adresse):
    scene.acte(essai, "Récent", statut="a_valider", motif_attente="approbation")
    ancien = scene.acte(
        essai, "Ancien", statut="a_valider", motif_attente="approbation", date_decision=scene.AU - timedelta(days=6)
    )
    assert client.get(adresse("a_faire")).context["file"].actes[0] == ancien.pk


def test_among_approvals_the_formal_ones_come_first(essai, gerante, client, adresse):
    scene.acte(essai, "Simple", statut="a_valider", motif_attente="approbation")
    formelle = scene.acte(
        essai, "Formelle", etape=actes.mise_en_demeure(essai), statut="a_valider", motif_attente="approbation"
    )
    assert client.get(adresse("a_faire")).context["file"].actes[0] == formelle.pk


def test_the_number_of_queries_does_not_depend_on_the_number_of_acts(essai, gerante, client, adresse):
    for rang in range(5):
        scene.acte(essai, f"Client {rang}", statut="a_valider", motif_attente="approbation")
    peu = requetes(client, adresse("a_faire"))
    for rang in range(5, 40):
        scene.acte(essai, f"Client {rang}", statut="a_valider", motif_attente="approbation")
    assert requetes(client, adresse("a_faire")) == peu


def test_an_act_shows_what_will_leave_and_why_now(essai, gerante, client, adresse):
    acte = scene.matin(essai)["formelle"]
    reponse = client.get(adresse("acte", pk=acte.pk))
    page = reponse.content.decode()
    assert 'data-vue="acte"' in page
    assert "HOTEL DES TROIS MAREES" in page  # the envelope's window
    assert "dépassée de 31 jours" in page
    assert "Attend votre accord depuis 6 jours" in page
    assert 'href="tel:0199001234"' in page
    assert 'aria-current="true"' in page
    assert page.count('aria-keyshortcuts="A"') == 1


def test_a_read_only_member_sees_the_act_without_any_button(essai, client, adresse):
    acte = scene.matin(essai)["formelle"]
    client.force_login(fabriques.fabriquer_membre(essai, "lecture"))
    page = client.get(adresse("acte", pk=acte.pk)).content.decode()
    assert "barre-actions" not in page
    assert "en lecture" in page


def test_a_missing_address_says_so_and_offers_a_contact_or_another_channel(essai, gerante, client, adresse):
    acte = scene.matin(essai)["sans_contact"]
    page = client.get(adresse("acte", pk=acte.pk)).content.decode()
    assert "Atelier Sans Adresse n’a pas d’adresse pour ce canal" in page
    assert f"/clients/{acte.client_id}/contacts/nouveau/" in page
    assert '<option value="courrier">' in page


def test_an_invoice_paid_this_morning_is_no_longer_asked_about(essai, gerante, client, adresse):
    acte = scene.acte(essai, "Paye", statut="a_valider", motif_attente="approbation")
    enregistrer_reglement(acte.client, montant=acte.total, date_reglement=scene.AU, devise="EUR", aujourd_hui=scene.AU)
    reponse = client.get(adresse("a_faire"))
    acte.refresh_from_db()
    assert acte.statut == "annulee"
    assert reponse.context["file"].total == 0


def test_with_nothing_to_do_the_page_says_what_comes_next(essai, gerante, client, adresse):
    debiteur = scene.client(essai, "Plus tard")
    scene.facture(debiteur, retard=-20)
    page = client.get(adresse("a_faire")).content.decode()
    assert "Rien à faire" in page
    assert "Prochaine échéance" in page
    assert "28 juillet 2026" in page


def test_R17_stale_payments_show_the_tick_and_what_waits_for_it(essai, gerante, client, adresse):
    acte = scene.acte(essai, "Attend", statut="a_valider", motif_attente="reglements_perimes")
    Reglages.objects.update(reglements_a_jour_au=scene.AU - timedelta(days=20))
    page = client.get(adresse("a_faire")).content.decode()
    assert "Règlements connus jusqu’au" in page
    client.post(adresse("a_jour"), {"jour": scene.AU.isoformat()})
    acte.refresh_from_db()
    assert acte.statut == "a_envoyer"
    assert Reglages.objects.get(entreprise=essai).reglements_a_jour_au == scene.AU


def test_the_tick_refuses_a_day_to_come(essai, gerante, client, adresse):
    reponse = client.post(adresse("a_jour"), {"jour": "2026-07-09"}, follow=True)
    assert "dans le futur" in reponse.content.decode()


def test_a_long_group_shows_its_first_fifty_and_says_how_many_follow(essai, gerante, client, adresse):
    modele = scene.acte(essai, "Premier", statut="a_valider", motif_attente="approbation")
    for rang in range(52):
        Relance.objects.create(
            entreprise=essai, client=scene.client(essai, f"Client {rang}"), devise="EUR", etape=modele.etape,
            canal="courriel", statut="a_valider", motif_attente="approbation", date_decision=scene.AU,
        )  # fmt: skip
    reponse = client.get(adresse("a_faire"))
    (groupe,) = reponse.context["file"].groupes
    assert (groupe.total, len(groupe.points)) == (53, 50)
    assert "3 autres viendront" in reponse.content.decode()


def test_R17_today_s_acts_may_go_on_without_the_payments_once_a_person_says_so(essai, gerante, client, adresse):
    acte = scene.acte(essai, "Garage Fictif", statut="a_valider", motif_attente="reglements_perimes")
    Reglages.objects.update(reglements_a_jour_au=scene.AU - timedelta(days=20))
    assert adresse("outrepasser") in client.get(adresse("a_faire")).content.decode()
    page = client.get(adresse("outrepasser")).content.decode()
    assert "Un acte attend les règlements" in page
    acte.refresh_from_db()
    assert acte.motif_attente == "reglements_perimes"  # asking changes nothing
    reponse = client.post(adresse("outrepasser"), follow=True)
    assert "1 acte ne les attend plus" in reponse.content.decode()
    acte.refresh_from_db()
    assert acte.motif_attente != "reglements_perimes"
    ligne = Evenement.objects.filter(client=acte.client_id, genre=Genre.REGLEMENTS_A_JOUR).get()
    assert ligne.contenu.faits["outrepasse_le"] == scene.AU.isoformat()
    assert ligne.auteur_nom == str(gerante)


def test_R17_nothing_is_overridden_while_payments_are_up_to_date(essai, gerante, client, adresse):
    Reglages.objects.update(reglements_a_jour_au=scene.AU)
    reponse = client.post(adresse("outrepasser"), follow=True)
    assert "Rien n’attend les règlements" in reponse.content.decode()
    assert Reglages.objects.get(entreprise=essai).fraicheur_outrepassee_le is None


def test_every_page_asks_how_much_waits_and_up_to_when_payments_are_known(essai, gerante, client, adresse):
    scene.matin(essai)
    assert f'hx-get="{adresse("reperes")}"' in client.get(adresse("boite_envoi")).content.decode()
    total = client.get(adresse("a_faire")).context["file"].total
    Reglages.objects.update(reglements_a_jour_au=scene.AU)
    fragment = client.get(adresse("reperes")).content.decode()
    assert f'id="compte-haut" hx-swap-oob="true">{total}<' in fragment
    assert "Règlements à jour au" in fragment
    Reglages.objects.update(reglements_a_jour_au=scene.AU - timedelta(days=20))
    assert "seulement" in client.get(adresse("reperes")).content.decode()


def test_a_company_without_any_invoice_is_told_where_to_begin(essai, gerante, client, adresse):
    page = client.get(adresse("a_faire")).content.decode()
    assert "Par où commencer" in page
    scene.facture(scene.client(essai, "Transports Modèle"))
    assert "Par où commencer" not in client.get(adresse("a_faire")).content.decode()


def test_the_batch_is_offered_only_when_there_is_more_than_one_plain_email(essai, gerante, client, adresse):
    scene.acte(essai, "Un", statut="a_valider", motif_attente="debut")
    assert adresse("approuver_lot") not in client.get(adresse("a_faire")).content.decode()
    scene.acte(essai, "Deux", statut="a_valider", motif_attente="debut")
    assert adresse("approuver_lot") in client.get(adresse("a_faire")).content.decode()
