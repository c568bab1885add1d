"""R17: nothing but messages before the due date leaves while payments may not be up to date."""

from datetime import UTC, date, datetime, timedelta

import pytest

from clients.models import Contact
from encaissements.models import Reglement
from entreprises.models import Document
from importations.models import Importation
from journal.models import ContenuEvenement, Evenement
from relances import fraicheur
from relances.liberation import declarer_a_jour, outrepasser
from relances.models import Reglages, Relance
from relances.planification import planifier
from tests.fabriques import fabriquer_client, fabriquer_facture, fabriquer_membre
from tests.relances.fabrique_nuit import LUNDI, entreprise_prete, instant

pytestmark = pytest.mark.django_db
JOUR = timedelta(days=1)


def regler(client, saisi: date, recu: date | None = None) -> Reglement:
    return Reglement.objects.create(
        entreprise=client.entreprise,
        client=client,
        date_reglement=recu or saisi,
        devise="EUR",
        montant="10.00",
        disponible="10.00",
        cree_le=datetime(saisi.year, saisi.month, saisi.day, 12, tzinfo=UTC),
    )


def importer(entreprise, le: date, *, colonne: bool) -> None:
    document = Document.objects.create(entreprise=entreprise, sha256=f"{le}{colonne}", type_mime="text/csv", taille=1)
    Importation.objects.create(
        entreprise=entreprise,
        document=document,
        nom_fichier="f.csv",
        statut="terminee",
        bilan={"a_colonne_reglements": colonne},
        cree_le=datetime(le.year, le.month, le.day, 12, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("saisi", "perimee"),
    [
        (LUNDI, False),
        (LUNDI - 4 * JOUR, False),  # Thursday: 2 working days
        (date(2026, 2, 24), False),  # the Tuesday before: 4 working days, the limit
        (date(2026, 2, 23), True),  # 5 working days
    ],
)
def test_R17_payments_are_stale_when_the_last_entry_is_older_than_the_limit(saisi, perimee):
    entreprise = entreprise_prete(fraicheur_reglements=4)
    regler(fabriquer_client(entreprise), saisi)
    etat = fraicheur.etat(entreprise, LUNDI)
    assert (etat.a_jour_au, etat.est_perimee, etat.retient) == (saisi, perimee, perimee)


def test_R17_the_day_of_entry_counts_not_the_day_the_money_came():
    entreprise = entreprise_prete(fraicheur_reglements=4)
    regler(fabriquer_client(entreprise), saisi=LUNDI, recu=LUNDI - 30 * JOUR)
    assert not fraicheur.etat(entreprise, LUNDI).est_perimee


def test_R17_a_past_day_is_judged_by_the_payments_received_by_then():
    entreprise = entreprise_prete(fraicheur_reglements=4)
    regler(fabriquer_client(entreprise), saisi=LUNDI, recu=date(2026, 1, 5))
    assert fraicheur.etat(entreprise, date(2026, 1, 6)).a_jour_au == date(2026, 1, 5)
    assert fraicheur.etat(entreprise, date(2026, 1, 20)).est_perimee


@pytest.mark.parametrize(("colonne", "perimee"), [(True, False), (False, True)])
def test_R17_an_import_refreshes_only_with_a_column_of_payments(colonne, perimee):
    entreprise = entreprise_prete(fraicheur_reglements=4)
    regler(fabriquer_client(entreprise), LUNDI - 30 * JOUR)
    importer(entreprise, LUNDI - JOUR, colonne=colonne)
    assert fraicheur.etat(entreprise, LUNDI).est_perimee is perimee


@pytest.mark.parametrize(
    ("echeance", "perimee"),
    [(LUNDI + JOUR, False), (date(2026, 2, 24), False), (date(2026, 2, 23), True)],
)
def test_R17_without_any_payment_only_an_invoice_late_beyond_the_limit_makes_a_doubt(echeance, perimee):
    entreprise = entreprise_prete(fraicheur_reglements=4)
    fabriquer_facture(fabriquer_client(entreprise), echeance=echeance)
    etat = fraicheur.etat(entreprise, LUNDI)
    assert (etat.a_jour_au, etat.est_perimee) == (None, perimee)


def en_retard_et_a_echoir(**reglages):
    """An overdue account of one client, an account to come of another."""
    entreprise = entreprise_prete(fraicheur_reglements=4, **reglages)
    client = fabriquer_client(entreprise)
    fabriquer_facture(client, "100.00", echeance=LUNDI - 9 * JOUR)  # a call, made an email by its small amount
    fabriquer_facture(fabriquer_client(entreprise, "Garage Témoin"), echeance=LUNDI + 5 * JOUR)
    return entreprise


def statuts(entreprise) -> dict[bool, tuple[str, str]]:
    return {r.avant_echeance: (r.statut, r.motif_attente) for r in Relance.objects.de(entreprise)}


def test_R17_acts_are_created_and_wait_but_for_messages_before_the_due_date():
    entreprise = en_retard_et_a_echoir()
    planifier(entreprise, LUNDI, instant=instant(LUNDI))
    assert statuts(entreprise) == {False: ("a_valider", "reglements_perimes"), True: ("a_envoyer", "")}


@pytest.mark.parametrize("geste", [declarer_a_jour, outrepasser])
def test_R17_a_tick_or_an_override_releases_what_waited_and_says_so_in_the_journal(geste):
    entreprise = en_retard_et_a_echoir()
    planifier(entreprise, LUNDI, instant=instant(LUNDI))
    auteur = fabriquer_membre(entreprise)
    assert geste(entreprise, LUNDI, auteur, instant(LUNDI, 8)) == 1
    assert statuts(entreprise)[False] == ("a_envoyer", "")
    ligne = Evenement.objects.get(entreprise=entreprise, genre="reglements_a_jour")
    assert (ligne.auteur, ligne.instant) == (auteur, instant(LUNDI, 8))
    assert ContenuEvenement.objects.get(evenement=ligne).faits["factures"]
    assert not fraicheur.etat(entreprise, LUNDI).retient
    assert geste(entreprise, LUNDI, auteur, instant(LUNDI, 9)) == 0


def test_R17_a_released_act_still_waits_for_its_other_reasons():
    entreprise = en_retard_et_a_echoir(envoi_automatique=False)
    planifier(entreprise, LUNDI, instant=instant(LUNDI))
    assert statuts(entreprise)[False] == ("a_valider", "reglements_perimes")
    declarer_a_jour(entreprise, LUNDI, None, instant(LUNDI, 8))
    assert statuts(entreprise)[False] == ("a_valider", "envoi_manuel")


def test_R17_a_tick_lasts_an_override_holds_for_its_day():
    entreprise = en_retard_et_a_echoir()
    outrepasser(entreprise, LUNDI, None, instant(LUNDI))
    assert not fraicheur.etat(entreprise, LUNDI).retient
    assert fraicheur.etat(entreprise, LUNDI + JOUR).retient
    declarer_a_jour(entreprise, LUNDI, None, instant(LUNDI))
    assert not fraicheur.etat(entreprise, LUNDI + 4 * JOUR).retient


def test_R17_an_act_planned_under_an_override_says_so_in_the_journal():
    entreprise = en_retard_et_a_echoir()
    Reglages.objects.update(fraicheur_outrepassee_le=LUNDI)
    planifier(entreprise, LUNDI, instant=instant(LUNDI))
    assert statuts(entreprise)[False] == ("a_envoyer", "")
    faits = [c.faits for c in ContenuEvenement.objects.filter(evenement__genre="relance_preparee")]
    assert all(f["reglements_outrepasses"] for f in faits)


def test_R17_ticking_a_day_that_is_itself_too_old_releases_nothing():
    entreprise = entreprise_prete()
    Reglages.objects.update(reglements_a_jour_au=LUNDI - timedelta(days=30), fraicheur_reglements=4)
    fabriquer_facture(fabriquer_client(entreprise), echeance=LUNDI - timedelta(days=20))
    Contact.objects.update(telephone="01 99 00 00 00")
    planifier(entreprise, LUNDI, instant=instant(LUNDI))
    assert Relance.objects.get().motif_attente == "reglements_perimes"
    assert declarer_a_jour(entreprise, LUNDI - timedelta(days=25), None, instant(LUNDI)) == 0
    assert Relance.objects.get().motif_attente == "reglements_perimes"
    assert declarer_a_jour(entreprise, LUNDI, None, instant(LUNDI)) == 1
