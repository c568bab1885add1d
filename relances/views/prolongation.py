"""Put off a due date of an invoice: which one, until when, why."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from entreprises.acces import RequeteEntreprise, membre
from entreprises.forms import ChampDate, reporter
from entreprises.templatetags.formats import ecrire_montant
from factures.conditions import ecrire_jour
from factures.models import Echeance, Facture
from relances.prolongation import reporter_l_echeance


class EcheanceOuverte(forms.ModelChoiceField):
    """An open instalment, by its date and what is left of it."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{ecrire_jour(obj.date_echeance)} ({ecrire_montant(obj.solde, obj.devise)})"


class ProlongationForm(forms.Form):
    echeance = EcheanceOuverte(label=gettext_lazy("Échéance"), queryset=Echeance.objects.none(), empty_label=None)
    date_echeance = ChampDate(label=gettext_lazy("Reportée au"))
    motif = forms.CharField(
        label=gettext_lazy("Pourquoi"),
        max_length=200,
        help_text=gettext_lazy("Par exemple : délai convenu au téléphone."),
    )

    def __init__(self, *args: Any, facture: Facture, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        champ: Any = self.fields["echeance"]
        champ.queryset = facture.echeances.filter(solde__gt=0).order_by("date_echeance", "pk")


@require_http_methods(["GET", "HEAD", "POST"])
@membre(modifie=True)
def prolonger(request: RequeteEntreprise, pk: int) -> HttpResponse:
    facture = get_object_or_404(Facture.objects.de(request.entreprise).select_related("client"), pk=pk)
    form = ProlongationForm(request.POST or None, facture=facture)
    if request.method == "POST" and form.is_valid():
        lues = form.cleaned_data
        try:
            reportee = reporter_l_echeance(
                lues["echeance"],
                lues["date_echeance"],
                motif=lues["motif"],
                aujourd_hui=request.aujourd_hui,
                auteur=request.user,
            )
        except ValidationError as erreur:
            reporter(form, erreur)
        else:
            phrase = _("Échéance reportée au %(jour)s.") % {"jour": ecrire_jour(reportee.date_echeance)}
            messages.success(request, phrase)
            return redirect("factures:detail", slug=request.entreprise.slug, pk=facture.pk)
    contexte = {"form": form, "facture": facture, "a_reporter": form.fields["echeance"].queryset}  # type: ignore[attr-defined]
    return render(request, "factures/prolonger.html", contexte)
