"""Two cards made one, and parted again: every row follows, balances stay, files still find the client."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.creation import IndexClients, trouver_client
from clients.models import AliasClient, Client, Contact, Fusion
from encaissements.encaissement import enregistrer_reglement
from encaissements.models import Reglement
from encaissements.verification import verifier_soldes
from entreprises.modeles import Perimee
from factures.models import Echeance, Facture
from journal.ecriture import verifier
from relances import fusion, fusion_defaite
from relances.doublons import differences, propositions
from relances.envoi import envoyer
from relances.models import Affectation, LigneRelance, Relance
from relances.planification import planifier
from suivi.chronologie import de_la_facture, du_client
from suivi.litiges import ouvrir_litige
from suivi.models import Litige, Promesse, Tache
from suivi.promesses import noter_promesse
from suivi.taches import ajouter_tache
from tests import fabriques
from tests.relances import actes
from tests.relances.actes import AU, ECHEANCE, INSTANT

pytestmark = pytest.mark.django_db
D = Decimal
DEMAIN = timedelta(days=1)


@pytest.fixture
def essai():
    return actes.entreprise_prete()


@pytest.fixture
def paire(essai):
    """Two cards of one client, each with its invoices and what was said about them."""
    garde = fabriques.fabriquer_client(essai, "Hôtel Spécimen", code="C1")
    absorbe = fabriques.fabriquer_client(essai, "Hotel Specimen SAS", code="C2", siren="732829320")
    for client, numero in ((garde, "A-1"), (absorbe, "B-1")):
        facture = fabriques.fabriquer_facture(client, "1200.00", ECHEANCE, numero=numero)
        enregistrer_reglement(client, D("200.00"), AU, aujourd_hui=AU)
        noter_promesse(client, D("50.00"), AU + DEMAIN, faite_le=AU)
        ajouter_tache(client, texte="Rappeler", pour_le=AU, aujourd_hui=AU, facture=facture)
    AliasClient.objects.create(entreprise=essai, client=absorbe, nom="Le Spécimen", nom_normalise="le specimen")
    return garde, absorbe


def reunir(garde: Client, absorbe: Client, **choix: str) -> Fusion:
    qui_quand = {"aujourd_hui": AU, "instant": INSTANT}
    return fusion.reunir(garde, absorbe, choix, {}, **qui_quand)


def defaire(faite: Fusion) -> fusion_defaite.Retour:
    return fusion_defaite.defaire(faite, aujourd_hui=AU, instant=INSTANT)


def lignes_de(client: Client) -> dict[str, set[int]]:
    """Every row of a client, by the columns that move."""
    return {
        label: set(apps.get_model(label)._default_manager.filter(**{champ: client}).values_list("pk", flat=True))
        for label, champ in fusion.DEPLACEES
    }


def colonnes_vers_un_client() -> Iterator[tuple[str, str]]:
    for modele in apps.get_models():
        for champ in modele._meta.get_fields():
            if getattr(champ, "concrete", False) and champ.is_relation and champ.related_model is Client:
                yield modele._meta.label, champ.name


def sans_ecart(entreprise) -> bool:
    return [ecart for ecart in verifier_soldes(entreprise) if not isinstance(ecart, int)] == []


def test_every_column_that_points_to_a_client_moves_or_stays_on_purpose():
    """A new room whose rows name a client must say here what a merge does with them."""
    assert set(colonnes_vers_un_client()) == {*fusion.DEPLACEES, *fusion.RESTENT}
    assert set(fusion.DEPLACEES) & set(fusion.RESTENT) == set()


def test_everything_moves_and_balances_do_not(essai, paire):
    garde, absorbe = paire
    Echeance.objects.update(a_examiner_le=None)
    soldes = dict(Facture.objects.values_list("numero", "solde"))
    reunir(garde, absorbe)
    assert {nom: pks for nom, pks in lignes_de(absorbe).items() if pks} == {}
    assert Facture.objects.filter(client=garde).count() == 2
    assert Reglement.objects.filter(client=garde).count() == 2
    assert dict(Facture.objects.values_list("numero", "solde")) == soldes
    assert sans_ecart(essai)
    absorbe.refresh_from_db()
    assert (absorbe.fusionne_dans, absorbe.archive_le) == (garde, INSTANT)
    assert not Echeance.objects.filter(client=garde).exclude(a_examiner_le__lte=AU).exists()


def test_undoing_gives_back_exactly_what_each_had(essai, paire):
    garde, absorbe = paire
    avant = lignes_de(garde), lignes_de(absorbe)
    retour = defaire(reunir(garde, absorbe, nom="absorbe", code="absorbe", numeros="absorbe"))
    assert (lignes_de(garde), lignes_de(absorbe)) == avant
    assert (retour.restees, retour.autres) == ([], 0)
    assert sans_ecart(essai)
    for client in paire:
        relu = Client.objects.get(pk=client.pk)
        assert (relu.nom, relu.code, relu.siren, relu.archive_le) == (client.nom, client.code, client.siren, None)
        assert verifier(relu) == []


def test_each_journal_keeps_its_chain_and_the_kept_one_shows_both(paire):
    garde, absorbe = paire
    facture = Facture.objects.get(numero="B-1")
    dites = set(de_la_facture(facture).values_list("pk", flat=True))
    siennes = absorbe.evenements.count()
    reunir(garde, absorbe)
    assert absorbe.evenements.count() == siennes + 1
    assert du_client(garde).count() == garde.evenements.count() + absorbe.evenements.count()
    facture.refresh_from_db()
    assert set(de_la_facture(facture).values_list("pk", flat=True)) == dites
    assert [verifier(Client.objects.get(pk=c.pk)) for c in paire] == [[], []]


@pytest.mark.parametrize("choix", [{}, {"nom": "absorbe", "code": "absorbe", "numeros": "absorbe"}])
@pytest.mark.parametrize(
    "cle",
    [{"code": "C1"}, {"code": "C2"}, {"nom": "HOTEL SPECIMEN SAS"}, {"nom": "hôtel spécimen"}, {"nom": "Le Spécimen"},
     {"numeros": {"siren": "732829320"}}, {"numeros": {"siret": "73282932000074"}}],
)  # fmt: skip
def test_R16_a_file_finds_the_kept_client_by_the_keys_of_both(essai, paire, cle, choix):
    garde, absorbe = paire
    reunir(garde, absorbe, **choix)
    assert trouver_client(essai, **cle) == garde
    index = IndexClients(essai)
    trouve = index.trouver(**cle)
    assert trouve == garde
    index.completer(trouve, code=cle.get("code", ""))
    index.nommer(trouve, cle.get("nom", ""))
    index.enregistrer()
    assert Client.objects.count() == 2


def test_R16_a_code_that_the_kept_client_lacks_is_not_taken_twice(essai):
    garde = fabriques.fabriquer_client(essai, "Hôtel")
    reunir(garde, fabriques.fabriquer_client(essai, "Auberge", code="C2"))
    index = IndexClients(essai)
    assert index.trouver(code="C2") == garde
    assert not index.completer(index.trouver(code="C2"), code="C2")
    index.enregistrer()


def test_the_chosen_values_are_written_and_nothing_else(paire):
    garde, absorbe = paire
    Client.objects.filter(pk=absorbe.pk).update(langue="en", siege_ville="Dinard")
    reunir(garde, Client.objects.get(pk=absorbe.pk), siege="absorbe")
    garde.refresh_from_db()
    assert (garde.siege_ville, garde.langue, garde.nom) == ("Dinard", "fr", "Hôtel Spécimen")
    assert "dinard" not in garde.recherche
    assert garde.version == 2


def test_an_old_card_on_the_screen_is_not_merged(paire):
    garde, absorbe = paire
    with pytest.raises(Perimee):
        fusion.reunir(garde, absorbe, {}, {garde.pk: 1, absorbe.pk: 0}, aujourd_hui=AU, instant=INSTANT)
    assert not Fusion.objects.exists()


def test_a_client_is_merged_once_and_undone_once(paire):
    garde, absorbe = paire
    faite = reunir(garde, absorbe)
    for cible in ((garde, absorbe), (absorbe, garde)):
        with pytest.raises(ValidationError, match="déjà réuni"):
            reunir(*cible)
    defaire(faite)
    with pytest.raises(ValidationError, match="déjà défaite"):
        defaire(faite)


def test_a_chain_of_merges_is_undone_from_its_end(essai, paire):
    garde, absorbe = paire
    dernier = fabriques.fabriquer_client(essai, "Groupe Spécimen")
    premiere = reunir(garde, absorbe)
    seconde = reunir(dernier, Client.objects.get(pk=garde.pk))
    absorbe.refresh_from_db()
    assert absorbe.fusionne_dans == dernier
    assert trouver_client(essai, code="C2") == dernier
    with pytest.raises(ValidationError, match="défaites d’abord"):
        defaire(premiere)
    defaire(seconde)
    absorbe.refresh_from_db()
    assert absorbe.fusionne_dans == garde
    defaire(premiere)
    assert Facture.objects.get(numero="B-1").client == absorbe


def test_a_ladder_that_both_have_stays_with_the_absorbed_card(essai, paire):
    garde, absorbe = paire
    scenario = Affectation.objects.filter(entreprise=essai).first().scenario
    siennes = [Affectation.objects.create(entreprise=essai, scenario=scenario, client=c).pk for c in paire]
    faite = reunir(garde, absorbe)
    assert Affectation.objects.get(client=garde).pk == siennes[0]
    defaire(faite)
    assert Affectation.objects.get(client=absorbe).pk == siennes[1]


class TestActes:
    def acte(self, client: Client, **valeurs) -> Relance:
        return actes.fabriquer_relance(Facture.objects.get(client=client), **valeurs)

    def test_two_acts_of_one_night_live_together(self, essai, paire):
        """The absorbed client's past acts come along, though the kept one had its own on those nights."""
        for client in paire:
            self.acte(client, statut="envoyee")
        nombre = Relance.objects.count()
        faite = reunir(*paire)
        assert Relance.objects.filter(client=paire[0]).count() == nombre
        defaire(faite)
        assert Relance.objects.filter(client=paire[1]).count() == nombre / 2

    def test_of_two_open_acts_the_absorbed_one_is_cancelled_and_decided_again(self, essai, paire):
        Promesse.objects.all().delete()
        siens = [self.acte(client, statut="a_valider") for client in paire]
        reunir(*paire)
        assert [Relance.objects.get(pk=a.pk).statut for a in siens] == ["a_valider", "annulee"]
        assert not LigneRelance.objects.filter(relance=siens[1], est_active=True).exists()
        assert Relance.objects.ouvertes().get().client == paire[0]

    def test_a_printed_letter_is_kept_and_the_other_act_gives_way(self, paire):
        siens = [self.acte(paire[0], statut="a_valider"), self.acte(paire[1], canal="courrier", imprimee_le=INSTANT)]
        reunir(*paire)
        assert [Relance.objects.get(pk=a.pk).statut for a in siens] == ["annulee", "a_envoyer"]
        assert Relance.objects.get(pk=siens[1].pk).client == paire[0]

    def test_two_acts_that_can_not_be_taken_back_forbid_it(self, paire):
        for client in paire:
            self.acte(client, statut="a_verifier", prise_le=INSTANT, remise_le=INSTANT)
        with pytest.raises(ValidationError, match="acte en cours"):
            reunir(*paire)
        assert Facture.objects.filter(client=paire[1]).exists()

    def test_an_email_that_is_leaving_forbids_it(self, paire):
        self.acte(paire[1], statut="en_cours", prise_le=INSTANT)
        with pytest.raises(ValidationError, match="en train de partir"):
            reunir(*paire)

    def test_an_act_that_moved_leaves_and_the_night_goes_on(self, essai, paire, mailoutbox):
        Promesse.objects.all().delete()
        acte = self.acte(paire[1])
        faite = reunir(*paire)
        assert envoyer(essai, AU, INSTANT).envoyees == [acte.pk]
        planifier(essai, AU + 7 * DEMAIN, instant=INSTANT + 7 * DEMAIN)
        defaire(faite)
        acte.refresh_from_db()
        assert acte.client == paire[1]
        assert Relance.objects.ouvertes().count() <= 1

    def test_an_act_about_both_made_since_is_cancelled_when_they_part(self, essai, paire):
        Promesse.objects.all().delete()
        faite = reunir(*paire)
        planifier(essai, AU, instant=INSTANT)
        commun = Relance.objects.ouvertes().get()
        assert {x.echeance.facture.numero for x in commun.lignes.all()} == {"A-1", "B-1"}
        defaire(faite)
        commun.refresh_from_db()
        assert commun.statut == "annulee"
        planifier(essai, AU + DEMAIN, instant=INSTANT + DEMAIN)
        assert set(Relance.objects.ouvertes().values_list("client", flat=True)) == {c.pk for c in paire}


class TestDepuis:
    """What happened between the merge and its undoing."""

    def test_what_was_made_since_stays(self, essai, paire):
        garde, absorbe = paire
        faite = reunir(garde, absorbe)
        neuve = fabriques.fabriquer_facture(garde, "10.00", AU, numero="N-1")
        contact = Contact.objects.create(entreprise=essai, client=garde, nom="Nouvelle")
        defaire(faite)
        assert (Facture.objects.get(pk=neuve.pk).client, Contact.objects.get(pk=contact.pk).client) == (garde, garde)

    def test_an_invoice_settled_since_with_the_other_s_money_stays_and_is_told(self, essai, paire):
        garde, absorbe = paire
        faite = reunir(garde, absorbe)
        enregistrer_reglement(Client.objects.get(pk=garde.pk), D("2000.00"), AU, aujourd_hui=AU)
        retour = defaire(faite)
        assert retour.restees == ["B-1"]
        b1 = Facture.objects.get(numero="B-1")
        assert (b1.client, b1.solde, b1.echeances.get().client) == (garde, 0, garde)
        assert Tache.objects.get(facture=b1).client == garde
        assert Reglement.objects.filter(client=absorbe).count() == 0  # its payment is on the invoice that stays
        assert Contact.objects.filter(client=absorbe).count() == 1
        assert sans_ecart(essai)

    def test_R4_a_dispute_opened_since_follows_its_invoice(self, paire):
        garde, absorbe = paire
        faite = reunir(garde, absorbe)
        ouvrir_litige(Facture.objects.get(numero="B-1"), AU, "Deux étagères manquent", aujourd_hui=AU)
        defaire(faite)
        assert Litige.objects.get().client == absorbe

    def test_a_value_changed_since_is_left_as_it_was_written(self, paire):
        garde, absorbe = paire
        faite = reunir(garde, absorbe, nom="absorbe")
        Client.objects.filter(pk=garde.pk).update(nom="Hôtel du Port")
        defaire(faite)
        garde.refresh_from_db()
        assert garde.nom == "Hôtel du Port"


def test_likely_duplicates_come_with_their_reason(essai, paire):
    garde, absorbe = paire
    jumeau = fabriques.fabriquer_client(essai, "Tout autre", siret="73282932000074", courriel="")
    homonyme = fabriques.fabriquer_client(essai, "HOTEL  SPECIMEN sas", courriel="")
    courriel = absorbe.contacts.get().courriel.upper()
    voisin = fabriques.fabriquer_client(essai, "Voisin", courriel=courriel)
    Client.objects.filter(pk=garde.pk).update(archive_le=INSTANT)
    trouves = [(p.client, p.raison) for p in propositions(absorbe)]
    assert trouves == [(jumeau, "même numéro légal"), (homonyme, "même nom"), (voisin, "même courriel")]
    assert [p.client for p in propositions(absorbe, "voisin")] == [voisin]


def test_what_holds_reminders_back_is_proposed(essai, paire):
    garde, absorbe = paire
    absorbe.ne_pas_relancer, absorbe.ne_pas_relancer_motif = True, "Accord du gérant"
    proposees = {d.groupe: d.proposee for d in differences(garde, absorbe)}
    assert proposees["ne_pas_relancer"] == absorbe.pk
    assert proposees["nom"] == garde.pk
    assert proposees["numeros"] == absorbe.pk
    assert "langue" not in proposees


@pytest.mark.usefixtures("ce_matin")
class TestPages:
    def lien(self, nom, **cles):
        return reverse(f"relances:{nom}", kwargs={"slug": "essai", **cles})

    def test_from_the_client_s_page_to_the_merge_and_back(self, essai, paire, gerante, client):
        garde, absorbe = paire
        page = client.get(self.lien("reunir", pk=garde.pk), {"q": "sas"}).content.decode()
        compare = self.lien("reunir_avec", pk=garde.pk, autre=absorbe.pk)
        assert compare in page
        page = client.get(compare).content.decode()
        assert "732829320" in page
        donnees = {f"version_{garde.pk}": 1, f"version_{absorbe.pk}": 1, "garde": garde.pk, "numeros": absorbe.pk}
        reponse = client.post(compare, donnees, follow=True)
        assert "est réuni avec" in reponse.content.decode()
        assert "fiche «" in reponse.content.decode()
        garde.refresh_from_db()
        assert garde.siren == "732829320"
        ancienne = client.get(reverse("clients:detail", args=["essai", absorbe.pk])).content.decode()
        assert "Cette fiche est réunie avec" in ancienne
        assert client.get(compare).status_code == 404  # a second click finds nothing to do
        assert client.post(compare, donnees).status_code == 404
        liste = client.get(reverse("clients:liste", args=["essai"])).content.decode()
        assert "Hotel Specimen SAS" not in liste
        reponse = client.post(self.lien("fusion_defaire", pk=Fusion.objects.get().pk), follow=True)
        assert "La réunion est défaite" in reponse.content.decode()
        assert Facture.objects.get(numero="B-1").client == absorbe

    def test_a_stale_comparison_and_a_missing_choice_are_said(self, essai, paire, gerante, client):
        garde, absorbe = paire
        compare = self.lien("reunir_avec", pk=garde.pk, autre=absorbe.pk)
        assert "Dites quelle fiche garder" in client.post(compare, {}).content.decode()
        perime = {f"version_{garde.pk}": 0, f"version_{absorbe.pk}": 1, "garde": absorbe.pk, "numeros": absorbe.pk}
        page = client.post(compare, perime)
        assert "a changé entre-temps" in page.content.decode()
        assert page.context["garde"] == absorbe.pk
        assert not Fusion.objects.exists()

    def test_the_comparison_costs_the_same_whatever_they_have(self, essai, paire, gerante, client):
        compare = self.lien("reunir_avec", pk=paire[0].pk, autre=paire[1].pk)
        nombres = []
        for _tour in range(2):
            client.get(compare)
            with CaptureQueriesContext(connection) as capture:
                client.get(compare)
            nombres.append(len(capture))
            for i in range(4):
                fabriques.fabriquer_facture(paire[0], "10.00", AU)
                Contact.objects.create(entreprise=essai, client=paire[1], nom=f"Contact {i}")
        assert nombres[0] == nombres[1]

    def test_who_may_not_merge_is_refused_and_a_stranger_finds_nothing(self, essai, paire, client):
        faite = reunir(*paire)
        seul = fabriques.fabriquer_client(essai, "Seul")
        autre = fabriques.fabriquer_client(essai, "Autre")
        pages = [self.lien("reunir", pk=seul.pk), self.lien("reunir_avec", pk=seul.pk, autre=autre.pk)]
        geste = self.lien("fusion_defaire", pk=faite.pk)
        client.force_login(fabriques.fabriquer_membre(essai, "lecture"))
        assert {client.get(page).status_code for page in pages} == {403}
        assert {client.post(page).status_code for page in (pages[1], geste)} == {403}
        assert client.post(pages[0]).status_code == client.get(geste).status_code == 405
        ailleurs = fabriques.fabriquer_entreprise("ailleurs")
        client.force_login(fabriques.fabriquer_membre(ailleurs))
        siennes = [lien.replace("/e/essai/", "/e/ailleurs/") for lien in (*pages, geste)]
        assert {client.get(page).status_code for page in (*pages, *siennes[:2])} == {404}
        assert {client.post(page).status_code for page in (pages[1], geste, *siennes[1:])} == {404}
        voisin = fabriques.fabriquer_client(ailleurs, "Voisin")
        croise = reverse("relances:reunir_avec", args=["ailleurs", voisin.pk, seul.pk])
        assert client.get(croise).status_code == client.post(croise).status_code == 404
        assert Fusion.objects.get().defaite_le is None

    def test_a_client_is_not_merged_with_itself(self, paire, gerante, client):
        assert client.get(self.lien("reunir_avec", pk=paire[0].pk, autre=paire[0].pk)).status_code == 404
