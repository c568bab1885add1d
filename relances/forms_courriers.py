"""What is typed about letters in batch: one row per letter posted."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

from relances.forms import FormulairePoste
from relances.models import Relance

CHAMPS = ("numero", "postee_le", "faite", "preuve")


class DepotForm(FormulairePoste):
    """A row: it counts as soon as it is ticked, numbered, or given a proof."""

    faite = forms.BooleanField(label=gettext_lazy("Postée"), required=False)

    def __init__(self, data: Any = None, files: Any = None, *, relance: Relance, initial: Any = None) -> None:
        super().__init__(data, files, prefix=f"l{relance.pk}", initial=initial)
        self.relance = relance
        self.fields["numero"].widget.attrs.update({"autocomplete": "off", "spellcheck": "false"})
        # Each row names its letter: a label alone would be the same on all of them.
        for nom in CHAMPS:
            libelle = gettext("%(champ)s : %(client)s")
            mots = {"champ": self.fields[nom].label, "client": relance.client.nom}
            self.fields[nom].widget.attrs["aria-label"] = libelle % mots
            if nom != "faite":
                self.fields[nom].widget.attrs["class"] = "saisie"
        self.fields["preuve"].help_text = ""

    @property
    def visibles(self) -> list[forms.BoundField]:
        """The fields of the row, in the order of the columns."""
        return [self[nom] for nom in CHAMPS]

    @property
    def est_remplie(self) -> bool:
        """Whether this row says that the letter was posted."""
        coche = bool(self.data.get(self.add_prefix("faite")))
        numero = str(self.data.get(self.add_prefix("numero")) or "").strip()
        return coche or bool(numero) or self.add_prefix("preuve") in self.files

    def clean(self) -> dict[str, Any]:
        valeurs = super().clean() or {}
        if self.relance.canal == "recommande" and not (valeurs.get("numero") or "").strip():
            self.add_error("numero", ValidationError(gettext("Un recommandé a un numéro : recopiez-le du bordereau.")))
        return valeurs


class PreuveCommuneForm(FormulairePoste):
    """One scan of the receipt, for all the letters recorded together: of a row's fields, the proof alone."""

    version = suivant = postee_le = numero = None  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["preuve"].label = gettext("Preuve commune")
        self.fields["preuve"].help_text = gettext(
            "Un seul PDF ou une seule photo du bordereau, pour toutes les lettres notées d’un coup."
        )
