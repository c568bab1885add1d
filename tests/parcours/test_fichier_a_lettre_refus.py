"""What the commands refuse: exit code 2, one sentence on stderr, nothing on stdout, nothing done."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from entreprises.models import Entreprise
from factures.models import Facture
from relances.models import Relance
from tests.parcours.atelier import PREMIER, ecrire, installer_entreprise
from tests.parcours.conftest import PARIS
from tests.processus import Lanceur


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
    "missing file": (
        ["importer_factures", "absent.csv", "--entreprise=brindille", "--json"],
        "« absent.csv » ne se lit pas",
    ),
    "a folder": (["importer_factures", "dossier", "--entreprise=brindille", "--json"], "ne se lit pas"),
    "no text": (["importer_factures", "image.csv", "--entreprise=brindille", "--json"], "ni un tableau"),
    "a false workbook": (["importer_factures", "faux.xlsx", "--entreprise=brindille", "--json"], "abîmé"),
    "an empty file": (["importer_factures", "vide.csv", "--entreprise=brindille", "--json"], "est vide"),
    "no column known": (["importer_factures", "etranger.csv", "--entreprise=brindille", "--json"], "Aucune colonne"),
    "undecidable dates": (["importer_factures", "douteux.csv", "--entreprise=brindille", "--json"], "précisez l’ordre"),
    "a company that exists": (["creer_entreprise", "brindille", "--nom=Autre"], "déjà"),
    "an unknown country": (["creer_entreprise", "autre", "--nom=Autre", "--pays=ZZ"], "ZZ"),
}


@pytest.mark.django_db(transaction=True)
def test_each_refusal_is_one_sentence_on_stderr_and_exit_code_2(commande, installee, monkeypatch):
    (installee / "dossier").mkdir()
    (installee / "image.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    (installee / "faux.xlsx").write_bytes(b"PK\x03\x04" + b"\0" * 200)
    (installee / "vide.csv").write_bytes(b"")
    ecrire(installee, "1;2", entetes="Colonne A;Colonne B", nom="etranger.csv")
    ecrire(
        installee, "F-1;A;01/02/2026;03/04/2026;10,00", entetes="Numéro;Client;Date;Échéance;Total", nom="douteux.csv"
    )
    monkeypatch.chdir(installee)
    avant = (Facture.objects.count(), Relance.objects.count(), Entreprise.objects.count())
    for nom, (arguments, mots) in REFUS.items():
        sortie = commande(*arguments)
        assert (sortie.code, sortie.texte) == (2, ""), (nom, sortie)
        assert mots in sortie.erreurs, (nom, sortie)
        assert sortie.erreurs.count("\n") == 1, (nom, sortie)
        assert "Traceback" not in sortie.erreurs
    assert (
        commande("importer_factures", "douteux.csv", "--entreprise=brindille", "--dates=jma", "--json").json["creees"]
        == 1
    )
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
