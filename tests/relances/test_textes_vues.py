"""The editor of a rung's words: tried, told about, saved as versions, never run."""

import html

import pytest
from django.core.cache import cache

from relances.edition import dupliquer
from relances.fautes import fautes
from relances.models import Etape, Relance, Scenario, TexteEtape
from relances.redaction import TextePerime, comparer, enregistrer_texte, normaliser
from relances.valeurs import NOMS
from tests import fabriques
from tests.pages import compter_requetes, connecter_role, texte
from tests.relances import actes, scene

OBJET, CORPS = "{objet.factures} – {total.echu}", "\n\n".join([
    "{contact.salutation}", "Il reste {total.echu} à régler :", "{tableau.factures}", "{bloc.moyens_paiement}",
    "Un désaccord ? Dites-le-nous. Si votre règlement a croisé {message.designation}, merci de ne pas en tenir compte.",
    "{bloc.signature}",
])  # fmt: skip


@pytest.fixture
def premiere(essai):
    return Etape.objects.get(scenario__genre_client="professionnel", lignee="premiere")


@pytest.fixture
def demeure(essai):
    return Etape.objects.get(scenario__genre_client="professionnel", lignee="mise_en_demeure")


@pytest.fixture
def ouverte(essai):
    return scene.facture(scene.client(essai, "Transports Modèle"), "842.00", numero="F-2026-014")


@pytest.fixture
def ecrire(client, gerante, adresse):
    """Send the editor's form for a rung."""

    def envoyer(etape, action="enregistrer", langue="fr", htmx=False, **changees):
        donnees = {"langue": langue, "base": 1, "objet": OBJET, "corps": CORPS, "action": action, **changees}
        entetes = {"HX-Request": "true"} if htmx else {}
        return client.post(adresse("texte", pk=etape.pk) + f"?langue={langue}", donnees, headers=entetes)

    return envoyer


def versions(etape, langue="fr"):
    textes = TexteEtape.objects.filter(etape=etape, langue=langue).order_by("numero_version")
    return [(t.numero_version, t.objet) for t in textes]


# Saving


def test_a_text_that_is_saved_is_a_new_version_and_what_left_keeps_the_old_one(ecrire, premiere, gerante, ouverte):
    partie = actes.fabriquer_relance(ouverte, etape=premiere, statut="envoyee", texte=premiere.textes.get(langue="fr"))
    assert ecrire(premiere).status_code == 302
    assert [numero for numero, _ in versions(premiere)] == [1, 2]
    nouveau = TexteEtape.objects.get(etape=premiere, langue="fr", numero_version=2)
    assert (nouveau.objet, nouveau.par) == (OBJET, gerante)
    assert Relance.objects.get(pk=partie.pk).texte.numero_version == 1
    assert [numero for numero, _ in versions(premiere, "en")] == [1]


def test_two_clicks_add_one_version_and_a_browser_s_line_ends_add_none(ecrire, premiere, client):
    ecrire(premiere)
    encore = ecrire(premiere, corps=CORPS.replace("\n", "\r\n") + "\r\n")
    assert "Rien n’a changé" in texte(client.get(encore.url))
    assert len(versions(premiere)) == 2


def test_someone_saved_meanwhile_both_texts_are_shown_and_nothing_is_lost(ecrire, premiere, essai):
    autre = fabriques.fabriquer_membre(essai, "gerant")
    enregistrer_texte(premiere, "fr", "Le sien", CORPS, base=1, auteur=autre)
    reponse = ecrire(premiere, objet="Le mien")
    page = texte(reponse)
    assert reponse.status_code == 200
    assert "Deux textes se croisent" in page
    assert "<del>Le sien</del>" in page
    assert "<ins>Le mien</ins>" in page
    assert 'value="Le mien"' in page
    assert [objet for _n, objet in versions(premiere)][1:] == ["Le sien"]
    assert ecrire(premiere, objet="Le mien", base=reponse.context["form"]["base"].value()).status_code == 302
    assert versions(premiere)[-1] == (3, "Le mien")


def test_an_older_version_and_the_original_come_back_as_new_versions(ecrire, premiere, client, adresse):
    origine = versions(premiere)[0][1]
    ecrire(premiere)
    lien = adresse("texte_restaurer", pk=premiere.pk)
    client.post(lien, {"langue": "fr", "base": 2, "numero": 1})
    assert versions(premiere)[-1] == (3, origine)
    ecrire(premiere, base=3)
    client.post(lien, {"langue": "fr", "base": 4, "numero": "origine"})
    assert versions(premiere)[-1] == (5, origine)
    page = texte(client.post(lien, {"langue": "fr", "base": 1, "numero": 2}, follow=True))
    assert "entre-temps" in page
    assert len(versions(premiere)) == 5
    assert client.post(lien, {"langue": "fr", "base": 5, "numero": 99}).status_code == 404


def test_two_versions_are_compared_line_by_line(ecrire, premiere, client, adresse):
    ecrire(premiere)
    page = texte(client.get(adresse("texte", pk=premiere.pk), {"comparer": "1"}))
    assert "De la version 1 à la version en vigueur" in page
    assert f"<ins>{OBJET}</ins>" in page
    assert "Reprendre le texte d’origine" in page


# What is refused


@pytest.mark.parametrize(
    ("champ", "valeur", "mots"),
    [
        ("corps", "a\nb\n{client.nim}", "Ligne 3 : variable inconnue « {client.nim} », vouliez-vous « {client.nom"),
        ("corps", "{total.echue}", "vouliez-vous « {total.echu} » ?"),
        ("corps", "[[Malgré", "Ligne 1 : « [[ » ouvre un passage"),
        ("corps", "a ]] b", "rien n’ouvre"),
        ("corps", "[[sans variable]]", "contient au moins une variable"),
        ("corps", "[[a [[{client.nom}]] b]]", "n’en contient pas un autre"),
        ("corps", "Prix : { 3", "accolade seule"),
        ("corps", "{Client Nom}", "vouliez-vous « {client.nom} » ?"),
        ("objet", "{tableau.factures}", "ne va pas dans l’objet"),
        ("objet", "", "obligatoire"),
        ("corps", " ", "obligatoire"),
        ("corps", "x" * 20_001, "au plus 20000"),
        ("corps", CORPS + "\nCommandement de payer.", "article 433-13"),
    ],
)  # fmt: skip
def test_a_fault_is_told_at_its_field_with_its_line(ecrire, premiere, champ, valeur, mots):
    reponse = ecrire(premiere, **{champ: valeur})
    assert reponse.status_code == 200
    erreurs = " ".join(reponse.context["form"].errors[champ]).replace("\u00a0", " ").replace("\u202f", " ")
    assert mots in erreurs
    assert len(versions(premiere)) == 1


def test_what_the_law_wants_in_a_formal_demand_is_not_left_out(ecrire, demeure):
    reponse = ecrire(demeure)
    erreurs = " ".join(reponse.context["form"].errors["corps"])
    assert "date limite" in erreurs
    assert "doit le dire" in erreurs
    assert len(versions(demeure)) == 1


def test_a_harsh_reminder_is_told_about_and_may_be_saved(ecrire, premiere):
    page = texte(ecrire(premiere, action="apercu", corps=CORPS + "\nDernier rappel avant l’huissier !!!"))
    assert "remarques sur le ton" in page
    assert "« huissier »" in page
    assert ecrire(premiere, corps=CORPS + "\nDernier rappel avant l’huissier !!!").status_code == 302


# Trying


def test_a_preview_shows_the_words_on_a_real_invoice_and_writes_nothing(ecrire, premiere, ouverte, client):
    reponse = ecrire(premiere, action="apercu", corps=CORPS + "\nMots neufs.")
    page = texte(reponse)
    assert "facture F-2026-014 – 842,00 €" in page
    assert "brouillon=1" in page
    assert len(versions(premiere)) == 1
    cadre = texte(client.get(adresse_du_cadre(page)))
    assert "Mots neufs." in cadre
    assert "842,00 €" in cadre
    assert "Mots neufs." not in texte(client.get(adresse_du_cadre(page).replace("brouillon=1", "")))


def adresse_du_cadre(page):
    return page.split('sandbox src="')[1].split('"')[0].replace("&amp;", "&")


def test_what_htmx_swaps_in_is_what_the_button_shows(ecrire, premiere, ouverte):
    entiere = ecrire(premiere, action="apercu").content.decode()
    morceau = ecrire(premiere, htmx=True).content.decode()
    for debut, fin in (('<div class="champ" id="choix-echeance">', "</select>"), ('id="apercu"', "</iframe>")):
        assert debut in morceau
        assert morceau[morceau.index(debut) : morceau.index(fin)] in entiere
    assert "<html" not in morceau


def test_the_frame_is_shut_in(premiere, gerante, client, adresse, ouverte):
    reponse = client.get(adresse("texte_courriel", pk=premiere.pk))
    assert reponse["Content-Security-Policy"].startswith("sandbox")
    assert reponse["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("hostile", ["{% load static %}", "{% include 'base.html' %}", "{{ request.user }}"])
def test_a_user_s_text_is_never_run_as_a_template(ecrire, premiere, ouverte, client, hostile):
    corps = f"{CORPS}\n{hostile.replace('{', '{{').replace('}', '}}')} <script>alert(1)</script>"
    page = texte(ecrire(premiere, action="apercu", objet="Objet", corps=corps))
    assert "<script>alert" not in page
    cadre = html.unescape(client.get(adresse_du_cadre(page)).content.decode())
    assert hostile in cadre
    assert "<script>" not in client.get(adresse_du_cadre(page)).content.decode()


def test_the_draft_of_one_person_is_not_shown_to_another(ecrire, premiere, ouverte, essai):
    page = texte(ecrire(premiere, action="apercu", corps=CORPS + "\nMots secrets."))
    autre = connecter_role(essai, "gerant")
    assert "Mots secrets." not in autre.get(adresse_du_cadre(page)).content.decode()


def test_a_letter_is_drawn_on_its_sheet_and_printed_as_a_draft(demeure, gerante, client, adresse, ouverte):
    page = texte(client.get(adresse("texte", pk=demeure.pk)))
    assert "Aperçu de la lettre" in page
    assert "MISE EN DEMEURE DE PAYER – 842,00 €" in page
    pdf = client.get(adresse("texte_lettre", pk=demeure.pk))
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")


def test_without_any_open_invoice_an_invented_one_is_shown(premiere, gerante, client, adresse):
    page = texte(client.get(adresse("texte", pk=premiere.pk)))
    assert "exemple inventé" in page
    assert "F-EXEMPLE-014" in page


def test_an_invoice_is_found_by_its_client_and_another_company_s_is_not(ecrire, premiere, ouverte):
    ailleurs = fabriques.fabriquer_entreprise("ailleurs")
    leur = scene.facture(fabriques.fabriquer_client(ailleurs, "Transports d’ailleurs"))
    page = texte(ecrire(premiere, action="apercu", q="transports"))
    assert "F-2026-014, Transports Modèle" in page
    assert "ailleurs" not in page.split("</select>")[0].split("choix-echeance")[1]
    forcee = texte(ecrire(premiere, action="apercu", echeance=leur.echeances.get().pk))
    assert leur.numero not in forcee
    assert "ne répond à cette recherche" in texte(ecrire(premiere, action="apercu", q="zzz"))


def test_a_rung_before_the_due_date_is_tried_on_what_is_not_due_yet(essai, gerante, client, adresse, ouverte):
    avenir = scene.facture(scene.client(essai, "Demain"), retard=-6)
    etape = Etape.objects.get(scenario__genre_client="professionnel", lignee="avant_echeance")
    choisie = client.get(adresse("texte", pk=etape.pk)).context["ecran"].choisie
    assert choisie.facture == avenir


def test_the_menu_names_every_variable_once_with_its_value_here(premiere, gerante, client, adresse, ouverte):
    ecran = client.get(adresse("texte", pk=premiere.pk)).context["ecran"]
    jetons = [c.jeton for _titre, choix in ecran.menu for c in choix]
    assert sorted(jetons) == sorted(f"{{{nom}}}" for nom in NOMS)
    exemples = {c.jeton: c.exemple for _titre, choix in ecran.menu for c in choix}
    assert exemples["{facture.numero}"] == "F-2026-014"
    assert exemples["{client.nom}"] == "Transports Modèle"


def test_the_editor_costs_the_same_whatever_is_open(essai, premiere, gerante, client, adresse, ouverte):
    cache.clear()
    lien = adresse("texte", pk=premiere.pk)
    avant = compter_requetes(client, lien)
    for n in range(6):
        scene.facture(scene.client(essai, f"Client {n}"))
    for n in range(2, 6):
        enregistrer_texte(premiere, "fr", f"Objet {n}", CORPS, base=n - 1, auteur=gerante)
    assert compter_requetes(client, lien) == avant


# The rules alone


def test_a_text_without_a_fault_has_none():
    assert fautes(OBJET, CORPS) == []


@pytest.mark.parametrize(
    ("tape", "garde"),
    [("a\r\nb\r", "a\nb"), ("a  \n\tb \n\n", "a\n\tb"), ("\n\na", "a"), ("", "")],
)
def test_what_a_browser_adds_is_not_a_change(tape, garde):
    assert normaliser(tape) == garde


def test_a_comparison_keeps_every_line_of_both_texts():
    lignes = list(comparer(["a", "b", "c"], ["a", "x", "c", "d"]))
    assert [(li.signe, li.texte) for li in lignes] == [(" ", "a"), ("-", "b"), ("+", "x"), (" ", "c"), ("+", "d")]


@pytest.mark.django_db
def test_a_version_on_an_old_one_is_refused_and_the_same_words_are_not(essai, premiere):
    enregistrer_texte(premiere, "fr", "A", "B", base=1, auteur=None)
    assert enregistrer_texte(premiere, "fr", "A", "B", base=1, auteur=None).numero_version == 2
    with pytest.raises(TextePerime):
        enregistrer_texte(premiere, "fr", "C", "B", base=1, auteur=None)


@pytest.mark.django_db
def test_a_copy_of_a_ladder_finds_its_original_words_too(essai, gerante, client, adresse, ecrire):
    copie = dupliquer(Scenario.objects.get(genre_client="professionnel"), "Copie", auteur=gerante)
    etape = copie.etapes.get(lignee="premiere")
    ecrire(etape)
    assert "Reprendre le texte d’origine" in texte(client.get(adresse("texte", pk=etape.pk)))
