"""Which contact receives which kind of act, and what waits when nobody does."""

from datetime import timedelta

import pytest

from clients.models import Contact
from relances.composition import CompositionImpossible, composer
from relances.destinataires import choisir
from relances.ecrans.volet import lire_volet
from relances.envoi import envoyer
from relances.joignables import canaux_joignables
from relances.models import Relance
from relances.planification import planifier
from tests import fabriques
from tests.relances import actes, scene
from tests.relances.actes import AU, ECHEANCE, INSTANT

pytestmark = pytest.mark.django_db


@pytest.fixture
def entreprise():
    return actes.entreprise_prete()


def contact(**valeurs) -> Contact:
    return Contact(courriel="a@client.invalid", **valeurs)


@pytest.mark.parametrize(
    ("canal", "est_formelle", "avant_echeance", "champ"),
    [
        ("courriel", False, True, "recoit_avant_echeance"),
        ("courriel", False, False, "recoit_relances"),
        ("courriel", True, False, "recoit_mises_en_demeure"),
        ("recommande", True, False, "recoit_mises_en_demeure"),
        ("courrier", False, False, "recoit_relances"),
        ("appel", False, False, "recoit_appels"),
    ],
)
def test_each_kind_of_act_asks_its_own_tick_and_no_other(canal, est_formelle, avant_echeance, champ):
    champs = ("recoit_avant_echeance", "recoit_relances", "recoit_mises_en_demeure", "recoit_appels")
    acte = {"est_formelle": est_formelle, "avant_echeance": avant_echeance}
    lui_seul = contact(**{nom: nom == champ for nom in champs})
    tous_sauf_lui = contact(**{nom: nom != champ for nom in champs})
    assert choisir([tous_sauf_lui, lui_seul], canal, **acte) is lui_seul
    assert choisir([tous_sauf_lui], canal, **acte) is None


def test_a_call_goes_to_someone_who_has_a_number():
    muet, joint = contact(pk=1), contact(pk=2, telephone="01 99 00 12 34", role="commande")
    assert choisir([muet, joint], "appel", est_formelle=False) is joint


def test_a_formal_demand_waits_while_everyone_refuses_them(entreprise):
    client = fabriques.fabriquer_client(entreprise)
    Contact.objects.update(recoit_mises_en_demeure=False)
    facture = fabriques.fabriquer_facture(client, echeance=ECHEANCE - timedelta(days=60))
    acte = actes.fabriquer_relance(facture, etape=actes.mise_en_demeure(entreprise), statut="a_valider")
    with pytest.raises(CompositionImpossible, match="sorte_refusee"):
        composer(acte, AU)
    Contact.objects.create(entreprise=entreprise, client=client, nom="Direction", role="direction")
    assert composer(acte, AU).contact.nom == "Direction"


def test_the_night_and_the_sending_ask_the_same_question(entreprise):
    """A reminder that nobody takes waits; once someone takes it, the next tick lets it go; refused again, it stays."""
    client = fabriques.fabriquer_client(entreprise)
    fabriques.fabriquer_facture(client, echeance=AU - timedelta(days=7), connue_le=AU - timedelta(days=60))
    Contact.objects.update(recoit_relances=False, recoit_appels=False)
    planifier(entreprise, AU, instant=INSTANT)
    acte = Relance.objects.get()
    assert (acte.statut, acte.motif_attente) == ("a_valider", "contact_manquant")
    Contact.objects.update(recoit_relances=True, recoit_appels=True, telephone="01 99 00 12 34")
    planifier(entreprise, AU, instant=INSTANT)
    acte.refresh_from_db()
    assert acte.motif_attente != "contact_manquant"


def test_an_email_is_held_at_sending_when_its_kind_was_refused_since(entreprise):
    acte = scene.acte(entreprise, "Hôtel")
    Contact.objects.update(recoit_relances=False)
    assert envoyer(entreprise, AU, INSTANT).envoyees == []
    acte.refresh_from_db()
    assert (acte.statut, acte.motif_attente) == ("a_valider", "contact_manquant")


def test_a_letter_to_a_client_without_any_contact_still_leaves(entreprise):
    client = fabriques.fabriquer_client(entreprise, courriel="")
    canaux = canaux_joignables([client])[client.pk]
    assert {canal for canal, _sorte in canaux} == {"courrier", "recommande"}
    Contact.objects.create(entreprise=entreprise, client=client, nom="Anne", recoit_mises_en_demeure=False)
    voies = canaux_joignables([client])[client.pk]
    assert ("recommande", "mises_en_demeure") not in voies
    assert ("courrier", "relances") in voies


def test_the_call_screen_lists_those_who_take_calls(entreprise):
    acte = scene.acte(entreprise, "Hôtel", etape=actes.etape_de(entreprise, canal="appel"), telephone="01 99 00 12 34")
    Contact.objects.create(
        entreprise=entreprise, client=acte.client, nom="Sourde", telephone="01 99 00 99 99", recoit_appels=False
    )
    assert [c.telephone for c in lire_volet(acte, AU).telephones] == ["01 99 00 12 34"]
