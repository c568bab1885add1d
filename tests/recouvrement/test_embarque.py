"""The embedded mode: one command, one process, the whole app."""

import signal
import socket
import stat
from pathlib import Path

import pytest
from django.core.management import call_command

from entreprises.models import Adhesion, Utilisateur
from recouvrement import battement, demonstration, embarque
from tests import fabriques
from tests.processus import Lanceur, attendre, lire_page

PRET = r"est prêt : (http://127\.0\.0\.1:\d+/)"


@pytest.mark.lent
@pytest.mark.parametrize("par", [signal.SIGTERM, signal.SIGINT])
def test_one_command_serves_ticks_and_stops_when_told(lanceur: Lanceur, par: signal.Signals):
    app = lanceur.manage("demarrer", "--sans-demonstration")
    adresse = app.dit(PRET)[1]
    assert lire_page(f"{adresse}sante/") == '{"etat": "ok"}'
    attendre((lanceur.donnees / "dernier-battement").exists, "a tick carried out by the worker")
    seconde = lanceur.manage("demarrer")
    assert seconde.finir() == 2
    assert "tourne déjà" in seconde.sortie
    assert app.arreter(par) == 0, app.sortie
    assert "Traceback" not in app.sortie + seconde.sortie


@pytest.mark.lent
def test_what_was_made_at_the_first_start_is_kept_at_the_second(lanceur: Lanceur):
    for _ in range(2):
        app = lanceur.manage("demarrer", "--sans-demonstration")
        app.dit(PRET)
        cle = (lanceur.donnees / "cle-secrete").read_text() if not lanceur.env.get("SECRET_KEY") else ""
        assert app.arreter() == 0
    if cle:
        assert (lanceur.donnees / "cle-secrete").read_text() == cle
    assert stat.S_IMODE(lanceur.donnees.stat().st_mode) == 0o700


def test_a_port_in_use_is_one_sentence_with_its_remedy(lanceur: Lanceur):
    with socket.socket() as pris:
        pris.bind(("127.0.0.1", 0))
        pris.listen()
        port = str(pris.getsockname()[1])
        app = lanceur.manage("demarrer", PORT=port)
        assert app.finir() == 2
    assert f"Le port {port} est déjà pris" in app.sortie
    assert "make run PORT=" in app.sortie
    assert "Traceback" not in app.sortie


def test_with_a_broker_set_it_points_to_the_separate_processes(lanceur: Lanceur):
    app = lanceur.manage("demarrer", REDIS_URL="redis://127.0.0.1:1/0")
    assert app.finir() == 2
    assert "docs/exploitation.md" in app.sortie
    assert "Traceback" not in app.sortie


def test_a_part_that_falls_is_started_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(embarque, "REPRISE", 0.01)
    essais = []

    class Morceau:
        def start(self) -> None:
            essais.append("start")
            if len(essais) == 1:
                raise RuntimeError("fell")
            partie.fin.set()

    partie = embarque.Partie("essai", Morceau)
    partie.start()
    partie.join(30)
    assert essais == ["start", "start"]


@pytest.mark.django_db
def test_the_demonstration_opens_with_one_password_kept_for_its_owner(settings):
    assert demonstration.ouvrir_acces() is None
    entreprise = fabriques.fabriquer_entreprise("demo", est_demonstration=True)
    autre = fabriques.fabriquer_entreprise("vraie")
    acces = demonstration.ouvrir_acces()
    assert acces == demonstration.ouvrir_acces()
    assert stat.S_IMODE(demonstration.fichier().stat().st_mode) == 0o600
    utilisateur = Utilisateur.objects.get(email=acces.courriel)
    assert utilisateur.check_password(acces.mot_de_passe)
    assert [a.entreprise for a in Adhesion.objects.filter(utilisateur=utilisateur)] == [entreprise]
    assert autre.adhesions.count() == 0


@pytest.mark.django_db
def test_a_password_chosen_by_the_person_is_not_put_back():
    fabriques.fabriquer_entreprise("demo", est_demonstration=True)
    acces = demonstration.ouvrir_acces()
    utilisateur = Utilisateur.objects.get(email=acces.courriel)
    utilisateur.set_password("un autre mot de passe")
    utilisateur.save()
    assert demonstration.ouvrir_acces().mot_de_passe is None
    utilisateur.refresh_from_db()
    assert utilisateur.check_password("un autre mot de passe")


@pytest.mark.django_db
def test_a_healthy_machine_is_told_so_and_what_is_missing_is_named(capsys, settings):
    call_command("diagnostic")
    dit = capsys.readouterr().out
    assert "rien ne part" in dit
    assert "Aucun défaut." in dit


@pytest.mark.django_db
def test_a_real_fault_exits_one(capsys, settings, tmp_path: Path):
    settings.DONNEES = tmp_path / "absent"
    with pytest.raises(SystemExit) as sortie:
        call_command("diagnostic")
    assert sortie.value.code == 1
    assert "1 défaut(s)." in capsys.readouterr().out


def test_only_the_tick_leaves_its_trace(settings):
    class Tache:
        name = "importations.tasks.reprendre"

    battement.noter(Tache())
    assert battement.dernier() is None
    Tache.name = battement.TACHE
    battement.noter(Tache())
    assert battement.dernier() is not None
