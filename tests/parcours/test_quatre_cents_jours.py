"""One invoice that nobody pays, followed for 400 days by the clock's own tick."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from entreprises.models import Adhesion
from factures.models import Echeance
from journal.ecriture import verifier
from relances.appels import CompteRendu, conclure_appel
from relances.approbation import approuver
from relances.models import Reglages, Relance
from relances.nuit import battre
from relances.poste import poster
from tests import fabriques
from tests.relances.actes import entreprise_prete

pytestmark = [pytest.mark.django_db, pytest.mark.lent]
S = Relance.Statut
PARIS = ZoneInfo("Europe/Paris")
EMISSION, ECHEANCE = date(2026, 1, 5), date(2026, 2, 4)

# By the calendar: J−7; the working day after; J+7; J+15; J+30. Nothing on a weekend, nothing after.
ATTENDUS = [
    ("Avant l’échéance", date(2026, 1, 28), "courriel"),
    ("Appel", date(2026, 2, 5), "appel"),
    ("Première relance", date(2026, 2, 11), "courriel"),
    ("Deuxième relance", date(2026, 2, 19), "courriel"),
    ("Mise en demeure", date(2026, 3, 6), "recommande"),
]


def une_personne_travaille(entreprise, adhesion, jour, instant):
    """The owner calls the same day, approves and posts a letter on the Monday after it was decided."""
    for relance in Relance.objects.filter(statut=S.A_ENVOYER, canal="appel"):
        conclure_appel(relance, relance.version, CompteRendu("annonce"), au=jour, instant=instant, auteur=None)
    if jour.weekday() == 0:
        for relance in Relance.objects.filter(statut=S.A_VALIDER):
            posee = approuver(relance, relance.version, adhesion, jour, instant)
            poster(posee, posee.version, postee_le=jour, numero="1A 1", au=jour, instant=instant, auteur=None)


def test_an_unpaid_invoice_climbs_each_rung_once_in_400_days(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    entreprise = entreprise_prete()
    client = fabriques.fabriquer_client(entreprise)
    client.contacts.update(telephone="01 99 00 12 34")
    fabriques.fabriquer_facture(client, echeance=ECHEANCE, date_emission=EMISSION)
    utilisateur = fabriques.fabriquer_membre(entreprise)
    adhesion = Adhesion.objects.get(utilisateur=utilisateur)
    for n in range(400):
        jour = EMISSION + timedelta(days=n)
        Reglages.objects.update(reglements_a_jour_au=jour)
        for heure in (10, 11):
            instant = datetime(jour.year, jour.month, jour.day, heure, tzinfo=PARIS)
            battre(entreprise, instant)
        une_personne_travaille(entreprise, adhesion, jour, instant)

    faites = Relance.objects.order_by("date_decision").values_list("etape__nom", "date_decision", "canal")
    assert list(faites) == ATTENDUS
    assert set(Relance.objects.values_list("statut", flat=True)) == {S.ENVOYEE}
    aux_clients = [m for m in mail.outbox if m.to[0].endswith("@client.invalid")]
    assert len(aux_clients) == 3
    aux_membres = [m for m in mail.outbox if m.to == [utilisateur.email]]
    assert len([m for m in aux_membres if "part ce matin" in m.subject and "rien ne" not in m.subject]) == 3
    assert len([m for m in aux_membres if "rien ne part ce matin" in m.subject]) == 2  # a call, a letter
    assert len([m for m in aux_membres if "la semaine du" in m.subject]) == 58  # one a week
    lettre = Relance.objects.get(canal="recommande")
    assert (lettre.postee_le, lettre.delai_le) == (date(2026, 3, 9), date(2026, 3, 20))
    assert Echeance.objects.get().a_examiner_le is None
    client.refresh_from_db()
    assert verifier(client) == []
