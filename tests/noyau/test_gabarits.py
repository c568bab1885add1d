import html
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noyau.gabarits import Brut, GabaritInvalide, VariableInconnue, remplir, variables, verifier

VALEURS = {
    "client.nom": "Menuiserie Roy",
    "total.echu": "1 200,00 €",
    "bloc.historique": "nos messages des 9 et 19 octobre",
    "bloc.tableau": "F-1  100,00\n\n\nF-2  200,00",
    "vide": "",
    "blanc": " \n ",
}
SANS = {**VALEURS, "bloc.historique": ""}


def test_variables_are_listed_once_in_order() -> None:
    assert variables("{b.c} {a} [[{d_e}{a}]]\n{b.c}{{f}}") == ("b.c", "a", "d_e")


@pytest.mark.parametrize(
    ("texte", "rempli"),
    [
        ("", ""),
        ("Bonjour,\n\nRien à remplir [sic].", "Bonjour,\n\nRien à remplir [sic]."),
        ("À {client.nom} : {total.echu}.", "À Menuiserie Roy : 1 200,00 €."),
        ("{{client.nom}}", "{client.nom}"),
        ("{{{client.nom}}}", "{Menuiserie Roy}"),
        ("un\r\ndeux\rtrois", "un\ndeux\ntrois"),
        ("-- \nLa compta", "-- \nLa compta"),
    ],
)
def test_a_text_is_filled(texte: str, rempli: str) -> None:
    assert remplir(texte, VALEURS) == rempli


@pytest.mark.parametrize(
    ("texte", "rempli"),
    [
        ("A\n{vide}\nB", "A\nB"),
        ("A\n{blanc}\nB", "A\nB"),
        ("A\n  {vide} {vide}  \nB", "A\nB"),
        ("A\n\n{vide}\n\nB", "A\n\nB"),
        ("A\n\n\n \nB", "A\n\nB"),
        ("{vide}\n\nA", "A"),
        ("\n\nA\n\n{vide}\n", "A"),
        ("A\n{bloc.tableau}\nB", "A\nF-1  100,00\n\n\nF-2  200,00\nB"),
        ("A\n{vide}{client.nom}\nB", "A\nMenuiserie Roy\nB"),
        ("{vide}", ""),
    ],
)
def test_a_line_of_blank_variables_disappears_and_blank_lines_never_pile_up(texte: str, rempli: str) -> None:
    assert remplir(texte, VALEURS) == rempli


@pytest.mark.parametrize(
    ("texte", "rempli"),
    [
        ("un {vide} deux", "un deux"),
        ("un {vide} {vide} deux", "un deux"),
        ("{vide} deux", "deux"),
        ("un. {vide}", "un."),
        ("un. {vide}\nsuite", "un.\nsuite"),
        ("un{vide} deux", "un deux"),
        ("un [[{vide}]]{client.nom}", "un Menuiserie Roy"),
        ("{bloc.tableau}{vide}", "F-1  100,00\n\n\nF-2  200,00"),
    ],
)
def test_a_blank_variable_leaves_no_double_space(texte: str, rempli: str) -> None:
    assert remplir(texte, VALEURS) == rempli


def test_a_value_keeps_its_own_spaces_beside_a_blank_one() -> None:
    assert remplir("{a}{b}", {"a": "x  ", "b": ""}) == "x  "


MALGRE = "[[Malgré {bloc.historique}, ]]le règlement attendu manque."


@pytest.mark.parametrize(
    ("texte", "avec", "sans"),
    [
        (
            MALGRE,
            "Malgré nos messages des 9 et 19 octobre, le règlement attendu manque.",
            "Le règlement attendu manque.",
        ),
        (
            f"Bonjour.\n\n{MALGRE}",
            "Bonjour.\n\nMalgré nos messages des 9 et 19 octobre, le règlement attendu manque.",
            "Bonjour.\n\nLe règlement attendu manque.",
        ),
        (
            "Fin. [[Malgré {bloc.historique}, ]]être.",
            "Fin. Malgré nos messages des 9 et 19 octobre, être.",
            "Fin. Être.",
        ),
        ("Fin.[[ ({bloc.historique})]] suite", "Fin. (nos messages des 9 et 19 octobre) suite", "Fin. Suite"),
        ("Et [[Roy {bloc.historique}, ]]puis", "Et Roy nos messages des 9 et 19 octobre, puis", "Et puis"),
        ("Et\n[[malgré {bloc.historique}, ]]puis", "Et\nmalgré nos messages des 9 et 19 octobre, puis", "Et\npuis"),
        ("[[ malgré {bloc.historique}, ]]puis", " malgré nos messages des 9 et 19 octobre, puis", "puis"),
        ("[[mAlgré {bloc.historique}, ]]puis", "mAlgré nos messages des 9 et 19 octobre, puis", "puis"),
        ("[[{bloc.historique}, ]]puis", "nos messages des 9 et 19 octobre, puis", "Puis"),
        ("A\n[[Voir {bloc.historique}]]\nb", "A\nVoir nos messages des 9 et 19 octobre\nb", "A\nb"),
        ("A\n[[Voir\n\n{bloc.historique}\n]]\nB", "A\nVoir\n\nnos messages des 9 et 19 octobre\n\nB", "A\nB"),
        ("A [[({bloc.historique})]].", "A (nos messages des 9 et 19 octobre).", "A ."),
        (
            "[[Malgré {bloc.historique}, ]]{client.nom} le sait",
            "Malgré nos messages des 9 et 19 octobre, Menuiserie Roy le sait",
            "Menuiserie Roy le sait",
        ),
        ("[[{bloc.historique}]]{{x", "nos messages des 9 et 19 octobre{x", "{x"),
        (
            "[[{bloc.historique}]] [[{bloc.historique}]] et",
            " ".join(["nos messages des 9 et 19 octobre"] * 2) + " et",
            "Et",
        ),
        ("[[A {bloc.historique}.]]\t«oui»", "A nos messages des 9 et 19 octobre.\t«oui»", "\t«oui»"),
    ],
)
def test_an_optional_segment_disappears_and_hands_over_its_capital(texte: str, avec: str, sans: str) -> None:
    assert remplir(texte, VALEURS) == avec
    assert remplir(texte, SANS) == sans


def test_one_blank_variable_is_enough_to_drop_a_segment() -> None:
    assert remplir("A[[ {client.nom} {vide}]]", VALEURS) == "A"


@pytest.mark.parametrize("valeur", ["{client.nom}", "{{", "}", "[[{vide}]]", "{0.__class__}", "\\1", "%s", "$x"])
def test_a_value_is_never_read_as_a_text(valeur: str) -> None:
    assert remplir("<{x}>", {"x": valeur, "client.nom": "NON"}) == f"<{valeur}>"


def test_values_are_escaped_except_those_already_fit() -> None:
    valeurs = {"nom": "<b>Roy & fils</b>", "tableau": Brut("<table></table>"), "vide": ""}
    assert (
        remplir(html.escape("« {nom} » < [[{vide}]]\n{tableau}"), valeurs, html.escape)
        == "« &lt;b&gt;Roy &amp; fils&lt;/b&gt; » &lt;\n<table></table>"
    )


@pytest.mark.parametrize(
    ("texte", "erreurs"),
    [
        ("{", [("accolade_seule", 1, "{")]),
        ("a\n} suite\nfin", [("accolade_seule", 2, "} suite")]),
        ("{ l'extrait est coupé court", [("accolade_seule", 1, "{ l'extrait est coup")]),
        ("{client.nom", [("accolade_seule", 1, "{client.nom")]),
        ("{{client.nom}", [("accolade_seule", 1, "}")]),
        ("{}", [("nom_invalide", 1, "{}")]),
        ("{Client.Nom}", [("nom_invalide", 1, "{Client.Nom}")]),
        ("{client..nom}", [("nom_invalide", 1, "{client..nom}")]),
        ("{.nom}", [("nom_invalide", 1, "{.nom}")]),
        ("{nom.}", [("nom_invalide", 1, "{nom.}")]),
        ("{x!r}{x:>9}{x[0]}", [("nom_invalide", 1, "{x!r}"), ("nom_invalide", 1, "{x:>9}"),
                               ("accolade_seule", 1, "{x[0]}"), ("accolade_seule", 1, "}")]),
        ("{ nom }", [("nom_invalide", 1, "{ nom }")]),
        ("{été}", [("nom_invalide", 1, "{été}")]),
        ("un\n{inconnue}", [("variable_inconnue", 2, "inconnue")]),
        ("{client.nom.__class__}", [("variable_inconnue", 1, "client.nom.__class__")]),
        ("[[a {inconnue}]]", [("variable_inconnue", 1, "inconnue")]),
        ("\n[[{client.nom}\n", [("segment_non_ferme", 2, "[[")]),
        ("]]", [("segment_non_ouvert", 1, "]]")]),
        ("[[a\n]]", [("segment_sans_variable", 1, "[[")]),
        ("[[]]", [("segment_sans_variable", 1, "[[")]),
        ("[[{client.nom}\n[[", [("segment_non_ferme", 1, "[["), ("segment_imbrique", 2, "[[")]),
        ("{inconnue}\r\n{", [("variable_inconnue", 1, "inconnue"), ("accolade_seule", 2, "{")]),
        ("{\n{inconnue}", [("accolade_seule", 1, "{"), ("variable_inconnue", 2, "inconnue")]),
    ],
)  # fmt: skip
def test_every_error_is_told_with_its_line(texte: str, erreurs: list[tuple[str, int, str]]) -> None:
    assert [(e.code, e.ligne, e.extrait) for e in verifier(texte, VALEURS)] == erreurs
    with pytest.raises(GabaritInvalide) as premiere:
        remplir(texte, VALEURS)
    assert (premiere.value.code, premiere.value.ligne, premiere.value.extrait) == erreurs[0]


def test_a_text_without_error_has_none_to_tell() -> None:
    assert verifier(MALGRE, VALEURS) == []


def test_an_unknown_variable_is_named_even_in_a_segment_that_disappears() -> None:
    with pytest.raises(VariableInconnue, match="line 2") as erreur:
        remplir("a\n[[{vide}{client.prenom}]]", VALEURS)
    assert (erreur.value.nom, erreur.value.ligne) == ("client.prenom", 2)


def test_variables_of_a_text_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(GabaritInvalide) as erreur:
        variables("[[{a}\n{")
    assert erreur.value.code == "segment_non_ferme"


noms = st.sampled_from(["a", "b.c", "d_e"])
libres = st.text(st.characters(exclude_characters="{}[]\r"), max_size=20)
pieces = st.one_of(libres, noms.map("{{{}}}".format), st.tuples(libres, noms).map(lambda t: f"[[{t[0]}{{{t[1]}}}]]"))


@settings(max_examples=100)
@given(st.text(st.characters(exclude_characters="\r"), max_size=60).filter(lambda t: t == t.strip() and "\n" not in t))
def test_a_text_with_its_marks_doubled_comes_out_as_it_was(texte: str) -> None:
    double = texte.replace("[", "(").replace("]", ")")
    assert remplir(double.replace("{", "{{").replace("}", "}}"), {}) == double


@settings(max_examples=100)
@given(st.lists(pieces, max_size=10).map("".join), st.fixed_dictionaries({n: st.text() for n in ("a", "b.c", "d_e")}))
def test_whatever_the_values_a_sound_text_is_filled_with_each_of_them_whole(
    texte: str, valeurs: dict[str, str]
) -> None:
    assert verifier(texte, valeurs) == []
    rempli = remplir(texte, valeurs)
    hors_segments = {nom for nom in valeurs if f"{{{nom}}}" in texte.replace("[[", "\0").split("\0")[0]}
    for nom in hors_segments:
        assert not valeurs[nom].strip() or valeurs[nom] in rempli


@settings(max_examples=200)
@given(st.text("{}[]a.\n\r é", max_size=40))
def test_any_text_is_either_filled_or_refused(texte: str) -> None:
    erreurs = verifier(texte, ["a", "a.a"])
    if erreurs:
        with pytest.raises(GabaritInvalide):
            remplir(texte, {"a": "", "a.a": "x"})
    else:
        assert remplir(texte, {"a": "", "a.a": "x"}) is not None


@pytest.mark.parametrize(
    "motif",
    ["{", "}", "{a", "{a.", "a.", "[[{a}", "[[{a}]] ", "\t[[{a}]]", "{a}\n", " ", "{A}"],
)
def test_a_hostile_text_takes_linear_time(motif: str) -> None:
    texte = "{" + motif * (100_000 // len(motif))
    for essai in (texte, texte[1:]):
        depart = time.process_time()
        if not verifier(essai, ["a"]):
            remplir(essai, {"a": ""})
        assert time.process_time() - depart < 3
