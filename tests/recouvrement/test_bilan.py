"""The end of `make test`: what was skipped is counted and named, and CI accepts no skip but one."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.recouvrement import source


@pytest.fixture
def tester(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setattr(sys, "path", [*sys.path])
    spec = importlib.util.spec_from_file_location("tester", source.RACINE / "outils" / "tester.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rapport(dossier: Path, *raisons: str) -> Path:
    fichier = dossier / "rapport.xml"
    cas = "".join(f'<testcase><skipped message="{raison}"/></testcase>' for raison in raisons)
    fichier.write_text(f"<testsuite>{cas}</testsuite>", encoding="utf-8")
    return fichier


@pytest.mark.parametrize(
    ("raisons", "code", "ci", "attendu"),
    [
        ([], 0, "true", 0),
        ([], 1, "", 1),
        (["navigateur: no chromium found"], 0, "", 0),
        (["navigateur: no chromium found"], 0, "true", 1),
        (["redis: no redis-server found"], 0, "true", 1),
        (["donnees_externes: absent"], 0, "true", 0),
    ],
)
def test_the_verdict_counts_and_names_what_was_skipped(
    tester, tmp_path, capsys, monkeypatch, raisons: list[str], code: int, ci: str, attendu: int
):
    monkeypatch.setenv("CI", ci)
    assert tester.conclure({"SQLite": (code, rapport(tmp_path, *raisons * 2))}) == attendu
    dit = capsys.readouterr().out
    assert f"{len(raisons) * 2} sauté(s)" in dit
    assert all(f"2 × {raison}" in dit for raison in raisons)


def test_a_run_that_left_no_report_failed(tester, tmp_path):
    assert tester.conclure({"SQLite": (0, tmp_path / "absent.xml")}) == 1
