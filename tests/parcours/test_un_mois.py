"""March in a firm of six: forty open invoices, and all that befalls them, on the calendar and through the pages.

What each client should have received is reckoned by hand beside it. 2 March 2026 is a Monday; no holiday until 6 April.
The ladder: seven days before, a call on the working day after, then 7, 15 and 30 days after; five days between two.
"""

import io
from collections.abc import Iterator
from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from django.db.models import Sum
from pypdf import PdfReader

from encaissements.models import Reglement
from encaissements.verification import Ecart, verifier_soldes
from factures.models import ConditionsPaiement, Facture
from recouvrement.celery import app
from relances.models import Relance
from suivi.models import Litige, Promesse, Tache
from tests.importations.fichiers import csv_de
from tests.parcours import test_invariants as invariants
from tests.parcours.mois import CLIENTS, DERNIER, HEURES, LUNDI, Mois, adresse_de
from tests.relances import actes

pytestmark = [pytest.mark.django_db, pytest.mark.lent]
HOTEL, GARAGE, IMPRIMERIE, SCI = "Hôtel des Trois Marées", "Garage Témoin", "Imprimerie Modèle", "SCI du Sapin Bleu"
TRAITEUR, LIBRAIRIE, BOULANGERIE = "Traiteur Échantillon", "Librairie Fictive", "Boulangerie Témoin"
NOMMES = [HOTEL, GARAGE, IMPRIMERIE, SCI, TRAITEUR, LIBRAIRIE, BOULANGERIE]
AUTRES = [f"Client Modèle {n:02}" for n in range(1, 14)]
CONGES = [date(2026, 3, 18), date(2026, 3, 19), date(2026, 3, 20)]


def mars(jour: int) -> date:
    return date(2026, 3, jour)


@pytest.fixture
def mois(db, settings) -> Iterator[Mois]:
    """Monday 2 March, nothing in the books yet. Tasks run at once, in the request."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    avant, app.conf.task_always_eager = app.conf.task_always_eager, True
    m = Mois(actes.entreprise_prete(reglements_a_jour_au=None))
    m.est(time(7))
    yield m
    m.arreter()
    app.conf.task_always_eager = avant


def remplir(m: Mois) -> None:
    """What the accounting program holds on the first day: thirty-six invoices."""
    livres = m.livres
    livres.porter("H-1", HOTEL, mars(10), "1250.40")
    livres.porter("G-1", GARAGE, date(2026, 2, 16), "742.50")
    livres.porter("I-1", IMPRIMERIE, date(2026, 2, 20), "960.00")
    livres.porter("S-1", SCI, date(2026, 2, 26), "1800.00")
    livres.porter("L-1", LIBRAIRIE, mars(2), "486.00")
    livres.porter("B-1", BOULANGERIE, mars(3), "120.00")
    for n in range(30):  # the others: from the end of January to the middle of April
        livres.porter(f"A-{n:02}", AUTRES[n % 13], date(2026, 1, 28) + timedelta(days=n * 5 // 2), f"{200 + n * 7}.00")


def premier_jour(m: Mois) -> None:
    """The clients, what they owe, and four invoices typed."""
    lignes = (
        f"C{n:02};{nom};{n}, rue Inventée;35000;Rennes;Paule Exemple;{adresse_de(nom)};01 99 00 12 {n:02}"
        for n, nom in enumerate([*NOMMES, *AUTRES])
    )
    m.importer(csv_de(*lignes, entetes=CLIENTS), "clients")
    remplir(m)
    m.importer(m.livres.balance(), "balance")
    trente = {"tranches": [{"delai": {"genre": "net", "jours": 30}}]}
    conditions = ConditionsPaiement.objects.create(
        entreprise=m.entreprise, nom="30 jours", regle=trente, est_defaut=True
    )
    m.saisir("T-1", TRAITEUR, mars(13), "416,67", conditions.pk)  # 500,00 with the tax
    m.saisir("M-1", AUTRES[0], date(2026, 4, 1), "1 000,00", conditions.pk)
    m.saisir("M-2", AUTRES[1], date(2026, 4, 1), "250,00", conditions.pk)
    m.saisir("M-3", AUTRES[2], mars(20), "80,00", conditions.pk)
    assert Facture.objects.ouvertes().count() == 40
    assert Facture.objects.get(numero="T-1").total == Decimal("500.00")


def promettre(m: Mois, nom: str, montant: str, pour_le: date) -> None:
    donnees = {"montant": montant, "devise": "EUR", "date_promise": pour_le.isoformat()}
    m.fait(m.compta, "suivi:promesse_nouvelle", donnees, pk=m.client(nom).pk)


def mercredi_4(m: Mois) -> None:
    promettre(m, GARAGE, "742,50", mars(6))  # broken
    promettre(m, SCI, "1800", mars(9))  # kept
    tache = {"genre": "autre", "texte": "Envoyer le double du bon", "pour_le": mars(5).isoformat(), "facture": ""}
    m.fait(m.compta, "suivi:tache_nouvelle", tache, pk=m.client(IMPRIMERIE).pk)


def jeudi_5(m: Mois) -> None:
    contestee = {"ouvert_le": mars(5).isoformat(), "motif": "Deux cartons manquent"}
    m.fait(m.compta, "suivi:litige_ouvrir", contestee, pk=m.facture("I-1").pk)
    m.pointer("L-1", ailleurs=False)  # a mistake: the money was another one's
    (tache,) = Tache.objects.filter(texte="Envoyer le double du bon")
    assert "Tâche faite" in m.fait(m.compta, "suivi:tache_faite", {}, pk=tache.pk)


def mardi_10(m: Mois) -> None:
    saisi_a_tort = Reglement.objects.get(client__nom=LIBRAIRIE)
    m.fait(m.compta, "encaissements:annuler", {"motif": "mauvais client"}, pk=saisi_a_tort.pk)
    facture = m.facture("T-1")
    avoir = {
        "numero": "AV-1", "montant": "120", "date_emission": mars(10).isoformat(), "facture": facture.pk,
        "devise": "EUR", "motif": "Deux plateaux rendus",
    }  # fmt: skip
    m.fait(m.compta, "encaissements:avoir_nouveau", avoir, f"?facture={facture.pk}")
    m.livres.deduire("T-1", "120")


def vendredi_13(m: Mois) -> None:
    litige = Litige.objects.get()
    accord = {"clos_le": mars(13).isoformat(), "issue": "Les cartons sont livrés"}
    m.fait(m.compta, "suivi:litige_clore", accord, pk=litige.pk)
    assert "2 règlements enregistrés" in m.pointer("A-02", "A-03")


def lundi_16(m: Mois) -> None:
    conges = {"du": CONGES[0].isoformat(), "au": CONGES[-1].isoformat(), "motif": "Inventaire"}
    m.fait(m.patronne, "suivi:pauses", conges)


def lundi_23(m: Mois) -> None:
    (rappel,) = Tache.objects.filter(genre="rappeler")
    assert rappel.client.nom == AUTRES[3]
    m.fait(m.compta, "suivi:tache_faite", {}, pk=rappel.pk)
    assert {GARAGE, IMPRIMERIE} <= {acte.client.nom for acte in m.approuver()}


def mardi_24(m: Mois) -> None:
    combien = Relance.objects.filter(statut="a_envoyer", canal="recommande").count()
    tirage = m.poster_les_lettres(f"1A 000 000 {n:04} 5" for n in range(combien))
    lues = " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(tirage)).pages)
    assert all(nom in lues for nom in (GARAGE, IMPRIMERIE))


AGENDA = {4: mercredi_4, 5: jeudi_5, 10: mardi_10, 13: vendredi_13, 16: lundi_16, 23: lundi_23, 24: mardi_24}
A_LA_BANQUE = {  # what the accounting program learned in the week before this Monday
    9: ("S-1", "B-1", "A-00", "A-05"),
    16: ("A-01", "A-07", "A-08", "A-13"),
    23: ("A-04", "A-09", "A-10", "A-14", "A-20"),
    30: ("A-06", "A-11", "A-12", "A-15", "A-16"),
}
A_RAPPELER = {AUTRES[3]: {"resultat": "a_rappeler", "rappel_le": mars(23).isoformat()}}  # called on the 16th


def vivre(m: Mois) -> None:
    """One day: the night, what the person sees in the morning, the sending, the afternoon, the evening's look."""
    avant = set(Relance.objects.filter(statut="envoyee").values_list("pk", flat=True))
    nuit, avis, envoi, soir = HEURES
    m.tic(nuit)
    invariants.rien_ne_dort_a_tort(m.monde)
    m.tic(avis)
    m.est(time(9))
    if m.jour.day in A_LA_BANQUE:
        m.livres.solder(*A_LA_BANQUE[m.jour.day])
        if m.jour.day == 9:
            m.livres.deduire("A-17", "100")
        m.importer(m.livres.balance(), "balance")
        m.dire_a_jour()
    m.tic(envoi)
    invariants.rien_ne_part_a_tort(m.monde, avant)
    m.est(time(11))
    if m.jour.weekday() < 5 and m.jour not in CONGES:
        m.appeler(A_RAPPELER)
        AGENDA.get(m.jour.day, lambda _m: None)(m)
    m.tic(soir)
    le_soir(m)


def le_soir(m: Mois) -> None:
    invariants.chaque_echelon_une_fois(m.monde)
    invariants.l_intervalle_est_tenu(m.monde)
    invariants.les_comptes_sont_justes(m.monde)
    du_jour = [nom for jour, nom, _sujet, _corps in m.recus if jour == m.jour]
    assert len(set(du_jour)) == len(du_jour), "two messages to one client on one day"
    if m.jour in CONGES or m.jour.weekday() > 4:
        assert du_jour == []
    dus = Facture.objects.ouvertes().aggregate(somme=Sum("solde"))["somme"]
    chez_eux = sum(p.solde for p in m.livres.pieces.values())
    if m.jour.weekday() == 0 and m.jour.day != 9:  # on the 9th the payment entered by mistake still stands
        assert dus == chez_eux, "after the Monday's import both programs say the same"


def contacts(nom: str) -> list[tuple[int, str]]:
    """Day of March and rung of all that this client got, calls and letters too."""
    faites = Relance.objects.filter(client__nom=nom, statut="envoyee").order_by("envoyee_le", "pk")
    return [(a.postee_le.day if a.postee_le else a.envoyee_le.day, a.etape.nom) for a in faites]


AVANT, APPEL, REPRISE = "Avant l’échéance", "Appel", "Reprise du compte"
UN, DEUX, DEMEURE = "Première relance", "Deuxième relance", "Mise en demeure"
ATTENDUS = {
    # Due on the 10th: 10 − 7; the working day after; 10 + 7; 10 + 15. The holidays of 18 to 20 fall between.
    HOTEL: [(3, AVANT), (11, APPEL), (17, UN), (25, DEUX)],
    # Late when we heard of it. « Friday the 6th »: three working days of grace, to the 11th. 30 days late on the 18th,
    # a day off: decided on the 23rd, when the owner approves; posted on the 24th.
    GARAGE: [(2, REPRISE), (12, DEUX), (24, DEMEURE)],
    # Disputed from the 5th to Friday the 13th: what was due on the 9th leaves on Monday the 16th. 30 days late on a
    # Sunday, the 22nd.
    IMPRIMERIE: [(2, REPRISE), (16, DEUX), (24, DEMEURE)],
    # « Monday the 9th », and it came on that day.
    SCI: [(2, REPRISE)],
    # Due on Friday the 13th; 13 + 7 is a day off, 13 + 15 a Saturday.
    TRAITEUR: [(6, AVANT), (16, APPEL), (23, UN), (30, DEUX)],
    # Due on the 2nd; taken for paid from the 5th to the 10th, so that nothing leaves on the 9th.
    LIBRAIRIE: [(3, APPEL), (11, UN), (17, DEUX)],
    # Due on the 3rd. An email stands for the call under 150 euros, five days after the 2nd at the earliest: it is paid
    # by then.
    BOULANGERIE: [(2, AVANT)],
}
SOMMES = {
    HOTEL: ["1 250,40"] * 3,
    GARAGE: ["742,50"] * 2,
    TRAITEUR: ["500,00", "380,00", "380,00"],  # the credit note of the 10th
    LIBRAIRIE: ["486,00"] * 2,
}


def test_a_month_of_forty_invoices_says_to_each_client_what_a_person_would_have_said(mois):
    mois.est(time(9))
    premier_jour(mois)
    for heure in HEURES[2:]:
        mois.tic(heure)
    for n in range(1, (DERNIER - LUNDI).days + 1):
        mois.ouvrir_la_journee(LUNDI + timedelta(days=n))
        vivre(mois)

    assert {nom: contacts(nom) for nom in NOMMES} == ATTENDUS
    for nom, sommes in SOMMES.items():
        corps = [corps for _jour, client, _sujet, corps in mois.recus if client == nom]
        assert len(corps) == len(sommes)
        assert all(somme in lu for somme, lu in zip(sommes, corps, strict=True)), (nom, corps)
    assert not [r for r in mois.recus if r[1] == TRAITEUR and r[0] > mars(10) and "500,00" in r[3]]
    courriels = Relance.objects.filter(statut="envoyee", message_id__gt="")
    assert courriels.count() == len(mois.recus), "each message was received once"
    assert not Relance.objects.filter(statut__in=["echec", "a_verifier", "en_cours"]).exists()
    assert {p.client.nom: p.tenue_le for p in Promesse.objects.all()} == {GARAGE: None, SCI: mars(9)}
    assert not Tache.objects.a_faire().exists()
    assert [e for e in verifier_soldes(mois.entreprise) if isinstance(e, Ecart)] == []
