"""« Créer mon entreprise »: here and not lower, because a company comes with its ladders."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from entreprises.comptes import peut_creer_entreprise
from entreprises.forms import reporter
from entreprises.forms_creation import CreationForm
from entreprises.models import Entreprise
from relances.ouverture import ouvrir_entreprise


@require_http_methods(["GET", "HEAD", "POST"])
def ouverture(request: HttpRequest) -> HttpResponse:
    if not peut_creer_entreprise(request.user):
        raise PermissionDenied
    form = CreationForm(request.POST or None, initial={"signataire_nom": request.user.get_full_name()})  # type: ignore[union-attr]
    if request.method == "POST" and form.is_valid():
        try:
            entreprise, est_nouvelle = ouvrir_entreprise(request.user, form.identite())  # type: ignore[arg-type]
        except ValidationError as erreur:
            reporter(form, erreur)
        else:
            if est_nouvelle:
                phrase = _(
                    "%(nom)s est créée. Complétez son adresse et dites où l’on vous paie : c’est imprimé sur chaque "
                    "relance. Rien ne part sans votre accord."
                )
                messages.success(request, phrase % {"nom": entreprise.nom})
            return redirect("entreprise:detail", slug=entreprise.slug)
    est_premiere = not Entreprise.objects.accessibles(request.user).exists()  # type: ignore[arg-type]
    return render(request, "entreprises/creer.html", {"form": form, "est_premiere": est_premiere})
