"""Fields of the invoices' forms: a share of the total, a PDF."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from entreprises.documents import TAILLE_MAXIMALE
from entreprises.forms import ChampMontant


class ChampPart(forms.CharField):
    """A share of the total: « 30 % », « 1 200,00 », or empty for the rest."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "saisie-montant", "autocomplete": "off"})

    def clean(self, value: Any) -> tuple[str, Decimal] | None:
        texte = str(value or "").strip()
        if not texte:
            return None
        if texte.endswith("%"):
            pourcentage = ChampMontant(max_digits=7, decimal_places=4, max_value=Decimal(100)).clean(texte[:-1])
            return "pourcentage", pourcentage
        return "montant", ChampMontant().clean(texte)


class ChampPDF(forms.FileField):
    """A PDF of 10 MB at most, known by its first bytes."""

    default_error_messages = {"empty": _("Ce fichier est vide.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs["accept"] = "application/pdf,.pdf"

    def clean(self, data: Any, initial: Any = None) -> UploadedFile | None:
        fichier: UploadedFile | None = super().clean(data, initial)
        if not fichier:
            return None
        if fichier.size and fichier.size > TAILLE_MAXIMALE:
            raise ValidationError(gettext("Ce fichier dépasse 10 Mo."))
        if fichier.read(5) != b"%PDF-":
            raise ValidationError(gettext("Ce fichier n’est pas un PDF."))
        fichier.seek(0)
        return fichier
