"""The user guide: every page is reached from its index, every link and picture is there."""

import re

import pytest

from tests.recouvrement import source

GUIDE = source.RACINE / "docs" / "guide"
PAGES = sorted(GUIDE.glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=[p.name for p in PAGES])
def test_its_links_and_pictures_are_there(page):
    cibles = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    assert [cible for cible in cibles if not (GUIDE / cible).exists()] == []


def test_every_page_is_in_the_index_and_every_picture_in_a_page():
    index = (GUIDE / "README.md").read_text(encoding="utf-8")
    assert [p.name for p in PAGES if p.name != "README.md" and f"({p.name})" not in index] == []
    textes = "".join(p.read_text(encoding="utf-8") for p in PAGES)
    assert [i.name for i in (GUIDE / "images").glob("*.png") if f"images/{i.name}" not in textes] == []
