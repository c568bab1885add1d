"""Every address of the app, walked: who gets in, what a hostile request gets, which headers every answer carries."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client as Navigateur
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import translation

from entreprises.documents import conserver
from entreprises.models import Document
from tests import fabriques
from tests.pages import Monde, connecter, connecter_role, fabriquer_monde
from tests.relances import actes

pytestmark = pytest.mark.django_db
METHODES = ("get", "post")
HUGE = 10**30


def motifs(resolveur: URLResolver, devant: str = "") -> Iterator[str]:
    for motif in resolveur.url_patterns:
        chemin = devant + str(motif.pattern)
        if isinstance(motif, URLResolver):
            yield from motifs(motif, chemin)
        elif isinstance(motif, URLPattern):
            yield chemin


TOUS = sorted(set(motifs(get_resolver())))
D_ENTREPRISE = [m for m in TOUS if m.startswith("e/<slug:slug>/")]
OUVERTS = re.compile(r"^(sante/|langue/|avis/|invitation/|compte/)")
A_SOI = ("membres/preferences/", "membres/quitter/")  # one's own membership: open to every role


def adresse(motif: str, slug: str, pk: int) -> str:
    """The address of this pattern; `pk` for every number."""
    return "/" + re.sub(r"<int:\w+>", str(pk), motif.replace("<slug:slug>", slug))


@pytest.fixture
def monde() -> Monde:
    return fabriquer_monde()


def cles(monde: Monde) -> set[int]:
    """Keys of rows of this company, of every kind that an address names."""
    actes.installer(monde.entreprise)
    relance = actes.fabriquer_relance(monde.facture, etape=actes.premiere_relance(monde.entreprise))
    objets = [
        monde.client, monde.facture, monde.reglement, monde.litige, monde.promesse, monde.pause, relance,
        monde.client.contacts.get(), monde.entreprise.moyens_paiement.get(), monde.entreprise.adhesions.get(),
    ]  # fmt: skip
    return {objet.pk for objet in objets}


def test_R13_every_address_of_a_company_is_unknown_to_a_stranger(monde):
    pks = cles(monde)
    intrus = connecter(fabriques.fabriquer_membre(fabriques.fabriquer_entreprise("ailleurs")))
    fautes = [
        (motif, methode, pk)
        for motif in D_ENTREPRISE
        for pk in pks
        for methode in METHODES
        if getattr(intrus, methode)(adresse(motif, "essai", pk)).status_code not in {404, 405}
    ]
    assert len(D_ENTREPRISE) > 40
    assert fautes == []


def test_R13_a_closed_membership_opens_nothing(monde):
    monde.entreprise.adhesions.update(est_active=False)
    ancien = connecter(monde.gerant)
    fautes = [m for m in D_ENTREPRISE if ancien.get(adresse(m, "essai", monde.client.pk)).status_code not in {404, 405}]
    assert fautes == []
    assert "essai" not in ancien.get("/cabinet/").content.decode()


def test_nobody_enters_without_signing_in_and_every_answer_carries_its_policy(monde):
    anonyme = Navigateur()
    for motif in TOUS:
        if "<" in motif.replace("<slug:slug>", "").replace("<int:", "") or "(?P" in motif:
            continue
        reponse = anonyme.get(adresse(motif, "essai", monde.client.pk))
        if not OUVERTS.match(motif):
            assert reponse.status_code == 302, motif
            assert reponse.url.startswith("/compte/login/"), motif
        politique = reponse.headers["Content-Security-Policy"]
        assert "default-src 'none'" in politique, motif
        assert "unsafe" not in politique, motif
        assert reponse.headers["X-Content-Type-Options"] == "nosniff", motif
        assert reponse.headers["X-Frame-Options"] == "DENY", motif


def test_a_read_only_member_changes_nothing_anywhere(monde):
    pks = cles(monde)
    lecteur = connecter_role(monde.entreprise, "lecture")
    fautes = [
        (motif, pk)
        for motif in D_ENTREPRISE
        if not motif.endswith(A_SOI)
        for pk in pks
        if lecteur.post(adresse(motif, "essai", pk), {"version": 1}).status_code not in {403, 404, 405}
    ]
    assert fautes == []


def test_every_post_wants_its_token(monde):
    navigateur = Navigateur(enforce_csrf_checks=True)
    navigateur.force_login(monde.gerant)
    fautes = [
        motif
        for motif in D_ENTREPRISE
        if navigateur.post(adresse(motif, "essai", monde.client.pk)).status_code not in {403, 404, 405}
    ]
    assert fautes == []


HOSTILES = {
    "q": ["\0", "a " * 12, "%" * 300, "'; DROP TABLE clients_client; --", "\ud7ff" * 10],
    "client": [str(HUGE), "\0", "²", "-1", "9" * 5000],
    "facture": [str(HUGE), "\0", "x"],
    "page": [str(HUGE), "-1", "\0"],
    "tri": ["--nom", "client__entreprise__slug", "\0"],
    "etat": ["\0", "x"],
    "avant": [str(HUGE), "٣٣", "\0"],
    "au": ["0001-01-01", "9999-12-31", "\0"],
    "classe": ["\0"],
    "montant": ["NaN", "1e999999", "\0"],
    "date": ["x", "\0"],
}


@pytest.mark.parametrize("tour", range(5))
def test_a_hostile_query_never_breaks_a_page(monde, tour):
    actes.installer(monde.entreprise)
    gerant = connecter(monde.gerant)
    requete = {nom: valeurs[tour % len(valeurs)] for nom, valeurs in HOSTILES.items()}
    codes = {m: gerant.get(adresse(m, "essai", monde.client.pk), requete).status_code for m in D_ENTREPRISE}
    assert [m for m, code in codes.items() if code >= 500] == []


def test_a_number_too_big_for_the_database_is_not_found(monde):
    gerant = connecter(monde.gerant)
    fautes = [
        (motif, reponse.status_code)
        for motif in D_ENTREPRISE
        if "<int:" in motif and (reponse := gerant.get(adresse(motif, "essai", HUGE))).status_code not in {404, 405}
    ]
    assert fautes == []


@pytest.mark.parametrize("motif", ["factures/", "clients/", "reglements/nouveau/", "retards/"])
def test_a_search_takes_so_many_words_and_no_more(monde, motif):
    assert connecter(monde.gerant).get(f"/e/essai/{motif}", {"q": "a " * 5000}).status_code == 200


@pytest.mark.parametrize("suite", ["https://pirate.invalid/", "//pirate.invalid/", "/\\pirate.invalid", "javascript:x"])
def test_nobody_is_sent_to_another_site(monde, suite):
    navigateur = Navigateur()
    reponse = navigateur.post("/compte/login/", {"login": monde.gerant.email, "password": "motdepasse", "next": suite})
    assert reponse.status_code == 302
    assert "pirate" not in reponse.url
    assert not reponse.url.startswith("javascript")
    assert "pirate" not in navigateur.post("/langue/", {"language": "en", "next": suite}).url


def test_signing_in_gives_a_new_session_and_shut_cookies(monde):
    navigateur = Navigateur()
    session = navigateur.session
    session["piege"] = "x"
    session.save()
    avant = session.session_key
    navigateur.cookies["sessionid"] = avant
    navigateur.post("/compte/login/", {"login": monde.gerant.email, "password": "motdepasse"})
    biscuit = navigateur.cookies["sessionid"]
    assert biscuit.value != avant
    assert biscuit["httponly"]
    assert biscuit["samesite"] == "Lax"


def messages_de(reponse: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>|value=\"[^\"]*\"", " ", reponse.content.decode()))


def test_signing_in_and_resetting_do_not_tell_who_has_an_account(monde, mailoutbox, settings):
    reponses = []
    for courriel in (monde.gerant.email, "personne@exemple.invalid"):
        cache.clear()
        refus = Navigateur().post("/compte/login/", {"login": courriel, "password": "faux"})
        oubli = Navigateur().post("/compte/password/reset/", {"email": courriel})
        reponses.append((refus.status_code, messages_de(refus), oubli.status_code, oubli.url))
    assert reponses[0] == reponses[1]
    assert [m.to for m in mailoutbox] == [[monde.gerant.email]]  # nothing to someone we don't know


def test_guessing_passwords_is_slowed_down(monde):
    cache.clear()
    with translation.override("fr"):
        codes = [
            Navigateur().post("/compte/login/", {"login": monde.gerant.email, "password": f"faux{i}"})
            for i in range(12)
        ]
        juste = Navigateur().post("/compte/login/", {"login": monde.gerant.email, "password": "motdepasse"})
    cache.clear()
    assert "Trop de tentatives" in codes[-1].content.decode() or codes[-1].status_code == 429
    assert juste.status_code != 302


def test_nobody_signs_up_nor_takes_an_address_that_was_not_verified(monde):
    Navigateur().post(
        "/compte/signup/", {"email": "neuf@exemple.invalid", "password1": "x" * 12, "password2": "x" * 12}
    )
    assert not type(monde.gerant).objects.filter(email="neuf@exemple.invalid").exists()
    gerant = connecter(monde.gerant)
    assert gerant.post("/compte/email/", {"action_add": "", "email": "autre@exemple.invalid"}).status_code == 404


def test_a_body_that_is_too_big_is_refused_unread(monde, settings):
    settings.CORPS_MAXIMUM = 1000
    reponse = Navigateur().post("/compte/login/", {"login": "x" * 2000})
    assert reponse.status_code == 413
    assert "trop gros" in reponse.content.decode()
    assert "Content-Security-Policy" in reponse.headers


@pytest.mark.parametrize(
    ("contenu", "type_mime", "nom"),
    [
        (b"<script>alert(1)</script>", "text/html", "x.html"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "image/svg+xml", "x.svg"),
        (b"From: x", "message/rfc822", "x.eml"),
        (b"a;b", "text/csv", "x\r\nSet-Cookie: a=b.csv"),
    ],
)
def test_a_document_that_could_run_is_downloaded_shut_in(monde, contenu, type_mime, nom):
    piece = conserver(monde.entreprise, contenu, type_mime, nom)
    page = reverse("entreprise:document", kwargs={"slug": "essai", "pk": piece.pk})
    reponse = connecter(monde.gerant).get(page)
    assert reponse.headers["Content-Disposition"].startswith("attachment")
    assert reponse.headers["Content-Security-Policy"].startswith("sandbox")
    assert reponse.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie: a=b" not in str(reponse.headers).replace("\\", "")


def test_a_document_whose_file_was_lost_is_not_found(monde):
    perdu = Document.objects.create(entreprise=monde.entreprise, sha256="0" * 64, type_mime="application/pdf", taille=1)
    page = reverse("entreprise:document", kwargs={"slug": "essai", "pk": perdu.pk})
    assert connecter(monde.gerant).get(page).status_code == 404
