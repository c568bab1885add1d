"""A bookkeeper's Monday over three companies, in a real browser and by keyboard: from « Mes entreprises » into each and
back. In the third one she may only read. In French and in English, hence found by what things do, not by their words.
"""

import re
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from encaissements.models import Reglement
from entreprises.models import Adhesion
from factures.models import Facture
from relances.models import Relance
from suivi.models import Tache
from suivi.taches import ajouter_tache
from tests import fabriques
from tests.encaissements.verite import rien_ne_differe
from tests.navigateur.conftest import LARGE, TELEPHONE
from tests.navigateur.test_parcours import lu
from tests.navigateur.test_pointer import pret
from tests.relances import actes, scene

expect = pytest.importorskip("playwright.sync_api").expect
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.lent]
LUNDI = scene.INSTANT.replace(day=13)
ENTREPRISES = {"essai": "Menuiserie Modèle", "atelier": "Atelier Fictif", "lecture": "Garage Témoin & Fils"}
MENU = "button[popovertarget=menu-compte]"


def remplir(slug: str) -> None:
    """A message to approve, another client's invoice that was paid, and a task."""
    entreprise = actes.entreprise_prete(slug)
    entreprise.nom = ENTREPRISES[slug]
    entreprise.save(update_fields=["nom"])
    relance = scene.acte(
        entreprise, f"Transports {slug.title()}", "1200.00", statut="a_valider", motif_attente="envoi_manuel"
    )
    paye = scene.client(entreprise, f"Hôtel {slug.title()}")
    scene.facture(paye, "300.00", 2, numero=f"P-{slug}")
    jour = LUNDI.date()
    ajouter_tache(relance.client, genre="autre", texte="Envoyer le double du bon", pour_le=jour, aujourd_hui=jour)


@pytest.fixture
def comptable(transactional_db):
    """Bookkeeper of two companies, reader of a third one."""
    with time_machine.travel(LUNDI, tick=True):
        for slug in ENTREPRISES:
            remplir(slug)
        premiere, *autres = Adhesion._meta.get_field("entreprise").related_model.objects.order_by("pk")
        conseil = fabriques.fabriquer_membre(premiere, "comptable")
        for entreprise, role in zip(autres, ("comptable", "lecture"), strict=True):
            Adhesion.objects.create(entreprise=entreprise, utilisateur=conseil, role=role)
        yield conseil


def presser(page: Any, selecteur: str) -> None:
    """Reach it with the keyboard and press Enter."""
    cible = page.locator(selecteur).locator("visible=true").first
    cible.focus()
    assert cible.evaluate("e => document.activeElement === e"), f"out of the keyboard's reach: {selecteur}"
    page.keyboard.press("Enter")


def par_le_menu(page: Any, cible: str) -> None:
    presser(page, MENU)
    presser(page, f"#menu-compte {cible}")


def parler(page: Any, langue: str) -> None:
    page.goto("/")
    page.wait_for_url("**/cabinet/")
    par_le_menu(page, f"button[value={langue}]")
    expect(page.locator("html")).to_have_attribute("lang", langue)


def attend(page: Any, slug: str, nombre: int) -> None:
    """The list of companies says how much waits in this one; without a digit where nothing does."""
    lien = page.locator(f"main a[href='{reverse('relances:a_faire', kwargs={'slug': slug})}']")
    expect(lien).to_have_text(re.compile(rf"^{nombre} (points|items)" if nombre else "^(rien|nothing)"))


def entrer(page: Any, slug: str) -> None:
    presser(page, f"main a[href='{reverse('entreprise:accueil', kwargs={'slug': slug})}']")
    page.wait_for_url(f"**/e/{slug}/a-faire/")


def approuver(page: Any, slug: str, verifier: Any) -> None:
    relance = Relance.objects.get(entreprise__slug=slug, statut="a_valider")
    verifier(page)
    presser(page, f"#file a[href*='/a-faire/{relance.pk}/']")
    page.wait_for_url(f"**/a-faire/{relance.pk}/")
    verifier(page)
    presser(page, f"form[action$='/{relance.pk}/approuver/'] button")
    page.get_by_role("status").filter(has_text=relance.client.nom).first.wait_for()
    relance.refresh_from_db()
    assert (relance.statut, relance.approuvee_par_id is not None) == ("a_envoyer", True)


def pointer(page: Any, slug: str, verifier: Any) -> None:
    par_le_menu(page, "a[href$='/pointer/']")
    page.wait_for_url("**/pointer/")
    pret(page)
    facture = Facture.objects.get(numero=f"P-{slug}")
    page.locator(f"#soldee-{facture.pk}").focus()
    page.keyboard.press("Space")
    verifier(page)
    page.keyboard.press("Control+Enter")
    page.locator("form[action$='/annuler-saisie/']").wait_for()
    assert Reglement.objects.get(entreprise__slug=slug).montant == Decimal("300.00")
    verifier(page)


def faire_la_tache(page: Any, slug: str, verifier: Any) -> None:
    par_le_menu(page, "a[href$='/taches/']")
    page.wait_for_url("**/taches/")
    verifier(page)
    presser(page, "form[action$='/faite/'] button")
    page.locator("form[action$='/reprendre/']").first.wait_for()
    assert not Tache.objects.a_faire().filter(entreprise__slug=slug).exists()
    verifier(page)


def rien_qu_elle_puisse_changer(page: Any) -> None:
    formulaires = page.locator("main form[method=post]")
    assert formulaires.count() == 0, f"{page.url}: {formulaires.first.evaluate('e => e.outerHTML')[:300]}"


def lire_seulement(page: Any, verifier: Any) -> None:
    """No form that writes on any page, nothing in the menu either; and what is posted all the same is refused."""
    relance = Relance.objects.get(entreprise__slug="lecture", statut="a_valider")
    tache = Tache.objects.get(entreprise__slug="lecture")
    facture = Facture.objects.get(numero="P-lecture")
    verifier(page)
    presser(page, MENU)
    assert page.locator("#menu-compte a[href$='/pointer/']").count() == 0
    page.keyboard.press("Escape")
    vues = [
        f"a-faire/{relance.pk}/",
        "factures/",
        f"factures/{facture.pk}/",
        f"clients/{facture.client_id}/",
        "taches/",
    ]
    for vue in ["a-faire/", *vues, "reglements/", "courriers/", "retards/", "boite-envoi/"]:
        page.goto(f"/e/lecture/{vue}")
        verifier(page)
        rien_qu_elle_puisse_changer(page)
    jeton = next(c["value"] for c in page.context.cookies() if c["name"] == "csrftoken")
    for acte in (f"a-faire/{relance.pk}/approuver/", "pointer/", f"taches/{tache.pk}/faite/", "a-faire/a-jour/"):
        champs = {"csrfmiddlewaretoken": jeton, "version": str(relance.version), "jour": LUNDI.date().isoformat()}
        reponse = page.request.post(f"/e/lecture/{acte}", form=champs, headers={"Referer": page.url})
        assert reponse.status == 403, acte
        assert "csrf" not in reponse.text().lower().replace("csrfmiddlewaretoken", ""), "refused for its role"
    relance.refresh_from_db()
    assert relance.statut == "a_valider"


@pytest.mark.parametrize("langue", ["fr", "en"])
@pytest.mark.parametrize("taille", [LARGE, TELEPHONE], ids=["1280", "390"])
def test_a_monday_over_three_companies(comptable, ouvrir, verifier, taille, langue):
    page = ouvrir(comptable, taille=taille)
    parler(page, langue)
    for slug in ENTREPRISES:
        attend(page, slug, 2)  # a message, and a task
    verifier(page)
    assert all(nom in lu(page) for nom in ENTREPRISES.values())
    for slug in ("essai", "atelier"):
        entrer(page, slug)
        approuver(page, slug, verifier)
        pointer(page, slug, verifier)
        faire_la_tache(page, slug, verifier)
        par_le_menu(page, "a[href='/cabinet/']")
        page.wait_for_url("**/cabinet/")
    rangee = page.locator("tbody tr").filter(has_text=ENTREPRISES["essai"])
    dit = "1 200,00" if langue == "fr" else "1,200.00"
    assert dit in rangee.inner_text().replace("\u202f", " ")
    for slug, reste in zip(ENTREPRISES, (0, 0, 2), strict=True):
        attend(page, slug, reste)
    verifier(page)
    entrer(page, "lecture")
    lire_seulement(page, verifier)
    assert set(Reglement.objects.values_list("entreprise__slug", flat=True)) == {"essai", "atelier"}
    rien_ne_differe()
