"""What was said, as it is typed: promise, dispute, pause; what is to be done, and what to remember."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from entreprises.forms import ChampDate, ChampMontant, FormulaireVersionne
from entreprises.models import Adhesion, Utilisateur
from entreprises.templatetags.formats import ecrire_montant
from factures.models import Facture
from suivi.models import Tache


class FactureDuClient(forms.ModelChoiceField):
    """One of the client's open invoices, by its number; none means all that is due."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.numero} ({ecrire_montant(obj.solde, obj.devise)})"


class FormulaireClient(forms.Form):
    """A form about a client, or about one of its open invoices."""

    facture = FactureDuClient(queryset=Facture.objects.none(), required=False, label=_("Facture"))

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ouvertes = Facture.objects.filter(entreprise=client.entreprise_id, client=client).ouvertes()
        champ: Any = self.fields["facture"]
        champ.queryset = ouvertes.order_by("date_emission", "pk")
        champ.empty_label = _("Toutes ses factures")


class PromesseForm(FormulaireClient):
    montant = ChampMontant(label=_("Montant promis"))
    date_promise = ChampDate(label=_("Promis pour le"))
    devise = forms.ChoiceField(label=_("Devise"))
    par = forms.CharField(label=_("Promis par (facultatif)"), max_length=120, required=False)
    field_order = ["facture", "montant", "devise", "date_promise", "par"]

    def __init__(self, *args: Any, devises: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        champ: Any = self.fields["devise"]
        champ.choices = [(d, d) for d in devises]
        if len(devises) == 1:
            champ.widget = forms.HiddenInput()


class PauseForm(FormulaireClient):
    du = ChampDate(label=_("Du"))
    au = ChampDate(label=_("Au (compris)"), required=False, help_text=_("Vide : jusqu’à ce que vous la leviez."))
    motif = forms.CharField(label=_("Motif"), max_length=200)


class CongesForm(forms.Form):
    """A pause of the whole company."""

    du = ChampDate(label=_("Du"))
    au = ChampDate(label=_("Au (compris)"))
    motif = forms.CharField(label=_("Motif"), max_length=200, initial=_("Congés"))


class OuvrirLitigeForm(forms.Form):
    ouvert_le = ChampDate(label=_("Ouvert le"))
    motif = forms.CharField(
        label=_("Ce que le client conteste"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Ses mots, des faits datés. Rien sur la santé ni sur d’autres personnes : il peut demander à le lire."
        ),
    )
    reponse_avant = ChampDate(label=_("Notre réponse, promise avant le (facultatif)"), required=False)


class CloreLitigeForm(forms.Form):
    clos_le = ChampDate(label=_("Clos le"))
    issue = forms.CharField(
        label=_("Ce qui a été convenu"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Un litige infondé reçoit d’abord une réponse écrite ; une erreur est d’abord corrigée."),
    )


class NoteForm(forms.Form):
    texte = forms.CharField(
        label=_("Ce qu’il faut retenir"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Des faits, que le client pourrait demander à lire. La note reste dans l’historique."),
    )


class TacheForm(FormulaireVersionne):
    """What is to be done, by when, by whom; about the client, or one of its invoices."""

    pour_le = ChampDate(label=_("Pour le"))
    facture = FactureDuClient(queryset=Facture.objects.none(), required=False, label=_("Facture (facultatif)"))

    class Meta:
        model = Tache
        fields = ["genre", "texte", "pour_le", "responsable", "facture"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["genre"].label = _("Que faire")
        self.fields["texte"].label = _("Précisions")
        responsable: Any = self.fields["responsable"]
        membres = Adhesion.objects.filter(entreprise=self.instance.entreprise_id, est_active=True)
        responsable.queryset = Utilisateur.objects.filter(
            Q(pk__in=membres.values("utilisateur")) | Q(pk=self.instance.responsable_id)
        ).order_by("first_name", "email")
        responsable.label, responsable.empty_label = _("Pour qui"), _("N’importe qui")
        facture: Any = self.fields["facture"]
        factures = Facture.objects.filter(client=self.instance.client_id)
        # The one that the task is about stays a choice once it is paid.
        facture.queryset = (factures.ouvertes() | factures.filter(pk=self.instance.facture_id)).order_by("pk")
        facture.empty_label = _("Aucune en particulier")

    def clean(self) -> dict[str, Any]:
        valeurs = super().clean() or {}
        if valeurs.get("genre") == Tache.Genre.AUTRE and not valeurs.get("texte") and "texte" not in self.errors:
            self.add_error("texte", gettext("Dites ce qu’il y a à faire."))
        return valeurs

    def valeurs(self) -> dict[str, Any]:
        return self.a_ecrire()
