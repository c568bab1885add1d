"""The letters as PDF: pages, fonts, positions, words, and what they may not read."""

import io
import re
from datetime import date
from decimal import Decimal

import pytest
from pypdf import PdfReader

from entreprises.documents import conserver
from relances import pdf
from relances.composition import composer
from relances.lettres import rendre
from relances.message import lire_message
from relances.models import TexteEtape
from relances.pdf import Image, en_pdf
from tests.relances import messages as m

pytestmark = pytest.mark.django_db
POINT = 72 / 25.4  # points in a millimetre


def lettre_de(nombre=1, cle="mise_en_demeure", genre="professionnel", entreprise=None, client=None, **valeurs):
    entreprise = entreprise or m.entreprise_de()
    client = client or m.client_de(entreprise, genre)
    etape = m.etapes_de(entreprise, genre)[cle]
    return m.figee(m.acte(etape, m.factures_de(client, nombre), **valeurs))


def pages(octets):
    return [page.extract_text() for page in PdfReader(io.BytesIO(octets)).pages]


def tout(octets):
    """The words of every page, whatever the spaces between them."""
    return " ".join(" ".join(pages(octets)).replace("\u00a0", " ").replace("\u202f", " ").split())


def polices(octets):
    trouvees = set()
    for page in PdfReader(io.BytesIO(octets)).pages:
        for police in page["/Resources"].get("/Font", {}).values():
            trouvees.add(str(police.get_object()["/BaseFont"]).split("+")[-1])
    return trouvees


def positions(octets, page=0):
    """[(text, x, y)] in millimetres from the top left corner of the sheet."""
    trouvees = []

    def visiter(texte, cm, tm, _police, _taille):
        if texte.strip():
            x, y = tm[4] * cm[0] + cm[4], tm[5] * cm[3] + cm[5]
            trouvees.append((texte.strip(), x / POINT, 297 - y / POINT))

    PdfReader(io.BytesIO(octets)).pages[page].extract_text(visitor_text=visiter)
    return trouvees


def test_a_formal_demand_on_one_page_has_all_that_it_must():
    relance = lettre_de()
    octets = rendre(relance)
    assert len(pages(octets)) == 1
    texte = tout(octets)
    for mot in (
        "Menuiserie Modèle", "12, rue de l’Exemple", "35000 Rennes", "compta@menuiserie-modele.invalid",
        f"Nos références : {relance.reference}", "Lettre recommandée avec avis de réception", "HOTEL SPECIMEN",
        "À l’attention du représentant légal", "8 QUAI DU MODELE", "35400 SAINT MALO", "Rennes, le 23 novembre 2026",
        "Objet : MISE EN DEMEURE DE PAYER – 1 250,00 €", "Madame, Monsieur,", "article 1344 du code civil",
        "au plus tard le vendredi 4 décembre 2026", "F-2026-060", "15/09/2026", "15/10/2026", "39 j",
        "FR14 2004 1010 0505 0001 3M02 606", "PSSTFRPPXXX", "Ce code demande 1 250,00 €", "restent réservées",
        "a croisé cette lettre", "Veuillez agréer", "Claire Exemple", "Gérante", "SARL au capital de 20 000 €",
        "SIREN 732 829 320", "RCS Rennes",
    ):  # fmt: skip
        assert mot in texte, mot
    assert "page 1" not in texte
    assert not re.search(r"[{}]|\*\*|\ufffc", texte)


def test_twelve_invoices_make_two_numbered_pages_and_the_demand_stays_on_the_first():
    octets = rendre(lettre_de(nombre=12))
    une, deux = (" ".join(page.replace("\u00a0", " ").replace("\u202f", " ").split()) for page in pages(octets))
    assert "21 600,00 € au plus tard le vendredi 4 décembre 2026" in une
    assert "page 1/2" in une
    assert "page 2/2" in deux
    assert "MED-2026-" in deux
    assert "Veuillez agréer" in deux
    assert "Claire Exemple" in deux


@pytest.mark.parametrize("nombre", [2, 3, 4, 5, 6, 9])
def test_nobody_signs_a_page_without_a_sentence(nombre):
    derniere = pages(rendre(lettre_de(nombre=nombre)))[-1]
    assert "Claire Exemple" in derniere
    assert "Veuillez agréer" in derniere


def test_only_our_fonts_are_embedded_and_special_spaces_survive():
    octets = rendre(lettre_de(nombre=3))
    assert {re.sub("[-_ ]", "", nom) for nom in polices(octets)} <= {
        "CourrierSerif", "CourrierSerifRegular", "CourrierSerifSemiBold", "CourrierSerifItalic",
    }  # fmt: skip
    brut = "".join(pages(octets))
    assert "1\u202f250,00\u00a0€" in brut
    assert brut.count(" ") > brut.count("\u00a0")
    assert "\ufffd" not in brut


def test_it_is_a_pdf_a():
    racine = PdfReader(io.BytesIO(rendre(lettre_de()))).trailer["/Root"]
    xmp = racine["/Metadata"].get_data()
    assert b"<pdfaid:part>3" in xmp or b'pdfaid:part="3"' in xmp
    assert racine["/OutputIntents"]


def test_the_address_stands_in_the_window_and_nothing_else_does():
    entreprise = m.entreprise_de()
    client = m.client_de(
        entreprise,
        nom="Société d’exploitation des établissements hôteliers et thermaux réunis de la Côte",
        code="COMPTE-TRES-LONG-000123456789-ABCDEFGHIJKL",
        siege_ligne1="1234 bis, avenue du Général-de-Gaulle-et-des-Fusillés, bâtiment C",
        siege_pays="BE",
    )
    relance = lettre_de(client=client, entreprise=entreprise)
    places = positions(rendre(relance))
    adresse = list(relance.adresse_postale)
    assert len(adresse) == 6
    dedans = [texte for texte, x, y in places if 100 <= x <= 190 and 34 <= y <= 90]
    assert dedans == adresse
    assert all(104 <= x <= 106 and 45 <= y <= 79 for texte, x, y in places if texte in adresse)
    assert "thermaux réunis de la Côte" in tout(rendre(relance)).replace("- ", "")


def test_a_reminder_by_post_is_a_letter_and_says_so():
    relance = lettre_de(nombre=3, cle="deuxieme", canal="courrier")
    texte = tout(rendre(relance))
    assert "recommandée" not in texte
    assert "Si votre règlement a croisé cette lettre" in texte
    assert "REL-2026-" in texte
    assert "Cordialement, Claire Exemple, gérante" in texte


def test_a_consumer_is_written_to_in_person_and_nothing_is_reserved():
    entreprise = m.entreprise_de(mediateur="Médiation Modèle")
    texte = tout(rendre(lettre_de(entreprise=entreprise, genre="particulier")))
    assert "représentant légal" not in texte
    assert "Madame, La somme" in texte
    assert "médiateur de la consommation : Médiation Modèle" in texte
    for mot in ("40 €", "pénalité", "L441-10", "réservé"):
        assert mot not in texte


def test_a_letter_of_quebec_has_its_own_words():
    entreprise = m.entreprise_de("CA", ville="Montréal", code_postal="H2X 1Y4", siren="", rcs="", neq="1234567890")
    client = m.client_de(entreprise, siege_ville="Montréal (Québec)", siege_code_postal="H2X 1Y4")
    texte = tout(rendre(lettre_de(nombre=2, entreprise=entreprise, client=client)))
    for mot in ("Par courrier recommandé", "2 600,00 $", "dans les 10 jours de la réception de cette lettre",
                "Montréal (Québec) H2X 1Y4", "Virement Interac à paie@modele.invalid", "NEQ 1234567890",
                "VEUILLEZ AGIR EN CONSÉQUENCE", "Modes de paiement", "2026-10-15"):  # fmt: skip
        assert mot in texte, mot
    for mot in ("IBAN", "L441", "40", "SIREN", "TTC", "Ce code"):
        assert mot not in texte.replace("1 400", ""), mot


def test_other_overdue_invoices_are_listed_and_copies_named():
    entreprise = m.entreprise_de()
    client = m.client_de(entreprise)
    factures = m.factures_de(client, 3, pdf=m.pdf_de(entreprise))
    m.payer(factures[0], "250.00")
    etape = m.etapes_de(entreprise, "professionnel")["mise_en_demeure"]
    texte = tout(rendre(m.figee(m.acte(etape, factures[:2], factures[2:]))))
    assert "Pour information, également échu à ce jour" in texte
    assert "Total en principal 2 350,00 €" in texte
    assert "250,00 € 1 000,00 €" in texte
    assert "Pièces jointes" in texte
    assert texte.count("(copie)") == 2


def test_the_same_frozen_act_gives_the_same_bytes():
    relance = lettre_de(nombre=3)
    assert rendre(relance) == rendre(type(relance).objects.get(pk=relance.pk))


def test_the_code_asks_for_what_the_letter_asks():
    relance = lettre_de(nombre=2)
    charge = lire_message(relance).charge_qr.split("\n")
    assert charge[7] == "EUR2600.00"
    assert charge[10] == relance.reference
    assert "Ce code demande 2 600,00 €" in tout(rendre(relance))


def test_a_draft_is_marked_and_needs_no_address():
    entreprise = m.entreprise_de(est_demonstration=True)
    client = m.client_de(entreprise, courriel="", siege_ville="")
    relance = m.acte(m.etapes_de(entreprise, "professionnel")["mise_en_demeure"], m.factures_de(client, 1))
    texte = tout(rendre(relance, au=date(2026, 11, 30)))
    assert "Projet – Démonstration – document sans valeur" in texte
    assert "le 30 novembre 2026" in texte
    composition = composer(relance, m.AU, brouillon=True)
    assert "4 décembre 2026" in tout(rendre(relance, composition, m.AU))
    assert "Projet" not in tout(rendre(lettre_de(entreprise=entreprise)))


def test_the_registered_number_is_printed_once_it_is_known():
    relance = lettre_de(nombre=12)
    relance.numero_recommande = "1A 000 000 0000 0"
    octets = rendre(relance)
    assert all("1A 000 000 0000 0" in page for page in pages(octets))


def test_hostile_data_is_printed_as_text():
    entreprise = m.entreprise_de(site="<img src='file:///etc/passwd'>")
    client = m.client_de(entreprise, "particulier", nom=m.HOSTILE)
    etape = m.etapes_de(entreprise, "particulier")["mise_en_demeure"]
    TexteEtape.objects.filter(etape=etape, langue="fr").update(
        corps="Texte de {client.nom}\n\n<style>* {{ color: red }}</style> <link rel=attachment href='file:///etc/passwd'>"
    )
    facture = m.factures_de(client, 1)[0]
    facture.numero = "<b>F</b>{{ x }}"
    facture.save()
    texte = tout(rendre(m.figee(m.acte(etape, [facture]))))
    assert f"Texte de {m.HOSTILE}" in texte
    assert "<style>* { color: red }</style>" in texte
    assert "root:" not in texte


@pytest.mark.parametrize(
    "adresse",
    ["file:///etc/passwd", "http://127.0.0.1:9/x", "data:text/plain,x", "lettre:../pdf.py", "lettre:OFL.txt", "lettre:",
     "lettre:/etc/passwd"],
)  # fmt: skip
def test_nothing_but_our_files_is_read(adresse):
    with pytest.raises(pdf.AdresseRefusee):
        pdf._recuperateur({}).fetch(adresse)


def test_what_a_logo_points_to_is_not_read():
    entreprise = m.entreprise_de()
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">'
    svg += b'<image xlink:href="file:///etc/passwd" width="9" height="9"/><rect width="9" height="9"/></svg>'
    entreprise.logo = conserver(entreprise, svg, "image/svg+xml")
    entreprise.save()
    assert len(pages(rendre(lettre_de(entreprise=entreprise)))) == 1
    entreprise.logo = conserver(entreprise, b"pas une image", "image/png")
    entreprise.save()
    relance = lettre_de(entreprise=entreprise, client=m.client_de(entreprise, nom="Autre"))
    assert "Menuiserie Modèle" in tout(rendre(relance))


def test_a_font_and_an_image_of_ours_are_served():
    recuperateur = pdf._recuperateur({"qr.svg": Image(b"<svg/>", "image/svg+xml")})
    assert recuperateur.fetch("lettre:qr.svg").read() == b"<svg/>"
    assert recuperateur.fetch("lettre:courrier-serif-400.ttf").read()[:4] == b"\x00\x01\x00\x00"


def test_amounts_of_any_size_hold_in_their_column():
    entreprise = m.entreprise_de()
    client = m.client_de(entreprise)
    facture = m.fabriques.fabriquer_facture(
        client, total=Decimal("12345678.90"), echeance=date(2026, 10, 15), numero="F-" + "9" * 55
    )
    etape = m.etapes_de(entreprise, "professionnel")["mise_en_demeure"]
    octets = rendre(m.figee(m.acte(etape, [facture])))
    assert "12 345 678,90 €" in tout(octets)
    assert max(x for _, x, _ in positions(octets)) < 190


@pytest.mark.parametrize("parait_longue", [False, True])
def test_page_numbers_are_on_letters_of_two_pages_whatever_was_guessed(parait_longue):
    court, suite = "<html><body><p>court</p>", "<p style='break-before:page'>suite</p>"
    une = en_pdf(court, f"{court} numérotée", {}, parait_longue=parait_longue)
    deux = en_pdf(court + suite, f"{court} numérotée {suite}", {}, parait_longue=parait_longue)
    assert [len(pages(une)), len(pages(deux))] == [1, 2]
    assert "numérotée" not in tout(une)
    assert "numérotée" in tout(deux)
