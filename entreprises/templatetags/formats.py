"""How amounts, dates, delays and icons are written on every page, in the language of the page.

French: U+202F between thousands, U+00A0 before the sign, a real minus U+2212, « 1er » for the first of a month.
"""

from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

register = template.Library()

FINE, INSECABLE, MOINS = "\u202f", "\u00a0", "\u2212"
SYMBOLES = {"EUR": "€", "CAD": "$", "USD": "$US", "GBP": "£", "CHF": "CHF"}
SYMBOLES_EN = {"EUR": "€", "CAD": "CA$", "USD": "US$", "GBP": "£", "CHF": "CHF" + INSECABLE}
# Upper bounds of the first lateness classes, in days: the disc fills by quarters.
TRANCHES = (0, 30, 60, 90)


def est_anglais() -> bool:
    return (get_language() or "fr").startswith("en")


def ecrire_nombre(valeur: Decimal) -> str:
    """Two decimals, grouped by thousands, in the page's language."""
    absolu = f"{abs(valeur):,.2f}"
    if not est_anglais():
        absolu = absolu.replace(",", FINE).replace(".", ",")
    return f"{MOINS if valeur < 0 else ''}{absolu}"


def ecrire_montant(valeur: Decimal, devise: str = "EUR") -> str:
    """The amount and its currency, as plain text. A currency without a symbol is written by its code."""
    nombre = ecrire_nombre(valeur)
    if est_anglais():
        symbole = SYMBOLES_EN.get(devise, devise + INSECABLE)
        return f"{MOINS}{symbole}{nombre[1:]}" if valeur < 0 else f"{symbole}{nombre}"
    return f"{nombre}{INSECABLE}{SYMBOLES.get(devise, devise)}"


@register.filter
def montant(valeur: Decimal | None, devise: str = "EUR") -> str:
    """`{{ facture.solde|montant:facture.devise }}`: never cut over two lines, tabular figures. Empty for None."""
    if valeur is None:
        return ""
    return format_html('<span class="montant">{}</span>', ecrire_montant(valeur, devise))


@register.filter
def symbole(devise: str) -> str:
    """€ for EUR; the code itself when there is no symbol."""
    return (SYMBOLES_EN if est_anglais() else SYMBOLES).get(devise, devise).strip()


@register.filter
def montant_brut(valeur: Decimal | None, devise: str = "EUR") -> str:
    """The same in plain text, for an attribute or a title."""
    return "" if valeur is None else ecrire_montant(valeur, devise)


@register.filter
def taux(valeur: Decimal | None) -> str:
    """A rate in percent, useless zeros left out: 5,5 %."""
    if valeur is None:
        return ""
    nombre = format(valeur.normalize(), "f")
    return f"{nombre}%" if est_anglais() else f"{nombre.replace('.', ',')}{INSECABLE}%"


@register.filter
def iban(valeur: str) -> str:
    """An IBAN in groups of four, that no line break cuts."""
    return INSECABLE.join(valeur[i : i + 4] for i in range(0, len(valeur), 4))


@register.filter
def octets(taille: int) -> str:
    """A file's size as people read it: 12 ko, 1,4 Mo."""
    if taille < 1_000_000:
        return f"{max(1, round(taille / 1000))}{INSECABLE}{'kB' if est_anglais() else 'ko'}"
    nombre = f"{taille / 1_000_000:.1f}"
    return f"{nombre}{INSECABLE}MB" if est_anglais() else f"{nombre.replace('.', ',')}{INSECABLE}Mo"


@register.filter
def telephone(valeur: str) -> str:
    """A number as a `tel:` link takes it: digits and a leading plus."""
    chiffres = "".join(c for c in valeur if c.isdigit())
    return f"+{chiffres}" if valeur.strip().startswith("+") else chiffres


def ecrire_date(jour: date, gabarit: str) -> str:
    """`gabarit` in Django's letters, starting with the day; the first of a month is « 1er » in French."""
    texte = date_format(jour, gabarit)
    if jour.day == 1 and not est_anglais() and gabarit.startswith("j"):
        texte = "1er" + texte[1:]
    return texte


def _balise(jour: date | None, gabarit: str) -> str:
    if jour is None:
        return ""
    if isinstance(jour, datetime):
        jour = timezone.localtime(jour).date() if timezone.is_aware(jour) else jour.date()
    return format_html('<time datetime="{}">{}</time>', jour.isoformat(), ecrire_date(jour, gabarit))


@register.filter
def jour(valeur: date | None) -> str:
    """24 novembre 2026."""
    return _balise(valeur, "j F Y")


@register.filter
def jour_court(valeur: date | None) -> str:
    """24 nov. 2026."""
    return _balise(valeur, "j N Y")


@register.filter
def jour_proche(valeur: date | None, au: date) -> str:
    """24 nov., with the year when it is not that of `au`."""
    if valeur is None:
        return ""
    return _balise(valeur, "j N" if valeur.year == au.year else "j N Y")


@register.filter
def heure(valeur: time | None) -> str:
    """4 h 00."""
    if valeur is None:
        return ""
    return f"{valeur:%H:%M}" if est_anglais() else f"{valeur.hour}{INSECABLE}h{INSECABLE}{valeur:%M}"


@register.filter
def jour_texte(valeur: date | None) -> str:
    """24 novembre 2026, in plain text."""
    return "" if valeur is None else ecrire_date(valeur, "j F Y")


@register.filter
def mois(valeur: date | None) -> str:
    """novembre 2026."""
    return "" if valeur is None else date_format(valeur, "F Y")


@register.filter
def instant(valeur: datetime | None, fuseau: str = "") -> str:
    """10 novembre 2026, 9 h 30, in the company's time zone: `{{ e.instant|instant:entreprise.fuseau }}`."""
    if valeur is None:
        return ""
    local = timezone.localtime(valeur, ZoneInfo(fuseau) if fuseau else None)
    heure = f"{local:%H:%M}" if est_anglais() else f"{local.hour}{INSECABLE}h{INSECABLE}{local:%M}"
    texte = f"{ecrire_date(local.date(), 'j F Y')}, {heure}"
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="minutes"), texte)


@register.simple_tag
def icone(nom: str, taille: str = "", classe: str = "") -> SafeString:
    """One icon of the sprite: `{% icone "courriel" %}`, small with `"s"`. Decorative: words stand beside it."""
    classes = " ".join(c for c in ("icone-s" if taille == "s" else "icone", classe) if c)
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', classes, static("img/icones.svg"), nom
    )


def tranche(jours: int) -> int:
    """0 not overdue, 1 up to 30 days, 2 up to 60, 3 up to 90, 4 beyond."""
    return sum(jours > borne for borne in TRANCHES)


@register.simple_tag
def retard(date_echeance: date, aujourd_hui: date) -> SafeString:
    """The lateness of an open instalment: a disc that fills, and words."""
    return puce_retard((aujourd_hui - date_echeance).days)


@register.simple_tag
def puce_retard(jours: int) -> SafeString:
    """The same from a number of days; zero or less is « à jour »."""
    mots = gettext("à jour") if jours <= 0 else ngettext("%(n)d jour", "%(n)d jours", jours) % {"n": jours}
    return format_html(
        '<span class="puce"><span class="pastille r{}" aria-hidden="true"></span>{}</span>',
        tranche(jours),
        mots.replace(" ", INSECABLE),
    )
