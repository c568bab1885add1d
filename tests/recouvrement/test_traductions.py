"""The app in English: every sentence has its translation, and no page lets French through."""

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.urls import resolve, reverse
from django.utils.translation.template import templatize

from clients.models import Client
from tests.pages import fabriquer_monde
from tests.recouvrement import source
from tests.relances import actes, scene

LOCALE = source.RACINE / "locale"
ANGLAIS = LOCALE / "en" / "LC_MESSAGES" / "django.po"
MOTS_CLES: dict[str, Any] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
CHAMP = re.compile(r"%\(\w+\)[-+# 0]*\d*(?:\.\d+)?[a-z]|%[sd]|\{\w*\}")

Cle = tuple[str, str]  # context, French sentence


# The catalogue


@cache
def extraire() -> dict[Cle, tuple[str, list[str]]]:
    """Every sentence of the code and of the templates: where it is, and its forms. GNU gettext is not needed."""
    trouves: dict[Cle, tuple[str, list[str]]] = {}
    for chemin, texte in [*sources_python(), *sources_gabarits()]:
        flux = BytesIO(texte.encode())
        for ligne, phrase, _commentaires, contexte in extract("python", flux, keywords=MOTS_CLES):
            dites, lieu = formes(phrase), source.ou(chemin, ligne)
            connues = trouves.setdefault((contexte or "", dites[0]), (lieu, dites))[1]
            assert connues == dites, f"{lieu} {dites[0]!r}: two meanings, with and without a plural; give one a context"
    return trouves


def sources_python() -> Iterator[tuple[Path, str]]:
    for piece in source.PRESENTES:
        for chemin in source.modules(piece):
            yield chemin, chemin.read_text(encoding="utf-8")


def sources_gabarits() -> Iterator[tuple[Path, str]]:
    """As Python: calls of gettext among letters. Margins are taken off, which Python would read as blocks."""
    for chemin in source.fichiers(".html", ".txt", sous="templates"):
        yield chemin, re.sub(r"^[ \t]+", "", templatize(chemin.read_text(encoding="utf-8")), flags=re.M)


def lire(chemin: Path) -> Catalog:
    with chemin.open("rb") as fichier:
        return read_po(fichier, locale=chemin.parts[-3])


def formes(valeur: Any) -> list[str]:
    return list(valeur) if isinstance(valeur, (tuple, list)) else [valeur or ""]


def cle(message: Message) -> Cle:
    return message.context or "", formes(message.id)[0]


def champs(texte: str) -> list[str]:
    return sorted(CHAMP.findall(texte))


@pytest.fixture(scope="module")
def catalogue() -> dict[Cle, Message]:
    return {cle(message): message for message in lire(ANGLAIS) if message.id}


def test_the_extraction_reads_code_plurals_contexts_and_templates():
    phrases = {phrase for _contexte, phrase in extraire()}
    assert {"Enregistrer", "%(n)d jour", "Un courriel part au prochain envoi.", "dossier remis"} <= phrases
    assert ("fin d’une période", "au %s") in extraire()


def test_every_sentence_is_translated_into_english(catalogue):
    manquants = [
        f"{lieu} {phrase!r}"
        for (contexte, phrase), (lieu, _formes) in extraire().items()
        if (contexte, phrase) not in catalogue or not all(formes(catalogue[contexte, phrase].string))
    ]
    assert not manquants, "\n".join(manquants)


def test_nothing_in_the_catalogue_is_obsolete_or_fuzzy(catalogue):
    utiles = extraire().keys()
    assert not lire(ANGLAIS).obsolete
    assert sorted(phrase for contexte, phrase in catalogue if (contexte, phrase) not in utiles) == []
    assert [phrase for (_contexte, phrase), message in catalogue.items() if message.fuzzy] == []


def test_a_translation_fills_the_same_fields_and_ends_on_the_same_blank(catalogue):
    """« Un courriel » may leave the number out; the plural may not, nor a sentence without plural."""
    for message in catalogue.values():
        francais, anglais = formes(message.id), formes(message.string)
        assert len(francais) == len(anglais), francais
        assert champs(anglais[-1]) == champs(francais[-1]), francais
        assert set(champs(francais[0])) <= set(champs(anglais[0])) <= set(champs(francais[-1])), francais
        for avant, apres in zip(francais, anglais, strict=True):
            assert avant.endswith(" ") == apres.endswith(" "), avant


# The pages

# Accents, elisions, and words that English does not have. The product's name stands on every page.
FRANCAIS = re.compile(
    r"[àâçéèêëîïôùûœ]|\b(?:[cdjlmnst]|qu)[’'](?=\w{2})"
    r"|\b(?:le|la|les|des|du|de|une|est|sont|pas|pour|avec|vous|votre|vos|nous|cette|dans|sur|aux|depuis|aucune?|rien"
    r"|factures?|courriels?|solde|montant|relances?|retards?|lettre|enregistrer|annuler|modifier|ajouter|retenir"
    r"|approuver|voir|jours?|lundi|mardi|janvier|juin|juillet|envoi|nom|adresse|ville|pays|oui|non)\b",
    re.IGNORECASE,
)
# A quoted word is in the language of what it quotes; some names have an accent.
A_PART = re.compile(r"“[^”]*”|\b(?:Réunion|Vidéotron)\b")
SIGLE = re.compile(r"\b[A-Z]{2,}\b")  # UTF-16 LE
LUS = ("title", "aria-label", "placeholder", "alt", "data-titre", "data-confirmer")
VIDES = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# Written to debtors or by people, in the language of the text.
ECRITS = {"script", "style", "textarea", "blockquote", "q"}
A_VOIR = {
    "cabinet:liste", "clients:contact_modifier", "clients:contact_nouveau", "clients:detail", "clients:liste",
    "clients:modifier", "clients:nouveau", "encaissements:liste", "encaissements:nouveau", "encaissements:rejeter",
    "entreprise:detail", "entreprise:modifier", "entreprise:moyen_modifier", "entreprise:moyen_nouveau",
    "factures:annuler", "factures:detail", "factures:liste", "factures:nouvelle", "importations:confirmer",
    "importations:liste", "importations:nouvelle", "relances:a_faire", "relances:acte", "relances:boite_envoi",
    "relances:envoi", "relances:pourquoi_facture", "relances:reglages", "relances:retards",
    "relances:situation_client", "suivi:litige_clore", "suivi:litige_ouvrir", "suivi:pause_nouvelle", "suivi:pauses",
    "suivi:promesse_nouvelle",
}  # fmt: skip


class Lecteur(HTMLParser):
    """What a person reads on a page, and the addresses one can go to; what is marked as French is left out."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.textes: list[str] = []
        self.liens: list[str] = []
        self._tus: list[str] = []  # open elements since one that is not read
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        valeurs = {nom: valeur or "" for nom, valeur in attrs}
        tu = tag in ECRITS or valeurs.get("lang") == "fr" or "message" in valeurs.get("class", "").split()
        if tag not in VIDES and (self._tus or tu):
            self._tus.append(tag)
        if not self._tus:
            self.textes += [valeurs[nom] for nom in LUS if nom in valeurs]
        self.liens += [valeurs[nom] for nom in ("href", "hx-get") if valeurs.get(nom, "").startswith("/")]

    def handle_endtag(self, tag: str) -> None:
        if tag in self._tus:
            while self._tus.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self._tus:
            self.textes.append(data)


def ecrits_par_des_personnes() -> list[str]:
    """The texts of our rows, the longest first: names, reasons, rungs. Codes are not among them."""
    trouves: set[str] = set()
    for piece in source.PRESENTES:
        for modele in apps.get_app_config(piece).get_models() if apps.is_installed(piece) else ():
            libres = [
                c.attname
                for c in modele._meta.concrete_fields
                if isinstance(c, (models.CharField, models.TextField, models.JSONField)) and not c.choices
            ]
            for rangee in modele._default_manager.values_list(*libres):
                for valeur in rangee:
                    trouves.update(textes_de(valeur))
    return sorted((t for t in trouves if re.search(r"[^a-z0-9_]", t)), key=len, reverse=True)


def textes_de(valeur: Any) -> Iterator[str]:
    if isinstance(valeur, str) and valeur.strip():
        yield " ".join(valeur.split())
    elif isinstance(valeur, dict):
        yield from (texte for v in valeur.values() for texte in textes_de(v))
    elif isinstance(valeur, list):
        yield from (texte for v in valeur for texte in textes_de(v))


def restes(page: str, ecrits: list[str]) -> list[str]:
    """The pieces of text of a page in which French is left, once what people wrote is taken out."""
    fautes = []
    for brut in Lecteur(page).textes:
        texte = " ".join(brut.split())
        for ecrit in ecrits:
            texte = texte.replace(ecrit, "")
        if FRANCAIS.search(SIGLE.sub("", A_PART.sub("", texte))):
            fautes.append(" ".join(brut.split()))
    return fautes


@pytest.mark.parametrize(
    ("page", "trouves"),
    [
        ("<p>Due date: 3 March</p><p>Échéance : 3 mars</p>", ["Échéance : 3 mars"]),
        ('<input aria-label="Enregistrer" placeholder="Save">', ["Enregistrer"]),
        ("<button>Voir l’acte</button>", ["Voir l’acte"]),
        ("<p>Nothing is late. The customer’s file is in UTF-16 LE</p>", []),
        ('<a lang="fr">Français</a><q>Il manque deux étagères</q><script>var le</script> Paid', []),
        ("<h1>Hôtel Spécimen</h1>", []),
    ],
)
def test_french_is_told_from_english_and_from_what_people_wrote(page, trouves):
    assert restes(page, ["Hôtel Spécimen"]) == trouves


@pytest.fixture
def anglais(tmp_path: Path, settings):
    """The catalogues of the working folder, compiled apart: those beside them may be older."""
    for po in LOCALE.glob("*/LC_MESSAGES/django.po"):
        cible = tmp_path / "locale" / po.relative_to(LOCALE).with_suffix(".mo")
        cible.parent.mkdir(parents=True)
        with cible.open("wb") as fichier:
            write_mo(fichier, lire(po))
    settings.LOCALE_PATHS = [tmp_path / "locale"]


@pytest.fixture
def navigateur(anglais, db, client):
    """The owner's browser, in English, on a morning when there is something of everything."""
    with time_machine.travel(scene.INSTANT, tick=False):
        essai = actes.entreprise_prete("essai")
        monde = fabriquer_monde_dans(essai)
        scene.matin(essai)
        client.force_login(monde.gerant)
        client.cookies["django_language"] = "en"
        yield client


def fabriquer_monde_dans(essai):
    """`tests.pages` makes a company of its own: the owner of that one also works for `essai`."""
    monde = fabriquer_monde("monde")
    monde.gerant.adhesions.create(entreprise=essai, role="gerant")
    return monde


def parcourir(navigateur, *departs: str) -> Iterator[tuple[str, str]]:
    """(view, page) of every page that links lead to, twice per view at most."""
    file, vues = list(departs), dict.fromkeys(departs)
    combien: dict[str, int] = {}
    while file:
        lien = file.pop(0)
        vue = resolve(lien.partition("?")[0]).view_name
        combien[vue] = combien.get(vue, 0) + 1
        if combien[vue] > 2:
            continue
        reponse = navigateur.get(lien, follow=True)
        if "text/html" not in reponse.headers["Content-Type"]:
            continue
        page = reponse.content.decode()
        yield vue, page
        for suite in Lecteur(page).liens:
            propre = suite.partition("#")[0]
            if propre not in vues and re.match(r"/(e|cabinet)/", propre):
                vues[propre] = None
                file.append(propre)


ENVOI = b"Number;Customer;Date;Due date;Total\nF-77;Example Ltd;13/02/2026;15/03/2026;1200.00\n"
FORMULAIRES = [
    "clients:nouveau", "encaissements:nouveau", "entreprise:moyen_nouveau", "factures:nouvelle",
    "importations:nouvelle", "relances:reglages", "suivi:pauses",
]  # fmt: skip
DU_CLIENT = ["clients:contact_nouveau", "suivi:pause_nouvelle", "suivi:promesse_nouvelle"]


@pytest.mark.lent
def test_no_page_in_english_lets_french_through(navigateur):
    envoi = {"fichier": SimpleUploadedFile("a.csv", ENVOI)}
    assert navigateur.post(reverse("importations:nouvelle", kwargs={"slug": "essai"}), envoi).status_code == 302
    departs = [reverse("cabinet:liste"), *(reverse("relances:a_faire", kwargs={"slug": s}) for s in ("essai", "monde"))]
    pages = list(parcourir(navigateur, *departs))
    ecrits = ecrits_par_des_personnes()
    fautes = {(vue, reste) for vue, page in pages for reste in restes(page, ecrits)}
    assert not fautes, "\n".join(f"{vue} : {reste}" for vue, reste in sorted(fautes))
    assert {vue for vue, _page in pages} >= A_VOIR, sorted(A_VOIR - {vue for vue, _page in pages})


def test_what_a_form_refuses_is_said_in_english(navigateur):
    debiteur = Client.objects.get(entreprise__slug="monde")
    liens = [reverse(vue, kwargs={"slug": "monde"}) for vue in FORMULAIRES]
    liens += [reverse(vue, kwargs={"slug": "monde", "pk": debiteur.pk}) for vue in DU_CLIENT]
    ecrits = ecrits_par_des_personnes()
    for lien in liens:
        reponse = navigateur.post(f"{lien}?client={debiteur.pk}", {"csrfmiddlewaretoken": "-"})
        assert reponse.status_code == 200, lien
        assert reponse.context["form"].errors, lien
        assert restes(reponse.content.decode(), ecrits) == [], lien
