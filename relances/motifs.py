"""The words of a decision: every motif of the rules, as a French sentence and as a short label (R18).

Sentences read after « Pourquoi rien ne part ? » or « Pourquoi maintenant ? ». They tell facts, dates and amounts, never
a judgement; some hold the words a person wrote, so they are for the company's members, not for the debtor.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from entreprises.templatetags.formats import ecrire_date, ecrire_montant
from noyau.echelle import Motif

LIBELLES: Mapping[str, Any] = {
    # Over
    "soldee": gettext_lazy("soldée"),
    "annulee": gettext_lazy("annulée"),
    "remise": gettext_lazy("dossier remis"),
    "echelle_epuisee": gettext_lazy("échelle terminée"),
    "aucun_echelon": gettext_lazy("aucun échelon"),
    # Held back
    "insolvable": gettext_lazy("procédure collective"),
    "litige": gettext_lazy("litige"),
    "plan": gettext_lazy("échéancier"),
    "promesse": gettext_lazy("promesse"),
    "ne_pas_relancer": gettext_lazy("ne pas relancer"),
    "pause_facture": gettext_lazy("pause"),
    "pause_client": gettext_lazy("pause du client"),
    "pause_entreprise": gettext_lazy("fermeture"),
    "prelevement": gettext_lazy("prélèvement"),
    # Not yet
    "pas_encore": gettext_lazy("pas encore"),
    "facture_envoyee_recemment": gettext_lazy("facture récente"),
    "acte_du_jour": gettext_lazy("acte du jour"),
    "relance_recente": gettext_lazy("relance récente"),
    "jour_non_ouvre": gettext_lazy("jour non ouvré"),
    "delai_mise_en_demeure": gettext_lazy("délai en cours"),
    "fin_delai_inconnue": gettext_lazy("délai non connu"),
    "acte_en_cours": gettext_lazy("acte en cours"),
    "autre_acte_cette_nuit": gettext_lazy("autre acte"),
    "sous_le_seuil": gettext_lazy("sous le seuil"),
    # Now
    "avant_echeance": gettext_lazy("avant l’échéance"),
    "escompte": gettext_lazy("escompte"),
    "echeance_depassee": gettext_lazy("échéance dépassée"),
    "reprise": gettext_lazy("reprise"),
    "recommencee": gettext_lazy("échelle recommencée"),
    "promesse_rompue": gettext_lazy("promesse non tenue"),
    "delai_depasse": gettext_lazy("délai dépassé"),
    "plafond_bienveillance": gettext_lazy("attente maximale atteinte"),
    # An act read again, a client set aside
    "toujours_due": gettext_lazy("toujours due"),
    "echelon_retire": gettext_lazy("échelon changé"),
    "anomalie": gettext_lazy("mis de côté"),
}


@dataclass(frozen=True, slots=True)
class _Mots:
    """The parameters of a motif, worded on `au`."""

    parametres: Mapping[str, Any]
    au: date

    def jour(self, nom: str) -> str:
        """« 3 mars », with the year when it is another one."""
        valeur: date = self.parametres[nom]
        return ecrire_date(valeur, "j F" if valeur.year == self.au.year else "j F Y")

    def a(self, nom: str) -> bool:
        return self.parametres.get(nom) not in {None, ""}

    def montant(self, nom: str) -> str:
        valeur: Decimal = self.parametres[nom]
        return ecrire_montant(valeur, self.parametres.get("devise", ""))

    def entier(self, nom: str) -> int:
        return int(self.parametres[nom])


def libelle(motif: Motif) -> str:
    """Two or three words, for a list."""
    return str(LIBELLES[motif.code])


def raison(motif: Motif, au: date) -> str:
    """The reason as a sentence without its full stop. KeyError for a code that has no words."""
    return PHRASES[motif.code](_Mots(motif.parametres, au))


def _fixe(texte: Any) -> Callable[[_Mots], str]:
    return lambda mots: str(texte)


def _il_y_a(jour: date, au: date) -> str:
    jours = (au - jour).days
    if jours <= 0:
        return _("aujourd’hui")
    if jours == 1:
        return _("hier")
    return ngettext("il y a %(n)d jour", "il y a %(n)d jours", jours) % {"n": jours}


def _avec_motif(phrase: str, mots: _Mots) -> str:
    """The words a person wrote when they decided it."""
    return (
        _("%(phrase)s (%(motif)s)") % {"phrase": phrase, "motif": str(mots.parametres["motif"]).rstrip(" .")}
        if mots.a("motif")
        else phrase
    )


def _remise(mots: _Mots) -> str:
    return _("dossier remis le %(jour)s") % {"jour": mots.jour("depuis")}


def _insolvable(mots: _Mots) -> str:
    return _("procédure collective ouverte le %(jour)s") % {"jour": mots.jour("depuis")}


def _litige(mots: _Mots) -> str:
    if mots.a("jusqu_au"):
        jours = {"jour": mots.jour("depuis"), "fin": mots.jour("jusqu_au")}
        return _avec_motif(_("litige ouvert le %(jour)s, clos le %(fin)s") % jours, mots)
    return _avec_motif(_("litige ouvert le %(jour)s") % {"jour": mots.jour("depuis")}, mots)


def _plan(mots: _Mots) -> str:
    return _("échéancier accordé le %(jour)s") % {"jour": mots.jour("depuis")}


def _promesse(mots: _Mots) -> str:
    jours = {"jour": mots.jour("jusqu_au"), "fin": mots.jour("fin_de_grace")}
    return _("promesse jusqu’au %(jour)s, délai de grâce jusqu’au %(fin)s") % jours + _plafond(mots)


def _pause(mots: _Mots) -> str:
    phrase = (
        _("pause jusqu’au %(jour)s") % {"jour": mots.jour("jusqu_au")}
        if mots.a("jusqu_au")
        else _("pause depuis le %(jour)s, sans date de fin") % {"jour": mots.jour("depuis")}
    )
    return _avec_motif(phrase, mots) + _plafond(mots)


def _pause_client(mots: _Mots) -> str:
    return _("client en %(pause)s") % {"pause": _pause(mots)}


def _pause_entreprise(mots: _Mots) -> str:
    return _("entreprise en %(pause)s") % {"pause": _pause(mots)}


def _plafond(mots: _Mots) -> str:
    if not mots.a("plafond_le"):
        return ""
    return _(", attente maximale le %(jour)s") % {"jour": mots.jour("plafond_le")}


def _ne_pas_relancer(mots: _Mots) -> str:
    return _avec_motif(_("client à ne pas relancer"), mots)


def _pas_encore(mots: _Mots) -> str:
    return _("prochain échelon le %(jour)s") % {"jour": mots.jour("le")}


def _facture_recente(mots: _Mots) -> str:
    il_y_a = _il_y_a(mots.parametres["le"], mots.au)
    return _("facture envoyée %(il_y_a)s, délai de %(n)d jours") % {"il_y_a": il_y_a, "n": mots.entier("delai")}


def _relance_recente(mots: _Mots) -> str:
    il_y_a = _il_y_a(mots.parametres["le"], mots.au)
    return _("relancé %(il_y_a)s, intervalle de %(n)d jours") % {"il_y_a": il_y_a, "n": mots.entier("intervalle")}


def _delai_mise_en_demeure(mots: _Mots) -> str:
    jours = {"jour": mots.jour("fin_delai"), "n": mots.entier("delai")}
    return _("mise en demeure : délai jusqu’au %(jour)s, puis %(n)d jours ouvrés") % jours


def _fin_delai_inconnue(mots: _Mots) -> str:
    jour = {"jour": mots.jour("mise_en_demeure")}
    return _("mise en demeure du %(jour)s : la fin de son délai n’est pas encore connue") % jour


def _sous_le_seuil(mots: _Mots) -> str:
    montants = {"total": mots.montant("total"), "seuil": mots.montant("seuil")}
    return _("total dû de %(total)s, sous le seuil de %(seuil)s") % montants


def _retard(mots: _Mots) -> str:
    jours = mots.entier("jours_retard")
    return ngettext("%(n)d jour de retard", "%(n)d jours de retard", jours) % {"n": jours}


def _avant_echeance(mots: _Mots) -> str:
    jours = mots.entier("jours_restants")
    return ngettext("échéance dans %(n)d jour", "échéance dans %(n)d jours", jours) % {"n": jours}


def _escompte(mots: _Mots) -> str:
    return _("escompte possible jusqu’au %(jour)s") % {"jour": mots.jour("limite_escompte")}


def _echeance_depassee(mots: _Mots) -> str:
    return _("échéance dépassée : %(retard)s") % {"retard": _retard(mots)}


def _reprise(mots: _Mots) -> str:
    faits = {"retard": _retard(mots), "jour": mots.jour("connue_le")}
    return _("déjà échue quand elle a été connue, le %(jour)s : %(retard)s") % faits


def _recommencee(mots: _Mots) -> str:
    faits = {"retard": _retard(mots), "jour": mots.jour("recommencee_le")}
    return _("échelle recommencée le %(jour)s : %(retard)s") % faits


def _promesse_rompue(mots: _Mots) -> str:
    faits = {"retard": _retard(mots), "jour": mots.jour("promesse")}
    return _("promesse du %(jour)s non tenue : %(retard)s") % faits


def _delai_depasse(mots: _Mots) -> str:
    faits = {"retard": _retard(mots), "jour": mots.jour("fin_delai")}
    return _("délai de la mise en demeure dépassé depuis le %(jour)s : %(retard)s") % faits


def _plafond_atteint(mots: _Mots) -> str:
    faits = {"retard": _retard(mots), "n": mots.entier("plafond")}
    return _("attente maximale de %(n)d jours atteinte : %(retard)s") % faits


PHRASES: Mapping[str, Callable[[_Mots], str]] = {
    "soldee": _fixe(gettext_lazy("facture soldée")),
    "annulee": _fixe(gettext_lazy("facture annulée")),
    "remise": _remise,
    "echelle_epuisee": _fixe(gettext_lazy("tous les échelons sont faits")),
    "aucun_echelon": _fixe(gettext_lazy("aucun échelon ne s’applique à cette facture")),
    "insolvable": _insolvable,
    "litige": _litige,
    "plan": _plan,
    "promesse": _promesse,
    "ne_pas_relancer": _ne_pas_relancer,
    "pause_facture": _pause,
    "pause_client": _pause_client,
    "pause_entreprise": _pause_entreprise,
    "prelevement": _fixe(gettext_lazy("réglée par prélèvement ou effet de commerce")),
    "pas_encore": _pas_encore,
    "facture_envoyee_recemment": _facture_recente,
    "acte_du_jour": _fixe(gettext_lazy("un acte a déjà été décidé ou fait aujourd’hui")),
    "relance_recente": _relance_recente,
    "jour_non_ouvre": _fixe(gettext_lazy("jour non ouvré : la suite au prochain jour ouvré")),
    "delai_mise_en_demeure": _delai_mise_en_demeure,
    "fin_delai_inconnue": _fin_delai_inconnue,
    "acte_en_cours": _fixe(gettext_lazy("un autre acte est en cours pour ce client")),
    "autre_acte_cette_nuit": _fixe(gettext_lazy("un autre acte est décidé le même jour pour ce client")),
    "sous_le_seuil": _sous_le_seuil,
    "avant_echeance": _avant_echeance,
    "escompte": _escompte,
    "echeance_depassee": _echeance_depassee,
    "reprise": _reprise,
    "recommencee": _recommencee,
    "promesse_rompue": _promesse_rompue,
    "delai_depasse": _delai_depasse,
    "plafond_bienveillance": _plafond_atteint,
    "toujours_due": _fixe(gettext_lazy("toujours due")),
    "echelon_retire": _fixe(gettext_lazy("cet échelon a été retiré ou remplacé")),
    "anomalie": _fixe(gettext_lazy("mis de côté : la décision n’a pas pu être prise")),
}
