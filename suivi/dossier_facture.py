"""What the invoice's page shows: how its balance is made, line by line, and what holds it back."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from encaissements.models import Imputation
from entreprises.templatetags.formats import ecrire_date
from factures.models import Acompte, Echeance, Facture, LigneTaxe
from noyau.escompte import Escompte
from noyau.montants import ZERO
from suivi.models import Litige, Pause, Promesse


@dataclass(frozen=True, slots=True)
class LigneCompte:
    """One step from the total to the balance; `montant` carries its sign."""

    libelle: str
    montant: Decimal
    reglement: int | None = None


@dataclass(frozen=True, slots=True)
class LigneEcheance:
    echeance: Echeance
    regle: Decimal


@dataclass(frozen=True, slots=True)
class OffreEscompte:
    """The discount offered, its last day, and what would then be paid."""

    taux: Decimal
    limite: date
    montant: Decimal
    est_ouverte: bool


@dataclass(frozen=True, slots=True)
class LigneAcompte:
    acompte: Acompte
    recu: Decimal


@dataclass(frozen=True, slots=True)
class DossierFacture:
    facture: Facture
    taxes: list[LigneTaxe]
    compte: list[LigneCompte]
    hors_principal: list[LigneCompte]
    echeances: list[LigneEcheance]
    prochaine: date | None
    acomptes: list[LigneAcompte]
    escompte: OffreEscompte | None
    litiges: list[Litige]
    litiges_clos: list[Litige]
    promesses: list[Promesse]
    pauses: list[Pause]

    @property
    def attend_le_prelevement(self) -> bool:
        """Collected by us: nothing is asked for unless the bank rejects it."""
        return self.facture.est_prelevee and self.facture.solde > 0 and self.facture.annulee_le is None


def lire_dossier(facture: Facture, au: date) -> DossierFacture:
    """Everything in a constant number of queries."""
    imputations = list(
        facture.imputations.filter(reglement__annule_le=None)  # an undone payment shows in the journal alone
        .select_related("reglement", "avoir", "acompte")
        .order_by("date_valeur", "pk")
    )
    echeances = list(facture.echeances.order_by("rang"))
    litiges = list(facture.litiges.order_by("-ouvert_le", "-pk"))
    return DossierFacture(
        facture=facture,
        taxes=list(facture.taxes.order_by("-taux", "pk")),
        compte=[ligne(i) for i in imputations if i.poste == Imputation.Poste.PRINCIPAL],
        hors_principal=[ligne(i) for i in imputations if i.poste != Imputation.Poste.PRINCIPAL],
        echeances=[LigneEcheance(e, e.montant - e.solde) for e in echeances],
        prochaine=next((e.date_echeance for e in sorted(echeances, key=lambda e: e.date_echeance) if e.solde), None),
        acomptes=acomptes(facture),
        escompte=offre(facture, au),
        litiges=[x for x in litiges if x.clos_le is None],
        litiges_clos=[x for x in litiges if x.clos_le is not None],
        promesses=promesses(facture),
        pauses=pauses(facture, au),
    )


def ligne(imputation: Imputation) -> LigneCompte:
    """« Règlement du 15 octobre, virement », or what undoes it."""
    jour = ecrire_date(imputation.date_valeur, "j F Y")
    if imputation.annule_id:
        return LigneCompte(_("Annulation du %s") % jour, -imputation.montant, imputation.reglement_id)
    if imputation.avoir:
        libelle = _("Avoir %(numero)s du %(jour)s") % {"numero": imputation.avoir.numero, "jour": jour}
    elif imputation.nature == Imputation.Nature.REGLEMENT and imputation.reglement:
        libelle = _("Règlement du %(jour)s, %(moyen)s") % {
            "jour": jour,
            "moyen": str(imputation.reglement.get_moyen_display()).lower(),
        }
    else:
        libelle = _("%(nature)s du %(jour)s") % {"nature": imputation.get_nature_display(), "jour": jour}
    return LigneCompte(libelle, -imputation.montant, imputation.reglement_id)


def acomptes(facture: Facture) -> list[LigneAcompte]:
    demandes = facture.acomptes.annotate(recu=Sum("imputations__montant")).order_by("pk")
    return [LigneAcompte(acompte, acompte.recu or ZERO) for acompte in demandes]


def offre(facture: Facture, au: date) -> OffreEscompte | None:
    """The discount, while something is left to pay."""
    if facture.escompte_taux is None or facture.escompte_jours is None:
        return None
    escompte = Escompte(facture.escompte_taux, facture.escompte_jours)
    limite = escompte.limite(facture.date_emission)
    return OffreEscompte(
        taux=facture.escompte_taux,
        limite=limite,
        montant=escompte.montant(facture.total),
        est_ouverte=facture.solde > 0 and facture.annulee_le is None and au <= limite,
    )


def promesses(facture: Facture) -> list[Promesse]:
    """Those about this invoice, and those about all that its client owes."""
    du_client = Promesse.objects.filter(
        entreprise=facture.entreprise, client=facture.client_id, tenue_le=None, annulee_le=None
    )
    de_celle_ci = du_client.filter(Q(facture=facture) | Q(facture=None, devise=facture.devise))
    return list(de_celle_ci.order_by("-date_promise"))


def pauses(facture: Facture, au: date) -> list[Pause]:
    """Those that hold this invoice back."""
    toutes = Pause.objects.de(facture.entreprise).filter(levee_le=None).filter(Q(au=None) | Q(au__gte=au))
    portee = Q(facture=facture) | Q(client=facture.client_id, facture=None) | Q(client=None, facture=None)
    return list(toutes.filter(portee).order_by("du"))
