"""The demonstration company: real invoices moved to today, all else invented, and played by the product itself."""

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command

from clients.models import Client, Contact
from encaissements.models import Reglement
from encaissements.verification import Ecart, verifier_soldes
from entreprises.models import Entreprise
from factures.models import Facture
from journal.ecriture import verifier
from journal.models import Evenement
from recouvrement.jeu_demonstration import donnees
from recouvrement.jeu_demonstration.chargement import charger
from relances.models import Relance

AUJOURD_HUI = date(2026, 11, 21)


@pytest.mark.parametrize("jour", [AUJOURD_HUI + timedelta(days=n) for n in range(7)])
def test_days_keep_their_place_in_the_week_and_today_is_in_the_middle(jour):
    avance = donnees.decalage(jour)
    assert avance.days % 7 == 0
    assert timedelta(0) <= jour - (donnees.MILIEU + avance) < timedelta(days=7)


def test_facts_after_today_are_left_out():
    factures = list(donnees.lire_factures(AUJOURD_HUI))
    assert len(factures) > 200
    assert max(f.date_emission for f in factures) <= AUJOURD_HUI
    assert max(f.reglee_le for f in factures if f.reglee_le) <= AUJOURD_HUI
    assert {f.numero for f in factures if f.numero[2:] in donnees.IMPAYEES and f.reglee_le} == set()


def test_every_client_of_the_file_has_an_invented_name():
    noms = [c.nom for c in donnees.lire_clients()]
    assert len(set(noms)) == len(noms)
    assert {f.client for f in donnees.lire_factures(AUJOURD_HUI)} <= {c.code for c in donnees.lire_clients()}


@pytest.mark.lent
@pytest.mark.django_db
def test_the_loaded_company_is_whole_and_waits_for_its_visitor():
    atelier = charger(AUJOURD_HUI)
    assert atelier.est_demonstration
    assert all(c.courriel.endswith(".invalid") for c in Contact.objects.exclude(courriel=""))
    attendus = {f.numero: f.total for f in donnees.lire_factures(AUJOURD_HUI)}
    assert dict(Facture.objects.values_list("numero", "total")) == attendus
    assert Reglement.objects.latest("date_reglement").date_reglement <= AUJOURD_HUI
    assert [trouve for trouve in verifier_soldes(atelier) if isinstance(trouve, Ecart)] == []
    assert [c.nom for c in Client.objects.all() if verifier(c)] == []
    assert Evenement.objects.latest("instant").instant.date() <= AUJOURD_HUI
    canaux = set(Relance.objects.filter(statut="envoyee").values_list("canal", flat=True))
    assert canaux == {"courriel", "appel", "recommande"}
    en_attente = set(Relance.objects.filter(statut="a_valider").values_list("motif_attente", flat=True))
    assert {"approbation", "contact_manquant"} <= en_attente
    assert Relance.objects.filter(canal="recommande", statut="a_envoyer").exists()


@pytest.mark.django_db
def test_it_is_not_loaded_where_a_real_mail_server_is_set(settings):
    settings.EMAIL_URL = "smtp://127.0.0.1:25"
    with pytest.raises(CommandError):
        call_command("charger_demonstration")
    assert not Entreprise.objects.exists()
