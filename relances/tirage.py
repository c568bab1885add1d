"""Print the letters to post in one go: the same files that are kept, one after the other, with the posting list."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.template.loader import render_to_string
from django.utils.translation import get_language
from pypdf import PdfReader, PdfWriter

from clients.models import Client
from entreprises.models import Entreprise
from relances import poste
from relances.approbation import Refus
from relances.composition import CompositionImpossible
from relances.joignables import POSTE
from relances.models import Relance, RelanceQuerySet
from relances.pdf import PREFIXE, en_pdf

MAXIMUM = 100


@dataclass(frozen=True)
class Depot:
    """A line of the posting list."""

    rang: int
    nom: str
    ville: str
    reference: str
    montant: Decimal
    devise: str
    est_recommande: bool
    numero: str


class TirageImpossible(Exception):
    """Letters that can't be printed, each with the exception that says why. Nothing is printed."""

    def __init__(self, fautes: dict[int, Refus | CompositionImpossible]) -> None:
        super().__init__(f"{len(fautes)} letters")
        self.fautes = fautes


def a_poster(entreprise: Entreprise) -> RelanceQuerySet:
    """The letters that wait to be posted, in the order of the posting list."""
    return (
        Relance.objects.de(entreprise)
        .filter(statut=Relance.Statut.A_ENVOYER, canal__in=sorted(POSTE))
        .select_related("client__entreprise", "etape", "entreprise")
        .order_by("-canal", "client__tri", "devise", "pk")
    )


def imprimer_lot(actes: Sequence[Relance], instant: datetime, *, recto_verso: bool, bordereau: bool) -> bytes:
    """One PDF of all these letters, frozen and noted as printed. `recto_verso`: each one begins on a sheet of its own.

    TirageImpossible when one of them can't be printed: those before it are frozen, and print again as they are.
    """
    contenus, fautes = [], {}
    for acte in actes:
        try:
            contenus.append(poste.imprimer(acte, instant))
        except (Refus, CompositionImpossible) as faute:
            fautes[acte.pk] = faute
    if fautes:
        raise TirageImpossible(fautes)
    if bordereau and actes:
        relus = list(a_poster(actes[0].entreprise).filter(pk__in=[acte.pk for acte in actes]))
        contenus.insert(0, en_bordereau(actes[0].entreprise, relus, actes[0].entreprise.date_locale(instant)))
    return assembler(contenus, recto_verso=recto_verso)


def assembler(contenus: Sequence[bytes], *, recto_verso: bool) -> bytes:
    """These PDFs one after the other; with `recto_verso` each one begins on the front of a sheet."""
    sortie = PdfWriter()
    for contenu in contenus:
        if recto_verso and len(sortie.pages) % 2:
            sortie.add_blank_page()
        sortie.append(PdfReader(io.BytesIO(contenu)), import_outline=False)
    tampon = io.BytesIO()
    sortie.write(tampon)
    return tampon.getvalue()


def en_bordereau(entreprise: Entreprise, actes: Sequence[Relance], au: date) -> bytes:
    """The posting list, in the language of the page: who, where, what, and the room for each number."""
    depots = [_depot(rang, acte) for rang, acte in enumerate(actes, start=1)]
    contexte = {
        "creancier": entreprise,
        "depots": depots,
        "au": au,
        "langue": get_language(),
        "recommandes": sum(depot.est_recommande for depot in depots),
        "prefixe": PREFIXE,
    }
    html = render_to_string("lettres/bordereau.html", contexte)
    numerote = render_to_string("lettres/bordereau.html", {**contexte, "numerotee": True})
    return en_pdf(html, numerote, {}, parait_longue=len(depots) > 20)


def _depot(rang: int, acte: Relance) -> Depot:
    return Depot(
        rang=rang,
        nom=acte.client.nom,
        ville=_ville(acte.client),
        reference=acte.reference,
        montant=acte.total,
        devise=acte.devise,
        est_recommande=acte.canal == "recommande",
        numero=acte.numero_recommande,
    )


def _ville(client: Client) -> str:
    return " ".join(v for v in (client.siege_code_postal, client.siege_ville, client.siege_pays) if v)
