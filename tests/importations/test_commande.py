"""The command: one JSON document on stdout and nothing else; a refusal exits 2 with one sentence on stderr."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from factures.models import Facture
from importations.analyse import analyser
from importations.correspondance import retenir
from importations.models import CorrespondanceColonnes
from tests.fabriques import fabriquer_entreprise
from tests.importations.fichiers import csv_de

pytestmark = pytest.mark.django_db
DOUTEUX = "F-1;A;01/02/2026;03/04/2026;10,00"


@pytest.fixture
def fichier(tmp_path: Path) -> Path:
    chemin = tmp_path / "factures.csv"
    chemin.write_bytes(csv_de(DOUTEUX, "F-2;A;;03/04/2026;10,00"))
    return chemin


def test_stdout_holds_one_json_document_with_the_promised_keys(fichier: Path, capsys):
    fabriquer_entreprise()
    call_command("importer_factures", str(fichier), "--entreprise=essai", "--dates=jma", "--json")
    sortie = capsys.readouterr()
    bilan = json.loads(sortie.out)
    assert sortie.err == ""
    assert {cle: bilan[cle] for cle in ("lues", "creees", "deja_la", "clients_crees", "reglements_crees")} == {
        "lues": 2,
        "creees": 1,
        "deja_la": 0,
        "clients_crees": 1,
        "reglements_crees": 0,
    }
    assert bilan["refusees"] == [{"ligne": 3, "champ": "date_emission", "raison": "valeur manquante"}]
    assert Facture.objects.get().date_emission.isoformat() == "2026-02-01"


def test_the_order_given_decides_and_a_dry_run_writes_nothing(fichier: Path, capsys):
    fabriquer_entreprise()
    call_command("importer_factures", str(fichier), "--entreprise=essai", "--dates=mja", "--simulation", "--json")
    assert json.loads(capsys.readouterr().out)["creees"] == 1
    assert not Facture.objects.exists()
    call_command("importer_factures", str(fichier), "--entreprise=essai", "--dates=mja")
    assert "1 factures créées" in capsys.readouterr().out
    assert Facture.objects.get().date_emission.isoformat() == "2026-01-02"


@pytest.mark.parametrize(
    ("options", "dit"),
    [
        (["--entreprise=essai"], "précisez l’ordre"),
        (["--entreprise=inconnue", "--dates=jma"], "adresse courte"),
        (["--entreprise=essai", "--dates=jma", "--delai=1000"], "365"),
    ],
)
def test_a_refusal_exits_2_with_one_sentence(fichier: Path, options: list[str], dit: str):
    fabriquer_entreprise()
    with pytest.raises(CommandError, match=dit) as refus:
        call_command("importer_factures", str(fichier), "--json", *options)
    assert refus.value.returncode == 2
    assert "\n" not in str(refus.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path):
    fabriquer_entreprise()
    with pytest.raises(CommandError, match="ne se lit pas"):
        call_command("importer_factures", str(tmp_path / "absent.csv"), "--entreprise=essai", "--json")


def test_the_columns_that_a_person_confirmed_are_used_again(tmp_path: Path, capsys):
    entreprise = fabriquer_entreprise()
    octets = csv_de("F-1;A;13/02/2026;15/03/2026;99;10,00", entetes="Numéro;Client;Date;Échéance;Total;Montant bizarre")
    _source, lecture = analyser(octets)
    retenir(entreprise, type(lecture)(**{**lecture.en_dict(), "colonnes": {**lecture.colonnes, "total": 5}}))
    (tmp_path / "f.csv").write_bytes(octets)
    call_command("importer_factures", str(tmp_path / "f.csv"), "--entreprise=essai", "--json")
    assert str(Facture.objects.get().total) == "10.00"
    assert CorrespondanceColonnes.objects.count() == 1
