"""What a person decides about an act: R7 above all, and nothing half-done."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.forms.models import model_to_dict

from clients.models import Client
from encaissements.encaissement import enregistrer_reglement
from entreprises.documents import conserver
from entreprises.modeles import Perimee
from entreprises.models import Adhesion
from factures.models import Facture
from journal.ecriture import verifier
from journal.models import Evenement
from relances import envoi
from relances.approbation import Refus, approuver, changer_canal, dire_non_partie, dire_partie, retenir
from relances.composition import CompositionImpossible
from relances.decision import decider
from relances.models import LigneRelance, Reglages, Relance
from relances.revision import reviser_ouvertes
from suivi.litiges import ouvrir_litige
from tests import fabriques
from tests.relances import actes, scene
from tests.relances.actes import AU, INSTANT

pytestmark = pytest.mark.django_db
S = Relance.Statut
DEMAIN, LENDEMAIN = AU + timedelta(days=1), INSTANT + timedelta(days=1)


@pytest.fixture
def entreprise():
    return actes.entreprise_prete()


@pytest.fixture
def gerant(entreprise):
    return adhesion(entreprise, "gerant")


@pytest.fixture
def formelle(entreprise):
    etape = actes.mise_en_demeure(entreprise)
    return scene.acte(entreprise, "Hôtel Spécimen", etape=etape, statut="a_valider", motif_attente="approbation")


@pytest.fixture
def courriel(entreprise):
    return scene.acte(entreprise, "Transports Modèle", statut="a_valider", motif_attente="envoi_manuel")


def adhesion(entreprise, role: str, **valeurs) -> Adhesion:
    return Adhesion.objects.get(utilisateur=fabriques.fabriquer_membre(entreprise, role, **valeurs))


def facture_de(relance: Relance) -> Facture:
    return relance.lignes.get().echeance.facture


def regler(facture: Facture, montant: str) -> None:
    enregistrer_reglement(
        facture.client,
        Decimal(montant),
        AU,
        facture.devise,
        aujourd_hui=AU,
        repartition={facture.pk: Decimal(montant)},
    )


def photo(relance: Relance) -> dict:
    """All that an approval could have touched."""
    relance.refresh_from_db()
    return {
        **model_to_dict(relance),
        "version": relance.version,
        "pieces": list(relance.pieces.values_list("pk", flat=True)),
        "lignes": list(relance.lignes.values_list("echeance", "solde", "est_active")),
        "journal": Client.objects.get(pk=relance.client_id).journal_rang,
    }


def genres(relance: Relance) -> list[str]:
    return list(Evenement.objects.filter(client=relance.client).order_by("rang").values_list("genre", flat=True))


# Who may approve

DROITS = [
    ("gerant", {}, True, True),
    ("comptable", {}, True, False),
    ("comptable", {"approuve_mises_en_demeure": True}, True, True),
    ("lecture", {}, False, False),
    ("lecture", {"approuve_mises_en_demeure": True}, False, False),
]


@pytest.mark.parametrize(("role", "valeurs", "pour_un_courriel", "pour_une_formelle"), DROITS)
def test_R7_who_may_approve(entreprise, formelle, courriel, role, valeurs, pour_un_courriel, pour_une_formelle):
    membre = adhesion(entreprise, role, **valeurs)
    for acte, est_permis in ((courriel, pour_un_courriel), (formelle, pour_une_formelle)):
        if est_permis:
            assert approuver(acte, acte.version, membre, AU, INSTANT).statut == S.A_ENVOYER
            continue
        avant = photo(acte)
        with pytest.raises(PermissionDenied):
            approuver(acte, acte.version, membre, AU, INSTANT)
        assert photo(acte) == avant


@pytest.mark.parametrize("plafond", ["1199.99", "1200.00"])
def test_R7_above_the_ceiling_the_owner_alone_approves(entreprise, formelle, courriel, gerant, plafond):
    Reglages.objects.update(plafond_approbation=Decimal(plafond))
    comptable = adhesion(entreprise, "comptable", approuve_mises_en_demeure=True)
    for acte in (courriel, formelle):
        if Decimal(plafond) < acte.total:
            with pytest.raises(PermissionDenied):
                approuver(acte, acte.version, comptable, AU, INSTANT)
            assert approuver(acte, acte.version, gerant, AU, INSTANT).statut == S.A_ENVOYER
        else:
            assert approuver(acte, acte.version, comptable, AU, INSTANT).statut == S.A_ENVOYER


# What one saw is what one approves


def test_a_second_click_does_nothing(formelle, gerant):
    vue = formelle.version
    approuver(formelle, vue, gerant, AU, INSTANT)
    avant = photo(formelle)
    with pytest.raises(Perimee):
        approuver(formelle, vue, gerant, DEMAIN, LENDEMAIN)
    assert photo(formelle) == avant


GESTES = {
    "approuver": lambda acte, version, gerant: approuver(acte, version, gerant, AU, INSTANT),
    "retenir": lambda acte, version, gerant: retenir(acte, version, gerant.utilisateur, INSTANT),
    "canal": lambda acte, version, gerant: changer_canal(acte, version, "courrier", gerant.utilisateur, INSTANT),
    "partie": lambda acte, version, gerant: dire_partie(acte, version, gerant.utilisateur, INSTANT),
    "non_partie": lambda acte, version, gerant: dire_non_partie(acte, version, gerant.utilisateur, INSTANT),
}
DEPARTS = {"approuver": "a_valider", "retenir": "a_envoyer", "canal": "a_valider"}


@pytest.mark.parametrize("nom", GESTES)
@pytest.mark.parametrize("ecart", [-1, 1])
def test_a_page_that_is_out_of_date_changes_nothing(entreprise, gerant, nom, ecart):
    acte = scene.acte(entreprise, "Transports Modèle", statut=DEPARTS.get(nom, "a_verifier"))
    avant = photo(acte)
    with pytest.raises(Perimee):
        GESTES[nom](acte, acte.version + ecart, gerant)
    assert photo(acte) == avant


@pytest.mark.parametrize("nom", GESTES)
def test_R8_a_step_is_taken_from_its_own_states_alone(entreprise, gerant, nom):
    admis = {"retenir": {"a_envoyer", "a_valider"}}.get(nom, {DEPARTS.get(nom, "a_verifier")})
    acte = scene.acte(entreprise, "Transports Modèle")
    for statut in set(S.values) - admis:
        Relance.objects.filter(pk=acte.pk).update(statut=statut)
        avant = photo(acte)
        with pytest.raises(Perimee):
            GESTES[nom](acte, acte.version, gerant)
        assert photo(acte) == avant


@pytest.mark.parametrize("acte", ["formelle", "courriel"])
def test_R7_amounts_that_changed_under_an_open_page_are_not_approved(entreprise, gerant, acte, request):
    acte = request.getfixturevalue(acte)
    vue = acte.version
    regler(facture_de(acte), "400.00")
    assert reviser_ouvertes(entreprise, AU, INSTANT) == 1
    with pytest.raises(Perimee):
        approuver(acte, vue, gerant, AU, INSTANT)
    acte.refresh_from_db()
    assert (acte.statut, acte.total) == (S.A_VALIDER, Decimal("800.00"))
    assert approuver(acte, acte.version, gerant, AU, INSTANT).statut == S.A_ENVOYER


@pytest.mark.parametrize("acte", ["formelle", "courriel"])
def test_R7_an_approval_that_finds_other_amounts_asks_again(gerant, acte, request):
    acte = request.getfixturevalue(acte)
    regler(facture_de(acte), "400.00")
    revue = approuver(acte, acte.version, gerant, AU, INSTANT)
    assert (revue.statut, revue.total, revue.approuvee_le, revue.figee_le) == (
        S.A_VALIDER,
        Decimal("800.00"),
        None,
        None,
    )
    assert approuver(revue, revue.version, gerant, AU, INSTANT).statut == S.A_ENVOYER


def test_R7_a_line_for_information_that_went_away_asks_again_although_the_total_is_the_same(courriel, gerant):
    autre = scene.facture(courriel.client, "50.00", retard=3)
    echeance = autre.echeances.get()
    LigneRelance.objects.create(
        entreprise=courriel.entreprise, relance=courriel, echeance=echeance, cycle=1, numero=autre.numero,
        date_emission=autre.date_emission, date_echeance=echeance.date_echeance, montant=autre.total, solde=autre.solde,
    )  # fmt: skip
    regler(autre, "50.00")
    revue = approuver(courriel, courriel.version, gerant, AU, INSTANT)
    assert (revue.statut, revue.total, revue.lignes.count()) == (S.A_VALIDER, Decimal("1200.00"), 1)


@pytest.mark.parametrize("acte", ["formelle", "courriel"])
def test_R4_approving_what_is_paid_cancels_it(entreprise, gerant, acte, request):
    acte = request.getfixturevalue(acte)
    regler(facture_de(acte), "1200.00")
    assert approuver(acte, acte.version, gerant, AU, INSTANT).statut == S.ANNULEE
    acte.refresh_from_db()
    assert (acte.annulee_motif, acte.approuvee_le) == ("soldee", None)
    assert not acte.lignes.filter(est_active=True).exists()
    assert genres(acte)[-1] == "relance_annulee"


def test_R4_approving_what_is_disputed_cancels_it(formelle, gerant):
    ouvrir_litige(facture_de(formelle), AU, "Deux étagères manquent")
    annulee = approuver(formelle, formelle.version, gerant, AU, INSTANT)
    assert (annulee.statut, annulee.annulee_motif) == (S.ANNULEE, "litige")


# What an approval freezes


def test_R6_R7_a_formal_demand_is_fige_by_its_approval(entreprise, formelle, gerant):
    pdf = conserver(entreprise, b"%PDF-1.4 facture", "application/pdf", "facture.pdf")
    Facture.objects.filter(pk=facture_de(formelle).pk).update(pdf=pdf)
    approuvee = approuver(formelle, formelle.version, gerant, AU, INSTANT)
    approuvee.refresh_from_db()
    assert (approuvee.statut, approuvee.motif_attente, approuvee.approuvee_par) == (
        S.A_ENVOYER,
        "",
        gerant.utilisateur,
    )
    assert (approuvee.approuvee_le, approuvee.figee_le, approuvee.date_lettre) == (INSTANT, INSTANT, AU)
    assert approuvee.texte.etape == approuvee.etape
    assert approuvee.adresse_postale[-1] == "35400 SAINT MALO"
    assert approuvee.reference == f"MED-2026-{approuvee.pk:05d}"
    assert approuvee.delai_le == AU + timedelta(days=3 + 8 + 1)  # a Sunday is moved to Monday
    assert approuvee.objet
    assert facture_de(approuvee).numero in approuvee.corps
    assert approuvee.total == Decimal("1200.00")
    piece = approuvee.pieces.get()
    assert (piece.role, piece.document) == ("facture", pdf)
    ligne = Evenement.objects.filter(client=approuvee.client).latest("rang")
    assert (ligne.genre, ligne.auteur, ligne.contenu.faits["motif"]) == (
        "relance_approuvee",
        gerant.utilisateur,
        "approbation",
    )
    assert verifier(Client.objects.get(pk=approuvee.client_id)) == []


def test_R6_what_was_fige_does_not_follow_the_client_s_new_address(formelle, gerant):
    approuver(formelle, formelle.version, gerant, AU, INSTANT)
    Client.objects.filter(pk=formelle.client_id).update(siege_ville="Brest")
    formelle.refresh_from_db()
    assert formelle.adresse_postale[-1] == "35400 SAINT MALO"


def test_R6_an_email_is_fige_when_it_leaves_not_when_it_is_approved(courriel, gerant):
    approuvee = approuver(courriel, courriel.version, gerant, AU, INSTANT)
    assert (approuvee.statut, approuvee.figee_le, approuvee.corps) == (S.A_ENVOYER, None, "")


def test_R7_a_part_payment_after_the_approval_asks_again_with_the_difference(entreprise, formelle, gerant):
    approuver(formelle, formelle.version, gerant, AU, INSTANT)
    regler(facture_de(formelle), "400.00")
    reviser_ouvertes(entreprise, DEMAIN, LENDEMAIN)
    formelle.refresh_from_db()
    assert (formelle.statut, formelle.motif_attente) == (S.A_VALIDER, "ecart")
    assert (formelle.approuvee_le, formelle.approuvee_par, formelle.figee_le, formelle.corps) == (None, None, None, "")
    assert (formelle.ecart["total_avant"], formelle.ecart["total_apres"]) == ("1200.00", "800.00")
    assert [(li["avant"], li["apres"]) for li in formelle.ecart["lignes"]] == [("1200.00", "800.00")]
    assert formelle.pieces.count() == 0
    approuvee = approuver(formelle, formelle.version, gerant, DEMAIN, LENDEMAIN)
    assert (approuvee.statut, approuvee.ecart, approuvee.date_lettre) == (S.A_ENVOYER, None, DEMAIN)
    assert approuvee.total == Decimal("800.00")


def test_R7_one_of_two_invoices_paid_after_the_approval_is_shown_as_no_longer_asked_for(entreprise, gerant):
    etape = actes.mise_en_demeure(entreprise)
    client = scene.client(entreprise, "Hôtel Spécimen")
    premiere, seconde = (scene.facture(client, "100.00", retard=40 + n) for n in range(2))
    acte = actes.fabriquer_relance(premiere, seconde, etape=etape, statut="a_valider")
    approuver(acte, acte.version, gerant, AU, INSTANT)
    regler(premiere, "100.00")
    reviser_ouvertes(entreprise, AU, INSTANT)
    acte.refresh_from_db()
    assert (acte.statut, acte.total) == (S.A_VALIDER, Decimal("100.00"))
    assert [(li["facture"], li["apres"]) for li in acte.ecart["lignes"]] == [(premiere.numero, None)]
    assert [ligne.numero for ligne in acte.lignes.all()] == [seconde.numero]


def test_R7_a_formal_demand_paid_after_the_approval_is_cancelled(entreprise, formelle, gerant):
    approuver(formelle, formelle.version, gerant, AU, INSTANT)
    regler(facture_de(formelle), "1200.00")
    reviser_ouvertes(entreprise, AU, INSTANT)
    formelle.refresh_from_db()
    assert (formelle.statut, formelle.annulee_motif) == (S.ANNULEE, "soldee")
    assert not formelle.lignes.filter(est_active=True).exists()


def test_R7_a_formal_email_is_looked_at_again_when_it_leaves(entreprise, formelle, gerant, mailoutbox):
    changer_canal(formelle, formelle.version, "courriel", gerant.utilisateur, INSTANT)
    formelle.refresh_from_db()
    approuver(formelle, formelle.version, gerant, AU, INSTANT)
    regler(facture_de(formelle), "400.00")
    assert envoi.envoyer(entreprise, AU, INSTANT).envoyees == []
    formelle.refresh_from_db()
    assert (formelle.statut, formelle.motif_attente, mailoutbox) == (S.A_VALIDER, "ecart", [])
    approuver(formelle, formelle.version, gerant, AU, INSTANT)
    assert envoi.envoyer(entreprise, AU, INSTANT).envoyees == [formelle.pk]
    assert len(mailoutbox) == 1


def test_R7_an_approved_email_takes_the_present_amounts(entreprise, courriel, gerant, mailoutbox):
    approuver(courriel, courriel.version, gerant, AU, INSTANT)
    regler(facture_de(courriel), "400.00")
    assert envoi.envoyer(entreprise, AU, INSTANT).envoyees == [courriel.pk]
    courriel.refresh_from_db()
    assert (courriel.total, courriel.approuvee_par) == (Decimal("800.00"), gerant.utilisateur)
    assert "800,00" in mailoutbox[0].body
    assert "1 200,00" not in mailoutbox[0].body


@pytest.mark.parametrize(
    ("acte", "manque", "code"),
    [
        ("courriel", {"contacts": ""}, "contact_manquant"),
        ("formelle", {"siege_ville": ""}, "adresse_manquante"),
    ],
)
def test_an_approval_without_an_address_does_nothing_at_all(acte, manque, code, gerant, request):
    acte = request.getfixturevalue(acte)
    if "contacts" in manque:
        acte.client.contacts.update(courriel="")
    else:
        Client.objects.filter(pk=acte.client_id).update(**manque)
    avant = photo(acte)
    with pytest.raises(CompositionImpossible) as refus:
        approuver(acte, acte.version, gerant, AU, INSTANT)
    assert refus.value.code == code
    assert photo(acte) == avant


# Hold, switch, settle a doubt


@pytest.mark.parametrize("statut", ["a_envoyer", "a_valider"])
def test_an_act_that_is_held_waits_for_a_person(entreprise, gerant, statut, mailoutbox):
    acte = scene.acte(entreprise, "Transports Modèle", statut=statut)
    retenue = retenir(acte, acte.version, gerant.utilisateur, INSTANT)
    assert (retenue.statut, retenue.motif_attente) == (S.A_VALIDER, "retenue")
    envoi.envoyer(entreprise, AU, INSTANT)
    assert mailoutbox == []
    assert genres(acte) == ["relance_retenue"]
    assert retenue.lignes.filter(est_active=True).exists()


def test_R7_holding_an_approved_formal_demand_takes_its_approval_back(formelle, gerant):
    approuvee = approuver(formelle, formelle.version, gerant, AU, INSTANT)
    retenue = retenir(approuvee, approuvee.version, gerant.utilisateur, INSTANT)
    assert (retenue.approuvee_le, retenue.figee_le, retenue.date_lettre) == (None, None, None)


CANAUX = [
    ("courriel", {"courriel", "courrier", "appel"}),
    ("formelle", {"courriel", "courrier", "recommande"}),
]


@pytest.mark.parametrize(("acte", "admis"), CANAUX)
@pytest.mark.parametrize("canal", ["courriel", "courrier", "recommande", "appel", "pigeon", ""])
def test_a_channel_is_switched_among_those_that_suit(acte, admis, canal, gerant, request):
    acte = request.getfixturevalue(acte)
    if canal in admis:
        changee = changer_canal(acte, acte.version, canal, gerant.utilisateur, INSTANT)
        assert (changee.canal, changee.statut) == (canal, S.A_VALIDER)
        return
    avant = photo(acte)
    with pytest.raises(Refus) as refus:
        changer_canal(acte, acte.version, canal, gerant.utilisateur, INSTANT)
    assert refus.value.code == "canal_refuse"
    assert photo(acte) == avant


def test_a_letter_switched_to_email_leaves_as_an_email(entreprise, formelle, gerant, mailoutbox):
    changee = changer_canal(formelle, formelle.version, "courriel", gerant.utilisateur, INSTANT)
    approuvee = approuver(changee, changee.version, gerant, AU, INSTANT)
    assert approuvee.destinataire.endswith("@client.invalid")
    assert envoi.envoyer(entreprise, AU, INSTANT).envoyees == [formelle.pk]
    assert len(mailoutbox) == 1


def test_R6_a_channel_that_is_switched_forgets_the_words_of_the_other(entreprise, gerant):
    fige = {"figee_le": INSTANT, "date_lettre": AU, "delai_le": AU, "corps": "Bonjour", "adresse_postale": ["ICI"]}
    acte = scene.acte(entreprise, "Transports Modèle", statut="a_valider", **fige)
    changee = changer_canal(acte, acte.version, "courrier", gerant.utilisateur, INSTANT)
    changee.refresh_from_db()
    assert [getattr(changee, champ) for champ in fige] == [None, None, None, "", []]


@pytest.fixture
def douteux(entreprise):
    return scene.acte(entreprise, "Traiteur Échantillon", statut="a_verifier", prise_le=INSTANT, remise_le=INSTANT)


def test_R8_a_doubtful_message_said_to_have_left_counts_from_its_hand_over(douteux, gerant):
    dite = dire_partie(douteux, douteux.version, gerant.utilisateur, LENDEMAIN)
    dite.refresh_from_db()
    assert (dite.statut, dite.envoyee_le, dite.terminee_le) == (S.ENVOYEE, INSTANT, LENDEMAIN)
    assert dite.lignes.filter(est_active=True).exists()
    assert dite.lignes.get().echeance.a_examiner_le == DEMAIN
    assert genres(dite)[-1] == "relance_envoyee"


def test_R8_a_doubtful_message_said_not_to_have_left_frees_its_rung(entreprise, douteux, gerant):
    dite = dire_non_partie(douteux, douteux.version, gerant.utilisateur, LENDEMAIN)
    dite.refresh_from_db()
    assert (dite.statut, dite.envoyee_le) == (S.ECHEC, None)
    assert not dite.lignes.filter(est_active=True).exists()
    assert genres(dite)[-1] == "relance_echec"
    (examen,) = decider(entreprise, DEMAIN, [dite.client_id])
    assert [acte.echelon.cle for acte in examen.actes] == [dite.etape_id]


def test_R15_every_step_of_an_act_is_in_the_journal_and_the_chain_holds(formelle, gerant):
    acte = approuver(formelle, formelle.version, gerant, AU, INSTANT)
    acte = retenir(acte, acte.version, gerant.utilisateur, INSTANT)
    acte = changer_canal(acte, acte.version, "courrier", gerant.utilisateur, INSTANT)
    approuver(acte, acte.version, gerant, AU, INSTANT)
    assert genres(acte) == ["relance_approuvee", "relance_retenue", "relance_retenue", "relance_approuvee"]
    assert verifier(Client.objects.get(pk=acte.client_id)) == []
    factures = {evenement.factures.get() for evenement in Evenement.objects.filter(client=acte.client)}
    assert factures == {facture_de(acte)}
