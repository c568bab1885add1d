"""An address that does not exist is written to once: the next act waits for a person."""

import smtplib
from datetime import timedelta

import pytest
from django.urls import reverse

from clients.models import Contact
from relances import envoi
from relances.models import Relance
from relances.planification import planifier
from tests import fabriques
from tests.relances import actes, pieges
from tests.relances.actes import AU, INSTANT

S = Relance.Statut
DEMAIN = timedelta(days=1)


def refusee(code: int, reponse: bytes) -> smtplib.SMTPRecipientsRefused:
    return smtplib.SMTPRecipientsRefused({"compta@client.invalid": (code, reponse)})


@pytest.mark.parametrize(
    ("erreur", "inconnue"),
    [
        (refusee(550, b"5.1.1 no such user"), True),
        (refusee(553, b"5.1.3 bad address syntax"), True),
        (refusee(550, b"5.2.1 mailbox disabled"), True),
        (refusee(550, b"No such user here"), True),
        (refusee(550, b"relay not permitted"), False),
        (refusee(550, b"Authentication required"), False),
        (refusee(552, b"5.2.2 mailbox full"), False),
        (refusee(550, b"5.7.1 relaying denied"), False),
        (refusee(554, b"blocked"), False),
        (smtplib.SMTPDataError(550, b"5.1.1 no such user"), False),
        (smtplib.SMTPServerDisconnected(), False),
    ],
)
def test_only_what_the_server_says_of_the_address_counts_against_it(erreur, inconnue):
    assert envoi.est_adresse_inconnue(erreur) is inconnue


@pytest.mark.django_db(transaction=True)
def test_R8_a_refused_address_is_not_written_to_every_morning(settings, client):
    entreprise = actes.entreprise_prete()
    debiteur = fabriques.fabriquer_client(entreprise)
    relance = actes.fabriquer_relance(fabriques.fabriquer_facture(debiteur, echeance=actes.ECHEANCE))
    with pieges.serveur(pieges.RefuseLeDestinataire(), settings):
        assert envoi.envoyer(entreprise, AU, INSTANT).refusees == [relance.pk]
        planifier(entreprise, AU + DEMAIN, instant=INSTANT + DEMAIN)
        suivante = Relance.objects.get(date_decision=AU + DEMAIN)
        assert (suivante.statut, suivante.motif_attente) == (S.A_VALIDER, "contact_manquant")
        assert envoi.envoyer(entreprise, AU + DEMAIN, INSTANT + DEMAIN).refusees == []

    # Another address is given: it was refused by nobody.
    client.force_login(fabriques.fabriquer_membre(entreprise))
    contact = Contact.objects.get()
    assert contact.courriel_refuse_le is not None
    page = reverse(
        "clients:contact_modifier", kwargs={"slug": entreprise.slug, "pk": debiteur.pk, "contact": contact.pk}
    )
    valeurs = {"nom": contact.nom, "role": contact.role, "recoit_relances": "on", "version": contact.version}
    client.post(page, {**valeurs, "courriel": "nouvelle@client.invalid"})
    planifier(entreprise, AU + 2 * DEMAIN, instant=INSTANT + 2 * DEMAIN)
    suivante.refresh_from_db()
    assert suivante.statut == S.A_ENVOYER
