"""The house is built as the design says: which way the arrows run, and what must not be there."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from entreprises.modeles import LigneEntreprise
from recouvrement import celery_app
from tests.recouvrement import source

# ORM verbs whose names and keywords are lookup paths.
VERBES = {
    *("filter", "exclude", "get", "get_or_create", "update_or_create", "order_by", "values", "values_list", "only"),
    *("defer", "select_related", "prefetch_related", "annotate", "aggregate", "alias", "distinct", "in_bulk"),
    *("Q", "F", "OuterRef", "Sum", "Count", "Min", "Max", "Prefetch", "Subquery", "get_object_or_404", "Exists"),
    *("Coalesce", "When", "Case", "get_list_or_404", "aget", "first", "latest", "earliest", "dates"),
}
NOMS_INTERDITS = {"core", "common", "utils", "helpers", "services"}
# Rows that are no LigneEntreprise, each for its own reason.
SANS_ENTREPRISE = {"Entreprise", "Utilisateur", "Evenement", "ContenuEvenement", "EvenementFacture"}


def modeles(piece: str) -> list[type[models.Model]]:
    return list(apps.get_app_config(piece).get_models()) if apps.is_installed(piece) else []


def liens(modele: type[models.Model]) -> Iterator[models.Field]:
    """Foreign keys, one to one and many to many that this model declares."""
    for champ in [*modele._meta.local_fields, *modele._meta.local_many_to_many]:
        if champ.is_relation and isinstance(champ.related_model, type):
            yield champ


def piece_de(modele: type[models.Model]) -> str:
    return modele._meta.app_label


def noms_remontants(piece: str) -> set[str]:
    """Names by which a row of `piece`, or of a room below, would reach rows of a room above `piece`.

    A name that is also a plain field at this height is ambiguous, and left out.
    """
    hauts, plats = set(), set()
    for autre in source.PRESENTES:
        for modele in modeles(autre):
            if autre not in source.superieures(piece):
                plats |= {champ.name for champ in modele._meta.get_fields() if not champ.auto_created}
            for champ in liens(modele):
                inverse = champ.remote_field
                if inverse.hidden or piece_de(champ.related_model) in source.superieures(piece):
                    continue
                noms = {inverse.get_accessor_name(), champ.related_query_name()} - {None}
                if autre in source.superieures(piece):
                    hauts |= noms
                elif piece_de(champ.related_model) in source.PIECES:
                    plats |= noms
    return hauts - plats


def chemins_orm(noeud: ast.Call) -> Iterator[str]:
    """The lookup paths that a call of the ORM names: its keywords, and its literal arguments."""
    fonction = noeud.func
    nom = fonction.attr if isinstance(fonction, ast.Attribute) else getattr(fonction, "id", "")
    if nom not in VERBES:
        return
    yield from (mot.arg for mot in noeud.keywords if mot.arg)
    for valeur in noeud.args:
        if isinstance(valeur, ast.Constant) and isinstance(valeur.value, str):
            yield valeur.value.lstrip("-")


def remontees(arbre: ast.Module, interdits: set[str]) -> Iterator[tuple[int, str]]:
    """(line, name) of every use of a forbidden name, as an attribute or in a lookup path."""
    for noeud in ast.walk(arbre):
        if isinstance(noeud, ast.Attribute) and noeud.attr in interdits:
            yield noeud.lineno, f".{noeud.attr}"
        elif isinstance(noeud, ast.Call):
            for chemin in chemins_orm(noeud):
                if interdits & set(chemin.split("__")):
                    yield noeud.lineno, chemin


@pytest.mark.parametrize("piece", source.PRESENTES)
def test_a_room_imports_only_rooms_below_it(piece: str):
    hautes = set(source.superieures(piece)) | {"tests", "bench", "outils"}
    fautes = [
        f"{source.ou(chemin, ligne)} imports {nom}"
        for chemin in source.modules(piece, migrations=True)
        for ligne, nom in source.imports(chemin)
        if nom.split(".")[0] in hautes
    ]
    assert fautes == []


@pytest.mark.parametrize("piece", source.PRESENTES)
def test_a_room_names_no_higher_room_in_a_string(piece: str):
    """`"relances.Relance"` for a model, `"relances.tasks.x"` for a task: imports in disguise."""
    fautes = [
        f"{source.ou(chemin, noeud.lineno)} names {noeud.value}"
        for chemin in source.modules(piece, migrations=True)
        for noeud in ast.walk(source.arbre(chemin))
        if isinstance(noeud, ast.Constant) and isinstance(noeud.value, str)
        if est_reference(noeud.value, source.superieures(piece))
    ]
    assert fautes == []


def est_reference(texte: str, pieces: list[str]) -> bool:
    """Does this string name a model or a module of one of these rooms?"""
    trouve = re.fullmatch(r"(\w+)\.(\w+)(?:\.\w+)*", texte)
    if trouve is None or trouve[1] not in pieces:
        return False
    chemin = source.RACINE / trouve[1] / trouve[2]
    return trouve[2][0].isupper() or chemin.is_dir() or chemin.with_suffix(".py").is_file()


@pytest.mark.parametrize("piece", source.PRESENTES)
def test_foreign_keys_point_down_or_stay_in_the_room(piece: str):
    fautes = [
        str(champ)
        for modele in modeles(piece)
        for champ in liens(modele)
        if piece_de(champ.related_model) in source.superieures(piece)
    ]
    assert fautes == []


@pytest.mark.parametrize("piece", source.PRESENTES)
def test_a_room_reaches_no_higher_room_through_the_orm(piece: str):
    interdits = noms_remontants(piece)
    fautes = [
        f"{source.ou(chemin, ligne)} uses {nom}"
        for chemin in source.modules(piece)
        for ligne, nom in remontees(source.arbre(chemin), interdits)
    ]
    assert fautes == []


@pytest.mark.parametrize(
    ("code", "vu"),
    [
        ("client.relances.count()", [".relances"]),
        ("Client.objects.filter(relances__statut='envoyee')", ["relances__statut"]),
        ("Client.objects.order_by('-relances__pk')", ["relances__pk"]),
        ("Q(factures__solde__gt=0)", ["factures__solde__gt"]),
        ("Client.objects.filter(nom='relances')", []),
        ("reverse('relances:a_faire')", []),
    ],
)
def test_the_walker_sees_what_climbs_and_nothing_else(code: str, vu: list[str]):
    assert {"relances", "factures"} <= noms_remontants("clients")
    assert [nom for _, nom in remontees(ast.parse(code), noms_remontants("clients"))] == vu


@pytest.mark.parametrize("piece", source.PRESENTES)
def test_the_pages_of_a_room_include_and_reach_nothing_higher(piece: str):
    """What a lower page shows of a higher room comes by URL name."""
    interdits = noms_remontants(piece)
    hautes = [p for p in source.superieures(piece) if p != "recouvrement"]
    fautes = []
    for page in source.fichiers(".html", ".txt", sous=f"templates/{piece}"):
        for ligne, texte in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
            for balise in re.findall(r"\{[{%](.*?)[%}]\}", texte):
                inclus = re.match(r"\s*(?:include|extends)\s+[\"'](\w+)/", balise)
                if inclus and inclus[1] in hautes:
                    fautes.append(f"{source.ou(page, ligne)} includes {inclus[1]}")
                nus = re.sub(r"\"[^\"]*\"|'[^']*'", "", balise)
                fautes += [f"{source.ou(page, ligne)} uses .{n}" for n in re.findall(r"\.(\w+)", nus) if n in interdits]
    assert fautes == []


def test_the_kernel_stands_on_the_standard_library_alone():
    permis = set(sys.stdlib_module_names) | {"noyau"}
    fautes = [
        f"{source.ou(chemin, ligne)} imports {nom}"
        for chemin in source.modules("noyau")
        for ligne, nom in source.imports(chemin)
        if nom.split(".")[0] not in permis | ({"holidays"} if chemin.name == "calendrier.py" else set())
    ]
    assert fautes == []


def test_there_is_no_room_for_what_has_no_name():
    fautes = [
        str(chemin.relative_to(source.RACINE))
        for chemin in source.fichiers(".py")
        if NOMS_INTERDITS & {chemin.stem, *chemin.relative_to(source.RACINE).parts}
    ]
    assert fautes == []


def test_every_row_of_a_company_names_it():
    propres = [modele for piece in source.PRESENTES for modele in modeles(piece)]
    assert {m.__name__ for m in propres if not issubclass(m, LigneEntreprise)} <= SANS_ENTREPRISE
    for modele in propres:
        if issubclass(modele, LigneEntreprise):
            assert modele._meta.get_field("entreprise").null is False, modele


def test_nothing_spoken_of_in_an_act_is_deleted_in_cascade():
    fautes = [
        str(champ)
        for piece in source.PRESENTES
        for modele in modeles(piece)
        for champ in liens(modele)
        if piece_de(champ.related_model) in source.PIECES and not champ.many_to_many
        if champ.remote_field.on_delete is not models.PROTECT
    ]
    assert fautes == []


def test_every_task_of_the_schedule_is_registered():
    celery_app.loader.import_default_modules()
    assert [e["task"] for e in settings.CELERY_BEAT_SCHEDULE.values() if e["task"] not in celery_app.tasks] == []


def noms_de_gabarits() -> tuple[set[str], list[re.Pattern[str]]]:
    """Templates named by the code and by other templates: literally, or by a pattern (an f-string)."""
    noms, motifs = set(), []
    for chemin in source.fichiers(".py"):
        for noeud in ast.walk(source.arbre(chemin)):
            if isinstance(noeud, ast.Constant) and isinstance(noeud.value, str):
                noms.add(noeud.value.split("#")[0])
            elif isinstance(noeud, ast.JoinedStr):
                morceaux = [re.escape(v.value) if isinstance(v, ast.Constant) else "[^/]*" for v in noeud.values]
                if any("/" in m for m in morceaux):
                    motifs.append(re.compile("".join(morceaux)))
    for page in source.fichiers(sous="templates"):
        texte = page.read_text(encoding="utf-8")
        noms |= {
            nom.split("#")[0] for nom in re.findall(r"[\"']([\w./-]+\.(?:html|txt|svg|css|xml)(?:#\w+)?)[\"']", texte)
        }
    return noms, motifs


def est_remplacement(nom: str) -> bool:
    """A page that Django or a library looks for by itself: ours takes the place of theirs."""
    dossiers = [Path(app.path) / "templates" for app in apps.get_app_configs()]
    return nom in {"404.html", "403.html", "500.html", "400.html"} or any((d / nom).exists() for d in dossiers)


def test_no_template_is_left_unused():
    noms, motifs = noms_de_gabarits()
    base = source.RACINE / "templates"
    tous = [str(page.relative_to(base)) for page in source.fichiers(sous="templates")]
    inutiles = [
        nom
        for nom in tous
        if nom not in noms and not any(m.fullmatch(nom) for m in motifs) and not est_remplacement(nom)
    ]
    assert inutiles == []


@pytest.mark.parametrize("nom", ["requirements.txt", "requirements-dev.txt", "requirements.in", "requirements-dev.in"])
def test_the_pins_name_no_registry(nom: str):
    texte = (source.RACINE / nom).read_text(encoding="utf-8")
    assert re.findall(r"(?m)^.*(?:://|--find-links|--index-url|--extra-index-url|--trusted-host| @ ).*$", texte) == []


def test_every_requirement_of_the_app_is_pinned():
    lignes = (source.RACINE / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert [
        x for x in lignes if x and not x.lstrip().startswith("#") and not re.match(r"[\w.\[\]-]+==[\w.]+$", x)
    ] == []


def test_the_files_speak_of_the_project_alone():
    """No path of a machine where it was written; the real files kept beside it only in the tests that skip without."""
    ailleurs = re.compile("|".join(["/wo" + "rk/", "/op" + "t/(?:wheels|pypi)", r"/ro" + "ot/", r"\.libr" + "ary/"]))
    a_cote = re.compile(r"\.\./sha" + "red")
    fautes = []
    for chemin in source.fichiers():
        try:
            texte = chemin.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        relatif = chemin.relative_to(source.RACINE)
        if ailleurs.search(texte) or (relatif.parts[0] not in {"tests", "bench"} and a_cote.search(texte)):
            fautes.append(str(relatif))
    assert fautes == []
