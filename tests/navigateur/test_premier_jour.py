"""A first day in a real browser, by keyboard: from the sign-up to the first email in a mail server, nothing imported.

The clock is moved by the test and beat's own task is run at each hour; all the rest is what a stranger does on the
pages. Pages are known by their addresses and fields by their names, so that both languages walk the same way.
"""

import email
import email.policy
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache

from entreprises.models import Entreprise, Utilisateur
from factures.models import Facture
from importations.models import Importation
from recouvrement.celery import app
from relances.models import Reglages, Relance
from relances.tasks import battement
from tests.navigateur.conftest import HTMX_TRAVAILLE, LARGE, TELEPHONE
from tests.relances.test_serveur import SECRET, BoiteFermee, boite_fermee

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.lent,
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS"),
]
PARIS = ZoneInfo("Europe/Paris")
MARDI = datetime(2026, 7, 7, 10, tzinfo=PARIS)
GERANTE, PHRASE, IBAN = "paule@modele.invalid", "chêne-et-roseau-12", "FR1420041010050500013M02606"
SOMME = re.compile(r"1.250[,.]40")  # as either language writes it
EMISE, ECHUE = "2026-05-28", "2026-06-27"  # ten days late when it is typed
ENVOIS = {"fr": ("1280", LARGE), "en": ("390", TELEPHONE)}


@pytest.fixture
def horloge(transactional_db, settings):
    """A Tuesday at ten, open to strangers, with no mail server but those that companies bring; tasks run at once."""
    cache.clear()
    settings.INSCRIPTION = settings.SMTP_LOCAL_AUTORISE = True
    avant, app.conf.task_always_eager = app.conf.task_always_eager, True
    with time_machine.travel(MARDI, tick=True) as voyage:
        yield voyage
    app.conf.task_always_eager = avant


@pytest.fixture
def serveur():
    """The company's own mail server, on loopback, that asks for a password; and its port."""
    boite = BoiteFermee()
    with boite_fermee(boite) as port:
        yield boite, port


@dataclass
class Clavier:
    """A page, and the keys of someone who has no mouse."""

    page: Any
    verifier: Callable[[Any], None]

    def taper(self, champ: str, texte: str) -> None:
        """Into this field, in place of what it proposed."""
        self.page.locator(f"#id_{champ}").focus()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(texte)

    def suite(self, *textes: str) -> None:
        """From the field that has the focus on, one field after another; an empty text leaves a field as it is."""
        for rang, texte in enumerate(textes):
            if rang:
                self.page.keyboard.press("Tab")
            if texte:
                self.page.keyboard.type(texte)

    def presser(self, selecteur: str, touche: str = "Enter") -> None:
        """Reach the first one that is seen, and press a key on it."""
        cible = self.page.locator(selecteur).locator("visible=true").first
        cible.focus()
        assert cible.evaluate("e => document.activeElement === e"), f"out of the keyboard's reach: {selecteur}"
        self.page.keyboard.press(touche)

    def arriver(self, adresse: str, *, verifier: bool = True) -> None:
        """Wait for this page, a pattern of its path's end; look at it."""
        try:
            self.page.wait_for_url(re.compile(adresse + r"(\?.*)?$"))
        except Exception as erreur:
            raise AssertionError(f"{self.page.url}, not {adresse}: {self.lu()}") from erreur
        self.page.wait_for_load_state("networkidle")
        assert not self.page.locator(".erreur, .erreurs").locator("visible=true").count(), self.lu()
        if verifier:
            self.verifier(self.page)

    def lu(self) -> str:
        """The words of the page, no-break spaces as spaces."""
        return espaces(self.page.locator("main").inner_text())

    def aller(self, page: str) -> None:
        """By the menu of pages: the bar, or what stands behind « Plus » on a phone."""
        lien = f'.nav a[href$="/{page}/"], .barre-basse a[href$="/{page}/"]'
        if not self.page.locator(lien).locator("visible=true").count():
            self.presser('[popovertarget="menu-plus"]')
            lien = f'#menu-plus a[href$="/{page}/"]'
        self.presser(lien)
        self.page.wait_for_url(re.compile(rf"/{page}/$"))


def espaces(texte: str) -> str:
    return texte.replace("\u202f", " ").replace("\u00a0", " ")


def entrer(k: Clavier, langue: str) -> None:
    """A stranger comes to the door, in their language, and makes an account."""
    k.page.goto("/")
    k.arriver("/compte/login/")
    if langue != "fr":
        k.presser('[popovertarget="menu-compte"]')
        k.presser(f'#menu-compte [name="language"][value="{langue}"]')
        k.page.locator(f'html[lang="{langue}"]').wait_for()
    k.presser('main a[href*="/compte/signup/"]')
    k.arriver("/compte/signup/")
    k.page.locator("#id_email").focus()
    k.suite(GERANTE, PHRASE, PHRASE)
    k.page.keyboard.press("Enter")
    k.arriver("/entreprises/nouvelle/")


def creer(k: Clavier) -> None:
    """The company, then what its page says is missing."""
    k.page.locator("#id_nom").focus()
    k.suite("Atelier Modèle", "", "732829320", "", "Paule Martin")
    k.page.keyboard.press("Enter")
    k.arriver("/e/atelier-modele/entreprise/")
    manques = ".bandeau-alerte a"
    assert k.page.locator(manques).count() == 3
    k.presser(f'{manques}[href$="/entreprise/modifier/"]')
    k.arriver("/entreprise/modifier/")
    k.taper("adresse_ligne1", "12 rue de l’Essai")
    k.taper("code_postal", "75011")
    k.taper("ville", "Paris")
    k.page.keyboard.press("Enter")
    k.arriver("/entreprise/", verifier=False)
    k.presser(f'{manques}[href$="/moyens/nouveau/"]')
    k.arriver("/entreprise/moyens/nouveau/")
    k.taper("iban", IBAN)
    k.page.keyboard.press("Enter")
    k.arriver("/entreprise/")
    assert k.page.locator(manques).get_attribute("href").endswith("/courriel/")


def regler_le_courriel(k: Clavier, boite: BoiteFermee, port: int) -> None:
    """Its own mail server, tried on oneself."""
    k.presser('main a[href$="/courriel/"]')
    k.arriver("/courriel/")
    sans_serveur = k.page.locator(".bandeau.annonce").inner_text()
    k.taper("hote", "127.0.0.1")
    k.taper("port", str(port))
    k.page.locator("#id_securite").select_option("aucune")
    k.taper("identifiant", "nous@modele.invalid")
    k.taper("secret", SECRET)
    k.taper("expediteur_nom", "Atelier Modèle, comptabilité")
    k.taper("expediteur_courriel", "nous@modele.invalid")
    k.page.keyboard.press("Enter")
    k.page.locator('form[action$="/courriel/essai/"]').wait_for()
    k.arriver("/courriel/")
    assert k.page.locator(".bandeau.annonce").inner_text() != sans_serveur
    k.presser('form[action$="/courriel/essai/"] button')
    k.page.locator(".puce-ok").wait_for()
    assert [lire(m)["To"] for m in boite.messages] == [GERANTE]


def ajouter_le_client(k: Clavier) -> None:
    k.aller("clients")
    k.presser('main a[href$="/clients/nouveau/"]')
    k.arriver("/clients/nouveau/")
    k.taper("nom", "Garage Fictif")
    k.taper("contact-nom", "Luc Essai")
    k.taper("contact-courriel", "compta@garage.invalid")
    k.page.keyboard.press("Enter")
    k.arriver(r"/clients/\d+/")


def saisir_la_facture(k: Clavier) -> None:
    """Typed by hand, sent long ago, already late. What is asked again is read, then confirmed."""
    k.aller("factures")
    k.presser('main a[href$="/factures/nouvelle/"]')
    k.arriver("/factures/nouvelle/")
    k.page.keyboard.type("Garage Fictif")  # the first field has the focus
    k.taper("numero", "2026-041")
    k.page.fill("#id_date_emission", EMISE)
    k.taper("base_1", "1042")
    k.page.fill("#id_echeance", ECHUE)
    k.page.locator("#apercu .total", has_text=SOMME).wait_for()
    k.presser("details:has(#id_transmise_le) summary")
    k.page.fill("#id_transmise_le", EMISE)
    k.page.locator("#id_transmise_par").select_option("courriel")
    k.verifier(k.page)
    k.taper("transmise_a", "compta@garage.invalid")
    k.page.wait_for_load_state("networkidle")
    k.page.locator(HTMX_TRAVAILLE).first.wait_for(state="detached")
    k.page.keyboard.press("Enter")
    k.arriver(r"/factures/\d+/")
    facture = Facture.objects.get()
    assert (facture.numero, str(facture.total), str(facture.echeances.get().date_echeance)) == (
        "2026-041", "1250.40", ECHUE,
    )  # fmt: skip


def allumer(k: Clavier) -> None:
    """Payments said to be up to date, then the master switch, in sight of tomorrow."""
    k.aller("a-faire")
    k.arriver("/a-faire/")
    k.presser('form[action$="/a-faire/a-jour/"] button')
    k.page.locator('form[action$="/a-faire/a-jour/"]').wait_for(state="detached")
    k.presser('[popovertarget="menu-compte"]')
    k.presser('#menu-compte a[href$="/reglages/"]')
    k.arriver("/reglages/")
    k.presser("#id_envoi_automatique", "Space")
    k.page.keyboard.press("Enter")
    k.page.locator('input[name="confirme"]').wait_for(state="attached")
    k.verifier(k.page)
    assert not Reglages.objects.get().envoi_automatique
    repetition = k.page.locator(".repetition").inner_text()
    assert "compta@garage.invalid" in repetition
    assert SOMME.search(repetition)
    k.presser('main button[type="submit"]')
    k.page.locator('button[form="eteindre"]').wait_for()
    k.arriver("/reglages/")
    assert Reglages.objects.get().envoi_automatique


def lire(contenu: bytes) -> EmailMessage:
    lu = email.message_from_bytes(contenu, policy=email.policy.default)
    assert isinstance(lu, EmailMessage)
    return lu


def passer_la_nuit(horloge: Any) -> Relance:
    """04:00 decides, and the owner's agreement is waited for."""
    horloge.move_to(datetime(2026, 7, 8, 4, tzinfo=PARIS))
    battement()
    acte = Relance.objects.get()
    assert (acte.statut, str(acte.total)) == ("a_valider", "1250.40")
    horloge.move_to(datetime(2026, 7, 8, 7, 30, tzinfo=PARIS))
    battement()
    return acte


def approuver(k: Clavier, acte: Relance) -> None:
    k.aller("a-faire")
    k.arriver("/a-faire/", verifier=False)
    k.presser(f'#file a[href$="/a-faire/{acte.pk}/"]')
    k.arriver(rf"/a-faire/{acte.pk}/")
    assert "Atelier Modèle, comptabilité <nous@modele.invalid>" in k.page.locator(".message dl").inner_text()
    k.presser(f'form[action$="/a-faire/{acte.pk}/approuver/"] button')
    k.page.locator(f'form[action$="/a-faire/{acte.pk}/approuver/"]').wait_for(state="detached")
    acte.refresh_from_db()
    assert acte.statut == "a_envoyer"


@pytest.mark.parametrize("langue", ENVOIS, ids=[f"{langue}-{nom}" for langue, (nom, _taille) in ENVOIS.items()])
def test_from_the_sign_up_to_the_first_email_with_nothing_imported(horloge, serveur, ouvrir, verifier, langue):
    boite, port = serveur
    k = Clavier(ouvrir(taille=ENVOIS[langue][1]), verifier)
    entrer(k, langue)
    creer(k)
    regler_le_courriel(k, boite, port)
    ajouter_le_client(k)
    saisir_la_facture(k)
    allumer(k)

    acte = passer_la_nuit(horloge)
    digest = lire(boite.messages[1])
    assert (digest["To"], len(boite.messages)) == (GERANTE, 2)
    html = digest.get_body(("html",))
    assert html is not None
    assert f'lang="{langue}"' in html.get_content()
    horloge.move_to(datetime(2026, 7, 8, 8, tzinfo=PARIS))
    approuver(k, acte)
    battement()
    assert len(boite.messages) == 2, "it left before the sending hour"
    horloge.move_to(datetime(2026, 7, 8, 9, 30, tzinfo=PARIS))
    battement()
    horloge.move_to(datetime(2026, 7, 8, 9, 30, tzinfo=PARIS) + timedelta(minutes=5))
    battement()

    verifier_le_message(boite, acte)
    k.aller("boite-envoi")
    k.arriver("/boite-envoi/")
    assert "compta@garage.invalid" in k.lu()
    k.presser(f'main a[href$="/boite-envoi/{acte.pk}/"]')
    k.arriver(rf"/boite-envoi/{acte.pk}/")
    assert (Utilisateur.objects.get().langue, Entreprise.objects.count()) == (langue, 1)
    assert not Importation.objects.exists()
    assert mail.outbox == []  # the installation wrote to nobody


def verifier_le_message(boite: BoiteFermee, acte: Relance) -> None:
    """One message, from the company's own sender to the client's contact, that says how much and where to pay."""
    acte.refresh_from_db()
    assert acte.statut == "envoyee"
    assert len(boite.messages) == 3
    message = lire(boite.messages[2])
    assert message["From"].addresses[0].addr_spec == "nous@modele.invalid"
    assert message["From"].addresses[0].display_name == "Atelier Modèle, comptabilité"
    assert message["To"].addresses[0].addr_spec == "compta@garage.invalid"
    assert message["Reply-To"].addresses[0].addr_spec == GERANTE
    assert set(boite.expediteurs) == {"nous@modele.invalid"}
    corps = message.get_body(("plain",))
    assert corps is not None
    texte = espaces(corps.get_content())
    assert [mot in texte for mot in ("1 250,40 €", "2026-041", "Paule Martin", "FR14 2004 1010")] == [True] * 4
