"""The archive: whole, of this company alone, safe to open, and made once whatever dies."""

import csv
import hashlib
import io
import re
from datetime import timedelta
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.utils import timezone
from openpyxl import load_workbook

from archivage import ecriture, exportation, tasks
from archivage.cellules import sans_formule
from archivage.exportation import chemin_de, demander, expirer, prendre, produire
from archivage.models import Export
from archivage.tableaux import MODELES_TUS, TABLEAUX
from entreprises.modeles import LigneEntreprise
from tests.archivage.monde import FORMULE, fabriquer_complet

pytestmark = pytest.mark.django_db


@pytest.fixture
def complet():
    return fabriquer_complet("essai")


def faire(entreprise) -> Export:
    export = demander(entreprise, None)
    tasks.exporter(export.pk)
    export.refresh_from_db()
    return export


def lire(export: Export) -> dict[str, bytes]:
    with ZipFile(chemin_de(export)) as archive:
        assert archive.testzip() is None
        return {nom: archive.read(nom) for nom in archive.namelist()}


def tableau(fichiers: dict[str, bytes], nom: str) -> list[dict[str, str]]:
    texte = fichiers[f"csv/{nom}.csv"]
    assert texte.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(texte.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_every_model_of_a_company_s_rows_is_in_the_archive():
    dits = {t.modele for t in TABLEAUX} | MODELES_TUS
    siens = {m._meta.label for m in apps.get_models() if issubclass(m, LigneEntreprise)}
    assert siens - dits == set()


def test_it_holds_every_table_in_two_formats_and_says_what_each_file_is(complet):
    export = faire(complet.entreprise)
    fichiers = lire(export)
    for t in TABLEAUX:
        lignes = tableau(fichiers, t.nom)
        assert lignes, f"no row to look at in {t.nom}" if t.nom not in {"affectations"} else ""
        classeur = load_workbook(io.BytesIO(fichiers[f"xlsx/{t.nom}.xlsx"]), read_only=True)
        feuille = list(classeur.active.iter_rows(values_only=True))
        assert len(feuille) == len(lignes) + 1
        assert list(feuille[0]) == list(lignes[0])
        assert f"- {t.nom} : " in fichiers["LISEZMOI.txt"].decode("utf-8-sig")
    assert (export.statut, export.faits, export.total) == ("pret", len(fichiers), len(fichiers))


def test_amounts_dates_and_names_are_readable(complet):
    fichiers = lire(faire(complet.entreprise))
    (facture,) = tableau(fichiers, "factures")
    assert (facture["numero"], facture["total"], facture["client"]) == ("F-1", "1200,00", "Hôtel Spécimen")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", facture["date_emission"])
    assert facture["cree_le"].endswith(("+01:00", "+02:00"))
    (imputation, *_reste) = tableau(fichiers, "imputations")
    assert imputation["facture"] == "F-1"
    feuille = load_workbook(io.BytesIO(fichiers["xlsx/factures.xlsx"])).active
    ligne = dict(zip([c.value for c in feuille[1]], feuille[2], strict=True))
    assert (ligne["total"].value, ligne["total"].data_type) == (1200, "n")
    assert ligne["date_emission"].is_date
    assert all(
        "Claire" in ligne["auteur_nom"] or ligne["auteur_nom"] == "systeme" for ligne in tableau(fichiers, "journal")
    )
    assert any("Deux étagères manquent" in ligne["contenu"] for ligne in tableau(fichiers, "journal"))


def test_nothing_that_was_typed_is_run_by_a_spreadsheet(complet):
    fichiers = lire(faire(complet.entreprise))
    (tache,) = tableau(fichiers, "taches")
    assert tache["texte"] == f"'{FORMULE}"
    (appel,) = tableau(fichiers, "appels")
    assert appel["notes"] == "'@SUM(1)\nfin"
    for nom, contenu in fichiers.items():
        if nom.startswith("xlsx/"):
            cellules = [c for ligne in load_workbook(io.BytesIO(contenu)).active for c in ligne]
            assert [c.value for c in cellules if c.data_type == "f"] == [], nom
    feuille = load_workbook(io.BytesIO(fichiers["xlsx/taches.xlsx"])).active
    assert FORMULE in [c.value for c in feuille[2]]


@pytest.mark.parametrize("debut", ["=", "+", "-", "@", "\t", "\r", " =", "\n="])
def test_each_way_to_begin_a_formula_is_shut(debut):
    assert sans_formule(f"{debut}1+1") == f"'{debut}1+1"
    assert sans_formule("a=1") == "a=1"
    assert sans_formule("") == ""


def test_no_secret_leaves(complet):
    tout = b"".join(lire(faire(complet.entreprise)).values())
    assert b"SECRET-CHIFFRE" not in tout
    assert b"argon2" not in tout
    assert b"md5$" not in tout


def test_documents_have_readable_names_and_the_manifest_tells_their_hash(complet):
    perdu = complet.monde.facture.pdf
    fichiers = lire(faire(complet.entreprise))
    assert fichiers[f"documents/factures/F-1 ({perdu.pk}).pdf"].startswith(b"%PDF")
    assert f"documents/preuves/MED-2026-00001 ({complet.preuve.pk}).pdf" in fichiers
    assert any(n.startswith("documents/imports/") and n.endswith(".csv") for n in fichiers)
    manifeste = dict(
        reversed(ligne.split("  ", 1)) for ligne in fichiers["EMPREINTES-SHA256.txt"].decode().splitlines()
    )
    assert manifeste.keys() == fichiers.keys() - {"EMPREINTES-SHA256.txt"}
    assert all(hashlib.sha256(fichiers[nom]).hexdigest() == empreinte for nom, empreinte in manifeste.items())


def test_a_document_whose_file_was_lost_is_named_and_stops_nothing(complet):
    default_storage.delete(complet.preuve.chemin)
    fichiers = lire(faire(complet.entreprise))
    assert complet.preuve.sha256 in fichiers["LISEZMOI.txt"].decode()
    assert ";perdu" in fichiers["documents/index.csv"].decode()


def test_R13_nothing_of_another_company_is_in_it(complet):
    autre = fabriquer_complet("ailleurs")
    type(autre.monde.client).objects.filter(pk=autre.monde.client.pk).update(nom="INTRUS SARL")
    type(autre.monde.facture).objects.filter(pk=autre.monde.facture.pk).update(numero="INTRUS-1")
    fichiers = lire(faire(complet.entreprise))
    assert not any(b"INTRUS" in contenu for nom, contenu in fichiers.items() if nom.startswith("csv/"))
    assert not any(b"ailleurs" in contenu for contenu in fichiers.values())
    for t in TABLEAUX:
        cles = {ligne.get("id") for ligne in tableau(fichiers, t.nom)} - {None}
        siennes = t.classe._default_manager.filter(**{t.chemin: complet.entreprise.pk}).values_list("pk", flat=True)
        assert len(cles) == 0 or cles == {str(pk) for pk in siennes}, t.nom


def test_the_hash_and_the_size_are_those_of_the_file(complet):
    export = faire(complet.entreprise)
    contenu = chemin_de(export).read_bytes()
    assert (hashlib.sha256(contenu).hexdigest(), len(contenu)) == (export.sha256, export.taille)


def test_a_second_click_makes_no_second_archive(complet):
    premier, second = demander(complet.entreprise, None), demander(complet.entreprise, None)
    assert premier == second
    tasks.exporter(premier.pk)
    tasks.exporter(premier.pk)
    assert Export.objects.count() == 1
    assert demander(complet.entreprise, None) != premier


def test_a_worker_that_died_is_replaced_and_its_late_twin_writes_nothing(complet):
    maintenant = timezone.now()
    premier = prendre(demander(complet.entreprise, None).pk, maintenant)
    assert prendre(premier.pk, maintenant) is None
    assert prendre(premier.pk, maintenant + timedelta(minutes=1)) is None
    second = prendre(premier.pk, maintenant + timedelta(minutes=3))
    produire(premier, maintenant)
    premier.refresh_from_db()
    assert (premier.statut, premier.fichier) == ("en_cours", "")
    produire(second, maintenant)
    premier.refresh_from_db()
    assert premier.statut == "pret"
    assert [f.name for f in exportation.dossier().iterdir()] == [premier.fichier]


def test_the_tick_finds_what_waits(complet):
    export = demander(complet.entreprise, None)
    tasks.reprendre()
    export.refresh_from_db()
    assert export.statut == "pret"


def test_what_breaks_is_said_and_leaves_no_draft(complet, monkeypatch):
    monkeypatch.setattr(ecriture, "_ecrire_documents", lambda archive: 1 / 0)
    export = faire(complet.entreprise)
    assert export.statut == "echec"
    assert "recommencez" in export.erreur
    assert list(exportation.dossier().iterdir()) == []


def test_an_archive_is_kept_a_week(complet):
    export = faire(complet.entreprise)
    orphelin = exportation.dossier() / "9-abc.partiel"
    orphelin.touch()
    assert expirer(timezone.now() + timedelta(days=6)) == 0
    assert chemin_de(export).exists()
    assert not orphelin.exists()
    chemin = chemin_de(export)
    assert expirer(timezone.now() + timedelta(days=7, minutes=1)) == 1
    assert not chemin.exists()
    export.refresh_from_db()
    assert export.statut == "expire"
