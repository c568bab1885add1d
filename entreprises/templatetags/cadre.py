"""The pieces of the frame: entries of the navigation, fields of a form, sortable column heads."""

from typing import Any

import segno
from django import template
from django.forms import BoundField, CheckboxInput, FileInput, RadioSelect
from django.template import Context
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString, mark_safe

from entreprises.termes import TERMES

register = template.Library()


def adresse(vue: str, slug: str = "") -> str:
    """The address of a company's page, or nothing when that page does not exist."""
    try:
        return reverse(vue, kwargs={"slug": slug} if slug else None)
    except NoReverseMatch:
        return ""


def place(request: Any, lien: str) -> str:
    """What `aria-current` says of an entry: « page » on its page, « true » on a page below it, of any room."""
    chemin = getattr(request, "path", "")
    if not lien or not chemin.startswith(lien):
        return ""
    return "page" if chemin == lien else "true"


@register.inclusion_tag("composants/entree_nav.html", takes_context=True)
def entree_nav(context: Context, vue: str, libelle: str, icone: str = "", compte: str = "") -> dict[str, Any]:
    """A link of the navigation, left out while its page does not exist. `compte`: the id of the place of its count,
    which a higher room fills."""
    entreprise = context.get("entreprise")
    lien = adresse(vue, entreprise.slug) if entreprise else ""
    return {
        "adresse": lien,
        "libelle": libelle,
        "icone": icone,
        "compte": compte,
        "place": place(context.get("request"), lien),
    }


@register.inclusion_tag("composants/champ.html")
def champ(lie: BoundField, unite: str = "", large: bool = False) -> dict[str, Any]:
    """A field with its label, its help and its error beside it. `unite` is shown inside the box."""
    widget = lie.field.widget
    est_case, est_groupe = isinstance(widget, CheckboxInput), isinstance(widget, RadioSelect)
    classes = "" if est_case or est_groupe else "saisie fichier" if isinstance(widget, FileInput) else "saisie"
    return {
        "champ": lie,
        "saisie": lie.as_widget(attrs={"class": f"{classes} {widget.attrs.get('class', '')}".strip()}),
        "unite": unite,
        "large": large,
        "est_case": est_case,
        "est_groupe": est_groupe,
    }


@register.inclusion_tag("composants/terme.html")
def terme(cle: str) -> dict[str, Any]:
    """A sign beside a word of the trade: pressed, it says the word in a sentence. Once per word and page."""
    nom, texte = TERMES[cle]
    return {"cle": cle, "nom": nom, "texte": texte}


@register.inclusion_tag("composants/tri.html", takes_context=True)
def tri(context: Context, cle: str, libelle: str, nombre: bool = False) -> dict[str, Any]:
    """The head of a sortable column: a link that sorts, then reverses; numbers begin with the greatest.

    The page's `tri_actuel` is « cle » or « -cle ».
    """
    actuel = str(context.get("tri_actuel", ""))
    premier, second = (f"-{cle}", cle) if nombre else (cle, f"-{cle}")
    return {
        "request": context["request"],
        "libelle": libelle,
        "nombre": nombre,
        "sens": {cle: "ascending", f"-{cle}": "descending"}.get(actuel, ""),
        "suivant": second if actuel == premier else premier,
    }


@register.simple_tag
def qr(texte: str) -> SafeString:
    """A QR code drawn in the page: dark modules on white, whatever the theme."""
    dessin = segno.make(texte, error="m", micro=False).svg_inline(scale=5, border=4, dark="#000", light="#fff")
    return mark_safe(dessin)  # noqa: S308  drawn by segno, holds no text
