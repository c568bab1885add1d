"""`rejouer`: the ladder over what really happened, against the workflow itself and against real files."""

import csv
import json
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from itertools import pairwise
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients.models import Contact
from encaissements.encaissement import enregistrer_reglement
from encaissements.rejet import rejeter_reglement
from factures.models import Facture
from relances import poste
from relances.appels import CompteRendu, conclure_appel
from relances.approbation import approuver
from relances.envoi import envoyer
from relances.models import Relance
from relances.planification import planifier
from relances.rejeu import rejouer
from suivi.litiges import clore_litige, ouvrir_litige
from suivi.models import Litige
from suivi.pauses import mettre_en_pause
from suivi.promesses import noter_promesse
from tests.fabriques import fabriquer_client, fabriquer_facture, fabriquer_membre
from tests.relances.fabrique_nuit import LUNDI, entreprise_prete, instant

pytestmark = pytest.mark.django_db
JOUR = timedelta(days=1)


def jouer(du: date, au: date, slug: str = "essai") -> dict:
    sortie = StringIO()
    call_command("rejouer", "--entreprise", slug, "--du", str(du), "--au", str(au), "--json", stdout=sortie)
    return json.loads(sortie.getvalue())


# Against the workflow, day by day


class Societe:
    """A small company whose facts happen day by day, drawn at random."""

    def __init__(self, graine: int, du: date) -> None:
        self.hasard = Random(graine)
        self.entreprise = entreprise_prete(
            delai_apres_envoi=7, plafond_bienveillance=(None, 12)[graine % 2], seuil="80.00"
        )
        self.adhesion = fabriquer_membre(self.entreprise).adhesions.get()
        self.clients = [self._client(rang) for rang in range(5)]
        for rang in range(14):
            self._facture(rang, du)

    def _client(self, rang: int):
        genre = self.hasard.choice(["professionnel", "professionnel", "particulier", "public"])
        client = fabriquer_client(self.entreprise, f"Client {rang}", genre=genre)
        Contact.objects.filter(client=client).update(telephone="01 99 00 00 00")
        return client

    def _facture(self, rang: int, du: date) -> None:
        hasard = self.hasard
        echeance = du + timedelta(days=hasard.randint(-45, 60))
        emission = echeance - timedelta(days=hasard.choice([10, 30, 45]))
        total = Decimal(hasard.choice(["60.00", "140.00", "400.00", "1200.00"]))
        parts = None
        if hasard.random() < 0.3:
            parts = [(echeance, str(total / 2)), (echeance + 20 * JOUR, str(total / 2))]
        fabriquer_facture(
            hasard.choice(self.clients), total, echeance=echeance, parts=parts, numero=f"F{rang:02d}",
            date_emission=emission, connue_le=max(emission, du), devise=hasard.choice(["EUR", "EUR", "USD"]),
            transmise_le=emission if hasard.random() < 0.5 else None,
            **({"escompte_taux": Decimal("2.00"), "escompte_jours": 8} if hasard.random() < 0.3 else {}),
        )  # fmt: skip

    def vivre(self, au: date) -> None:
        """What happens to the company on this day, before its night."""
        hasard = self.hasard
        ouvertes = list(Facture.objects.de(self.entreprise).ouvertes().filter(date_emission__lte=au).order_by("pk"))
        if ouvertes and hasard.random() < 0.12:
            facture = hasard.choice(ouvertes)
            part = hasard.choice([facture.solde, min(facture.solde, Decimal("55.00"))])
            self._regler(facture, part, au)
        if ouvertes and hasard.random() < 0.05:
            facture = hasard.choice(ouvertes)
            if not facture.litiges.filter(clos_le=None).exists():
                ouvrir_litige(facture, au, "quantité", aujourd_hui=au)
        if hasard.random() < 0.06 and (litige := Litige.objects.filter(clos_le=None, ouvert_le__lt=au).first()):
            clore_litige(litige, au, aujourd_hui=au)
        ouvertes = [facture for facture in ouvertes if Facture.objects.ouvertes().filter(pk=facture.pk).exists()]
        if ouvertes and hasard.random() < 0.06:
            facture = hasard.choice(ouvertes)
            pour = facture if hasard.random() < 0.5 else None
            noter_promesse(
                facture.client, facture.solde, au + timedelta(days=hasard.randint(0, 12)), faite_le=au,
                devise=facture.devise, facture=pour,
            )  # fmt: skip
        if hasard.random() < 0.03:
            fin = au + timedelta(days=hasard.randint(0, 9))
            mettre_en_pause(self.entreprise, client=hasard.choice(self.clients), du=au, au=fin, aujourd_hui=au)

    def _regler(self, facture: Facture, montant: Decimal, au: date) -> None:
        reglement = enregistrer_reglement(
            facture.client, montant, au, facture.devise, repartition={facture: montant}, aujourd_hui=au
        )
        if self.hasard.random() < 0.2:
            rejeter_reglement(reglement, au, "provision", aujourd_hui=au)

    def travailler(self, au: date) -> None:
        """The night, then a diligent person: everything is approved, called and posted the same day."""
        assert planifier(self.entreprise, au, instant=instant(au)).ecartes == []
        for relance in list(Relance.objects.de(self.entreprise).filter(statut__in=["a_valider", "a_envoyer"])):
            if relance.statut == "a_valider":
                approuver(relance, relance.version, self.adhesion, au, instant(au, 7))
                relance.refresh_from_db()
            suite = {"au": au, "instant": instant(au, 8), "auteur": None}
            if relance.canal == "appel":
                conclure_appel(relance, relance.version, CompteRendu("annonce"), **suite)
            elif relance.canal != "courriel":
                poste.poster(relance, relance.version, postee_le=au, numero="1A", **suite)
        bilan = envoyer(self.entreprise, au, instant(au, 9))
        assert not bilan.ecartees + bilan.reportees + bilan.refusees + bilan.douteuses


@pytest.mark.lent
@pytest.mark.parametrize("graine", [1, 6, 10])  # two of them found promises that woke nobody
def test_a_replay_tells_what_the_workflow_does_day_by_day(graine, monkeypatch):
    monkeypatch.setattr(poste, "rendre", lambda relance: b"%PDF-")
    du, au = LUNDI, LUNDI + 100 * JOUR
    societe = Societe(graine, du)
    for jours in range((au - du).days + 1):
        societe.vivre(du + jours * JOUR)
        societe.travailler(du + jours * JOUR)
    locale = societe.entreprise.date_locale
    fait = sorted(
        (
            str(r.postee_le or locale(r.envoyee_le)), r.client.nom, r.devise, r.canal, r.etape.nom, str(r.total),
            sorted({x.numero for x in r.lignes.all() if x.etape_id}),
        )
        for r in Relance.objects.filter(statut="envoyee").select_related("client", "etape").prefetch_related("lignes")
    )  # fmt: skip
    rejoue = sorted(
        (r["date"], r["client"], r["devise"], r["canal"], r["etape"], r["total"], sorted(r["factures"]))
        for r in jouer(du, au)["relances"]
    )
    assert rejoue == fait
    assert len(fait) > 15
    assert {r[2] for r in fait} == {"EUR", "USD"}


# What it says


def test_the_document_has_the_keys_that_others_rely_on():
    entreprise = entreprise_prete()
    facture = fabriquer_facture(fabriquer_client(entreprise), echeance=LUNDI - 3 * JOUR)
    document = jouer(LUNDI, LUNDI + 5 * JOUR)
    assert document["relances"] == [
        {
            "date": "2026-03-02",
            "client": "Hôtel Spécimen",
            "code": "",
            "devise": "EUR",
            "canal": "courriel",
            "etape": "Reprise du compte",
            "factures": [facture.numero],
            "total": "1200.00",
        }
    ]
    assert document["par_etape"] == {"Reprise du compte": 1}


def test_an_act_leaves_on_the_next_sending_day_if_it_is_still_due():
    entreprise = entreprise_prete(jours_envoi=[1, 2, 3, 4])
    client, autre = fabriquer_client(entreprise), fabriquer_client(entreprise, "Garage Témoin")
    for debiteur in (client, autre):
        fabriquer_facture(debiteur, echeance=LUNDI - 3 * JOUR)
    reglee = Facture.objects.get(client=autre)
    enregistrer_reglement(autre, reglee.total, LUNDI + JOUR, aujourd_hui=LUNDI + JOUR)
    assert [(r["date"], r["client"]) for r in jouer(LUNDI, LUNDI + JOUR)["relances"]] == [("2026-03-03", client.nom)]


def test_a_company_that_sends_on_no_day_replays_nothing():
    entreprise = entreprise_prete(jours_envoi=[])
    fabriquer_facture(fabriquer_client(entreprise), echeance=LUNDI - 3 * JOUR)
    assert jouer(LUNDI, LUNDI + 60 * JOUR)["relances"] == []


def test_a_replay_writes_nothing_and_its_queries_do_not_depend_on_the_history():
    entreprise = entreprise_prete()

    def compter() -> int:
        with CaptureQueriesContext(connection) as requetes:
            rejouer(entreprise, LUNDI, LUNDI + 60 * JOUR)
        assert all(requete["sql"].lstrip().startswith("SELECT") for requete in requetes)
        return len(requetes)

    def ajouter(clients: int) -> None:
        for rang in range(clients):
            client = fabriquer_client(entreprise, f"Client {rang}")
            facture = fabriquer_facture(client, echeance=LUNDI + 3 * JOUR)
            enregistrer_reglement(client, Decimal("50.00"), LUNDI, aujourd_hui=LUNDI)
            ouvrir_litige(facture, LUNDI, "x", aujourd_hui=LUNDI)
            noter_promesse(client, Decimal("10.00"), LUNDI, faite_le=LUNDI)

    ajouter(1)
    avant = compter()
    ajouter(6)
    assert compter() == avant < 20


@pytest.mark.parametrize(
    ("du", "au", "mots"),
    [("2026-03-02", "2026-03-01", "avant"), ("hier", "2026-03-01", "hier"), ("2026-03-01", "demain", "demain")],
)
def test_a_bad_period_is_refused_in_one_sentence(du, au, mots):
    entreprise_prete()
    with pytest.raises(CommandError, match=mots) as refus:
        call_command("rejouer", "--entreprise", "essai", "--du", du, "--au", au)
    assert refus.value.returncode == 2


# Against real files


@pytest.mark.donnees_externes
def test_R4_over_three_real_years_no_act_is_about_a_settled_or_disputed_invoice(donnees_externes):
    """The facts come from the file itself, read again here."""
    (fichier,) = (donnees_externes / "payment_histories" / "ibm").glob("*.csv")
    entreprise_prete("ibm")
    call_command("importer_factures", str(fichier), "--entreprise", "ibm", "--json", stdout=StringIO())
    document = jouer(date(2012, 1, 1), date(2014, 12, 31), "ibm")
    faits = {}
    with fichier.open(encoding="utf-8-sig", newline="") as flux:
        for ligne in csv.DictReader(flux):
            faits[ligne["invoiceNumber"]] = ligne
    assert len(faits) == 1409

    def jour(ligne: dict, colonne: str) -> date:
        return datetime.strptime(ligne[colonne], "%d/%m/%Y").date()

    etapes, fois = defaultdict(list), Counter()
    for relance in document["relances"]:
        le = date.fromisoformat(relance["date"])
        assert le.weekday() < 5
        total = Decimal(0)
        for numero in relance["factures"]:
            facture = faits[numero]
            assert facture["customerID"] == relance["client"]
            assert jour(facture, "InvoiceDate") <= le < jour(facture, "SettledDate")
            assert facture["Disputed"] == "No" or le < jour(facture, "DueDate")
            total += Decimal(facture["InvoiceAmount"])
            fois[numero, relance["etape"]] += 1
            etapes[numero].append(le)
        assert total == Decimal(relance["total"])
    assert len(document["relances"]) > 500
    assert sum(document["par_etape"].values()) == len(document["relances"])
    assert max(Counter((r["client"], r["date"]) for r in document["relances"]).values()) == 1
    par_client = defaultdict(list)
    for relance in document["relances"]:
        par_client[relance["client"]].append(date.fromisoformat(relance["date"]))
    assert all((b - a).days >= 5 for jours in par_client.values() for a, b in pairwise(jours))
    tard = [f for n, f in faits.items() if f["Disputed"] == "No" and int(f["DaysLate"]) >= 10 and n not in etapes]
    assert not tard  # nobody is forgotten: ten days late without a dispute is always acted upon
