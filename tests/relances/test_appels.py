"""Calls: each result, what it commits us to, and the calls that nobody made (R1, R2)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from entreprises.modeles import Perimee
from factures.annulation import annuler_facture
from journal.models import Evenement
from relances.appels import CompteRendu, conclure_appel
from relances.appels_non_faits import clore_appels_non_faits
from relances.approbation import Refus
from relances.decision import decider
from relances.models import Reglages, Relance
from suivi.litiges import ouvrir_litige
from suivi.models import Appel, Litige, Promesse
from tests import fabriques
from tests.relances import actes, scene
from tests.relances.actes import AU, INSTANT

pytestmark = pytest.mark.django_db
S, R = Relance.Statut, Appel.Resultat
UN_JOUR = timedelta(days=1)


@pytest.fixture
def entreprise():
    return actes.entreprise_prete(fraicheur_reglements=3000)


@pytest.fixture
def appel(entreprise):
    """A call due today: its invoice is late since the eve of yesterday."""
    etape = actes.etape_de(entreprise, canal="appel")
    return scene.acte(entreprise, "Imprimerie Modèle Noir", etape=etape, telephone="01 99 00 56 78")


def conclure(acte: Relance, resultat: str, au: date = AU, **valeurs) -> Relance:
    rendu = CompteRendu(resultat, "Paule Martin", "On règle vendredi.", **valeurs)
    return conclure_appel(acte, acte.version, rendu, au=au, instant=INSTANT + (au - AU), auteur=None)


def promesse(montant: str = "1200.00", le: date = AU + 5 * UN_JOUR) -> dict:
    return {"promesse_montant": Decimal(montant), "promesse_date": le}


# Results


@pytest.mark.parametrize("resultat", R.values)
def test_R1_whatever_came_of_it_the_call_is_written_down_and_acted(entreprise, appel, resultat):
    auteur = fabriques.fabriquer_membre(entreprise)
    appel.lignes.get().echeance.facture.echeances.update(a_examiner_le=None)
    rendu = CompteRendu(resultat, "Paule Martin", "On règle vendredi.", **promesse())
    fait = conclure_appel(appel, appel.version, rendu, au=AU, instant=INSTANT, auteur=auteur)
    fait.refresh_from_db()
    assert (fait.statut, fait.envoyee_le, fait.terminee_le) == (S.ENVOYEE, INSTANT, INSTANT)
    assert (fait.appel.resultat, fait.appel.interlocuteur, fait.appel.par) == (resultat, "Paule Martin", auteur)
    assert (fait.appel.client, fait.appel.passe_le) == (appel.client, INSTANT)
    assert fait.lignes.filter(est_active=True).exists()
    assert fait.lignes.get().echeance.a_examiner_le == AU
    ligne = Evenement.objects.filter(client=appel.client, genre="appel").get()
    assert (ligne.contenu.faits["resultat"], ligne.auteur) == (resultat, auteur)
    assert Promesse.objects.count() == (resultat == R.PROMESSE)
    assert Litige.objects.count() == (resultat == R.LITIGE)


def test_a_promise_is_about_all_that_the_client_owes_in_the_currency(appel):
    conclure(appel, R.PROMESSE, **promesse("800.00"))
    notee = Promesse.objects.get()
    assert (notee.client, notee.facture, notee.devise, notee.montant) == (
        appel.client,
        None,
        "EUR",
        Decimal("800.00"),
    )
    assert (notee.faite_le, notee.date_promise, notee.par) == (AU, AU + 5 * UN_JOUR, "Paule Martin")


def test_R4_after_a_promise_nothing_is_due_until_it_is_over(entreprise, appel):
    conclure(appel, R.PROMESSE, **promesse(le=AU + 20 * UN_JOUR))
    (examen,) = decider(entreprise, AU + 15 * UN_JOUR, [appel.client_id])
    assert [d.motif.code for d in examen.decisions] == ["promesse"]


REFUSES = [
    ("", {}, "resultat_manquant", "resultat"),
    ("bavardage", {}, "resultat_manquant", "resultat"),
    (R.PROMESSE, {}, "montant_manquant", "promesse_montant"),
    (R.PROMESSE, promesse("0.00"), "montant_manquant", "promesse_montant"),
    (R.PROMESSE, promesse("-5.00"), "montant_manquant", "promesse_montant"),
    (R.PROMESSE, promesse("5.001"), "montant_manquant", "promesse_montant"),
    (R.PROMESSE, {"promesse_montant": Decimal(5)}, "date_passee", "promesse_date"),
    (R.PROMESSE, promesse(le=AU - UN_JOUR), "date_passee", "promesse_date"),
]


@pytest.mark.parametrize(("resultat", "valeurs", "code", "champ"), REFUSES)
def test_what_is_missing_is_refused_at_its_field_and_nothing_is_written(appel, resultat, valeurs, code, champ):
    with pytest.raises(Refus) as refus:
        conclure(appel, resultat, **valeurs)
    assert (refus.value.code, refus.value.parametres["champ"]) == (code, champ)
    appel.refresh_from_db()
    assert (appel.statut, appel.version) == (S.A_ENVOYER, 1)
    assert not Appel.objects.exists()


def test_a_promise_for_today_is_taken(appel):
    conclure(appel, R.PROMESSE, **promesse(le=AU))
    assert Promesse.objects.get().date_promise == AU


def test_a_dispute_is_opened_on_each_invoice_of_the_call_and_on_no_other(entreprise):
    client = scene.client(entreprise, "Imprimerie Modèle Noir")
    appelees = [scene.facture(client, "500.00", retard=2 + n) for n in range(2)]
    autre = scene.facture(client, "90.00", retard=1)
    etape = actes.etape_de(entreprise, canal="appel")
    conclure(actes.fabriquer_relance(*appelees, etape=etape), R.LITIGE)
    litiges = Litige.objects.order_by("facture")
    assert [litige.facture for litige in litiges] == appelees
    assert {(litige.ouvert_le, litige.motif) for litige in litiges} == {(AU, "On règle vendredi.")}
    assert autre not in {litige.facture for litige in litiges}


def test_a_dispute_opened_or_an_invoice_cancelled_meanwhile_does_not_lose_the_call(entreprise):
    client = scene.client(entreprise, "Imprimerie Modèle Noir")
    contestee, annulee, reste = (scene.facture(client, "500.00", retard=2 + n) for n in range(3))
    acte = actes.fabriquer_relance(contestee, annulee, reste, etape=actes.etape_de(entreprise, canal="appel"))
    ouvrir_litige(contestee, AU, "Déjà dit")
    annuler_facture(annulee, aujourd_hui=AU, motif="doublon")
    assert conclure(acte, R.LITIGE).statut == S.ENVOYEE
    assert set(Litige.objects.values_list("facture", "motif")) == {
        (contestee.pk, "Déjà dit"),
        (reste.pk, "On règle vendredi."),
    }


def test_what_follows_a_call_is_written_with_it_or_not_at_all(appel, monkeypatch):
    def refuser(*args, **kwargs):
        raise ValidationError({"montant": "non"})

    monkeypatch.setattr("relances.appels.noter_promesse", refuser)
    with pytest.raises(ValidationError):
        conclure(appel, R.PROMESSE, **promesse())
    appel.refresh_from_db()
    assert (appel.statut, appel.version, appel.appel) == (S.A_ENVOYER, 1, None)
    assert not Appel.objects.exists()
    assert not Evenement.objects.exists()


def test_a_result_given_twice_is_written_once(appel):
    conclure(appel, R.ANNONCE)
    with pytest.raises(Perimee):
        conclure(appel, R.ANNONCE)
    assert Appel.objects.count() == 1


def test_a_call_that_waits_for_an_approval_may_be_made_all_the_same(entreprise):
    etape = actes.etape_de(entreprise, canal="appel")
    acte = scene.acte(entreprise, "Imprimerie", etape=etape, statut="a_valider", motif_attente="contact_manquant")
    assert conclure(acte, R.ANNONCE).statut == S.ENVOYEE


def test_what_is_not_a_call_has_no_result(entreprise):
    acte = scene.acte(entreprise, "Transports Modèle")
    with pytest.raises(Refus, match="pas_un_appel"):
        conclure(acte, R.ANNONCE)
    acte.refresh_from_db()
    assert (acte.statut, acte.version) == (S.A_ENVOYER, 1)


# The interval between contacts


def premier_jour(entreprise, client_id: int, du: date) -> date | None:
    """The first day on which something is due again."""
    for n in range(30):
        (examen,) = decider(entreprise, du + n * UN_JOUR, [client_id])
        if examen.actes:
            return du + n * UN_JOUR
    return None


@pytest.mark.parametrize(("resultat", "repond"), [(R.ANNONCE, True), (R.REPONDEUR, False), (R.INJOIGNABLE, False)])
def test_R2_only_a_call_that_someone_answered_starts_the_interval(entreprise, resultat, repond):
    """Called on the eve of the seventh day: the first reminder is due the next day, or five days after the contact."""
    etape, premiere = actes.etape_de(entreprise, canal="appel"), actes.premiere_relance(entreprise)
    facture = scene.facture(scene.client(entreprise, "Imprimerie"), retard=premiere.decalage - 1)
    acte = actes.fabriquer_relance(facture, etape=etape)
    conclure(acte, resultat)
    attendu = AU + (premiere.scenario.intervalle_minimum if repond else 1) * UN_JOUR
    assert premier_jour(entreprise, acte.client_id, AU) == attendu


# Calls that nobody made


@pytest.mark.parametrize(("jours", "est_clos"), [(0, False), (1, False), (2, False), (4, False), (5, True)])
def test_R2_a_call_nobody_made_is_closed_after_three_working_days(entreprise, appel, jours, est_clos):
    """Decided on Wednesday 8 July: Thursday, Friday, closed on Monday 13."""
    au = AU + jours * UN_JOUR
    assert clore_appels_non_faits(entreprise, au, instant=INSTANT) == int(est_clos)
    appel.refresh_from_db()
    assert (appel.closes_non_fait_le == au) == est_clos


def test_R1_R2_a_call_nobody_made_counts_as_acted_and_reached_nobody(entreprise, appel):
    au = AU + 5 * UN_JOUR
    clore_appels_non_faits(entreprise, au, instant=INSTANT)
    appel.refresh_from_db()
    assert (appel.statut, appel.erreur) == (S.ECHEC, "non fait")
    assert appel.lignes.filter(est_active=True).count() == appel.lignes.count() == 1
    assert appel.lignes.get().echeance.a_examiner_le == au
    ligne = Evenement.objects.filter(client=appel.client).get()
    assert (ligne.genre, ligne.contenu.faits["resultat"], ligne.auteur) == ("appel", "non_fait", None)
    (examen,) = decider(entreprise, au, [appel.client_id])
    assert [acte.echelon.nom for acte in examen.actes] == ["Première relance"]
    with pytest.raises(Perimee):
        conclure(appel, R.ANNONCE)


def test_R17_the_days_to_call_run_from_the_approval(entreprise, appel):
    Relance.objects.filter(pk=appel.pk).update(approuvee_le=INSTANT + 5 * UN_JOUR)
    assert clore_appels_non_faits(entreprise, AU + 5 * UN_JOUR, instant=INSTANT) == 0
    assert clore_appels_non_faits(entreprise, AU + 9 * UN_JOUR, instant=INSTANT) == 1  # the 14th is a holiday


def test_a_call_that_waits_for_a_person_is_not_closed(entreprise, appel):
    Relance.objects.filter(pk=appel.pk).update(statut="a_valider", motif_attente="reglements_perimes")
    assert clore_appels_non_faits(entreprise, AU + 30 * UN_JOUR, instant=INSTANT) == 0


def test_R13_the_calls_of_another_company_are_left_alone(appel):
    autre = actes.entreprise_prete("autre")
    assert clore_appels_non_faits(autre, AU + 30 * UN_JOUR, instant=INSTANT) == 0
    assert Reglages.objects.count() == 2


def test_a_poisoned_call_does_not_keep_the_others_open(entreprise, appel, monkeypatch):
    etape = actes.etape_de(entreprise, canal="appel")
    second = scene.acte(entreprise, "Garage Fictif", etape=etape)
    vraie = clore_appels_non_faits.__globals__["_est_a_clore"]

    def casser(relance, *args):
        if relance.pk == appel.pk:
            raise ZeroDivisionError
        return vraie(relance, *args)

    monkeypatch.setitem(clore_appels_non_faits.__globals__, "_est_a_clore", casser)
    assert clore_appels_non_faits(entreprise, AU + 5 * UN_JOUR, instant=INSTANT) == 1
    second.refresh_from_db()
    assert second.statut == S.ECHEC
