"""The email as it leaves: headers, parts, words, and what hostile data does not do."""

import email
from datetime import date
from decimal import Decimal
from email import policy

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients.models import Contact
from entreprises.documents import lire
from entreprises.models import MoyenPaiement
from relances.courriels import apercu, construire
from relances.message import COLONNES, lire_message, texte_lisible
from relances.models import PieceRelance, TexteEtape
from relances.qr import charge_epc, en_png, en_svg
from tests.fabriques import IBAN
from tests.relances import messages as m

pytestmark = pytest.mark.django_db


def relance_de(cle="premiere", nombre=2, pays="FR", client=None, **valeurs):
    entreprise = client.entreprise if client else m.entreprise_de(pays, **valeurs)
    client = client or m.client_de(entreprise)
    factures = m.factures_de(client, nombre, pdf=m.pdf_de(entreprise))
    return m.figee(m.acte(m.etapes_de(entreprise, "professionnel")[cle], factures))


def lu(courriel):
    """The message as a mail program reads it."""
    return email.message_from_bytes(courriel.message().as_bytes(), policy=policy.default)


def partie(message, genre):
    return next(p for p in message.walk() if p.get_content_type() == genre)


def test_the_parts_are_text_html_with_its_image_then_the_invoices():
    message = lu(construire(relance_de()))
    structure = [p.get_content_type() for p in message.walk()]
    assert structure == [
        "multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png",
        "application/pdf", "application/pdf",
    ]  # fmt: skip
    image = partie(message, "image/png")
    assert image["Content-ID"] == "<qr@recouvrement>"
    assert image.get_content_disposition() == "inline"
    assert 'src="cid:qr@recouvrement"' in partie(message, "text/html").get_content()
    assert [p.get_filename() for p in message.iter_attachments()] == ["F-2026-059.pdf", "F-2026-060.pdf"]


def test_it_leaves_in_the_creditor_s_name_and_replies_go_to_the_creditor(settings):
    settings.DEFAULT_FROM_EMAIL = "Installation <envoi@installation.invalid>"
    relance = relance_de(nom="Menuiserie Modèle, dite « l’Atelier »")
    message = lu(construire(relance))
    expediteur = message["From"].addresses
    assert [(a.display_name, a.addr_spec) for a in expediteur] == [
        ("Menuiserie Modèle, dite « l’Atelier »", "envoi@installation.invalid")
    ]
    assert message["Reply-To"] == "compta@menuiserie-modele.invalid"
    assert message["To"] == relance.destinataire
    assert len(message["To"].addresses) == 1
    assert message["Cc"] is message["Bcc"] is None
    assert message["Message-ID"] == relance.message_id
    assert message["Auto-Submitted"] == "auto-generated"


def test_it_joins_the_thread_of_what_was_already_sent_to_this_client():
    relance = relance_de()
    assert lu(construire(relance))["In-Reply-To"] is None
    ancienne = m.passee(relance, date(2026, 11, 2))
    m.passee(relance, date(2026, 11, 10), "courrier")
    relance.statut = "envoyee"
    relance.save()
    factures = [ligne.echeance.facture for ligne in relance.lignes.all()]
    etape = m.etapes_de(relance.entreprise, "professionnel")["deuxieme"]
    suivante = m.figee(m.acte(etape, factures, date_decision=date(2026, 12, 1)))
    message = lu(construire(suivante))
    assert message["References"].split() == [relance.message_id, ancienne.message_id]
    assert message["In-Reply-To"] == ancienne.message_id
    ailleurs = m.acte(etape, m.factures_de(m.client_de(relance.entreprise, nom="Autre"), 1))
    assert lu(construire(m.figee(ailleurs)))["In-Reply-To"] is None


def test_the_plain_text_holds_in_72_columns_without_any_narrow_space():
    relance = relance_de("deuxieme", nombre=3)
    texte = partie(lu(construire(relance)), "text/plain").get_content()
    assert max(len(ligne) for ligne in texte.split("\n")) <= COLONNES
    assert "\u202f" not in texte
    assert "2\u00a0600" not in texte
    assert "4\u00a0050,00\u00a0€" in texte
    assert "\n-- \n" in texte
    assert "SIREN 732\u00a0829\u00a0320" in texte


def test_the_html_and_the_text_say_the_same():
    relance = relance_de("deuxieme")
    message = lu(construire(relance))
    html, texte = partie(message, "text/html").get_content(), partie(message, "text/plain").get_content()
    for mot in ("F-2026-059", "F-2026-060", "600,00", "décembre", "Claire Exemple, gérante", "L441-10"):
        assert mot in html
        assert mot in texte


def test_the_preview_is_what_leaves_with_the_image_inside():
    relance = relance_de()
    envoye = partie(lu(construire(relance)), "text/html").get_content()
    vu = apercu(relance)
    assert "cid:" not in vu
    debut, _, fin = vu.partition("data:image/png;base64,")
    assert envoye.strip() == f"{debut}cid:qr@recouvrement{fin[fin.index(chr(34)) :]}".strip()


def test_an_act_that_is_not_frozen_is_previewed_for_the_day_asked():
    entreprise = m.entreprise_de()
    client = m.client_de(entreprise, courriel="")
    relance = m.acte(m.etapes_de(entreprise, "professionnel")["premiere"], m.factures_de(client, 1))
    assert "30\u00a0novembre" in apercu(relance)
    assert "7\u00a0décembre" in apercu(relance, date(2026, 11, 30))


def test_invoices_frozen_with_the_act_are_those_joined():
    relance = relance_de(nombre=2)
    document = m.pdf_de(relance.entreprise, 300)
    PieceRelance.objects.create(
        entreprise=relance.entreprise, relance=relance, document=document, role="facture", nom="F-figee.pdf"
    )
    message = lu(construire(relance))
    jointes = list(message.iter_attachments())
    assert [p.get_filename() for p in jointes] == ["F-figee.pdf"]
    assert jointes[0].get_content() == lire(document)


def test_lines_for_information_bring_no_document():
    entreprise = m.entreprise_de()
    client = m.client_de(entreprise)
    factures = m.factures_de(client, 2, pdf=m.pdf_de(entreprise))
    relance = m.figee(m.acte(m.etapes_de(entreprise, "professionnel")["premiere"], factures[:1], factures[1:]))
    assert [p.get_filename() for p in lu(construire(relance)).iter_attachments()] == ["F-2026-060.pdf"]


def test_the_code_asks_what_the_message_asks():
    relance = relance_de()
    assert lire_message(relance).charge_qr.split("\n") == [
        "BCD", "002", "1", "SCT", "", "MENUISERIE MODELE SARL", IBAN, "EUR2600.00", "", "", "F-2026-059 F-2026-060",
    ]  # fmt: skip


def test_the_iban_printed_and_coded_is_the_one_that_was_approved():
    relance = relance_de()
    MoyenPaiement.objects.filter(entreprise=relance.entreprise).update(iban="FR7630006000011234567890189")
    assert IBAN in lire_message(relance).charge_qr
    assert "FR14 2004" in partie(lu(construire(relance)), "text/plain").get_content()


@pytest.mark.parametrize(
    ("montant", "devise", "iban", "attendu"),
    [
        ("12.30", "EUR", "fr14 2004 1010 0505 0001 3m02 606", "EUR12.30"),
        ("12.30", "CHF", IBAN, None),
        ("0.00", "EUR", IBAN, None),
        ("1000000000.00", "EUR", IBAN, None),
        ("12.30", "EUR", "", None),
    ],
)
def test_the_epc_payload_is_for_euros_and_an_iban(montant, devise, iban, attendu):
    charge = charge_epc("Nom", iban, Decimal(montant), devise, "réf")
    assert (charge.split("\n")[7] if charge else None) == attendu
    assert not charge or charge.split("\n")[6] == IBAN


def test_the_epc_payload_keeps_to_the_limits_of_the_standard():
    charge = charge_epc("é" * 200, IBAN, Decimal("1"), "EUR", "è" * 200)
    lignes = charge.split("\n")
    assert len(charge.encode()) <= 331
    assert len(lignes[5]) == 70
    assert 0 < len(lignes[10]) <= 140
    assert en_png(charge)[0].startswith(b"\x89PNG")
    assert charge_epc("N", IBAN, Decimal("1"), "EUR", "").endswith("EUR1.00")
    assert en_svg(charge) == en_svg(charge)


def test_quebec_shows_its_own_means_and_no_code():
    relance = relance_de(pays="CA", tps="123456789 RT0001")
    message = lu(construire(relance))
    html = partie(message, "text/html").get_content()
    assert "image/png" not in [p.get_content_type() for p in message.walk()]
    assert "Virement Interac à" in html
    assert "2\u202f600,00\u00a0$" in html
    assert "IBAN" not in html
    assert 'lang="fr-CA"' in html
    assert "TPS 123456789 RT0001" in html


def test_an_english_speaking_client_is_written_to_in_english():
    entreprise = m.entreprise_de()
    relance = relance_de(client=m.client_de(entreprise, langue="en"))
    html = partie(lu(construire(relance)), "text/html").get_content()
    for mot in ("Dear Ms Martin,", "Bank transfer to", "days late", "€2,600.00", 'lang="en"'):
        assert mot in html
    for mot in ("Facture", "retard", "Virement", "Échéance"):
        assert mot not in html


def test_a_demonstration_says_so():
    assert "Démonstration" in apercu(relance_de(est_demonstration=True))


def test_hostile_data_comes_out_as_text_everywhere():
    entreprise = m.entreprise_de(nom=f"{m.HOSTILE}\r\nBcc: pirate@x.invalid", site='"><img src=x>')
    client = m.client_de(entreprise, nom=f"{m.HOSTILE}\nFin")
    Contact.objects.filter(client=client).update(nom="Paule <b>Martin</b>\r\nBcc: x@y.fr")
    etape = m.etapes_de(entreprise, "professionnel")["premiere"]
    texte = TexteEtape.objects.get(etape=etape, langue="fr")
    TexteEtape.objects.filter(pk=texte.pk).update(
        objet="<b>{client.nom}", corps=texte.corps + "\n\n<script>alert(2)</script> {client.nom} {{% if %}} {{{{ x }}}}"
    )
    factures = m.factures_de(client, 1)
    factures[0].numero = "F<1>\t{{ x }}\n\ufffc"
    factures[0].save()
    relance = m.figee(m.acte(etape, factures))
    message = lu(construire(relance))
    html, brut = partie(message, "text/html").get_content(), partie(message, "text/plain").get_content()
    assert message["Subject"] == f"<b>{m.HOSTILE} Fin"
    assert message["Bcc"] is None
    assert f"{m.HOSTILE} Fin" in brut.replace("\n", " ")
    assert "{% if %} {{ x }}" in brut.replace("\n", " ")
    assert "<script" not in html
    assert "<img src=x" not in html
    assert "<b>Martin" not in html
    assert "{entreprise.iban} &lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }} [[ **gras** \\* &amp; Cie Fin" in html
    assert "F&lt;1&gt; {{ x }}" in html
    assert apercu(relance).count("<script") == 0


def test_a_link_that_is_no_web_address_is_not_made_clickable():
    entreprise = m.entreprise_de()
    MoyenPaiement.objects.create(entreprise=entreprise, genre="lien", url="javascript:alert(1)")
    MoyenPaiement.objects.create(entreprise=entreprise, genre="lien", url="https://payer.invalid/x?a=1&b=2")
    html = apercu(relance_de(client=m.client_de(entreprise)))
    assert 'href="javascript' not in html
    assert 'href="https://payer.invalid/x?a=1&amp;b=2"' in html


def test_it_can_be_sent(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    construire(relance_de()).send()
    assert len(mail.outbox) == 1


def test_the_body_of_an_act_reads_as_plain_text():
    relance = relance_de()
    texte = texte_lisible(relance.corps, "fr", "FR")
    assert "\ufffc" not in texte
    assert "Virement à l’ordre de\u00a0: MENUISERIE MODELE SARL" in texte


def test_building_takes_the_same_queries_whatever_the_number_of_invoices():
    entreprise = m.entreprise_de()
    nombres = []
    for nombre in (1, 10):
        relance = relance_de(nombre=nombre, client=m.client_de(entreprise))
        relance = type(relance).objects.select_related("etape", "client", "entreprise").get(pk=relance.pk)
        with CaptureQueriesContext(connection) as requetes:
            construire(relance)
        nombres.append(len(requetes))
    assert nombres[0] == nombres[1] <= 3
