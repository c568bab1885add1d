"""Clients entered, contacts entered and changed. A client's card is changed, and what it owes is shown, in the rooms
that know what that does to its debts."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.creation import ajouter_contact, creer_client
from clients.forms import ClientForm, ContactForm
from clients.models import Client, Contact
from entreprises.acces import RequeteEntreprise, membre
from entreprises.forms import reporter

lit_et_ecrit = require_http_methods(["GET", "HEAD", "POST"])


def vers_la_fiche(request: RequeteEntreprise, pk: int) -> HttpResponse:
    return redirect("clients:detail", slug=request.entreprise.slug, pk=pk)


@lit_et_ecrit
@membre(modifie=True)
def nouveau(request: RequeteEntreprise) -> HttpResponse:
    """A client, and its first contact when one is given."""
    form = ClientForm(
        request.POST or None, instance=Client(entreprise=request.entreprise), entreprise=request.entreprise
    )
    contact = ContactForm(request.POST or None, prefix="contact", instance=Contact())
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
    form = ContactForm(request.POST or None, instance=Contact(entreprise=request.entreprise, client=client))
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
    form = ContactForm(request.POST or None, instance=fiche)
    if request.method == "POST" and form.is_valid() and form.enregistrer():
        messages.success(request, _("Contact enregistré."))
        return vers_la_fiche(request, pk)
    return render(request, "clients/contact.html", {"form": form, "client": client})
