"""The letters in batch: one PDF in order, the posting list, the numbers in a row, the window of the envelope."""

import io
import re
import subprocess
from datetime import timedelta
from html import unescape
from pathlib import Path
from shutil import which

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfReader

from relances.fenetre import hors_fenetre
from relances.lettre_essai import rendre_essai
from relances.lettres import rendre
from relances.models import PieceRelance, Relance
from relances.tirage import assembler
from tests import fabriques
from tests.pages import compter_requetes
from tests.relances import actes, scene
from tests.relances import messages as m

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def lettres(essai):
    """Two registered letters and a plain one, approved; the last client of the alphabet has a letter of two pages."""
    formelle = actes.mise_en_demeure(essai)
    faites = [
        scene.acte(essai, "Zinc Modèle", "905.43", formelle, canal="recommande", approuvee_le=scene.INSTANT),
        scene.acte(essai, "Ardoise Modèle", "310.00", formelle, canal="recommande", approuvee_le=scene.INSTANT),
        scene.acte(essai, "SCI du Sapin Bleu", "1800.00", canal="courrier"),
    ]
    zinc = faites[0]
    for n in range(14):
        facture = scene.facture(zinc.client, "100.00", 60 + n)
        ligne = zinc.lignes.first()
        ligne.pk, ligne.echeance, ligne.numero = None, facture.echeances.get(), facture.numero
        ligne.solde = ligne.montant = facture.solde
        ligne.save(force_insert=True)
    return faites


def coches(actes_) -> list[str]:
    return [f"{a.pk}:{a.version}" for a in Relance.objects.filter(pk__in=[a.pk for a in actes_]).order_by("pk")]


def pages(contenu: bytes) -> list[str]:
    return [" ".join(p.extract_text().split()) for p in PdfReader(io.BytesIO(contenu)).pages]


def imprimer(client, adresse, actes_, **choix):
    return client.post(adresse("courriers_imprimer"), {"acte": coches(actes_), "action": "imprimer", **choix})


def depot(acte, **valeurs) -> dict[str, object]:
    """What a row posts."""
    ligne = {"version": acte.version, "postee_le": "2026-07-08", "numero": "", **valeurs}
    return {f"l{acte.pk}-{nom}": valeur for nom, valeur in ligne.items()}


def noter(client, adresse, *rangs, **autres):
    donnees = {nom: valeur for rang in rangs for nom, valeur in rang.items()}
    return client.post(adresse("courriers_numeros"), {**donnees, **autres}, follow=True)


# Printing


def test_the_list_has_the_letters_to_post_in_the_order_of_the_posting_list(essai, gerante, client, adresse, lettres):
    scene.acte(essai, "Courriel Modèle")
    scene.acte(essai, "Attend Modèle", canal="courrier", statut="a_valider")
    page = client.get(adresse("courriers")).content.decode()
    corps = page[page.index('<main id="principal"') :]
    noms = [nom for nom in re.findall(r'class="f-nom"><a [^>]*>([^<]+)</a>', corps)]
    assert noms == ["Ardoise Modèle", "Zinc Modèle", "SCI du Sapin Bleu"]


def test_the_ticked_letters_are_one_pdf_in_order_after_the_posting_list(essai, gerante, client, adresse, lettres):
    reponse = imprimer(client, adresse, lettres, bordereau="1")
    lues = pages(reponse.content)
    assert reponse["Content-Type"] == "application/pdf"
    assert "Bordereau de dépôt" in lues[0]
    assert "dont 2 recommandés" in lues[0]
    places = [lues[0].index(nom) for nom in ("Ardoise Modèle", "Zinc Modèle", "SCI du Sapin Bleu")]
    assert places == sorted(places)
    assert "35400 Saint-Malo" in lues[0]
    assert "310,00 €" in lues[0].replace("\u202f", " ").replace("\xa0", " ")
    assert [next(n for n, p in enumerate(lues) if nom in p) for nom in ("ARDOISE", "ZINC", "SCI DU SAPIN")] == [1, 3, 5]
    for acte in lettres:
        acte.refresh_from_db()
        assert acte.imprimee_le == scene.INSTANT
        assert acte.reference in lues[0]


def test_both_sides_every_letter_begins_on_the_front_of_a_sheet(essai, gerante, client, adresse, lettres):
    lues = pages(imprimer(client, adresse, lettres, bordereau="1", recto_verso="1").content)
    debuts = [next(n for n, p in enumerate(lues) if nom in p) for nom in ("ARDOISE", "ZINC", "SCI DU SAPIN")]
    assert debuts == [2, 4, 6]
    assert lues[1] == ""


def test_R6_what_is_printed_together_is_what_is_kept(essai, gerante, client, adresse, lettres):
    seule = client.post(adresse("imprimer", pk=lettres[1].pk)).content
    ensemble = imprimer(client, adresse, [lettres[1]]).content
    assert pages(ensemble) == pages(seule)
    assert PieceRelance.objects.get(relance=lettres[1], role="lettre").document.taille == len(seule)
    assert imprimer(client, adresse, [lettres[1]]).content == ensemble


def test_the_posting_list_alone_freezes_nothing(essai, gerante, client, adresse, lettres):
    reponse = client.post(adresse("courriers_imprimer"), {"acte": coches(lettres), "action": "bordereau"})
    assert "Bordereau de dépôt" in pages(reponse.content)[0]
    assert not Relance.objects.exclude(figee_le=None).exists()


def test_nothing_ticked_prints_nothing(essai, gerante, client, adresse, lettres):
    reponse = client.post(adresse("courriers_imprimer"), {"action": "imprimer"}, follow=True)
    assert "Rien n’était coché" in reponse.content.decode()


def test_a_letter_that_changed_since_the_page_was_shown_stops_the_print(essai, gerante, client, adresse, lettres):
    vus = coches(lettres)
    Relance.objects.filter(pk=lettres[2].pk).update(statut="a_valider")
    reponse = client.post(adresse("courriers_imprimer"), {"acte": vus, "action": "imprimer"})
    assert "ont changé" in reponse.content.decode()
    assert not Relance.objects.exclude(imprimee_le=None).exists()


def test_a_letter_that_can_t_be_composed_says_why_and_nothing_is_printed(essai, gerante, client, adresse, lettres):
    type(lettres[2].client).objects.filter(pk=lettres[2].client_id).update(siege_ville="")
    reponse = imprimer(client, adresse, lettres)
    assert reponse.status_code == 422
    assert "n’a pas d’adresse postale" in unescape(reponse.content.decode())
    assert reponse["Content-Type"].startswith("text/html")


def test_R7_a_formal_letter_first_printed_more_than_two_days_after_its_date_is_approved_again(
    essai, gerante, client, adresse
):
    acte = scene.acte(
        essai, "Hôtel", "905.43", actes.mise_en_demeure(essai), statut="a_valider", motif_attente="approbation"
    )
    client.post(adresse("approuver", pk=acte.pk), {"version": acte.version, "confirme": "1"})
    simple = scene.acte(essai, "Sapin", canal="courrier", figee_le=scene.INSTANT, date_lettre=scene.AU, objet="x")
    with time_machine.travel(scene.INSTANT + timedelta(days=2), tick=False):  # Friday
        assert imprimer(client, adresse, [acte])["Content-Type"] == "application/pdf"
    Relance.objects.update(imprimee_le=None)
    with time_machine.travel(scene.INSTANT + timedelta(days=5), tick=False):  # Monday
        client.force_login(gerante)
        page = imprimer(client, adresse, [acte])
        refaite = client.post(adresse("imprimer", pk=simple.pk))
    assert "nouvel accord" in page.content.decode()
    acte.refresh_from_db()
    assert (acte.statut, acte.motif_attente, acte.figee_le) == ("a_valider", "lettre_perimee", None)
    assert "13 juillet 2026" in pages(refaite.content)[0].replace("\xa0", " ")


# Numbers


def test_the_numbers_of_several_letters_are_recorded_in_a_row(essai, gerante, client, adresse, lettres):
    zinc, ardoise, sapin = lettres
    page = noter(client, adresse, depot(zinc, numero="1A 001"), depot(ardoise), depot(sapin, faite="on"))
    assert "2 dépôts notés" in page.content.decode()
    etats = {
        a.client.nom: (a.statut, a.numero_recommande) for a in Relance.objects.filter(pk__in=[x.pk for x in lettres])
    }
    assert etats == {
        "Zinc Modèle": ("envoyee", "1A 001"),
        "Ardoise Modèle": ("a_envoyer", ""),
        "SCI du Sapin Bleu": ("envoyee", ""),
    }


def test_valid_rows_go_in_invalid_ones_stay_with_their_message(essai, gerante, client, adresse, lettres):
    zinc, ardoise, sapin = lettres
    reponse = noter(
        client, adresse, depot(zinc, numero="1A 001"), depot(ardoise, faite="on"),
        depot(sapin, faite="on", postee_le="2026-07-09"),
    )  # fmt: skip
    page = unescape(reponse.content.decode())
    assert "1 dépôt noté" in page
    assert "2 lignes à corriger" in page
    assert "Un recommandé a un numéro" in page
    assert "Cette date est dans le futur" in page
    assert "Zinc" not in page[page.index("saisie-depots") :]
    assert Relance.objects.filter(statut="envoyee", postee_le__isnull=False).count() == 1
    assert f'name="l{sapin.pk}-postee_le" value="2026-07-09"' in page


def test_a_double_submit_records_once(essai, gerante, client, adresse, lettres):
    zinc = lettres[0]
    noter(client, adresse, depot(zinc, numero="1A 001"))
    page = noter(client, adresse, depot(zinc, numero="2B 002")).content.decode()
    assert "Rien de nouveau" in page
    zinc.refresh_from_db()
    assert zinc.numero_recommande == "1A 001"


def test_a_row_of_an_older_page_is_refused_and_what_was_typed_is_kept(essai, gerante, client, adresse, lettres):
    zinc = lettres[0]
    Relance.objects.filter(pk=zinc.pk).update(version=7)
    page = unescape(noter(client, adresse, depot(zinc, numero="1A 001")).content.decode())
    assert "a changé entre-temps" in page
    assert 'value="1A 001"' in page


def test_one_scan_is_the_proof_of_several_letters_and_a_row_may_have_its_own(essai, gerante, client, adresse, lettres):
    zinc, ardoise, sapin = lettres
    propre = SimpleUploadedFile("z.png", PNG + b"z", content_type="image/png")
    commune = SimpleUploadedFile("bordereau.png", PNG, content_type="image/png")
    noter(
        client, adresse, depot(zinc, numero="1A", preuve=propre), depot(ardoise, numero="1B"), depot(sapin, faite="on"),
        preuve=commune,
    )  # fmt: skip
    preuves = {p.relance_id: p.document_id for p in PieceRelance.objects.filter(role="preuve")}
    assert preuves[ardoise.pk] == preuves[sapin.pk] != preuves[zinc.pk]


def test_a_common_proof_that_won_t_do_records_nothing(essai, gerante, client, adresse, lettres):
    faux = SimpleUploadedFile("x.html", b"<script>", content_type="text/html")
    page = noter(client, adresse, depot(lettres[0], numero="1A"), preuve=faux).content.decode()
    assert "Rien n’est noté" in page
    assert "La preuve est un PDF ou une image" in page
    assert 'value="1A"' in page
    assert not Relance.objects.filter(postee_le__isnull=False).exists()


def test_R13_a_row_of_another_company_is_not_recorded(essai, gerante, client, adresse):
    ailleurs = scene.acte(actes.entreprise_prete("autre"), "Ailleurs", canal="courrier")
    noter(client, adresse, depot(ailleurs, faite="on"))
    assert imprimer(client, adresse, [ailleurs])["Content-Type"].startswith("text/html")
    ailleurs.refresh_from_db()
    assert (ailleurs.statut, ailleurs.figee_le) == ("a_envoyer", None)


# The window, and a trial


@pytest.mark.django_db
@pytest.mark.parametrize("pays", ["FR", "BE", "LU", "CH", "CA"])
@pytest.mark.skipif(which("pdftotext") is None, reason="pdftotext: not on this machine")
def test_the_address_fits_the_window_and_nothing_else_shows(pays, tmp_path: Path):
    """110 × 220 mm, window 45 × 100 mm at 20 mm from right and bottom: sure to show x 100-190, y 45-79; may show
    x 90-200, y 34-90, whatever way the sheet slides."""
    entreprise = m.entreprise_de(pays)
    client = m.client_de(
        entreprise,
        nom="Société d’exploitation des établissements hôteliers et thermaux réunis de la Côte",
        siege_ligne1="1234 bis, avenue du Général-de-Gaulle-et-des-Fusillés, bâtiment C",
        siege_ligne2="Immeuble Le Modèle, cage d’escalier numéro deux",
        code="COMPTE-TRES-LONG-000123456789-ABCDEFGHIJKL",
        siege_pays="DE",
    )
    etape = m.etapes_de(entreprise, "professionnel")["mise_en_demeure"]
    relance = m.figee(m.acte(etape, m.factures_de(client, 2)))
    (tmp_path / "l.pdf").write_bytes(rendre(relance))
    sortie = subprocess.run(
        ["pdftotext", "-bbox", "-l", "1", str(tmp_path / "l.pdf"), "-"], capture_output=True, text=True, check=True
    ).stdout
    vus = []
    for x1, y1, x2, y2, mot in re.findall(
        r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>', sortie
    ):
        gauche, haut, droite, bas = (float(v) * 25.4 / 72 for v in (x1, y1, x2, y2))
        if droite > 90 and gauche < 200 and bas > 34 and haut < 90:
            vus.append(unescape(mot))
            assert gauche >= 100, mot
            assert droite <= 190, mot
            assert haut >= 45, mot
            assert bas <= 79, mot
    assert vus == " ".join(relance.adresse_postale).split()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("valeurs", "attendues"),
    [
        ({}, []),
        ({"nom": "Société d’exploitation des établissements hôteliers"}, []),
        ({"nom": "Société " * 14}, ["le nom"]),
        ({"siege_ligne1": "avenue " * 12}, ["l’adresse"]),
        ({"siege_ligne2": "x" * 60}, ["le complément d’adresse"]),
        ({"siege_ville": "Saint-Rémy " * 6}, ["la ville"]),
        (
            {
                "nom": "Établissements " * 5,
                "siege_ligne1": "avenue " * 8,
                "siege_ligne2": "bâtiment C",
                "siege_pays": "BE",
            },
            ["le nom", "le complément d’adresse"],
        ),
    ],
)
def test_what_the_window_hides_is_said(valeurs, attendues):
    entreprise = m.entreprise_de()
    assert hors_fenetre(m.client_de(entreprise, **valeurs), entreprise) == attendues


def test_the_act_warns_of_an_address_longer_than_the_window(essai, gerante, client, adresse, lettres):
    type(lettres[2].client).objects.filter(pk=lettres[2].client_id).update(siege_ligne1="avenue " * 12)
    for page in (adresse("acte", pk=lettres[2].pk), adresse("courriers")):
        assert "La fenêtre de l’enveloppe ne montre pas en entier : l’adresse" in client.get(page).content.decode()
    assert "ne montre pas en entier" not in client.get(adresse("acte", pk=lettres[1].pk)).content.decode()


def test_a_trial_letter_goes_to_oneself_says_so_and_writes_nothing(essai, gerante, client, adresse):
    reponse = client.get(adresse("lettre_essai"))
    (page,) = pages(reponse.content)
    for mot in ("MENUISERIE MODELE", "35000 RENNES", "Essai", "document sans valeur", "8 juillet 2026"):
        assert mot in page.replace("\xa0", " "), mot
    assert not Relance.objects.exists()
    assert not type(essai).objects.get(pk=essai.pk).adhesions.filter(utilisateur=None).exists()


def test_without_an_address_the_trial_says_what_to_complete(essai, gerante, client, adresse):
    type(essai).objects.update(adresse_ligne1="")
    assert "complétez sa fiche" in client.get(adresse("lettre_essai"), follow=True).content.decode()


@pytest.mark.django_db
def test_the_trial_letter_speaks_of_nothing_but_itself():
    entreprise = fabriques.fabriquer_entreprise("seule", nom="Étoile *hostile* <b>")
    (page,) = pages(rendre_essai(entreprise, scene.AU))
    assert "Étoile *hostile* <b>" in page


def test_pages_are_put_together_in_order(db):
    entreprise = fabriques.fabriquer_entreprise("seule")
    une = rendre_essai(entreprise, scene.AU)
    assert len(pages(assembler([une, une], recto_verso=False))) == 2
    assert len(pages(assembler([une, une], recto_verso=True))) == 3


def test_the_page_asks_the_database_a_constant_number_of_times(essai, gerante, client, adresse, lettres):

    avant = compter_requetes(client, adresse("courriers"))
    for n in range(5):
        scene.acte(essai, f"Autre {n}", canal="courrier")
    assert compter_requetes(client, adresse("courriers")) == avant
    assert compter_requetes(client, adresse("courriers_numeros")) <= avant + 2
