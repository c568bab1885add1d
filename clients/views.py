"""Clients entered, contacts entered and changed. A client's card is changed, and what it owes is shown, in the rooms
that know what that does to its debts."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clients.contacts import archiver_contact, retablir_contact
from clients.creation import ajouter_contact, creer_client
from clients.forms import ClientForm, ContactForm
from clients.models import Client, Contact
from entreprises.acces import RequeteEntreprise, membre
from entreprises.forms import reporter

lit_et_ecrit = require_http_methods(["GET", "HEAD", "POST"])


def recu(request: RequeteEntreprise) -> Any:
    """What was posted, even when it is empty: an empty form is refused, not shown as new."""
    return request.POST if request.method == "POST" else None


def vers_la_fiche(request: RequeteEntreprise, pk: int) -> HttpResponse:
    return redirect("clients:detail", slug=request.entreprise.slug, pk=pk)


@lit_et_ecrit
@membre(modifie=True)
def nouveau(request: RequeteEntreprise) -> HttpResponse:
    """A client, and its first contact when one is given."""
    donnees = recu(request)
    form = ClientForm(donnees, instance=Client(entreprise=request.entreprise), entreprise=request.entreprise)
    contact = ContactForm(donnees, prefix="contact", instance=Contact())
    if request.method == "POST" and form.is_valid() and (not a_un_contact(contact) or contact.is_valid()):
        client = creer(request, form, contact)
        if client:
            messages.success(request, _("Client ajouté."))
            return vers_la_fiche(request, client.pk)
    return render(request, "clients/client.html", {"form": form, "contact": contact, "est_nouveau": True})


def a_un_contact(form: ContactForm) -> bool:
    return any(form.data.get(form.add_prefix(nom)) for nom in ("nom", "courriel", "telephone"))


def creer(request: RequeteEntreprise, form: ClientForm, contact: ContactForm) -> Client | None:
    contacts = [valeurs_du_contact(contact)] if a_un_contact(contact) else []
    try:
        return creer_client(request.entreprise, contacts=contacts, **form.valeurs())
    except ValidationError as erreur:
        reporter(form, erreur)
        return None


def valeurs_du_contact(form: ContactForm) -> dict[str, Any]:
    return {nom: form.cleaned_data[nom] for nom in form.Meta.fields}


@lit_et_ecrit
@membre(modifie=True)
def contact_nouveau(request: RequeteEntreprise, pk: int) -> HttpResponse:
    client = get_object_or_404(Client.objects.de(request.entreprise), pk=pk)
    form = ContactForm(recu(request), instance=Contact(entreprise=request.entreprise, client=client))
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            ajouter_contact(client, **valeurs_du_contact(form))
        messages.success(request, _("Contact ajouté."))
        return vers_la_fiche(request, pk)
    return render(request, "clients/contact.html", {"form": form, "client": client, "est_nouveau": True})


@lit_et_ecrit
@membre(modifie=True)
def contact_modifier(request: RequeteEntreprise, pk: int, contact: int) -> HttpResponse:
    client = get_object_or_404(Client.objects.de(request.entreprise), pk=pk)
    fiche = get_object_or_404(client.contacts, pk=contact, archive_le=None)
    form = ContactForm(recu(request), instance=fiche)
    if request.method == "POST" and form.is_valid() and form.enregistrer():
        messages.success(request, _("Contact enregistré."))
        return vers_la_fiche(request, pk)
    contexte = {"form": form, "client": client, "fiche": client.contacts.get(pk=contact)}
    return render(request, "clients/contact.html", contexte)


@require_POST
@membre(modifie=True)
def contact_archiver(request: RequeteEntreprise, pk: int, contact: int) -> HttpResponse:
    """It receives nothing any more; the message offers the way back."""
    client = get_object_or_404(Client.objects.de(request.entreprise), pk=pk)
    fiche = get_object_or_404(client.contacts, pk=contact)
    if archiver_contact(fiche, timezone.now()):
        retour = reverse("clients:contact_retablir", args=[request.entreprise.slug, pk, contact])
        dire_avec_retour(request, _("Contact archivé : plus rien ne lui est envoyé."), retour)
    return vers_la_fiche(request, pk)


@require_POST
@membre(modifie=True)
def contact_retablir(request: RequeteEntreprise, pk: int, contact: int) -> HttpResponse:
    client = get_object_or_404(Client.objects.de(request.entreprise), pk=pk)
    fiche = get_object_or_404(client.contacts, pk=contact)
    if retablir_contact(fiche):
        messages.success(request, _("Contact rétabli."))
    return vers_la_fiche(request, pk)


def dire_avec_retour(request: RequeteEntreprise, texte: str, retour: str) -> None:
    """What was done, with the button that undoes it: a POST to `retour`."""
    bouton = format_html(
        '<form method="post" action="{}"><input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<button type="submit" class="bouton bouton-s">{}</button></form>',
        retour,
        get_token(request),
        _("Annuler"),
    )
    messages.success(request, format_html('<div class="rangee entre"><span>{}</span>{}</div>', texte, bouton))
