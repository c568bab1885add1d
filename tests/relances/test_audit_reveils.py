"""R4: whatever stops holding a debt back, the next night looks at it again. Nothing sleeps for ever."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from clients.models import Client
from encaissements.encaissement import enregistrer_reglement
from encaissements.rejet import rejeter_reglement
from entreprises.models import Adhesion
from factures.annulation import annuler_facture
from factures.creation import EcheancePrevue, enregistrer_facture
from factures.models import Echeance, Facture
from journal.ecriture import verifier
from relances import approbation, liberation
from relances.forms import FormulaireReglages
from relances.models import Affectation, Etape, Reglages, Relance, Scenario
from relances.planification import planifier
from suivi.litiges import clore_litige, ouvrir_litige
from suivi.models import Pause, Promesse
from suivi.modification import modifier_client
from suivi.pauses import lever_pause, mettre_en_pause
from suivi.promesses import annuler_promesse, noter_promesse
from tests import fabriques
from tests.relances.fabrique_nuit import LUNDI, entreprise_prete, instant

pytestmark = pytest.mark.django_db
UN_JOUR = timedelta(days=1)
S = Relance.Statut


@dataclass
class Cas:
    """A company, a client, an invoice ten days late on Monday; `objet`: what the obstacle made."""

    client: Client
    facture: Facture
    objet: Any = None

    @property
    def entreprise(self):
        return self.client.entreprise

    @property
    def echeance(self) -> Echeance:
        return Echeance.objects.get(facture=self.facture)


@pytest.fixture
def cas() -> Cas:
    client = fabriques.fabriquer_client(entreprise_prete())
    return Cas(client, fabriques.fabriquer_facture(client, echeance=LUNDI - timedelta(days=10)))


def ecrire(client: Client, **valeurs: Any) -> Callable[[], bool]:
    return lambda: bool(Client.objects.filter(pk=client.pk).update(**valeurs))


def changer(cas: Cas, au: date, **valeurs: Any) -> None:
    modifier_client(cas.client, list(valeurs), ecrire(cas.client, **valeurs), aujourd_hui=au)


def regler(cas: Cas, **valeurs: Any) -> None:
    """Through the form of the settings page."""
    reglages = Reglages.objects.get(entreprise=cas.entreprise)
    form = FormulaireReglages(instance=reglages)
    donnees = {nom: form[nom].value() for nom in form.fields} | {"version": reglages.version} | valeurs
    form = FormulaireReglages({k: v for k, v in donnees.items() if v is not None and v is not False}, instance=reglages)
    assert form.is_valid(), form.errors
    assert form.enregistrer()


def en_pause(cas: Cas, au: date, **cible: Any) -> None:
    cas.objet = mettre_en_pause(cas.entreprise, du=au, aujourd_hui=au, **cible)


def lever(cas: Cas, au: date) -> None:
    lever_pause(Pause.objects.get(pk=cas.objet.pk), aujourd_hui=au)


def preleve_puis_rejete(cas: Cas, au: date) -> None:
    recu = enregistrer_reglement(cas.client, Decimal("1200.00"), au, aujourd_hui=au, moyen="prelevement")
    rejeter_reglement(recu, au, "provision insuffisante", aujourd_hui=au)


def sans_echelle(cas: Cas) -> None:
    Affectation.objects.filter(entreprise=cas.entreprise, genre_client="professionnel").delete()


def donner_une_echelle(cas: Cas) -> None:
    scenario = Scenario.objects.get(entreprise=cas.entreprise, genre_client="particulier")
    Affectation.objects.create(entreprise=cas.entreprise, scenario=scenario, client=cas.client)


def echelons_retires(cas: Cas, retires: date | None) -> None:
    for etape in Etape.objects.filter(entreprise=cas.entreprise):
        etape.retiree_le = retires
        etape.save()


def nouvelle_facture(cas: Cas, au: date) -> None:
    enregistrer_facture(
        cas.entreprise, cas.client, "F-suite", au - 40 * UN_JOUR, Decimal("5000.00"), connue_le=au,
        echeances=(EcheancePrevue(au - 10 * UN_JOUR, Decimal("5000.00")),),
    )  # fmt: skip


def douteuse(cas: Cas) -> None:
    planifier(cas.entreprise, LUNDI - UN_JOUR * 3, instant=instant(LUNDI - UN_JOUR * 3))
    Relance.objects.update(statut=S.A_VERIFIER, remise_le=instant(LUNDI - UN_JOUR * 3), est_formelle=False)


def non_partie(cas: Cas, au: date) -> None:
    acte = Relance.objects.get(statut=S.A_VERIFIER)
    approbation.dire_non_partie(acte, acte.version, None, instant(au))


def autre_payee(cas: Cas, au: date) -> None:
    """The open act was about another invoice, which is cancelled: the act ends, and holds back this one no more."""
    annuler_facture(Facture.objects.get(numero="AUTRE"), "doublon", aujourd_hui=au)


def autre_en_cours(cas: Cas) -> None:
    Facture.objects.filter(pk=cas.facture.pk).update(mode_reglement="prelevement")
    fabriques.fabriquer_facture(cas.client, echeance=LUNDI - timedelta(days=10), numero="AUTRE")
    planifier(cas.entreprise, LUNDI - UN_JOUR * 3, instant=instant(LUNDI - UN_JOUR * 3))
    Facture.objects.filter(pk=cas.facture.pk).update(mode_reglement="virement")
    assert Relance.objects.filter(statut=S.A_VALIDER).exists()


PASSAGES = {
    "ne pas relancer": (
        lambda c: changer(c, LUNDI, ne_pas_relancer=True),
        lambda c, au: changer(c, au, ne_pas_relancer=False),
    ),
    "insolvable": (lambda c: changer(c, LUNDI, insolvable_le=LUNDI), lambda c, au: changer(c, au, insolvable_le=None)),
    "genre sans échelle": (sans_echelle, lambda c, au: changer(c, au, genre="particulier")),
    "échelle donnée": (sans_echelle, lambda c, au: donner_une_echelle(c)),
    "échelons retirés": (lambda c: echelons_retires(c, LUNDI), lambda c, au: echelons_retires(c, None)),
    "litige": (
        lambda c: setattr(c, "objet", ouvrir_litige(c.facture, LUNDI, "x", aujourd_hui=LUNDI)),
        lambda c, au: clore_litige(c.objet, LUNDI, aujourd_hui=au),
    ),
    "pause de la facture": (lambda c: en_pause(c, LUNDI, facture=c.facture), lever),
    "pause du client": (lambda c: en_pause(c, LUNDI, client=c.client), lever),
    "pause de l’entreprise": (lambda c: en_pause(c, LUNDI), lever),
    "promesse": (
        lambda c: noter_promesse(c.client, Decimal("1200.00"), LUNDI + 60 * UN_JOUR, faite_le=LUNDI),
        lambda c, au: annuler_promesse(Promesse.objects.get(), aujourd_hui=au),
    ),
    "plafond de bienveillance": (
        lambda c: en_pause(c, LUNDI - UN_JOUR, client=c.client),
        lambda c, au: regler(c, plafond_bienveillance=0),
    ),
    "seuil abaissé": (
        lambda c: Reglages.objects.update(seuil=Decimal("5000.00")),
        lambda c, au: regler(c, seuil="1000"),
    ),
    "seuil dépassé": (lambda c: Reglages.objects.update(seuil=Decimal("5000.00")), nouvelle_facture),
    "prélèvement rejeté": (
        lambda c: Facture.objects.filter(pk=c.facture.pk).update(mode_reglement="prelevement"),
        preleve_puis_rejete,
    ),
    "envoi douteux": (douteuse, non_partie),
    "autre acte ouvert": (autre_en_cours, autre_payee),
}


@pytest.mark.parametrize("passage", PASSAGES)
def test_R4_what_held_a_debt_back_is_over_and_the_next_night_acts(cas, passage):
    poser, retirer = PASSAGES[passage]
    poser(cas)
    planifier(cas.entreprise, LUNDI, instant=instant(LUNDI))
    deja = set(Relance.objects.all().values_list("pk", flat=True))
    assert not Relance.objects.filter(date_decision=LUNDI).exists(), "the obstacle holds"
    assert cas.echeance.a_examiner_le is None or cas.echeance.a_examiner_le > LUNDI + UN_JOUR, "it sleeps"

    demain = LUNDI + UN_JOUR
    retirer(cas, demain)
    planifier(cas.entreprise, demain, instant=instant(demain))

    nouvelles = Relance.objects.filter(date_decision=demain).exclude(pk__in=deja)
    assert nouvelles.filter(lignes__echeance=cas.echeance, lignes__etape__isnull=False).exists()
    cas.client.refresh_from_db()
    assert verifier(cas.client) == []


def test_settings_that_did_not_change_wake_nobody(cas):
    changer(cas, LUNDI, ne_pas_relancer=True)
    planifier(cas.entreprise, LUNDI, instant=instant(LUNDI))
    liberation.declarer_a_jour(cas.entreprise, LUNDI, None, instant(LUNDI))
    liberation.outrepasser(cas.entreprise, LUNDI, None, instant(LUNDI))
    assert planifier(cas.entreprise, LUNDI + UN_JOUR, instant=instant(LUNDI + UN_JOUR)).examinees == 0
    assert cas.echeance.a_examiner_le is None


@pytest.mark.parametrize(("canal", "coordonnee"), [("courriel", "compta@neuf.invalid"), ("appel", "02 61 91 04 17")])
def test_an_act_that_waited_for_an_address_leaves_once_it_is_there(canal, coordonnee):
    entreprise = entreprise_prete()
    client = fabriques.fabriquer_client(entreprise, courriel="")
    total = {"courriel": "120.00", "appel": "1200.00"}[canal]  # a small sum is not worth a call
    fabriques.fabriquer_facture(client, total, LUNDI - timedelta(days=1))
    planifier(entreprise, LUNDI, instant=instant(LUNDI))
    acte = Relance.objects.get()
    assert (acte.canal, acte.statut, acte.motif_attente) == (canal, S.A_VALIDER, "contact_manquant")

    champ = "telephone" if canal == "appel" else "courriel"
    client.contacts.create(entreprise=entreprise, nom="Paul", **{champ: coordonnee})
    planifier(entreprise, LUNDI + UN_JOUR, instant=instant(LUNDI + UN_JOUR))
    acte.refresh_from_db()
    assert (acte.statut, acte.motif_attente) == (S.A_ENVOYER, "")
    client.refresh_from_db()
    assert verifier(client) == []


def test_an_act_that_found_its_address_still_waits_for_its_next_reason():
    entreprise = entreprise_prete(envoi_automatique=False)
    client = fabriques.fabriquer_client(entreprise, courriel="")
    fabriques.fabriquer_facture(client, "120.00", LUNDI - timedelta(days=1))
    planifier(entreprise, LUNDI, instant=instant(LUNDI))
    client.contacts.create(entreprise=entreprise, courriel="compta@neuf.invalid")
    planifier(entreprise, LUNDI + UN_JOUR, instant=instant(LUNDI + UN_JOUR))
    acte = Relance.objects.get()
    assert (acte.statut, acte.motif_attente) == (S.A_VALIDER, "envoi_manuel")


def test_the_client_s_page_lets_a_client_be_chased_again(client):
    """The form itself goes through the workflow: locked, journaled, woken."""
    entreprise = entreprise_prete()
    debiteur = fabriques.fabriquer_client(entreprise, ne_pas_relancer=True, ne_pas_relancer_motif="accord")
    fabriques.fabriquer_facture(debiteur, echeance=LUNDI - timedelta(days=10))
    Echeance.objects.update(a_examiner_le=None)
    utilisateur = fabriques.fabriquer_membre(entreprise)
    client.force_login(utilisateur)
    page = reverse("clients:modifier", kwargs={"slug": entreprise.slug, "pk": debiteur.pk})
    donnees = {"nom": debiteur.nom, "genre": "professionnel", "langue": "fr", "version": debiteur.version}
    assert client.post(page, donnees).status_code == 302
    assert Echeance.objects.get().a_examiner_le is not None
    debiteur.refresh_from_db()
    ligne = debiteur.evenements.get()
    assert ligne.genre == "client_modifie"
    assert ligne.auteur == utilisateur
    assert ligne.contenu.faits["changements"]["ne_pas_relancer"] == ["1", ""]
    assert verifier(debiteur) == []
    assert Adhesion.objects.get().utilisateur == utilisateur
    fiche = client.get(reverse("clients:detail", kwargs={"slug": entreprise.slug, "pk": debiteur.pk}))
    assert "oui → non" in fiche.content.decode()
