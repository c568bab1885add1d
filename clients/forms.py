"""A client and its contacts, as they are typed."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clients.models import Client, Contact
from clients.reception import CHAMPS
from entreprises.forms import ChampDate, FormulaireVersionne, NumerosLegaux
from entreprises.models import Entreprise

NUMEROS_PAR_PAYS = {
    "FR": ["siren", "siret", "tva"],
    "BE": ["bce", "tva"],
    "LU": ["tva"],
    "CH": ["ide", "tva"],
    "CA": ["neq"],
}


class ClientForm(FormulaireVersionne, NumerosLegaux):
    """Identity, numbers of the company's country and those already known, addresses, what we decided about it."""

    insolvable_le = ChampDate(
        label=_("Procédure collective ouverte le"), required=False, help_text=_("Tout s’arrête à cette date.")
    )

    class Meta:
        model = Client
        fields = [
            "nom", "code", "genre", "forme_juridique", "langue", "siren", "siret", "tva", "bce", "ide", "neq",
            "siege_ligne1", "siege_ligne2", "siege_code_postal", "siege_ville", "livraison_adresse",
            "ne_pas_relancer", "ne_pas_relancer_motif", "insolvable_le",
        ]  # fmt: skip
        widgets = {
            "langue": forms.Select(choices=[("fr", _("Français")), ("en", _("Anglais"))]),
            "livraison_adresse": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, entreprise: Entreprise, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entreprise = entreprise
        gardes = NUMEROS_PAR_PAYS[entreprise.pays]
        for nom in ("siren", "siret", "tva", "bce", "ide", "neq"):
            if nom not in gardes and not getattr(self.instance, nom):
                del self.fields[nom]
        self.fields["genre"].label = _("Type de client")
        self.fields["ne_pas_relancer_motif"].label = _("Pourquoi ne pas le relancer")
        if self.instance.pk is None:  # told on the card, where it makes the task of declaring the claim
            del self.fields["insolvable_le"]

    def clean_code(self) -> str:
        code = self.cleaned_data["code"].strip()
        autres = Client.objects.de(self.entreprise).exclude(pk=self.instance.pk)
        if code and autres.filter(code=code).exists():
            raise ValidationError(gettext("Un autre client a déjà ce code."))
        return code

    def valeurs(self) -> dict[str, Any]:
        return {nom: self.cleaned_data[nom] for nom in self.Meta.fields if nom in self.fields}

    def a_ecrire(self) -> dict[str, Any]:
        """With the columns made from the name, which are written in the same place as a new client's."""
        valeurs = self.valeurs()
        modele = Client.objects.get(pk=self.instance.pk)
        for nom, valeur in valeurs.items():
            setattr(modele, nom, valeur)
        modele.preparer_recherche()
        return {**valeurs, "recherche": modele.recherche, "tri": modele.tri}


class ContactForm(FormulaireVersionne):
    class Meta:
        model = Contact
        fields = ["nom", "civilite", "role", "fonction", "courriel", "telephone", *CHAMPS.values()]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for sorte, champ in CHAMPS.items():
            self.fields[champ].label = str(sorte.label)[:1].upper() + str(sorte.label)[1:]

    def recues(self) -> list[Any]:
        """The four ticks, under « Ce que ce contact reçoit »."""
        return [self[champ] for champ in CHAMPS.values()]

    def autres(self) -> list[Any]:
        """Who it is."""
        return [champ for champ in self.visible_fields() if champ.name not in CHAMPS.values()]

    def a_ecrire(self) -> dict[str, Any]:
        """A new address was refused by nobody yet."""
        valeurs = super().a_ecrire()
        ancien = Contact.objects.filter(pk=self.instance.pk).values_list("courriel", flat=True).get()
        return {**valeurs, "courriel_refuse_le": None} if valeurs["courriel"] != ancien else valeurs

    def clean(self) -> dict[str, Any]:
        valeurs = super().clean() or {}
        if not self.errors and not any(valeurs.get(nom) for nom in ("nom", "courriel", "telephone")):
            raise ValidationError(gettext("Donnez au moins un nom, un courriel ou un téléphone."))
        return valeurs
