"""The previews: the letter as a PDF, the email shut in by its headers."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from relances import envoi
from tests.relances import actes, scene


def texte(reponse):
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(reponse.content)).pages)


def test_the_email_preview_can_run_nothing_and_be_framed_by_us_only(essai, gerante, client, adresse):
    acte = scene.acte(essai, "Transports Modèle", statut="a_valider", motif_attente="envoi_manuel")
    reponse = client.get(adresse("apercu_courriel", pk=acte.pk))
    csp = reponse["Content-Security-Policy"]
    assert [d.strip() for d in csp.split(";")] == [
        "sandbox", "default-src 'none'", "style-src 'unsafe-inline'", "img-src 'self' data:", "frame-ancestors 'self'",
    ]  # fmt: skip
    assert reponse["X-Frame-Options"] == "SAMEORIGIN"
    assert reponse["X-Content-Type-Options"] == "nosniff"
    page = reponse.content.decode()
    assert acte.lignes.get().numero in page
    assert "<script" not in page


def test_the_preview_stands_in_a_sandboxed_frame_with_a_plain_link_beside_it(essai, gerante, client, adresse):
    acte = scene.acte(essai, "Transports Modèle", statut="a_valider", motif_attente="envoi_manuel")
    page = client.get(adresse("acte", pk=acte.pk)).content.decode()
    lien = adresse("apercu_courriel", pk=acte.pk)
    assert f'<iframe class="cadre-courriel" sandbox src="{lien}"' in page
    assert f'href="{lien}"' in page


def test_R6_after_sending_the_preview_is_the_message_that_left(essai, gerante, client, adresse):
    acte = scene.acte(essai, "Transports Modèle", "2736.00")
    envoi.envoyer(essai, scene.AU, scene.INSTANT)
    acte.lignes.update(numero="CHANGÉ")
    page = client.get(adresse("apercu_courriel", pk=acte.pk)).content.decode()
    assert "CHANGÉ" not in page
    assert "cid:" not in page
    assert "data:image/png" in page


@pytest.mark.parametrize(("canal", "nom"), [("courriel", "lettre"), ("courrier", "apercu_courriel")])
def test_an_act_has_only_the_preview_of_its_channel(essai, gerante, client, adresse, canal, nom):
    acte = scene.acte(essai, "Client", statut="a_valider", motif_attente="approbation", canal=canal)
    assert client.get(adresse(nom, pk=acte.pk)).status_code == 404


def test_before_approval_the_letter_is_a_draft_and_says_so(essai, gerante, client, adresse):
    acte = scene.acte(
        essai, "Hôtel", "905.43", actes.mise_en_demeure(essai), statut="a_valider", motif_attente="approbation"
    )
    projet = client.get(adresse("lettre", pk=acte.pk))
    assert "inline" in projet["Content-Disposition"]
    assert "projet" in texte(projet).lower()
    acte.refresh_from_db()
    assert acte.imprimee_le is None
    client.post(adresse("approuver", pk=acte.pk), {"version": acte.version, "confirme": "1"})
    definitive = texte(client.get(adresse("lettre", pk=acte.pk)))
    assert "projet" not in definitive.lower()
    assert "905,43" in definitive


def test_a_letter_that_can_t_be_composed_says_why(essai, gerante, client, adresse):
    acte = scene.acte(essai, "Client", statut="a_valider", motif_attente="approbation", canal="courrier")
    acte.lignes.all().delete()
    reponse = client.get(adresse("lettre", pk=acte.pk))
    assert reponse.status_code == 422
    assert "ne demande plus rien" in reponse.content.decode()


def test_reading_an_approved_letter_changes_nothing_and_printing_notes_it_once(essai, gerante, client, adresse):
    acte = scene.acte(
        essai, "Hôtel", "905.43", actes.mise_en_demeure(essai), statut="a_valider", motif_attente="approbation"
    )
    client.post(adresse("approuver", pk=acte.pk), {"version": acte.version, "confirme": "1"})
    lue = client.get(adresse("lettre", pk=acte.pk))
    acte.refresh_from_db()
    assert (acte.imprimee_le, acte.pieces.count()) == (None, 0)
    assert client.get(adresse("imprimer", pk=acte.pk)).status_code == 405
    imprimee = client.post(adresse("imprimer", pk=acte.pk))
    acte.refresh_from_db()
    assert (acte.imprimee_le, acte.pieces.filter(role="lettre").count()) == (scene.INSTANT, 1)
    assert lue.content == imprimee.content == client.post(adresse("imprimer", pk=acte.pk)).content


def test_a_letter_that_nobody_had_to_approve_is_a_draft_until_it_is_printed(essai, gerante, client, adresse):
    acte = scene.acte(essai, "SCI du Sapin Bleu", canal="courrier")
    assert "projet" in texte(client.get(adresse("lettre", pk=acte.pk))).lower()
    acte.refresh_from_db()
    assert acte.figee_le is None
    assert "projet" not in texte(client.post(adresse("imprimer", pk=acte.pk))).lower()
    acte.refresh_from_db()
    assert acte.figee_le is not None


def test_a_letter_that_went_back_to_approval_is_not_printed_as_final(essai, gerante, client, adresse):
    acte = scene.acte(essai, "SCI du Sapin Bleu", canal="courrier", statut="a_valider", motif_attente="approbation")
    reponse = client.post(adresse("imprimer", pk=acte.pk), follow=True)
    assert reponse.redirect_chain
    assert "pas encore approuvée" in reponse.content.decode()
    acte.refresh_from_db()
    assert acte.imprimee_le is None
