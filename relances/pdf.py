"""From HTML to PDF/A-3b. WeasyPrint reads nothing but our fonts, our style sheet and the images given with the letter.

The fonts are loaded and the style sheet parsed once per process: a third of the time of a letter. Pango's font map is
not made for two threads at once, hence the lock; rendering holds the interpreter anyway. For the same HTML the bytes
are the same: no date of the day, no random name goes in.
"""

import atexit
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import Any

from django.conf import settings

POLICES = Path(__file__).parent / "polices"
FEUILLE = Path(settings.BASE_DIR) / "templates" / "lettres" / "lettre.css"
PREFIXE = "lettre:"  # our own scheme: no other resolves
_TYPES = {".ttf": "font/ttf"}
_PROFIL = "rvb"
_verrou = Lock()


@dataclass(frozen=True)
class Image:
    """The bytes of an image and their MIME type."""

    contenu: bytes
    type_mime: str


class AdresseRefusee(ValueError):
    """Something in the letter asked for a file or a page that is not ours."""


@cache
def _moteur() -> tuple[Any, Any]:
    """The font configuration and the style sheet, made once."""
    from weasyprint import CSS  # noqa: PLC0415  loads Pango: only who prints a letter needs it
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

    polices = FontConfiguration()
    feuille = CSS(
        string=FEUILLE.read_text(encoding="utf-8"), url_fetcher=_recuperateur({}), font_config=polices, base_url=PREFIXE
    )
    # Its folder of fonts is removed when it dies: not so late that Python has lost the means to.
    atexit.register(_moteur.cache_clear)
    return polices, feuille


@cache
def _icc() -> bytes:
    return (files("weasyprint.pdf") / "sRGB2014.icc").read_bytes()


def _profil() -> dict[str, Any]:
    """The colours of the document (PDF/A asks for them), read by us: WeasyPrint would leave the file open."""
    from weasyprint.css import ColorProfile  # noqa: PLC0415

    profil = ColorProfile(io.BytesIO(_icc()), "sRGB2014.icc", "relative-colorimetric", (["r"], ["g"], ["b"]))
    return {_PROFIL: profil}


def _recuperateur(images: Mapping[str, Image]) -> Any:
    """A fetcher that serves `lettre:<name>`: one of `images`, or a font."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415

    class Recuperateur(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
            nom = url.removeprefix(PREFIXE)
            police = POLICES / nom
            if nom in images and url.startswith(PREFIXE):
                return URLFetcherResponse(url, images[nom].contenu, {"Content-Type": images[nom].type_mime})
            if url.startswith(PREFIXE) and police.parent == POLICES and police.suffix in _TYPES and police.is_file():
                return URLFetcherResponse(url, police.read_bytes(), {"Content-Type": _TYPES[police.suffix]})
            raise AdresseRefusee(url[:100])

    return Recuperateur(allowed_protocols=())


def en_pdf(html: str, html_numerote: str, images: Mapping[str, Image], *, parait_longue: bool = False) -> bytes:
    """The PDF of `html` on one page, or of `html_numerote`, which prints page numbers, on more.

    The first that is laid out is the one that should be right: `parait_longue` is a guess, it changes the cost only.
    """
    with _verrou:
        document, options = _mettre_en_page(html_numerote if parait_longue else html, images)
        est_longue = len(document.pages) > 1
        if est_longue is not parait_longue:
            document, options = _mettre_en_page(html_numerote if est_longue else html, images)
        return bytes(document.write_pdf(**options))


def _mettre_en_page(html: str, images: Mapping[str, Image]) -> tuple[Any, dict[str, Any]]:
    """The pages, and the options to write them with."""
    from weasyprint import HTML  # noqa: PLC0415
    from weasyprint.text import ffi  # noqa: PLC0415

    polices, feuille = _moteur()
    options = {
        "pdf_variant": "pdf/a-3b",
        "output_intent": _PROFIL,
        # Without HarfBuzz's subsetter whole fonts cost four times less than cutting them in Python.
        "full_fonts": ffi.harfbuzz_subset is None,
    }
    page = HTML(string=html, base_url=PREFIXE, url_fetcher=_recuperateur(images))
    return page.render(stylesheets=[feuille], font_config=polices, color_profiles=_profil(), **options), options
