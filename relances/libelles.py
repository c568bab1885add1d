"""The words of the screens for what waits and for what is refused. The codes are those of the workflows."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from entreprises.templatetags.formats import jour_texte

ATTENTES = {
    "approbation": _("Cet échelon attend toujours votre accord."),
    "envoi_manuel": _("L’envoi automatique est éteint : rien ne part sans vous."),
    "debut": _("Pendant les premiers jours, chaque relance attend votre accord."),
    "plafond": _("Le montant dépasse le plafond : le gérant décide."),
    "reglements_perimes": _("Les règlements ne sont pas connus comme à jour : dites jusqu’à quand ils le sont."),
    "contact_manquant": _("Il manque une adresse pour ce canal, ou personne ne reçoit ce genre d’envoi."),
    "ecart": _("Les factures ou les montants ont changé depuis l’accord : relisez avant d’approuver de nouveau."),
    "lettre_perimee": _("La lettre n’a pas été postée à temps : elle sera datée de nouveau."),
    "retenue": _("Retenue par une personne."),
    "serveur_absent": _("Aucun serveur de courriel n’est réglé pour l’entreprise : rien ne part."),
    "serveur_en_panne": _("Le serveur de courriel de l’entreprise ne marche pas : l’envoi est essayé de nouveau."),
    "plafond_jour": _("Le plafond de messages du jour est atteint : celui-ci part au prochain jour d’envoi."),
    "anomalie": _("Un imprévu a empêché la préparation de cet envoi : relisez-le avant d’approuver."),
}
AUTRE_ATTENTE = _("Quelque chose manque pour composer ce message.")

REFUS = {
    "date_future": _("Cette date est dans le futur."),
    "avant_la_lettre": _("Cette date est avant celle de la lettre, le %(date_lettre)s."),
    "avant_le_depot": _("Cette date est avant le dépôt à la poste, le %(postee_le)s."),
    "lettre_perimee": _("La date de cette lettre est trop ancienne : elle attend un nouvel accord, pour être datée."),
    "numero_manquant": _("Une lettre recommandée a un numéro de suivi : recopiez-le du bordereau."),
    "suivi_inconnu": _("Choisissez ce que la poste a dit."),
    "canal_refuse": _("Ce canal ne convient pas à cet acte."),
    "lettre_non_figee": _("La lettre n’est pas encore approuvée."),
    "pas_une_lettre": _("Cet acte n’est pas une lettre."),
    "pas_un_appel": _("Cet acte n’est pas un appel."),
    "resultat_manquant": _("Choisissez ce que l’appel a donné."),
    "montant_manquant": _("Une promesse a un montant."),
    "rappel_passe": _("Le jour du rappel est aujourd’hui ou plus tard."),
    "date_passee": _("Une promesse a une date, aujourd’hui ou plus tard."),
}
AUTRE_REFUS = _("Cet acte ne peut pas prendre cette voie maintenant.")

COMPOSITIONS = {
    "contact_manquant": _("%(client)s n’a pas d’adresse pour ce canal : ajoutez-en une, ou changez de canal."),
    "sorte_refusee": _(
        "Chez %(client)s, aucun contact ne reçoit ce genre d’envoi : changez ce que l’un d’eux reçoit, "
        "ou ajoutez-en un."
    ),
    "adresse_manquante": _("%(client)s n’a pas d’adresse postale : ajoutez-la, ou changez de canal."),
    "texte_manquant": _("L’échelon « %(etape)s » n’a pas de texte."),
    "texte_invalide": _("Le texte de l’échelon a une erreur à la ligne %(ligne)s, près de « %(extrait)s »."),
    "sans_ligne": _("Cet acte ne demande plus rien."),
}
AUTRE_COMPOSITION = _("Ce message ne peut pas être composé : %(code)s.")

DROIT_FORMEL = _("Seul le gérant, ou une personne qu’il a désignée, approuve une mise en demeure.")
DROIT_PLAFOND = _("Au-dessus du plafond fixé dans les réglages, seul le gérant approuve.")
PERIMEE = _(
    "Cet acte a changé depuis que vous l’avez ouvert. Le voici tel qu’il est maintenant ; rien n’a été fait deux fois."
)


def _remplir(texte: Any, parametres: Mapping[str, Any]) -> str:
    valeurs = {nom: jour_texte(v) if isinstance(v, date) else v for nom, v in parametres.items()}
    return str(texte) % valeurs if valeurs else str(texte)


def mots_de_l_attente(code: str) -> str:
    """Why an act waits for a person."""
    return str(ATTENTES.get(code, AUTRE_ATTENTE)) if code else ""


def mots_du_refus(code: str, parametres: Mapping[str, Any]) -> str:
    """Why a step was refused."""
    return _remplir(REFUS.get(code, AUTRE_REFUS), parametres)


def mots_de_la_composition(code: str, parametres: Mapping[str, Any]) -> str:
    """Why a message can't be composed."""
    return _remplir(COMPOSITIONS.get(code, AUTRE_COMPOSITION), {**parametres, "code": code})


def mots_du_droit(relance: Any) -> str:
    """Why this member may not approve this act."""
    return str(DROIT_FORMEL if relance.est_formelle else DROIT_PLAFOND)
