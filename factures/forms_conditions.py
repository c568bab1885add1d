"""The form of named payment terms: up to four instalments, each with its share and its term."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from entreprises.forms import FormulaireVersionne
from factures.conditions import dire
from factures.models import ConditionsPaiement
from noyau.conditions import Conditions, EcheancePrevue, Tranche, depuis_dict, echeances, vers_dict
from noyau.delais import JOURS_MAXIMUM, AReception, ConditionsErreur, DateFixe, Delai, DelaiNet, FinDeMois, Methode

TRANCHES = 4
EXEMPLE = Decimal("1000.00")
GENRES = [
    ("net", _("Un nombre de jours après la date de la facture")),
    ("reception", _("Un nombre de jours après la réception")),
    ("jours_fin", _("Un nombre de jours, puis la fin du mois")),
    ("fin_jours", _("La fin du mois, puis un nombre de jours")),
]


class FormulaireTranche(forms.Form):
    """A share of the invoice and when it is due."""

    pourcentage = forms.DecimalField(
        label=_("Part de la facture"),
        help_text=_("Vide : toute la facture, ou ce qui reste."),
        max_digits=7,
        decimal_places=4,
        min_value=Decimal("0.0001"),
        max_value=100,
        required=False,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    jours = forms.IntegerField(
        label=_("Délai"),
        min_value=0,
        max_value=JOURS_MAXIMUM,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    genre = forms.ChoiceField(label=_("Comment se compte le délai"), choices=GENRES, required=False)
    le = forms.IntegerField(
        label=_("Puis le… du mois suivant"),
        min_value=1,
        max_value=31,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    @property
    def est_vide(self) -> bool:
        valeurs = self.cleaned_data
        return all(valeurs.get(nom) is None for nom in ("pourcentage", "jours", "le"))

    def clean(self) -> dict[str, Any]:
        valeurs = super().clean() or {}
        if valeurs.get("le") and valeurs.get("genre") != "jours_fin":
            self.add_error("le", gettext("Un jour du mois ne va qu’avec « un nombre de jours, puis la fin du mois »."))
        if valeurs.get("pourcentage") is not None and valeurs.get("jours") is None and "jours" not in self.errors:
            self.add_error("jours", gettext("Dites dans combien de jours ; 0 le jour même."))
        return valeurs

    def tranche(self) -> Tranche:
        """ConditionsErreur when it makes no sense."""
        return Tranche(self._delai(), self.cleaned_data["pourcentage"])

    def _delai(self) -> Delai:
        jours, genre = self.cleaned_data.get("jours") or 0, self.cleaned_data.get("genre") or "net"
        if genre == "net":
            return DelaiNet(jours)
        if genre == "reception":
            return AReception(jours)
        methode = Methode.JOURS_PUIS_FIN if genre == "jours_fin" else Methode.FIN_PUIS_JOURS
        return FinDeMois(jours, methode if jours else None, self.cleaned_data.get("le"))


def initial_de(tranche: Tranche) -> dict[str, Any]:
    """What the form of this instalment starts with."""
    delai = tranche.delai
    assert not isinstance(delai, DateFixe)
    if isinstance(delai, FinDeMois):
        genre = "fin_jours" if delai.methode is Methode.FIN_PUIS_JOURS else "jours_fin"
        return {"pourcentage": tranche.pourcentage, "jours": delai.jours, "genre": genre, "le": delai.le}
    genre = "net" if isinstance(delai, DelaiNet) else "reception"
    return {"pourcentage": tranche.pourcentage, "jours": delai.jours, "genre": genre}


class FormulaireConditions(FormulaireVersionne):
    """The name, and the instalments in `tranches`. Terms that only a file can tell (fixed dates or amounts) keep their
    rule: `est_saisissable` is false and only the name changes."""

    class Meta:
        model = ConditionsPaiement
        fields = ["nom"]
        help_texts = {"nom": _("Comme vous l’écrivez sur vos factures : « 30 jours fin de mois ».")}

    def __init__(self, donnees: Any = None, *, instance: ConditionsPaiement) -> None:
        super().__init__(donnees, instance=instance)
        actuelles = lire_tranches(instance)
        self.est_saisissable = actuelles is not None
        initiaux = [initial_de(tranche) for tranche in actuelles or ()]
        initiaux += [{"genre": "net"}] * (TRANCHES - len(initiaux))
        self.tranches = [
            FormulaireTranche(donnees, prefix=f"t{rang}", initial=initial) for rang, initial in enumerate(initiaux)
        ]
        self.conditions: Conditions | None = None

    def clean_nom(self) -> str:
        nom = " ".join(self.cleaned_data["nom"].split())
        autres = ConditionsPaiement.objects.de(self.instance.entreprise).filter(nom__iexact=nom)
        if autres.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(gettext("Vous avez déjà des conditions de ce nom."))
        return nom

    def clean(self) -> dict[str, Any]:
        valeurs = super().clean() or {}
        if not self.est_saisissable:
            return valeurs
        if all([form.is_valid() for form in self.tranches]):  # each one must say what is wrong with it
            self._composer()
        else:
            self.add_error(None, gettext("Une échéance est à corriger."))
        return valeurs

    def _composer(self) -> None:
        pleines = [form for form in self.tranches if not form.est_vide] or self.tranches[:1]
        if pleines[0].cleaned_data["jours"] is None:
            pleines[0].add_error("jours", gettext("Dites dans combien de jours ; 0 le jour même."))
            self.add_error(None, gettext("Une échéance est à corriger."))
            return
        try:
            self.conditions = Conditions(tuple(form.tranche() for form in pleines))
        except ConditionsErreur as erreur:
            self.add_error(None, dire(erreur))

    def a_ecrire(self) -> dict[str, Any]:
        regle = vers_dict(self.conditions) if self.conditions else self.instance.regle
        return {**super().a_ecrire(), "regle": regle}


def lire_tranches(conditions: ConditionsPaiement) -> tuple[Tranche, ...] | None:
    """The instalments that the form can show; None when it can't."""
    if not conditions.regle:
        return ()
    try:
        tranches = depuis_dict(conditions.regle).tranches
    except ConditionsErreur:
        return None
    lisibles = all(t.montant is None and not isinstance(t.delai, DateFixe) for t in tranches)
    return tranches if lisibles and len(tranches) <= TRANCHES else None


def exemple(regle: Any, le: date) -> Iterator[EcheancePrevue]:
    """When an invoice of a thousand issued on this day would be due; nothing for terms that don't fit it."""
    try:
        yield from echeances(depuis_dict(regle), le, EXEMPLE)
    except ConditionsErreur:
        return
