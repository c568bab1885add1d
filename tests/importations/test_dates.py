"""Dates in files: one cell, then the order of a whole column."""

from datetime import date, datetime

import pytest

from importations.dates import deviner_ordre, lire_date
from importations.refus import ValeurIllisible

LE_27_FEVRIER = date(2020, 2, 27)


@pytest.mark.parametrize(
    "cellule",
    [
        *("2020-02-27", "2020/02/27", "2020.02.27", "20200227", "2020-02-27 00:00:00", "2020-02-27T10:15:00Z"),
        *("27/02/2020", "27-02-2020", "27.02.2020", "27/2/2020", "27/02/20", "27/02/2020 08:30", " 27/02/2020 "),
        *("27 février 2020", "27 févr. 2020", "27-Feb-20", "Feb 27, 2020", "jeudi 27 février 2020", "27 FÉVRIER 2020"),
        *("43888", date(2020, 2, 27), datetime(2020, 2, 27, 23, 59)),
    ],
)
def test_a_date_is_read_whatever_its_form(cellule):
    assert lire_date(cellule, "jma") == LE_27_FEVRIER


@pytest.mark.parametrize(
    ("texte", "ordre", "lue"),
    [
        ("02/03/2020", "jma", date(2020, 3, 2)),
        ("02/03/2020", "mja", date(2020, 2, 3)),
        ("1er mars 2020", "mja", date(2020, 3, 1)),
        ("mar. 3 mars 2020", "jma", date(2020, 3, 3)),
        ("Mar 3, 2020", "jma", date(2020, 3, 3)),
        ("20-03-02", "amj", date(2020, 3, 2)),
        ("31/12/69", "jma", date(2069, 12, 31)),
    ],
)
def test_the_order_decides_what_the_cell_leaves_open(texte: str, ordre: str, lue: date):
    assert lire_date(texte, ordre) == lue


@pytest.mark.parametrize(
    "cellule",
    [
        *("", "bientôt", "31/02/2020", "27/13/2020", "2020-13-01", "99999999", "0000-00-00", "12", "1/1", "٢٧/٠٢/٢٠٢٠"),
        *("27/02/0020", "1900-01-01", "27/02/2020 abc", True),
    ],
)
def test_what_is_no_plausible_date_is_refused(cellule):
    with pytest.raises(ValeurIllisible):
        lire_date(cellule, "jma")


@pytest.mark.parametrize(
    ("cellules", "ordre"),
    [
        (["03/01/2012", "16/02/2012"], "jma"),
        (["03/01/2012", "02/16/2012"], "mja"),
        (["2012-01-03", ""], "amj"),
        ([datetime(2012, 1, 3), None], "amj"),
        (["27/02/20", "01/03/20"], "jma"),
        (["01/02/2012", "03/04/2012"], None),
        (["01/01/2012", "05/05/2012"], "jma"),
        (["20-02-11", "20-03-12"], None),
        (["16/02/2012", "02/16/2012"], None),
        (["16/02/2012"] * 30 + ["02/16/2012"], "jma"),
        (["16/02/2012"] * 30 + ["néant", "31/31/2012"], "jma"),
        ([], "amj"),
    ],
)
def test_the_order_is_that_of_the_whole_column(cellules: list, ordre: str | None):
    assert deviner_ordre(cellules) == ordre


def test_a_column_in_doubt_follows_its_neighbour_unless_it_contradicts_it():
    assert deviner_ordre(["01/02/2012", "03/04/2012"], "mja") == "mja"
    assert deviner_ordre(["16/02/2012"], "mja") == "jma"
