"""What the database itself forbids, by the name of the constraint."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from relances.models import Etape, LigneRelance, Relance
from tests.relances import actes, scene
from tests.relances.actes import AU, INSTANT

pytestmark = pytest.mark.django_db


@pytest.fixture
def relance():
    return scene.acte(actes.entreprise_prete(), "Hôtel Spécimen")


def contrainte(erreur: IntegrityError) -> str:
    """The constraint that refused. SQLite names the columns of a unique index: the one index that has them is it."""
    cause = erreur.__cause__
    if connection.vendor == "postgresql":
        return cause.diag.constraint_name
    genre, _, objet = str(cause).partition(" constraint failed: ")
    if genre == "CHECK":
        return objet
    table = objet.partition(".")[0]
    colonnes = [colonne.partition(".")[2] for colonne in objet.split(", ")]
    with connection.cursor() as curseur:
        connues = connection.introspection.get_constraints(curseur, table)
    (nom,) = [nom for nom, c in connues.items() if c["unique"] and c["columns"] == colonnes]
    return nom


def refuse(geste) -> str:
    with pytest.raises(IntegrityError) as saisie, transaction.atomic():
        geste()
    return contrainte(saisie.value)


def copie(relance, **valeurs) -> Relance:
    """Another act of the same client in the same currency, which would be admitted but for `valeurs`."""
    champs = {"statut": "envoyee", "date_decision": AU + timedelta(days=1)}
    copies = {champ: getattr(relance, champ) for champ in ("entreprise", "client", "devise", "etape", "canal")}
    return Relance(**{**champs, **copies, **valeurs})


def ligne(relance, **valeurs) -> LigneRelance:
    modele = LigneRelance.objects.filter(etape=relance.etape).get()
    champs = ("echeance", "etape", "cycle", "numero", "date_emission", "date_echeance", "montant", "solde")
    copiees = {champ: getattr(modele, champ) for champ in champs}
    return LigneRelance(entreprise=relance.entreprise, relance=relance, **{**copiees, **valeurs})


def test_R1_a_rung_is_acted_once_per_instalment_and_cycle(relance):
    autre = copie(relance)
    autre.save()
    assert refuse(lambda: ligne(autre).save()) == "ligne_un_echelon_une_fois_par_cycle"


@pytest.mark.parametrize("valeurs", [{"cycle": 2}, {"est_active": False}, {"etape": None}])
def test_R1_another_cycle_a_freed_line_or_a_line_for_information_is_admitted(relance, valeurs):
    autre = copie(relance)
    autre.save()
    ligne(autre, **valeurs).save()


def test_an_instalment_is_once_in_an_act(relance):
    assert refuse(lambda: ligne(relance, etape=None).save()) == "ligne_echeance_une_fois_par_relance"


@pytest.mark.parametrize("statut", Relance.STATUTS_OUVERTS)
def test_R5_a_client_has_one_open_act_per_currency(relance, statut):
    assert refuse(lambda: copie(relance, statut=statut).save()) == "relance_une_seule_ouverte"
    copie(relance, statut=statut, devise="CHF").save()


def test_R5_an_open_act_beside_closed_ones_is_admitted(relance):
    for rang, statut in enumerate(("envoyee", "echec", "annulee"), start=1):
        copie(relance, statut=statut, date_decision=AU + timedelta(days=rang)).save()


def test_R5_a_client_has_one_act_per_night_and_currency(relance):
    assert refuse(lambda: copie(relance, date_decision=AU).save()) == "relance_une_par_nuit"
    copie(relance, date_decision=AU, statut="annulee").save()


@pytest.mark.parametrize("statut", ["a_envoyer", "en_cours", "envoyee", "echec", "a_verifier"])
def test_R7_a_formal_demand_never_goes_further_without_an_approval(relance, statut):
    Relance.objects.filter(pk=relance.pk).update(statut="envoyee")
    formelle = copie(relance, statut=statut, est_formelle=True)
    assert refuse(formelle.save) == "relance_formelle_jamais_sans_approbation"
    formelle.approuvee_le = INSTANT
    formelle.save()


@pytest.mark.parametrize("statut", ["a_valider", "annulee"])
def test_R7_a_formal_demand_may_wait_or_be_dropped_without_one(relance, statut):
    Relance.objects.filter(pk=relance.pk).update(statut="envoyee")
    copie(relance, statut=statut, est_formelle=True).save()


def test_R7_an_approval_is_not_taken_back_from_a_formal_demand_on_its_way(relance):
    Relance.objects.filter(pk=relance.pk).update(est_formelle=True, approuvee_le=INSTANT)
    acte = Relance.objects.filter(pk=relance.pk)
    assert refuse(lambda: acte.update(approuvee_le=None)) == "relance_formelle_jamais_sans_approbation"


def test_R7_a_formal_rung_always_asks_for_an_approval(relance):
    etapes = Etape.objects.filter(pk=actes.mise_en_demeure(relance.entreprise).pk)
    assert refuse(lambda: etapes.update(demande_approbation=False)) == "etape_formelle_demande_approbation"


def test_R7_a_registered_letter_is_a_formal_rung(relance):
    etapes = Etape.objects.filter(pk=actes.mise_en_demeure(relance.entreprise).pk)
    assert refuse(lambda: etapes.update(est_formelle=False)) == "etape_recommandee_est_formelle"


@pytest.mark.parametrize("canal", ["appel", "courrier", "recommande"])
def test_R8_only_an_email_is_claimed(relance, canal):
    acte = Relance.objects.filter(pk=relance.pk)
    assert refuse(lambda: acte.update(statut="en_cours", canal=canal)) == "relance_seul_un_courriel_est_pris"
    acte.update(statut="en_cours")


def test_R8_a_message_id_is_that_of_one_act(relance):
    Relance.objects.filter(pk=relance.pk).update(message_id="<relance-1@essai.invalid>")
    autre = copie(relance, message_id="<relance-1@essai.invalid>")
    assert refuse(autre.save) == "relance_message_id_unique"
