"""Make two cards of one client one: find the other, compare, choose, confirm; and the way back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients.models import Client, Fusion
from clients.views import dire_avec_retour
from entreprises.acces import RequeteEntreprise, cle_lue, membre
from entreprises.modeles import Perimee
from factures.encours import par_client
from relances.doublons import Difference, differences, lire_fiche, propositions
from relances.fusion import reunir
from relances.fusion_defaite import Retour
from relances.fusion_defaite import defaire as defaire_fusion
from relances.models import Relance


def lire_client(request: RequeteEntreprise, pk: int) -> Client:
    """A client that can be merged: in use, and not merged yet."""
    clients = Client.objects.de(request.entreprise).actifs().select_related("entreprise")
    return get_object_or_404(clients, pk=pk, fusionne_dans=None)


@require_safe
@membre(modifie=True)
def choisir(request: RequeteEntreprise, pk: int) -> HttpResponse:
    """Which other client is the same? The likely ones, or those that the words find."""
    client = lire_client(request, pk)
    q = request.GET.get("q", "")
    trouvees = propositions(client, q)
    encours = par_client(request.entreprise, [p.client.pk for p in trouvees], request.aujourd_hui)
    lignes = [(proposition, encours.get(proposition.client.pk, [])) for proposition in trouvees]
    return render(request, "relances/fusion_choix.html", {"client": client, "lignes": lignes, "q": q})


@require_http_methods(["GET", "HEAD", "POST"])
@membre(modifie=True)
def confirmer(request: RequeteEntreprise, pk: int, autre: int) -> HttpResponse:
    """The two cards side by side; which is kept, and which value of each field that differs."""
    if pk == autre:
        raise Http404
    client, second = lire_client(request, pk), lire_client(request, autre)
    ecarts = differences(client, second)
    if request.method == "POST" and (reponse := accomplir(request, client, second, ecarts)):
        return reponse
    client, second = lire_client(request, pk), lire_client(request, autre)
    choisis = request.POST if request.method == "POST" else {}
    contexte = {
        "client": client,
        "autre": second,
        "fiches": [lire_fiche(c, request.aujourd_hui) for c in (client, second)],
        "garde": cle_lue(choisis.get("garde", "")) or client.pk,
        "actes": actes_en_double(client, second),
        "choix": [(ecart, cle_lue(choisis.get(ecart.groupe, "")) or ecart.proposee) for ecart in ecarts],
    }
    return render(request, "relances/fusion.html", contexte)


def actes_en_double(*clients: Client) -> list[Relance]:
    """The open acts of both in a currency: one of them will be cancelled."""
    ouverts = list(Relance.objects.ouvertes().filter(client__in=clients).select_related("etape", "client"))
    devises = [{acte.devise for acte in ouverts if acte.client_id == c.pk} for c in clients]
    return [acte for acte in ouverts if acte.devise in set.intersection(*devises)]


def accomplir(
    request: RequeteEntreprise, client: Client, second: Client, ecarts: list[Difference]
) -> HttpResponse | None:
    """Merge as posted. None, with the reason said, when it can't be."""
    cle = cle_lue(request.POST.get("garde", ""))
    if cle not in {client.pk, second.pk}:
        messages.error(request, _("Dites quelle fiche garder."))
        return None
    garde, absorbe = (client, second) if cle == client.pk else (second, client)
    choix = {e.groupe: "absorbe" for e in ecarts if cle_lue(request.POST.get(e.groupe, "")) == absorbe.pk}
    versions = {c.pk: cle_lue(request.POST.get(f"version_{c.pk}", "")) or 0 for c in (client, second)}
    qui_quand: dict[str, Any] = {"aujourd_hui": request.aujourd_hui, "instant": timezone.now(), "auteur": request.user}
    try:
        fusion = reunir(garde, absorbe, choix, versions, **qui_quand)
    except Perimee:
        messages.error(request, _("L’une des fiches a changé entre-temps. Rien n’est fait : comparez de nouveau."))
        return None
    except ValidationError as erreur:
        messages.error(request, " ".join(erreur.messages))
        return None
    retour = reverse("relances:fusion_defaire", args=[request.entreprise.slug, fusion.pk])
    texte = _("« %(nom)s » est réuni avec « %(garde)s ».") % {"nom": absorbe.nom, "garde": garde.nom}
    dire_avec_retour(request, texte, retour)
    return redirect("clients:detail", slug=request.entreprise.slug, pk=garde.pk)


@require_POST
@membre(modifie=True)
def defaire(request: RequeteEntreprise, pk: int) -> HttpResponse:
    fusion = get_object_or_404(Fusion.objects.de(request.entreprise), pk=pk)
    qui_quand: dict[str, Any] = {"aujourd_hui": request.aujourd_hui, "instant": timezone.now(), "auteur": request.user}
    try:
        retour = defaire_fusion(fusion, **qui_quand)
    except ValidationError as erreur:
        messages.error(request, " ".join(erreur.messages))
    else:
        messages.success(request, _("La réunion est défaite : chaque fiche a retrouvé ce qu’elle avait."))
        if reste := ce_qui_reste(retour):
            messages.warning(request, reste)
    return redirect("clients:detail", slug=request.entreprise.slug, pk=fusion.garde_id)


def ce_qui_reste(retour: Retour) -> str:
    """In words, what did not go back."""
    morceaux = []
    if retour.restees:
        numeros = ", ".join(retour.restees[:10]) + ("…" if len(retour.restees) > 10 else "")
        morceaux.append(_("Restent ici, liés à un règlement ou un avoir saisi depuis : %(quoi)s.") % {"quoi": numeros})
    if retour.autres:
        phrase = ngettext("Une autre ligne reste ici aussi.", "%(n)d autres lignes restent ici aussi.", retour.autres)
        morceaux.append(phrase % {"n": retour.autres})
    return " ".join(morceaux)
