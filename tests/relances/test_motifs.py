"""Every answer of the rules has words (R18)."""

import ast
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import noyau.echelle
from noyau.echelle import Motif, Obstacle
from relances.motifs import LIBELLES, PHRASES, libelle, raison

AU = date(2026, 3, 10)


def codes_du_noyau() -> set[str]:
    """The codes written in the rules: first argument of a `Motif`, or second of a pair (day, code)."""
    codes = {obstacle.value for obstacle in Obstacle}
    dossier = Path(noyau.echelle.__file__).parent
    for module in ("echelle", "groupement"):
        for noeud in ast.walk(ast.parse((dossier / f"{module}.py").read_text("utf-8"))):
            if isinstance(noeud, ast.Call) and getattr(noeud.func, "id", "") == "Motif":
                codes |= {n.value for n in ast.walk(noeud.args[0]) if isinstance(n, ast.Constant)}
            elif isinstance(noeud, ast.Tuple) and len(noeud.elts) == 2 and isinstance(noeud.elts[1], ast.Constant):
                codes.add(noeud.elts[1].value)
    return {code for code in codes if isinstance(code, str)}


def test_R18_every_code_of_the_rules_has_a_sentence_and_a_label():
    codes = codes_du_noyau()
    assert {"pas_encore", "relance_recente", "acte_en_cours", "fin_delai_inconnue", "litige"} <= codes
    assert codes <= set(PHRASES)
    assert set(LIBELLES) == set(PHRASES)


@pytest.mark.parametrize(
    ("motif", "phrase"),
    [
        (Motif("litige", {"depuis": date(2026, 3, 3), "jusqu_au": None, "motif": ""}), "litige ouvert le 3 mars"),
        (
            Motif("litige", {"depuis": date(2025, 12, 1), "jusqu_au": None, "motif": "carreaux cassés"}),
            "litige ouvert le 1er décembre 2025 (carreaux cassés)",
        ),
        (
            Motif("litige", {"depuis": date(2026, 3, 3), "jusqu_au": date(2026, 3, 12), "motif": ""}),
            "litige ouvert le 3 mars, clos le 12 mars",
        ),
        (
            Motif("promesse", {"jusqu_au": date(2026, 3, 20), "fin_de_grace": date(2026, 3, 25)}),
            "promesse jusqu’au 20 mars, délai de grâce jusqu’au 25 mars",
        ),
        (
            Motif(
                "promesse",
                {
                    "jusqu_au": date(2026, 3, 20),
                    "fin_de_grace": date(2026, 3, 25),
                    "plafond_le": date(2026, 3, 23),
                },
            ),
            "promesse jusqu’au 20 mars, délai de grâce jusqu’au 25 mars, attente maximale le 23 mars",
        ),
        (
            Motif("relance_recente", {"le": date(2026, 3, 7), "intervalle": 5}),
            "relancé il y a 3 jours, intervalle de 5 jours",
        ),
        (Motif("relance_recente", {"le": date(2026, 3, 9), "intervalle": 5}), "relancé hier, intervalle de 5 jours"),
        (
            Motif("facture_envoyee_recemment", {"le": AU, "delai": 7}),
            "facture envoyée aujourd’hui, délai de 7 jours",
        ),
        (
            Motif("pause_client", {"depuis": date(2026, 3, 1), "jusqu_au": date(2026, 3, 31), "motif": "travaux"}),
            "client en pause jusqu’au 31 mars (travaux)",
        ),
        (
            Motif("pause_entreprise", {"depuis": date(2026, 3, 1), "jusqu_au": None, "motif": ""}),
            "entreprise en pause depuis le 1er mars, sans date de fin",
        ),
        (
            Motif("sous_le_seuil", {"total": Decimal("1234.50"), "seuil": Decimal("2000.00"), "devise": "EUR"}),
            "total dû de 1\u202f234,50\u00a0€, sous le seuil de 2\u202f000,00\u00a0€",
        ),
        (Motif("pas_encore", {"le": date(2027, 1, 4)}), "prochain échelon le 4 janvier 2027"),
        (Motif("echeance_depassee", {"jours_retard": 1}), "échéance dépassée : 1 jour de retard"),
        (Motif("avant_echeance", {"jours_restants": 7}), "échéance dans 7 jours"),
        (
            Motif("promesse_rompue", {"jours_retard": 12, "promesse": date(2026, 3, 5)}),
            "promesse du 5 mars non tenue : 12 jours de retard",
        ),
        (
            Motif("delai_mise_en_demeure", {"fin_delai": date(2026, 3, 18), "delai": 5}),
            "mise en demeure : délai jusqu’au 18 mars, puis 5 jours ouvrés",
        ),
        (
            Motif("plafond_bienveillance", {"jours_retard": 30, "obstacle": "promesse", "plafond": 10}),
            "attente maximale de 10 jours atteinte : 30 jours de retard",
        ),
        (Motif("insolvable", {"depuis": date(2026, 2, 2)}), "procédure collective ouverte le 2 février"),
        (Motif("ne_pas_relancer", {"motif": "famille"}), "client à ne pas relancer (famille)"),
        (
            Motif("reprise", {"jours_retard": 9, "connue_le": AU}),
            "déjà échue quand elle a été connue, le 10 mars : 9 jours de retard",
        ),
        (
            Motif("delai_depasse", {"jours_retard": 50, "fin_delai": date(2026, 3, 2)}),
            "délai de la mise en demeure dépassé depuis le 2 mars : 50 jours de retard",
        ),
        (
            Motif("fin_delai_inconnue", {"mise_en_demeure": date(2026, 3, 2)}),
            "mise en demeure du 2 mars : la fin de son délai n’est pas encore connue",
        ),
        (Motif("escompte", {"limite_escompte": date(2026, 3, 12)}), "escompte possible jusqu’au 12 mars"),
        (Motif("remise", {"depuis": date(2026, 3, 2)}), "dossier remis le 2 mars"),
        (Motif("plan", {"depuis": date(2026, 3, 2)}), "échéancier accordé le 2 mars"),
    ],
)
def test_R18_a_reason_is_a_sentence_with_its_dates_and_amounts(motif, phrase):
    assert raison(motif, AU) == phrase
    assert libelle(motif)
