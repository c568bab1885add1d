"""`docs/regles.md` tells the truth about the tests: its files exist, and name the rule that they are said to name."""

import re

import pytest

from tests.recouvrement import source

RANGEES = re.findall(r"^\| R(\d+) \|.*\| ([^|]+) \|$", (source.RACINE / "docs" / "regles.md").read_text("utf-8"), re.M)
PAS_ENCORE = {"11"}  # nothing computes a rate yet


def texte_de(nom: str) -> str:
    return (source.RACINE / "tests" / f"{nom}.py").read_text(encoding="utf-8")


def test_every_rule_has_its_row():
    assert [numero for numero, _tests in RANGEES] == [str(n) for n in range(1, 19)]


@pytest.mark.parametrize(("numero", "tests"), [(n, t) for n, t in RANGEES if n not in PAS_ENCORE])
def test_every_rule_is_named_by_the_tests_that_the_page_tells(numero, tests):
    nommes, _also, autres = tests.partition("; also ")
    noms = re.findall(r"`([^`]+)`", nommes)
    assert noms
    assert [nom for nom in noms if f"def test_R{numero}_" not in texte_de(nom)] == []
    assert all(texte_de(nom) for nom in re.findall(r"`([^`]+)`", autres))
