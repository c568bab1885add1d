"""The bootstrap: what a bare machine lacks is installed, or named with its remedy in one sentence."""

import ast
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.recouvrement import source


@pytest.fixture
def amorce(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module, on a project folder of its own, and without any power to install packages."""
    spec = importlib.util.spec_from_file_location("amorce", source.RACINE / "outils" / "amorce.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "RACINE", str(tmp_path))
    monkeypatch.setattr(module, "VENV", str(tmp_path / ".venv"))
    monkeypatch.setattr(module, "PYTHON", str(tmp_path / ".venv" / "bin" / "python"))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    return module


def refus(capsys: pytest.CaptureFixture[str], action) -> str:
    """What it says when it refuses: exit code 2, one line."""
    with pytest.raises(SystemExit) as sortie:
        action()
    assert sortie.value.code == 2
    dit = capsys.readouterr().err
    assert dit.count("\n") == 1
    return dit


def test_a_too_old_python_names_the_one_that_is_needed(amorce, capsys, monkeypatch):
    monkeypatch.setattr(amorce, "MINIMUM", (99, 0))
    monkeypatch.setattr(amorce.shutil, "which", lambda nom: None)
    assert "est trop ancien, il faut au moins 3.11" in refus(capsys, amorce.verifier_python)


def test_a_newer_python_of_the_machine_takes_over(amorce, monkeypatch):
    lances = []
    monkeypatch.setattr(amorce.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(amorce.shutil, "which", lambda nom: f"/usr/bin/{nom}" if nom == "python3.12" else None)
    monkeypatch.setattr(os, "execv", lambda chemin, arguments: lances.append(chemin) or sys.exit(0))
    with pytest.raises(SystemExit):
        amorce.verifier_python()
    assert lances == ["/usr/bin/python3.12"]


def test_a_folder_that_can_not_be_written_is_named(amorce, capsys, monkeypatch):
    monkeypatch.setattr(os, "access", lambda chemin, mode: False)
    assert f"{amorce.RACINE} n’est pas accessible en écriture" in refus(capsys, amorce.verifier_dossier)


def test_the_missing_venv_package_is_named_with_its_command(amorce, capsys, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda nom: None)
    attendu = f"sudo apt-get install -y python3.{sys.version_info.minor}-venv"
    assert attendu in refus(capsys, amorce.verifier_venv)


def test_without_pango_letters_can_not_be_made_and_it_says_so(amorce, capsys, monkeypatch):
    monkeypatch.setattr(amorce, "presente", lambda nom: False)
    attendu = "sudo apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    assert attendu in refus(capsys, amorce.verifier_bibliotheques)


def test_without_the_font_subsetter_it_warns_and_goes_on(amorce, capsys, monkeypatch):
    monkeypatch.setattr(amorce, "presente", lambda nom: "subset" not in nom)
    amorce.verifier_bibliotheques()
    assert "plus lentes" in capsys.readouterr().err


def test_root_installs_what_lacks_and_updates_the_list_only_when_needed(amorce, monkeypatch):
    commandes = []
    codes = iter([100, 0, 0])
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(amorce.shutil, "which", lambda nom: f"/usr/bin/{nom}")
    monkeypatch.setattr(subprocess, "call", lambda commande, **_: commandes.append(commande[1]) or next(codes))
    assert amorce.installer_paquets(["libpango-1.0-0"])
    assert commandes == ["install", "update", "install"]


def test_dependencies_are_installed_again_only_when_the_pins_change(amorce, monkeypatch, tmp_path: Path):
    appels = []
    monkeypatch.setattr(subprocess, "call", lambda commande, **_: appels.append(commande) or 0)
    (tmp_path / ".venv").mkdir()
    exigences = tmp_path / "requirements.txt"
    for contenu, installations in [("a==1", 1), ("a==1", 1), ("a==2", 2)]:
        exigences.write_text(contenu)
        amorce.installer_dependances("app")
        assert len(appels) == installations


def test_an_installation_that_failed_is_tried_again_next_time(amorce, capsys, monkeypatch, tmp_path: Path):
    monkeypatch.setattr(subprocess, "call", lambda commande, **_: 1)
    (tmp_path / ".venv").mkdir()
    (tmp_path / "requirements.txt").write_text("a==1")
    with pytest.raises(SystemExit):
        amorce.installer_dependances("app")
    assert list((tmp_path / ".venv").iterdir()) == []


def test_translations_are_compiled_when_they_changed_and_may_be_absent(amorce, monkeypatch, tmp_path: Path):
    compiles = []

    def compiler(commande, **_):
        compiles.append(commande[4])
        Path(commande[-1]).write_bytes(b"")
        return 0

    monkeypatch.setattr(subprocess, "call", compiler)
    amorce.compiler_traductions()
    source_po = tmp_path / "locale" / "en" / "LC_MESSAGES" / "django.po"
    source_po.parent.mkdir(parents=True)
    source_po.write_text("")
    amorce.compiler_traductions()
    amorce.compiler_traductions()
    assert compiles == ["en"]


def test_the_bootstrap_can_be_read_by_an_old_python():
    texte = (source.RACINE / "outils" / "amorce.py").read_text(encoding="utf-8")
    ast.parse(texte, feature_version=(3, 6))
