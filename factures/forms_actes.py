"""What may still be said of an invoice once it is recorded: a few facts, when it left, its PDF."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from entreprises.forms import ChampDate, FormulaireVersionne
from factures.champs import ChampPDF
from factures.models import Facture


class ModifierForm(FormulaireVersionne):
    """Neither the number nor an amount: those were printed."""

    class Meta:
        model = Facture
        fields = ["objet", "reference_commande", "mode_reglement"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["objet"].label = _("Objet (facultatif)")
        self.fields["reference_commande"].label = _("Référence de commande (facultatif)")
        self.fields["mode_reglement"].label = _("Mode de règlement")
        self.fields["mode_reglement"].help_text = _("Rien n’est demandé pour ce que vous prélevez vous-même.")

    def a_ecrire(self) -> dict[str, Any]:
        """With the column that searches look at."""
        valeurs = super().a_ecrire()
        modele = Facture(numero=self.instance.numero, reference_commande=valeurs["reference_commande"])
        modele.preparer_recherche()
        return {**valeurs, "recherche": modele.recherche}


class TransmettreForm(forms.Form):
    transmise_le = ChampDate(label=_("Envoyée le"))
    transmise_par = forms.ChoiceField(label=_("Par"), choices=Facture.CanalTransmission, required=False)
    transmise_a = forms.CharField(
        label=_("À (facultatif)"), max_length=200, required=False, help_text=_("L’adresse ou la personne.")
    )


class PDFForm(forms.Form):
    pdf = ChampPDF(label=_("Facture en PDF"), help_text=_("10 Mo au plus. Jointe aux relances."))
