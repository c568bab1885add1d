"""R4, R7: an open act is looked at again whenever the facts moved; what it says stays true, or it does not leave."""

import logging
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients.models import Client
from encaissements.encaissement import enregistrer_reglement
from entreprises.documents import conserver
from factures.models import Facture
from journal.ecriture import noter, verifier, verrouiller
from journal.models import Evenement
from relances import envoi, revision, statuts
from relances.models import Relance
from relances.revision import reviser_ouvertes
from suivi.litiges import ouvrir_litige
from suivi.promesses import noter_promesse
from tests import fabriques
from tests.relances import actes, pieges, scene
from tests.relances.actes import AU, INSTANT

pytestmark = pytest.mark.django_db
S = Relance.Statut
UN_JOUR = timedelta(days=1)


@pytest.fixture
def entreprise():
    return actes.entreprise_prete(fraicheur_reglements=3000)


@pytest.fixture
def acte(entreprise):
    return scene.acte(entreprise, "Transports Modèle")


def regler(facture: Facture, montant: str, le: date = AU) -> None:
    enregistrer_reglement(
        facture.client, Decimal(montant), le, "EUR", aujourd_hui=le, repartition={facture.pk: Decimal(montant)}
    )


def facture_de(acte: Relance) -> Facture:
    return acte.lignes.get().echeance.facture


def reviser(acte: Relance, au: date = AU, **options) -> Relance:
    reviser_ouvertes(acte.entreprise, au, INSTANT + (au - AU), **options)
    return Relance.objects.select_related("etape", "client", "entreprise").get(pk=acte.pk)


FAITS = {
    "soldee": lambda facture: regler(facture, "1200.00"),
    "litige": lambda facture: ouvrir_litige(facture, AU, "Manque une étagère"),
    "promesse": lambda facture: noter_promesse(facture.client, Decimal("1200.00"), AU + 5 * UN_JOUR, faite_le=AU),
    "ne_pas_relancer": lambda facture: Client.objects.filter(pk=facture.client_id).update(ne_pas_relancer=True),
}


@pytest.mark.parametrize("motif", FAITS)
@pytest.mark.parametrize("statut", ["a_valider", "a_envoyer"])
def test_R4_a_fact_that_leaves_nothing_to_ask_cancels_the_act(acte, motif, statut):
    Relance.objects.filter(pk=acte.pk).update(statut=statut)
    FAITS[motif](facture_de(acte))
    annulee = reviser(acte, toutes=True)
    assert (annulee.statut, annulee.terminee_le) == (S.ANNULEE, INSTANT)
    assert motif in annulee.annulee_motif
    assert not annulee.lignes.filter(est_active=True).exists()
    assert Evenement.objects.filter(client=acte.client).latest("rang").genre == "relance_annulee"
    assert verifier(Client.objects.get(pk=acte.client_id)) == []


def test_R1_the_rungs_of_a_cancelled_act_are_free_and_the_night_looks_at_them_again(acte):
    facture = facture_de(acte)
    facture.echeances.update(a_examiner_le=None)
    ouvrir_litige(facture, AU, "Manque une étagère")
    reviser(acte)
    assert facture.echeances.get().a_examiner_le == AU


@pytest.mark.parametrize("statut", ["a_valider", "a_envoyer"])
def test_R4_a_part_payment_lowers_what_is_asked_and_makes_older_pages_out_of_date(acte, statut):
    Relance.objects.filter(pk=acte.pk).update(statut=statut)
    regler(facture_de(acte), "400.00")
    revue = reviser(acte)
    assert (revue.statut, revue.total, revue.version) == (statut, Decimal("800.00"), acte.version + 1)
    assert revue.lignes.get().solde == Decimal("800.00")


def test_an_act_is_looked_at_once_for_each_move_of_the_journal(entreprise, acte):
    assert reviser_ouvertes(entreprise, AU, INSTANT) == 0
    regler(facture_de(acte), "400.00")
    assert reviser_ouvertes(entreprise, AU, INSTANT) == 1
    assert reviser_ouvertes(entreprise, AU, INSTANT) == 0


def test_a_fact_that_changes_nothing_leaves_the_act_as_it_was(entreprise, acte):
    client = verrouiller(acte.client_id)
    noter(client, "note", {"texte": "Rappeler Paule"}, instant=INSTANT)
    assert reviser_ouvertes(entreprise, AU, INSTANT) == 1
    assert reviser(acte).version == acte.version
    assert reviser_ouvertes(entreprise, AU, INSTANT) == 0


@pytest.mark.parametrize("statut", ["en_cours", "a_verifier", "envoyee", "echec", "annulee"])
def test_R6_what_left_or_is_leaving_is_not_rewritten(acte, statut):
    Relance.objects.filter(pk=acte.pk).update(statut=statut)
    regler(facture_de(acte), "400.00")
    revue = reviser(acte, toutes=True)
    assert (revue.statut, revue.total, revue.lignes.get().solde) == (statut, Decimal("1200.00"), Decimal("1200.00"))


def test_R5_a_line_in_dispute_is_taken_out_and_the_rest_still_leaves(entreprise):
    client = scene.client(entreprise, "Transports Modèle")
    contestee, reste = (scene.facture(client, "500.00", retard=8 + n) for n in range(2))
    acte = actes.fabriquer_relance(contestee, reste)
    ouvrir_litige(contestee, AU, "Manque une étagère")
    revue = reviser(acte)
    assert (revue.statut, revue.total) == (S.A_ENVOYER, Decimal("500.00"))
    assert [ligne.numero for ligne in revue.lignes.all()] == [reste.numero]


def test_R13_the_acts_of_another_company_are_left_alone(acte):
    regler(facture_de(acte), "400.00")
    autre = actes.entreprise_prete("autre")
    assert reviser_ouvertes(autre, AU, INSTANT, toutes=True) == 0


def test_a_poisoned_act_does_not_keep_the_others_from_being_reviewed(entreprise, acte, monkeypatch, caplog):
    second = scene.acte(entreprise, "Garage Fictif")
    for relance in (acte, second):
        regler(facture_de(relance), "400.00")
    vraie = revision.verifier

    def casser(relance, *args, **kwargs):
        if relance.pk == acte.pk:
            raise ZeroDivisionError
        return vraie(relance, *args, **kwargs)

    monkeypatch.setattr(revision, "verifier", casser)
    with caplog.at_level(logging.ERROR):
        assert reviser_ouvertes(entreprise, AU, INSTANT) == 1
    assert f"act {acte.pk} set aside" in caplog.text
    assert reviser(second).total == Decimal("800.00")


def test_its_queries_do_not_grow_with_the_invoices_of_an_act(entreprise):
    comptes = []
    for nombre in (2, 12):
        client = scene.client(entreprise, f"Client {nombre}")
        factures = [scene.facture(client, "100.00", retard=8) for _ in range(nombre)]
        acte = actes.fabriquer_relance(*factures)
        Relance.objects.filter(pk=acte.pk).update(journal_rang_vu=7)
        with CaptureQueriesContext(connection) as requetes:
            reviser_ouvertes(entreprise, AU, INSTANT)
        comptes.append(len(requetes))
    assert comptes[0] == comptes[1]


# What was frozen


def test_R6_an_email_frozen_on_another_day_is_written_again_with_its_new_deadline(entreprise, acte, settings):
    """The server put it off in the evening: the deadline of the next morning is not that of the day before."""
    with pieges.serveur(pieges.Reporte(), settings):
        envoi.envoyer(entreprise, AU, INSTANT)
    reportee = Relance.objects.get(pk=acte.pk)
    assert (reportee.statut, reportee.date_lettre) == (S.A_ENVOYER, AU)
    with pieges.serveur(pieges.Boite(), settings) as boite:
        envoi.envoyer(entreprise, AU + UN_JOUR, INSTANT + UN_JOUR)
    partie = Relance.objects.get(pk=acte.pk)
    assert (partie.statut, partie.date_lettre) == (S.ENVOYEE, AU + UN_JOUR)
    assert partie.delai_le > reportee.delai_le
    assert partie.message_id == reportee.message_id
    assert len(boite.messages) == 1


def test_R6_the_messages_of_attempts_that_failed_are_no_documents_of_the_act(entreprise, acte, settings):
    with pieges.serveur(pieges.Reporte(), settings):
        envoi.envoyer(entreprise, AU, INSTANT)
    assert not acte.pieces.exists()
    with pieges.serveur(pieges.Boite(), settings) as boite:
        envoi.envoyer(entreprise, AU, INSTANT + UN_JOUR / 24)
    (piece,) = acte.pieces.all()
    assert piece.role == "courriel"
    assert len(boite.messages) == 1


def test_R6_the_invoices_are_attached_and_kept_with_the_act(entreprise, mailoutbox):
    """Two invoices with their PDF, one without: what is joined is what is frozen."""
    client = scene.client(entreprise, "Transports Modèle")
    factures = [scene.facture(client, "500.00", retard=8, numero=f"F 2026/{n}") for n in range(3)]
    pdfs = [conserver(entreprise, f"%PDF-1.4 {n}".encode(), "application/pdf", f"{n}.pdf") for n in range(2)]
    for facture, pdf in zip(factures, pdfs, strict=False):
        Facture.objects.filter(pk=facture.pk).update(pdf=pdf)
    acte = actes.fabriquer_relance(*factures)
    assert envoi.envoyer(entreprise, AU, INSTANT).envoyees == [acte.pk]
    (message,) = mailoutbox
    assert message.attachments == [
        ("F-2026-0.pdf", b"%PDF-1.4 0", "application/pdf"),
        ("F-2026-1.pdf", b"%PDF-1.4 1", "application/pdf"),
    ]
    pieces = acte.pieces.filter(role="facture")
    assert [(piece.nom, piece.document) for piece in pieces] == [("F-2026-0.pdf", pdfs[0]), ("F-2026-1.pdf", pdfs[1])]


def test_R6_an_act_unfrozen_forgets_its_documents_but_not_the_proof_that_a_person_brought(entreprise, acte):
    document = conserver(entreprise, b"%PDF", "application/pdf", "x.pdf")
    for role in ("lettre", "courriel", "facture", "preuve"):
        acte.pieces.create(entreprise=entreprise, document=document, role=role, nom="x.pdf")
    statuts.defiger(acte)
    assert [piece.role for piece in acte.pieces.all()] == ["preuve"]


def test_a_company_without_a_mail_address_still_has_message_ids(mailoutbox):
    """A Message-ID needs a right-hand side."""
    entreprise = actes.entreprise_prete("muette")
    type(entreprise).objects.update(courriel="")
    acte = scene.acte(entreprise, "Transports Modèle")
    envoi.envoyer(entreprise, AU, INSTANT)
    acte.refresh_from_db()
    assert acte.message_id == f"<relance-{acte.pk}.{entreprise.pk}@recouvrement.invalid>"


def test_R5_each_currency_is_reviewed_on_its_own(entreprise):
    client = fabriques.fabriquer_client(entreprise)
    euros, francs = scene.facture(client, retard=8), scene.facture(client, retard=8, devise="CHF")
    en_euros, en_francs = actes.fabriquer_relance(euros), None
    Relance.objects.exclude(pk=en_euros.pk).update(devise="USD")
    en_francs = actes.fabriquer_relance(francs)
    regler(euros, "1200.00")
    assert reviser(en_euros).statut == S.ANNULEE
    assert reviser(en_francs).statut == S.A_ENVOYER
