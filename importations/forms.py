"""The file sent, and how it will be read: what was detected, for a person to confirm or correct."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from entreprises.forms import ChampDate
from importations.analyse import Lecture
from importations.encodage import ENCODAGES
from importations.genres import champs_du_genre
from importations.models import Importation
from importations.tableau import SEPARATEURS, TAILLE_MAXIMALE

ORDRES = [
    ("jma", _("jour, mois, année")),
    ("mja", _("mois, jour, année")),
    ("amj", _("année, mois, jour")),
]
SIGNES = [(",", _("virgule")), (".", pgettext_lazy("signe décimal", "point"))]
# A tab would be stripped on its way through a form.
_NOMS_SEPARATEURS = {";": "point-virgule", ",": "virgule", "\t": "tabulation", "|": "barre"}
_SIGNES = {nom: signe for signe, nom in _NOMS_SEPARATEURS.items()}
_SANS_OBJET: dict[str, set[str]] = {
    Importation.Genre.FACTURES: {"au"},
    Importation.Genre.BALANCE: set(),
    Importation.Genre.CLIENTS: {"au", "ordre", "signe", "delai_defaut"},
}


class FichierForm(forms.Form):
    """The kind of file, and the file itself."""

    genre = forms.ChoiceField(
        label=_("Ce que contient le tableau"),
        choices=Importation.Genre,
        initial=Importation.Genre.FACTURES,
        required=False,
        widget=forms.RadioSelect,
    )
    fichier = forms.FileField(
        label=_("Fichier"),
        help_text=_("CSV ou Excel (.xlsx), 10 Mo au plus : l’export de votre logiciel, tel quel."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )

    def clean_genre(self) -> str:
        return self.cleaned_data["genre"] or Importation.Genre.FACTURES

    def clean_fichier(self) -> UploadedFile:
        fichier: UploadedFile = self.cleaned_data["fichier"]
        if fichier.size and fichier.size > TAILLE_MAXIMALE:
            raise ValidationError(gettext("Le fichier dépasse 10 Mo : découpez-le en plusieurs."))
        return fichier


class LectureForm(forms.Form):
    """What may be corrected of a `Lecture`; one choice per column of the file."""

    encodage = forms.ChoiceField(label=_("Encodage"), choices=list(ENCODAGES.items()))
    separateur = forms.ChoiceField(
        label=_("Séparateur"), choices=[(_NOMS_SEPARATEURS[signe], nom) for signe, nom in SEPARATEURS.items()]
    )
    feuille = forms.ChoiceField(label=_("Feuille"))
    ligne_entetes = forms.IntegerField(label=_("Ligne des en-têtes"), min_value=1, max_value=1000)
    ordre = forms.ChoiceField(label=_("Ordre des dates"), required=False)
    signe = forms.ChoiceField(label=_("Signe décimal"), required=False)
    delai_defaut = forms.IntegerField(
        label=_("Délai des factures sans échéance, en jours (facultatif)"),
        min_value=0,
        max_value=365,
        required=False,
        help_text=_("Sinon, les conditions par défaut de l’entreprise."),
    )

    au = ChampDate(
        label=_("Balance arrêtée au"),
        help_text=_("Les soldes du fichier sont ceux de ce jour ; les règlements proposés porteront cette date."),
    )

    def __init__(
        self, donnees: Any = None, *, lecture: Lecture, feuilles: tuple[str, ...], aujourd_hui: date | None = None
    ) -> None:
        super().__init__(donnees, initial=_initial(lecture))
        self.lecture, self.aujourd_hui = lecture, aujourd_hui
        for nom in _SANS_OBJET[lecture.genre] | set(("encodage", "separateur") if lecture.feuille else ("feuille",)):
            del self.fields[nom]
        if lecture.feuille:
            self.fields["feuille"].choices = [(nom, nom) for nom in feuilles]  # type: ignore[attr-defined]
        ordres = set(lecture.ordres.values()) or {""}
        self._proposer("ordre", ORDRES, next(iter(ordres)) if len(ordres) == 1 else "")
        self._proposer("signe", SIGNES, lecture.decimale)
        choix = [("", _("ignorée")), *((champ.nom, champ.libelle) for champ in champs_du_genre(lecture.genre))]
        for index, entete in enumerate(lecture.entetes):
            libelle = entete or gettext("Colonne %(n)s") % {"n": index + 1}
            self.fields[f"colonne_{index}"] = forms.ChoiceField(
                label=libelle, choices=choix, required=False, widget=forms.Select(attrs={"class": "saisie"})
            )

    def _proposer(self, nom: str, choix: list[tuple[str, Any]], detecte: str) -> None:
        """The choices of a field, the first of which leaves it as it was detected."""
        if nom not in self.fields:
            return
        noms = dict(choix)
        trouve = gettext("détecté : %(nom)s") % {"nom": noms[detecte]} if detecte in noms else gettext("à détecter")
        self.fields[nom].choices = [("", trouve), *choix]  # type: ignore[attr-defined]

    def colonnes_liees(self) -> list[forms.BoundField]:
        """The choices of columns, in the file's order."""
        return [self[f"colonne_{index}"] for index in range(len(self.lecture.entetes))]

    def clean_au(self) -> date:
        au: date = self.cleaned_data["au"]
        if self.aujourd_hui and au > self.aujourd_hui:
            raise ValidationError(gettext("Une balance ne s’arrête pas à une date future."))
        return au

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        vus: dict[str, str] = {}
        for index, entete in enumerate(self.lecture.entetes):
            nom = donnees.get(f"colonne_{index}")
            if nom and nom in vus:
                autre = gettext("« %(entete)s » tient déjà ce rôle.") % {"entete": vus[nom]}
                self.add_error(f"colonne_{index}", autre)
            elif nom:
                vus[nom] = entete
        return donnees

    def choix(self) -> Lecture:
        """What the person chose, to be analysed again."""
        d = self.cleaned_data
        colonnes = {d[f"colonne_{i}"]: i for i in range(len(self.lecture.entetes)) if d.get(f"colonne_{i}")}
        return Lecture(
            encodage=d.get("encodage", ""),
            separateur=_SIGNES.get(d.get("separateur", ""), ""),
            feuille=d.get("feuille", ""),
            ligne_entetes=self._ligne_entetes(),
            entetes=self.lecture.entetes,
            colonnes=colonnes,
            ordre=d.get("ordre", ""),
            signe=d.get("signe", ""),
            delai_defaut=d.get("delai_defaut"),
            genre=self.lecture.genre,
            au=d["au"].isoformat() if "au" in d else "",
        )

    def _ligne_entetes(self) -> int:
        """0, to be found again, when the rows themselves changed and the header row was left as it was."""
        autres = {"encodage", "separateur", "feuille"} & set(self.changed_data)
        return 0 if autres and "ligne_entetes" not in self.changed_data else self.cleaned_data["ligne_entetes"]


def _initial(lecture: Lecture) -> dict[str, Any]:
    roles = {index: nom for nom, index in lecture.colonnes.items()}
    return {
        "encodage": lecture.encodage,
        "separateur": _NOMS_SEPARATEURS.get(lecture.separateur, ""),
        "feuille": lecture.feuille,
        "ligne_entetes": lecture.ligne_entetes,
        "ordre": lecture.ordre,
        "signe": lecture.signe,
        "delai_defaut": lecture.delai_defaut,
        "au": lecture.au or None,
        **{f"colonne_{index}": roles.get(index, "") for index in range(len(lecture.entetes))},
    }
