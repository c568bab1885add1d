"""Archive a client, and bring it back."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from clients.models import Client
from clients.views import dire_avec_retour
from entreprises.acces import RequeteEntreprise, membre
from relances.archivage import EncoreDu, Obstacles, archiver_client, retablir_client


@require_POST
@membre(modifie=True)
def archiver(request: RequeteEntreprise, pk: int) -> HttpResponse:
    client = get_object_or_404(Client.objects.de(request.entreprise), pk=pk)
    slug = request.entreprise.slug
    try:
        if archiver_client(client, instant=timezone.now(), auteur=request.user):
            retour = reverse("relances:retablir", args=[slug, pk])
            dire_avec_retour(request, _("%(nom)s est archivé.") % {"nom": client.nom}, retour)
    except EncoreDu as refus:
        messages.error(request, en_mots(refus.obstacles, slug))
    return redirect("clients:detail", slug=slug, pk=pk)


def en_mots(trouves: Obstacles, slug: str) -> SafeString:
    """What is still owed and which acts are open, each with its link."""
    liens = [(reverse("factures:detail", args=[slug, f.pk]), f.numero) for f in trouves.factures]
    liens += [(reverse("relances:acte", args=[slug, acte.pk]), acte.etape.nom) for acte in trouves.actes]
    du = ngettext("une facture ouverte", "%(n)d factures ouvertes", trouves.nombre) % {"n": trouves.nombre}
    actes = ngettext("un acte en cours", "%(n)d actes en cours", len(trouves.actes)) % {"n": len(trouves.actes)}
    morceaux = [mots for mots, combien in ((du, trouves.nombre), (actes, len(trouves.actes))) if combien]
    phrase = _("Ce client ne peut pas être archivé : %(quoi)s.") % {"quoi": ", ".join(morceaux)}
    return format_html("{} {}", phrase, format_html_join(", ", '<a href="{}">{}</a>', liens))


@require_POST
@membre(modifie=True)
def retablir(request: RequeteEntreprise, pk: int) -> HttpResponse:
    client = get_object_or_404(Client.objects.de(request.entreprise), pk=pk)
    try:
        if retablir_client(client, auteur=request.user):
            messages.success(request, _("%(nom)s est de nouveau dans les listes.") % {"nom": client.nom})
    except ValidationError as erreur:
        messages.error(request, " ".join(erreur.messages))
    return redirect("clients:detail", slug=request.entreprise.slug, pk=pk)
