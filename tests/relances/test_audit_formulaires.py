"""Forms against values that would stop everything, or that are not what they say they are."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from entreprises.models import Document, Entreprise
from relances.forms import FormulairePoste, FormulaireReglages
from relances.models import Reglages
from tests import fabriques
from tests.relances import actes

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


@pytest.mark.parametrize(
    ("champ", "valeur", "mots"),
    [("jours_envoi", ["5", "6"], "au moins un jour ouvré"), ("heure_avis", "03:00", "se préparent à 04:00")],
)
def test_settings_under_which_nothing_would_ever_leave_or_be_told_are_refused(champ, valeur, mots):
    form = FormulaireReglages({champ: valeur}, instance=Reglages(entreprise=fabriques.fabriquer_entreprise()))
    assert mots in " ".join(form.errors[champ])


@pytest.mark.parametrize(
    ("nom", "dit", "contenu", "genre"),
    [
        ("bordereau.png", "image/png", PNG, "image/png"),
        ("bordereau.png", "text/html", PNG, "image/png"),
        ("bordereau.pdf", "image/png", b"%PDF-1.7 x", "application/pdf"),
        ("bordereau.png", "image/png", b"<script>alert(1)</script>", None),
        ("bordereau.svg", "image/png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
    ],
)
def test_a_proof_is_what_its_bytes_say(nom, dit, contenu, genre):
    fichier = SimpleUploadedFile(nom, contenu, content_type=dit)
    form = FormulairePoste({"version": 1, "postee_le": "2026-07-08"}, {"preuve": fichier})
    assert form.is_valid() is (genre is not None)
    if genre:
        assert form.preuve_lue() == (contenu, genre, nom)


def test_an_invoice_s_pdf_is_a_pdf(client):
    entreprise = fabriques.fabriquer_entreprise()
    fabriques.fabriquer_client(entreprise)
    client.force_login(fabriques.fabriquer_membre(entreprise))
    faux = SimpleUploadedFile("f.pdf", b"<html><script>alert(1)</script>", content_type="application/pdf")
    donnees = {
        "client": "Hôtel Spécimen", "numero": "F-1", "date_emission": "2026-01-05", "echeance": "2026-02-05",
        "total": "10", "mode_reglement": "virement", "pdf": faux,
    }  # fmt: skip
    page = client.post(reverse("factures:nouvelle", kwargs={"slug": entreprise.slug}), donnees)
    assert "n’est pas un PDF" in page.content.decode()
    assert not Document.objects.exists()


def test_a_company_s_name_stays_on_one_line(client):
    """It stands in the subject of the morning's digest: a line break there would stop it for good."""
    entreprise = actes.entreprise_prete()
    client.force_login(fabriques.fabriquer_membre(entreprise))
    donnees = {"nom": "Menuiserie\r\nBcc: pirate@exemple.invalid", "version": entreprise.version}
    client.post(reverse("entreprise:modifier", kwargs={"slug": entreprise.slug}), donnees)
    assert Entreprise.objects.get().nom == "Menuiserie Bcc: pirate@exemple.invalid"
