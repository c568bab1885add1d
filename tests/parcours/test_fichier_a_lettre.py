"""The main job, end to end: a company, a file, six weeks of nights by hand, a demand letter posted and received.

What the commands print is read as a program reads it; what a person does goes through the pages.
"""

import email
import email.policy
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import ManagementUtility
from django.test import Client as Navigateur
from django.urls import reverse
from pypdf import PdfReader

from entreprises.models import Adhesion, Entreprise, MoyenPaiement
from factures.models import Facture
from relances.models import Reglages, Relance
from tests import fabriques
from tests.processus import Lanceur

PARIS = ZoneInfo("Europe/Paris")
PREMIER, DERNIER = date(2026, 6, 1), date(2026, 7, 15)
ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
DEUX_DECIMALES = re.compile(r"-?\d+\.\d{2}")

ENTETES = "N° facture;Client;Contact;Courriel;Téléphone;Adresse;Code postal;Ville;Date facture;Échéance;Montant TTC"
MAREES = "Hôtel des Trois Marées;Paule Martin;compta@marees.invalid;01 99 00 12 34;8, quai du Modèle;35400;Saint-Malo"
GARAGE = "Garage Œuvré;Luc Témoin;luc@garage.invalid;01 99 00 56 78;3, rue Fictive;35000;Rennes"
TEMOIN = "Imprimerie Témoin;;contact@temoin.invalid;;5, place Inventée;35000;Rennes"
LIGNES = [
    f"2026-101;{MAREES};11/05/2026;10/06/2026;1 250,40",
    f"2026-102;{MAREES};11/05/2026;10/06/2026;860,00",
    f"2026-103;{GARAGE};12/05/2026;10/06/2026;742,50 €",
    f"2026-104;{GARAGE};30/05/2026;31/08/2026;99,90",
    f"2026-105;{TEMOIN};13/03/2026;15/04/2026;300,00",
    f"2026-106;{TEMOIN};13/03/2026;15/04/2026;trois cents",
]


@dataclass
class Sortie:
    code: int
    texte: str
    erreurs: str

    @property
    def json(self) -> Any:
        assert (self.code, self.erreurs) == (0, ""), self
        assert self.texte.count("\n") == 1, "one document, and nothing else"
        return json.loads(self.texte)


@pytest.fixture
def commande(capsys, monkeypatch):
    """`manage.py …` as the shell runs it, in this process: exit code, stdout, stderr."""

    def lancer(*arguments: object) -> Sortie:
        capsys.readouterr()
        code = 0
        try:
            ManagementUtility(["manage.py", *map(str, arguments)]).execute()
        except SystemExit as fin:
            code = int(fin.code or 0)
        lu = capsys.readouterr()
        return Sortie(code, lu.out, lu.err)

    return lancer


@pytest.fixture
def boite(settings) -> Path:
    """Where messages are written when there is no mail server."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    return Path(settings.EMAIL_FILE_PATH)


def ecrire(dossier: Path, *lignes: str, entetes: str = ENTETES, nom: str = "ventes.csv") -> Path:
    """A file as a French accounting program writes it."""
    fichier = dossier / nom
    fichier.write_bytes("\r\n".join([entetes, *lignes, ""]).encode("cp1252"))
    return fichier


def recus(boite: Path, domaine: str) -> list[str]:
    """Subjects of the messages written for this domain, the oldest first."""
    messages = []
    for fichier in sorted(boite.glob("*")) if boite.is_dir() else []:
        for brut in fichier.read_bytes().split(b"-" * 79 + b"\n"):
            if brut.strip():
                messages.append(email.message_from_bytes(brut, policy=email.policy.default))
    return [str(message["Subject"]) for message in messages if domaine in str(message["To"])]


# What the commands print (design, section 8)

DECISION = {
    "facture": str,
    "client": str,
    "date_echeance": str,
    "solde": str,
    "decision": str,
    "etape": (str, type(None)),
    "motif": str,
    "raison": str,
}
RELANCE = {
    "id": (int, type(None)),
    "client": str,
    "devise": str,
    "canal": str,
    "etape": str,
    "statut": str,
    "factures": list,
}
BILAN = {"lues": int, "creees": int, "deja_la": int, "refusees": list, "clients_crees": int, "reglements_crees": int}


def conforme(objet: dict[str, Any], forme: dict[str, Any]) -> dict[str, Any]:
    """Every key of `forme`, with its type; more keys are allowed."""
    for cle, genre in forme.items():
        assert isinstance(objet[cle], genre), (cle, objet)
    return objet


def lire_nuit(document: dict[str, Any], au: date) -> dict[str, Any]:
    conforme(document, {"au": str, "decisions": list, "relances": list})
    assert document["au"] == au.isoformat()
    for decision in document["decisions"]:
        conforme(decision, DECISION)
        assert ISO.fullmatch(decision["date_echeance"])
        assert DEUX_DECIMALES.fullmatch(decision["solde"])
        assert decision["decision"] in {"relancer", "attendre", "terminer"}
        (quand,) = {"depuis", "jusqu_au"} & decision.keys()
        assert decision[quand] is None or ISO.fullmatch(decision[quand])
    for relance in document["relances"]:
        conforme(relance, RELANCE)
        assert relance["factures"]
        assert all(isinstance(numero, str) for numero in relance["factures"])
    return document


# The six weeks


class Gerante:
    """The owner, in a browser, in the middle of the morning of each day."""

    def __init__(self) -> None:
        self.adhesion = Adhesion.objects.get(role="gerant")
        self.navigateur = Navigateur()
        self.arrive()

    def arrive(self) -> None:
        """A session lasts two weeks, and this story lasts six."""
        self.navigateur.force_login(self.adhesion.utilisateur)

    def page(self, nom: str, **cles: Any) -> str:
        return reverse(nom, kwargs={"slug": "brindille", **cles})

    def fait(self, geste: str, acte: Relance, **donnees: Any) -> Relance:
        """Post the form of an act as it stands."""
        adresse = self.page(f"relances:{geste}", pk=acte.pk)
        reponse = self.navigateur.post(adresse, {"version": acte.version, **donnees})
        assert reponse.status_code == 302, reponse.content.decode()
        acte.refresh_from_db()
        return acte

    def passe_les_appels(self) -> None:
        for appel in Relance.objects.filter(canal="appel", statut="a_envoyer"):
            assert self.fait("conclure_appel", appel, resultat="annonce").statut == "envoyee"

    def recoit(self, numero: str, montant: str, jour: date) -> None:
        """Record a payment through the page: what it would pay is shown first, then confirmed."""
        client = Facture.objects.get(numero=numero).client
        adresse = self.page("encaissements:nouveau") + f"?client={client.pk}"
        form = self.navigateur.get(adresse).context["form"]
        donnees = {
            "cle": form["cle"].value(),
            "montant": montant,
            "date_reglement": jour.isoformat(),
            "devise": "EUR",
            "moyen": "virement",
        }
        vue = self.navigateur.post(adresse, {**donnees, "action": "proposer"})
        parts = {ligne.nom: ligne.saisie for ligne in vue.context["ecran"].lignes}
        donnees |= {"montre": vue.context["ecran"].temoin, **parts, "action": "enregistrer"}
        assert self.navigateur.post(adresse, donnees).status_code == 302


@pytest.fixture
def matin(monkeypatch) -> Iterator[Any]:
    """`matin(jour)`: it is ten o'clock in Paris on that day."""
    en_cours: list[Any] = []

    def aller(jour: date) -> None:
        if en_cours:
            en_cours.pop().stop()
        voyage = time_machine.travel(datetime(jour.year, jour.month, jour.day, 10, tzinfo=PARIS), tick=True)
        voyage.start()
        en_cours.append(voyage)

    yield aller
    if en_cours:
        en_cours.pop().stop()


def completer(entreprise: Entreprise) -> None:
    """What the owner types on the company's page: who signs, where, and how to pay."""
    for champ, valeur in {
        "adresse_ligne1": "12, rue de l’Exemple",
        "code_postal": "35000",
        "ville": "Rennes",
        "siren": "732829320",
        "courriel": "compta@brindille.invalid",
        "signataire_nom": "Claire Exemple",
        "signataire_qualite": "gérante",
    }.items():
        setattr(entreprise, champ, valeur)
    entreprise.save()
    MoyenPaiement.objects.create(
        entreprise=entreprise, genre="virement", iban=fabriques.IBAN, titulaire="ATELIER BRINDILLE"
    )


def installer_entreprise(commande, dossier: Path) -> None:
    sortie = commande("creer_entreprise", "brindille", "--nom", "Atelier Brindille", "--gerant", "claire@modele.invalid")
    assert (sortie.code, sortie.erreurs) == (0, "")
    assert re.search(r"http://\S+/compte/password/reset/key/\S+", sortie.texte), sortie.texte
    bilan = conforme(commande("importer_factures", ecrire(dossier, *LIGNES), "--entreprise=brindille", "--json").json, BILAN)
    assert {cle: bilan[cle] for cle in BILAN if cle != "refusees"} == {
        "lues": 6,
        "creees": 5,
        "deja_la": 0,
        "clients_crees": 3,
        "reglements_crees": 0,
    }
    (refus,) = bilan["refusees"]
    assert conforme(refus, {"ligne": int, "champ": str, "raison": str})["ligne"] == 7
    assert refus["champ"] == "total"
    completer(Entreprise.objects.get())


def mettre_en_route(gerante: Gerante) -> None:
    """The owner says go, on the settings' page."""
    adresse = gerante.page("relances:reglages")
    form = gerante.navigateur.get(adresse).context["form"]
    champs = {champ.html_name: champ.value() for champ in form}
    donnees = {nom: valeur for nom, valeur in champs.items() if valeur not in (None, "", False)}
    donnees |= {"envoi_automatique": "on", "approbation_jusqu_au": ""}
    assert gerante.navigateur.post(adresse, donnees).status_code == 302
    reglages = Reglages.objects.get()
    assert (reglages.envoi_automatique, reglages.approbation_jusqu_au) == (True, None)


def une_journee(commande, gerante: Gerante, jour: date) -> list[dict[str, Any]]:
    """The night by hand, foretold by its dry run, then the owner's calls. The acts that were created."""
    if jour.weekday() == 0:
        gerante.arrive()
        gerante.navigateur.post(gerante.page("relances:a_jour"), {"jour": jour.isoformat()})
    options = ["--entreprise=brindille", "--au", jour, "--json"]
    prevu = lire_nuit(commande("relancer", *options, "--simulation").json, jour)
    fait = lire_nuit(commande("relancer", *options).json, jour)
    assert fait["decisions"] == prevu["decisions"]
    assert [(r["client"], r["etape"]) for r in prevu["relances"]] == [(r["client"], r["etape"]) for r in fait["relances"]]
    assert {d["facture"] for d in fait["decisions"]} == set(Facture.objects.ouvertes().values_list("numero", flat=True))
    if jour.weekday() == 0:
        assert lire_nuit(commande("relancer", *options).json, jour)["relances"] == []
    gerante.passe_les_appels()
    return [{**relance, "le": jour} for relance in fait["relances"]]


@pytest.mark.lent
@pytest.mark.django_db(transaction=True)
def test_from_a_file_of_invoices_to_a_demand_letter_received(commande, boite, matin, tmp_path):
    matin(PREMIER)
    installer_entreprise(commande, tmp_path)
    gerante = Gerante()
    essai = lire_nuit(commande("relancer", "--au", PREMIER, "--json", "--simulation").json, PREMIER)
    assert {r["statut"] for r in essai["relances"]} == {"a_valider"}, "off until the owner says go"
    mettre_en_route(gerante)
    actes = []
    for n in range((DERNIER - PREMIER).days + 1):
        jour = PREMIER + timedelta(days=n)
        matin(jour)
        actes += une_journee(commande, gerante, jour)
        if jour == date(2026, 6, 19):
            gerante.recoit("2026-103", "742,50", jour)
    verifier_les_actes(actes)
    assert [len(recus(boite, d)) for d in ("marees.invalid", "garage.invalid", "temoin.invalid")] == [3, 2, 2]
    demeure = Relance.objects.get(est_formelle=True, client__nom="Hôtel des Trois Marées")
    poster_la_demeure(commande, gerante, matin, demeure)


def verifier_les_actes(actes: list[dict[str, Any]]) -> None:
    suivis: dict[str, list[tuple[str, str, str]]] = {}
    for acte in actes:
        suivis.setdefault(acte["client"], []).append((f"{acte['le']:%d/%m}", acte["etape"], acte["statut"]))
    assert suivis["Hôtel des Trois Marées"] == [
        ("03/06", "Avant l’échéance", "envoyee"),
        ("11/06", "Appel", "a_envoyer"),
        ("17/06", "Première relance", "envoyee"),
        ("25/06", "Deuxième relance", "envoyee"),
        ("10/07", "Mise en demeure", "a_valider"),
    ]
    # Paid on the 19th: nothing more, but for what is not yet due.
    assert suivis["Garage Œuvré"] == suivis["Hôtel des Trois Marées"][:3]
    assert suivis["Imprimerie Témoin"][:2] == [
        ("01/06", "Reprise du compte", "envoyee"),
        ("08/06", "Deuxième relance", "envoyee"),
    ]
    groupes = {tuple(a["factures"]) for a in actes if a["client"] == "Hôtel des Trois Marées"}
    assert groupes == {("2026-101", "2026-102")}, "one act for both invoices, each time"


def poster_la_demeure(commande, gerante: Gerante, matin, demeure: Relance) -> None:
    """Read, approved, printed, posted, received: each step once, with its date."""
    assert (demeure.statut, demeure.motif_attente) == ("a_valider", "approbation")
    refusee = gerante.navigateur.post(gerante.page("relances:poster", pk=demeure.pk), {"version": demeure.version})
    assert refusee.status_code != 302
    projet = lire_lettre(gerante, demeure)
    matin(date(2026, 7, 16))
    approuvee = gerante.fait("approuver", demeure, confirme="1")
    assert (approuvee.statut, approuvee.total) == ("a_envoyer", Decimal("2110.40"))
    # Three days for the post, eight days, then the next working day.
    assert approuvee.delai_le == date(2026, 7, 27)
    texte = lire_lettre(gerante, approuvee)
    for mots in ("Mise en demeure", "2026-101", "2026-102", "1 250,40", "860,00", "2 110,40", "27 juillet 2026"):
        assert mots.casefold() in texte.casefold(), (mots, texte)
    assert "Hôtel des Trois Marées" in projet
    assert lire_lettre(gerante, approuvee) == texte
    postee = gerante.fait("poster", approuvee, postee_le="2026-07-16", numero="1A 234 567 8901 2")
    assert (postee.statut, postee.postee_le) == ("envoyee", date(2026, 7, 16))
    matin(date(2026, 7, 20))
    recue = gerante.fait("suivre", postee, suivi="recue", le="2026-07-18")
    assert recue.recue_le == date(2026, 7, 18)
    suite = lire_nuit(commande("relancer", "--au", "2026-07-20", "--json").json, date(2026, 7, 20))
    assert all(relance["client"] != "Hôtel des Trois Marées" for relance in suite["relances"])


def lire_lettre(gerante: Gerante, acte: Relance) -> str:
    """The words of the PDF, whatever the spaces between them."""
    reponse = gerante.navigateur.get(gerante.page("relances:lettre", pk=acte.pk))
    assert reponse["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(reponse.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


# What is refused: exit code 2, one sentence on stderr, nothing on stdout, nothing done


@pytest.fixture
def installee(commande, boite, matin, tmp_path):
    matin(PREMIER)
    installer_entreprise(commande, tmp_path)
    assert commande("relancer", "--json").code == 0
    return tmp_path


REFUS = {
    "unknown company, import": (["importer_factures", "ventes.csv", "--entreprise=inconnue", "--json"], "inconnue"),
    "unknown company, night": (["relancer", "--entreprise=inconnue", "--json"], "inconnue"),
    "bad date": (["relancer", "--au=31/06/2026", "--json"], "AAAA-MM-JJ"),
    "a day that does not exist": (["relancer", "--au=2026-06-31", "--json"], "2026-06-31"),
    "before the last act": (["relancer", "--au=2026-05-29", "--json"], "2026-06-01"),
    "missing file": (["importer_factures", "absent.csv", "--entreprise=brindille", "--json"], "absent.csv"),
    "a folder": (["importer_factures", "dossier", "--entreprise=brindille", "--json"], "ne se lit pas"),
    "no text": (["importer_factures", "image.csv", "--entreprise=brindille", "--json"], ""),
    "a false workbook": (["importer_factures", "faux.xlsx", "--entreprise=brindille", "--json"], ""),
    "an empty file": (["importer_factures", "vide.csv", "--entreprise=brindille", "--json"], ""),
    "no column known": (["importer_factures", "etranger.csv", "--entreprise=brindille", "--json"], "Aucune colonne"),
    "undecidable dates": (["importer_factures", "douteux.csv", "--entreprise=brindille", "--json"], "précisez l’ordre"),
    "a company that exists": (["creer_entreprise", "brindille", "--nom=Autre"], ""),
    "an unknown country": (["creer_entreprise", "autre", "--nom=Autre", "--pays=ZZ"], "ZZ"),
}


@pytest.mark.django_db(transaction=True)
def test_each_refusal_is_one_sentence_on_stderr_and_exit_code_2(commande, installee, monkeypatch):
    (installee / "dossier").mkdir()
    (installee / "image.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    (installee / "faux.xlsx").write_bytes(b"PK\x03\x04" + b"\0" * 200)
    (installee / "vide.csv").write_bytes(b"")
    ecrire(installee, "1;2", entetes="Colonne A;Colonne B", nom="etranger.csv")
    ecrire(installee, "F-1;A;01/02/2026;03/04/2026;10,00", entetes="Numéro;Client;Date;Échéance;Total", nom="douteux.csv")
    monkeypatch.chdir(installee)
    avant = (Facture.objects.count(), Relance.objects.count(), Entreprise.objects.count())
    for nom, (arguments, mots) in REFUS.items():
        sortie = commande(*arguments)
        assert (sortie.code, sortie.texte) == (2, ""), (nom, sortie)
        assert mots in sortie.erreurs, (nom, sortie)
        assert sortie.erreurs.count("\n") == 1, (nom, sortie)
        assert "Traceback" not in sortie.erreurs
    assert commande("importer_factures", "douteux.csv", "--entreprise=brindille", "--dates=jma", "--json").json["creees"] == 1
    assert (Facture.objects.count() - 1, Relance.objects.count(), Entreprise.objects.count()) == avant


@pytest.mark.lent
def test_processes_of_their_own_refuse_and_answer_in_the_same_way(lanceur: Lanceur, tmp_path: Path):
    """As a shell sees it, with a real mail server set: a date in the future is refused, and its dry run is not."""
    lanceur.env["EMAIL_URL"] = "smtp://127.0.0.1:9"
    lanceur.python(
        "from django.core.management import call_command\n"
        "call_command('migrate', verbosity=0)\n"
        "call_command('creer_entreprise', 'brindille', nom='Atelier Brindille')"
    )
    demain = (datetime.now(PARIS) + timedelta(days=1)).date().isoformat()
    refusee = lanceur.manage("relancer", "--au", demain, "--json")
    assert refusee.finir() == 2
    assert "futur" in refusee.sortie
    assert refusee.sortie.count("\n") == 1
    essai = lanceur.manage("relancer", "--au", demain, "--json", "--simulation")
    assert essai.finir() == 0
    assert json.loads(essai.sortie)["au"] == demain
