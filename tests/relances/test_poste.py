"""Letters: frozen, rendered once, posted by a person, then followed (R6, R7)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from clients.models import Client
from encaissements.encaissement import enregistrer_reglement
from entreprises.documents import lire
from entreprises.modeles import Perimee
from entreprises.models import Adhesion, Document
from journal.models import Evenement
from relances import poste
from relances.approbation import Refus, approuver, changer_canal
from relances.decision import decider
from relances.echelles import installer
from relances.models import Etape, PieceRelance, Reglages, Relance
from relances.revision import reviser_ouvertes
from relances.signalement import signaler_lettres
from tests import fabriques
from tests.relances import actes, scene
from tests.relances.actes import AU, INSTANT

pytestmark = pytest.mark.django_db
S = Relance.Statut
UN_JOUR = timedelta(days=1)
NUMERO = "1A 000 000 0001 0"
PDF = b"%PDF"


@pytest.fixture
def entreprise():
    return actes.entreprise_prete()


@pytest.fixture
def gerant(entreprise):
    return Adhesion.objects.get(utilisateur=fabriques.fabriquer_membre(entreprise))


@pytest.fixture
def presse(monkeypatch):
    """A press that prints only what tells one letter from another, and counts."""
    tirages = []

    def rendre(relance):
        tirages.append(relance.pk)
        return f"%PDF {relance.reference} {relance.date_lettre} {relance.total}".encode()

    monkeypatch.setattr(poste, "rendre", rendre)
    return tirages


@pytest.fixture
def recommande(entreprise, gerant):
    """A formal demand, approved: to print and to post."""
    etape = actes.mise_en_demeure(entreprise)
    acte = scene.acte(entreprise, "Hôtel Spécimen", etape=etape, statut="a_valider", motif_attente="approbation")
    return approuver(acte, acte.version, gerant, AU, INSTANT)


@pytest.fixture
def simple(entreprise):
    """A plain letter that nobody had to approve."""
    return scene.acte(entreprise, "SCI du Sapin Bleu", canal="courrier")


def poster(relance: Relance, le: date = AU, numero: str = NUMERO, au: date | None = None, **valeurs) -> Relance:
    au = au or le
    return poste.poster(
        relance,
        valeurs.pop("version", relance.version),
        postee_le=le,
        numero=numero,
        au=au,
        instant=INSTANT + (au - AU),
        auteur=None,
        **valeurs,
    )


def suivre(relance: Relance, suivi: str, le: date, au: date | None = None) -> Relance:
    au = au or le
    return poste.suivre(relance, relance.version, suivi=suivi, le=le, au=au, instant=INSTANT + (au - AU), auteur=None)


def regler(relance: Relance, montant: str) -> None:
    facture = relance.lignes.get().echeance.facture
    enregistrer_reglement(
        facture.client, Decimal(montant), AU, "EUR", aujourd_hui=AU, repartition={facture.pk: Decimal(montant)}
    )


def relire(relance: Relance) -> Relance:
    return Relance.objects.select_related("etape", "client", "entreprise").get(pk=relance.pk)


# The letter


def test_R6_the_letter_is_rendered_once_then_the_same_bytes_for_ever(recommande):
    premiere = poste.imprimer(recommande, INSTANT)
    assert premiere.startswith(PDF)
    Client.objects.filter(pk=recommande.client_id).update(nom="Tout Autre Nom")
    recommande.entreprise.signataire_nom = "Une Autre"
    recommande.entreprise.save()
    posee = poster(recommande)
    suivre(posee, "recue", AU + 2 * UN_JOUR)
    assert poste.imprimer(relire(recommande), INSTANT + 5 * UN_JOUR) == premiere
    assert recommande.pieces.filter(role=PieceRelance.Role.LETTRE).count() == 1
    assert relire(recommande).imprimee_le == INSTANT


def test_R6_two_people_who_print_at_once_get_the_same_file(recommande, monkeypatch):
    vraie, seconde = poste.rendre, []

    def rendre(relance):
        if not seconde:
            seconde.append(None)
            seconde[0] = poste.lettre(relire(relance))
        return vraie(relance) + b"% slower"

    monkeypatch.setattr(poste, "rendre", rendre)
    assert poste.lettre(recommande) == seconde[0]
    assert recommande.pieces.filter(role=PieceRelance.Role.LETTRE).count() == 1


def test_R6_a_letter_unfrozen_while_it_was_rendered_is_not_kept(recommande, gerant, presse, monkeypatch):
    vraie = poste.rendre

    def rendre(relance):
        regler(relance, "400.00")
        reviser_ouvertes(relance.entreprise, AU, INSTANT)
        return vraie(relance)

    monkeypatch.setattr(poste, "rendre", rendre)
    poste.lettre(recommande)
    assert not recommande.pieces.filter(role=PieceRelance.Role.LETTRE).exists()


def test_R7_a_letter_that_is_not_approved_is_neither_printed_nor_posted(entreprise, presse):
    etape = actes.mise_en_demeure(entreprise)
    acte = scene.acte(entreprise, "Hôtel Spécimen", etape=etape, statut="a_valider")
    for geste in (lambda: poste.imprimer(acte, INSTANT), lambda: poste.lettre(acte)):
        with pytest.raises(Refus, match="lettre_non_figee"):
            geste()
    with pytest.raises(Perimee):
        poster(acte)
    assert presse == []
    assert (relire(acte).statut, relire(acte).figee_le) == (S.A_VALIDER, None)


@pytest.mark.parametrize("canal", ["courriel", "appel"])
def test_what_is_not_a_letter_is_neither_printed_nor_posted(entreprise, presse, canal):
    acte = scene.acte(entreprise, "Transports Modèle", canal=canal, figee_le=INSTANT, date_lettre=AU)
    gestes = (
        lambda: poste.lettre(acte),
        lambda: poste.imprimer(acte, INSTANT),
        lambda: poster(acte),
    )
    for geste in gestes:
        with pytest.raises(Refus, match="pas_une_lettre"):
            geste()
    assert relire(acte).statut == S.A_ENVOYER
    assert presse == []


# Plain letters: frozen when they are printed


def test_R6_a_plain_letter_is_frozen_when_it_is_printed(simple, presse):
    contenu = poste.imprimer(simple, INSTANT)
    figee = relire(simple)
    assert (figee.figee_le, figee.date_lettre, figee.imprimee_le) == (INSTANT, AU, INSTANT)
    posee = poster(figee, AU + UN_JOUR, numero="")
    assert (posee.statut, posee.postee_le, posee.numero_recommande) == (S.ENVOYEE, AU + UN_JOUR, "")
    assert poste.imprimer(posee, INSTANT + UN_JOUR) == contenu
    assert len(presse) == 1


def test_R6_a_plain_letter_posted_without_printing_takes_the_day_of_posting_as_its_date(simple, presse):
    posee = poster(simple, AU, numero="", au=AU + UN_JOUR)
    assert (posee.statut, posee.date_lettre, posee.postee_le) == (S.ENVOYEE, AU, AU)
    assert posee.pieces.get(role="lettre").document


def test_R7_a_plain_letter_that_was_printed_and_whose_amounts_changed_waits_for_a_person(simple, presse, gerant):
    """The paper is in the envelope: it must not leave with an amount that is no longer owed."""
    poste.imprimer(simple, INSTANT)
    regler(simple, "400.00")
    reviser_ouvertes(simple.entreprise, AU, INSTANT)
    simple = relire(simple)
    assert (simple.statut, simple.motif_attente, simple.ecart["total_apres"]) == (S.A_VALIDER, "ecart", "800.00")
    approuvee = approuver(simple, simple.version, gerant, AU, INSTANT)
    assert b"800.00" in poste.imprimer(approuvee, INSTANT)


def test_R7_a_plain_letter_not_yet_printed_takes_the_present_amounts(simple, presse):
    regler(simple, "400.00")
    reviser_ouvertes(simple.entreprise, AU, INSTANT)
    assert relire(simple).statut == S.A_ENVOYER
    assert b"800.00" in poste.imprimer(relire(simple), INSTANT)


# Posting


def test_a_posted_letter_keeps_its_date_its_number_and_the_proof(recommande, presse):
    preuve = (b"%PDF bordereau", "application/pdf", "bordereau.pdf")
    posee = poster(recommande, AU + UN_JOUR, f"  {NUMERO} ", preuve=preuve)
    posee.refresh_from_db()
    assert (posee.statut, posee.postee_le, posee.numero_recommande) == (S.ENVOYEE, AU + UN_JOUR, NUMERO)
    piece = posee.pieces.get(role=PieceRelance.Role.PREUVE)
    assert lire(piece.document) == preuve[0]
    assert (piece.nom, piece.document.type_mime, piece.document.entreprise) == (
        "bordereau.pdf",
        "application/pdf",
        recommande.entreprise,
    )
    assert Document.objects.filter(pk=posee.pieces.get(role="lettre").document_id).exists()
    ligne = Evenement.objects.filter(client=posee.client).latest("rang")
    assert ligne.genre == "lettre_postee"
    assert (ligne.contenu.faits["postee_le"], ligne.contenu.faits["numero"]) == ("2026-07-09", NUMERO)
    assert posee.lignes.get().echeance.a_examiner_le == AU + UN_JOUR


REFUSEES = [
    ({"le": AU + UN_JOUR, "au": AU}, "date_future", "postee_le"),
    ({"le": AU - UN_JOUR, "au": AU}, "avant_la_lettre", "postee_le"),
    ({"numero": ""}, "numero_manquant", "numero"),
    ({"numero": "   "}, "numero_manquant", "numero"),
]


@pytest.mark.parametrize(("valeurs", "code", "champ"), REFUSEES)
def test_a_posting_that_cannot_be_is_refused_at_its_field(recommande, presse, valeurs, code, champ):
    with pytest.raises(Refus) as refus:
        poster(recommande, **valeurs)
    assert (refus.value.code, refus.value.parametres["champ"]) == (code, champ)
    actuelle = relire(recommande)
    assert (actuelle.statut, actuelle.postee_le, actuelle.version) == (S.A_ENVOYER, None, recommande.version)


def test_a_posting_seen_on_an_old_page_changes_nothing(recommande, simple, presse):
    for acte in (recommande, simple):
        with pytest.raises(Perimee):
            poster(acte, version=acte.version - 1)
        assert relire(acte).statut == S.A_ENVOYER
        assert relire(acte).figee_le == acte.figee_le
    poster(recommande)
    with pytest.raises(Perimee):
        poster(recommande)


# Out of date


@pytest.mark.parametrize(("jours", "est_perimee"), [(0, False), (1, False), (2, False), (5, False), (6, True)])
def test_R7_a_letter_waits_three_working_days_for_the_post(recommande, jours, est_perimee):
    """Dated Wednesday 8 July 2026: Thursday, Friday, then Monday 13; Tuesday 14 is a holiday, and too late."""
    au = AU + jours * UN_JOUR
    assert signaler_lettres(recommande.entreprise, au, INSTANT) == int(est_perimee)
    assert (relire(recommande).statut == S.A_VALIDER) == est_perimee


def test_R7_a_letter_out_of_date_is_approved_anew_and_dated_anew(recommande, gerant, presse):
    ancienne = poste.imprimer(recommande, INSTANT)
    mardi, instant = AU + 7 * UN_JOUR, INSTANT + 7 * UN_JOUR
    signaler_lettres(recommande.entreprise, mardi, instant)
    perimee = relire(recommande)
    assert (perimee.statut, perimee.motif_attente) == (S.A_VALIDER, "lettre_perimee")
    assert (perimee.figee_le, perimee.date_lettre, perimee.imprimee_le, perimee.approuvee_le) == (None,) * 4
    with pytest.raises(Perimee):
        poster(recommande)
    approuvee = approuver(perimee, perimee.version, gerant, mardi, instant)
    assert (approuvee.date_lettre, approuvee.reference) == (mardi, recommande.reference)
    nouvelle = poste.imprimer(approuvee, instant)
    assert b"2026-07-08" in ancienne
    assert b"2026-07-15" in nouvelle
    assert approuvee.pieces.filter(role="lettre").count() == 1
    assert len(presse) == 2


def test_R14_the_new_letter_is_found_whatever_the_clock_of_the_machine_says(recommande, gerant, presse):
    """Played over the past, every row is made today: the letter of the first approval must not pass for the second."""
    poste.imprimer(recommande, INSTANT)
    PieceRelance.objects.update(cree_le=INSTANT + 300 * UN_JOUR)
    instant = INSTANT + 7 * UN_JOUR
    signaler_lettres(recommande.entreprise, AU + 7 * UN_JOUR, instant)
    perimee = relire(recommande)
    approuvee = approuver(perimee, perimee.version, gerant, AU + 7 * UN_JOUR, instant)
    assert b"2026-07-15" in poste.imprimer(approuvee, instant)


def test_R7_a_letter_that_was_posted_is_never_out_of_date(recommande, presse):
    poster(recommande)
    assert signaler_lettres(recommande.entreprise, AU + 60 * UN_JOUR, INSTANT) == 0


# What the post says


@pytest.mark.parametrize(
    ("suivi", "champ"), [("presentee", "presentee_le"), ("recue", "recue_le"), ("non_reclamee", "non_reclamee_le")]
)
def test_what_the_post_says_is_written_down(recommande, presse, suivi, champ):
    posee = poster(recommande)
    delai = posee.delai_le
    suivie = suivre(posee, suivi, AU + 2 * UN_JOUR)
    suivie.refresh_from_db()
    assert getattr(suivie, champ) == AU + 2 * UN_JOUR
    assert suivie.delai_le == delai  # in France the letter names its own
    faits = Evenement.objects.filter(client=posee.client).latest("rang").contenu.faits
    assert (faits["suivi"], faits["le"]) == (suivi, "2026-07-10")


@pytest.mark.parametrize(
    ("suivi", "jours", "code"),
    [("perdue", 1, "suivi_inconnu"), ("recue", 3, "date_future"), ("recue", -1, "avant_le_depot")],
)
def test_what_the_post_cannot_say_is_refused(recommande, presse, suivi, jours, code):
    posee = poster(recommande)
    with pytest.raises(Refus) as refus:
        suivre(posee, suivi, AU + jours * UN_JOUR, au=AU + 2 * UN_JOUR)
    assert refus.value.code == code
    assert relire(posee).version == posee.version


def test_nothing_is_followed_before_the_posting(recommande):
    with pytest.raises(Refus, match="avant_le_depot"):
        suivre(recommande, "recue", AU)


@pytest.fixture
def quebecoise(gerant):
    """A formal demand of a company of Québec, approved; a last rung waits for the end of its deadline."""
    creancier = fabriques.fabriquer_entreprise("quebec", pays="CA", region="QC", devise="CAD", fuseau="America/Toronto")
    installer(creancier)
    Reglages.objects.filter(entreprise=creancier).update(
        envoi_automatique=True, approbation_jusqu_au=None, reglements_a_jour_au=AU, fraicheur_reglements=3000
    )
    etape = actes.mise_en_demeure(creancier)
    Etape.objects.create(
        entreprise=creancier, scenario=etape.scenario, nom="Dernier appel", rang=etape.rang + 1,
        ancre="fin_delai", decalage=1, canal="appel",
    )  # fmt: skip
    acte = scene.acte(creancier, "Dépanneur Exemple", etape=etape, statut="a_valider")
    chef = Adhesion.objects.get(utilisateur=fabriques.fabriquer_membre(creancier))
    return approuver(acte, acte.version, chef, AU, INSTANT)


def decision(relance: Relance, au: date):
    (examen,) = decider(relance.entreprise, au, [relance.client_id])
    (trouvee,) = examen.decisions
    return trouvee.verdict.value, trouvee.motif.code


@pytest.mark.parametrize("suivi", ["recue", "non_reclamee"])
def test_R2_in_quebec_the_deadline_runs_from_receipt_and_the_ladder_goes_on_after_it(quebecoise, presse, suivi):
    assert quebecoise.delai_le is None
    posee = poster(quebecoise)
    assert decision(posee, AU + 60 * UN_JOUR) == ("attendre", "fin_delai_inconnue")
    presentee = suivre(posee, "presentee", date(2026, 7, 10))
    assert presentee.delai_le is None
    suivie = suivre(presentee, suivi, date(2026, 7, 14))
    assert suivie.delai_le == date(2026, 7, 24)  # ten days
    assert suivie.lignes.get().echeance.a_examiner_le == date(2026, 7, 14)
    assert decision(suivie, date(2026, 7, 24))[0] == "attendre"
    assert decision(suivie, date(2026, 7, 27))[0] == "relancer"


def test_in_quebec_the_deadline_follows_a_date_of_receipt_that_is_corrected(quebecoise, presse):
    suivie = suivre(poster(quebecoise), "recue", date(2026, 7, 10))
    corrigee = suivre(suivie, "recue", date(2026, 7, 13))
    assert (suivie.delai_le, corrigee.delai_le) == (date(2026, 7, 20), date(2026, 7, 23))


def test_in_quebec_a_receipt_takes_the_place_of_an_unclaimed_letter(quebecoise, presse):
    suivie = suivre(poster(quebecoise), "non_reclamee", date(2026, 7, 17))
    assert suivre(suivie, "recue", date(2026, 7, 20)).delai_le == date(2026, 7, 30)


def test_a_formal_demand_sent_by_email_is_not_followed_by_the_post(entreprise, gerant):
    etape = actes.mise_en_demeure(entreprise)
    acte = scene.acte(entreprise, "Hôtel Spécimen", etape=etape, statut="a_valider")
    courriel = changer_canal(acte, acte.version, "courriel", gerant.utilisateur, INSTANT)
    Relance.objects.filter(pk=acte.pk).update(statut="envoyee", approuvee_le=INSTANT)
    with pytest.raises(Refus, match="avant_le_depot"):
        suivre(relire(courriel), "recue", AU)
