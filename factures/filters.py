"""The filters and the order of the list of invoices."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from entreprises.forms import ChampDate
from factures.models import Echeance, Facture

ETATS = [
    ("ouvertes", _("Ouvertes")),
    ("retard", _("En retard")),
    ("soldees", _("Soldées")),
    ("annulees", _("Annulées")),
    ("toutes", _("Toutes")),
]
TRIS = {
    "numero": "numero",
    "client": "client__tri",
    "emission": "date_emission",
    "echeance": "prochaine",
    "total": "total",
    "solde": "solde",
}


class FiltreDate(django_filters.DateFilter):
    field_class = ChampDate


class FiltreFactures(django_filters.FilterSet):
    """`etat` is a choice of views; the rest is typed. `au` is the company's date (R14)."""

    q = django_filters.CharFilter(method="chercher", label=_("Chercher un numéro, une commande ou un client"))
    etat = django_filters.ChoiceFilter(choices=ETATS, method="selon_etat", label=_("État"))
    client = django_filters.ModelChoiceFilter(queryset=Client.objects.none(), label=_("Client"))
    du = FiltreDate(field_name="date_emission", lookup_expr="gte", label=_("Émise du"))
    au = FiltreDate(field_name="date_emission", lookup_expr="lte", label=_("au"))

    class Meta:
        model = Facture
        fields: list[str] = []

    def __init__(self, *args: Any, entreprise: Any, aujourd_hui: date, **kwargs: Any) -> None:
        kwargs["queryset"] = Facture.objects.de(entreprise)
        super().__init__(*args, **kwargs)
        self.aujourd_hui = aujourd_hui
        self.filters["client"].queryset = Client.objects.de(entreprise)

    def chercher(self, factures: Any, nom: str, texte: str) -> Any:
        return factures.cherchant(texte)

    def selon_etat(self, factures: Any, nom: str, etat: str) -> Any:
        if etat == "ouvertes":
            return factures.ouvertes()
        if etat == "retard":
            echues = Echeance.objects.filter(entreprise=self.request.entreprise).echues(self.aujourd_hui)
            return factures.filter(pk__in=echues.values("facture"))
        if etat == "soldees":
            return factures.filter(annulee_le=None, solde=0)
        return factures.exclude(annulee_le=None) if etat == "annulees" else factures


def avec_prochaine_echeance(factures: QuerySet[Facture]) -> QuerySet[Facture]:
    """Add `prochaine`: the due date of the first instalment that is not settled."""
    ouverte = Echeance.objects.filter(facture=OuterRef("pk"), solde__gt=0).order_by("date_echeance")
    return factures.annotate(prochaine=Subquery(ouverte.values("date_echeance")[:1]))


def trier(factures: QuerySet[Facture], tri: str) -> QuerySet[Facture]:
    """By the column named « cle » or « -cle »; the number decides between equals."""
    sens = "-" if tri.startswith("-") else ""
    return factures.order_by(f"{sens}{TRIS[tri.lstrip('-')]}", "-pk")
