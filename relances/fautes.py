"""The faults of a text that a user wrote, in words: where, which piece, and what was probably meant."""

import difflib
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from noyau.gabarits import GabaritInvalide
from relances.composition import verifier_texte
from relances.valeurs import NOMS, NOMS_OBJET

MOTS = {
    "accolade_seule": gettext_lazy("accolade seule près de « %(extrait)s » : une vraie accolade s’écrit {{ ou }}"),
    "nom_invalide": gettext_lazy("« %(extrait)s » n’est pas une variable : minuscules, points, sans espace"),
    "segment_imbrique": gettext_lazy("un passage facultatif [[ … ]] n’en contient pas un autre"),
    "segment_non_ouvert": gettext_lazy("« ]] » ferme un passage facultatif que rien n’ouvre"),
    "segment_non_ferme": gettext_lazy("« [[ » ouvre un passage facultatif que rien ne ferme"),
    "segment_sans_variable": gettext_lazy("un passage facultatif [[ … ]] contient au moins une variable"),
    "variable_inconnue": gettext_lazy("variable inconnue « %(extrait)s »"),
}


@dataclass(frozen=True)
class Faute:
    """`champ`: "objet" or "corps"; `ligne`: from 1; `texte`: a whole sentence."""

    champ: str
    ligne: int
    texte: str


def fautes(objet: str, corps: str) -> list[Faute]:
    """Everything that keeps this text from being filled, by field and line."""
    return [Faute(champ, erreur.ligne, _phrase(champ, erreur)) for champ, erreur in verifier_texte(objet, corps)]


def _phrase(champ: str, erreur: GabaritInvalide) -> str:
    if erreur.code == "variable_inconnue" and erreur.extrait in NOMS:
        texte = _("« {%(nom)s} » tient plusieurs lignes : il ne va pas dans l’objet") % {"nom": erreur.extrait}
    else:
        extrait = f"{{{erreur.extrait}}}" if erreur.code == "variable_inconnue" else erreur.extrait
        texte = str(MOTS[erreur.code]).replace("%(extrait)s", extrait)
    proche = _proche(champ, erreur)
    if proche:
        texte += _(", vouliez-vous « {%(nom)s} » ?") % {"nom": proche}
    elif not texte.endswith("."):
        texte += "."
    return _("Ligne %(n)d : %(texte)s") % {"n": erreur.ligne, "texte": texte}


def _proche(champ: str, erreur: GabaritInvalide) -> str:
    """The variable that was probably meant."""
    if erreur.code not in {"variable_inconnue", "nom_invalide"} or erreur.extrait in NOMS:
        return ""
    cherche = erreur.extrait.strip("{} ").lower().replace(" ", "_").replace("é", "e").replace("è", "e")
    trouves = difflib.get_close_matches(cherche, NOMS_OBJET if champ == "objet" else NOMS, n=1, cutoff=0.6)
    return trouves[0] if trouves else ""
