"""A night as it happens on a real server: web, worker and beat apart, on Redis, with a mail server that answers.

The same code, by environment variables alone. Nobody calls anything: the clock of these processes is set, and beat's
own schedule does the rest.
"""

import asyncio
import email
import json
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import redis
from aiosmtpd.controller import Controller

from tests.processus import Lanceur, Processus, a_l_heure, attendre
from tests.relances.pieges import Boite, port_libre

pytestmark = [pytest.mark.redis, pytest.mark.lent]

PARIS = ZoneInfo("Europe/Paris")
SOIR = datetime(2026, 7, 6, 20, tzinfo=PARIS)  # a Monday
MATIN = datetime(2026, 7, 7, 10, tzinfo=PARIS)
GERANTE, MOT_DE_PASSE = "gerante@menuiserie.invalid", "un mot de passe d’essai"

PREPARER = """
from django.core.management import call_command
from entreprises.models import Adhesion, Entreprise, Utilisateur
from relances.models import Reglages
call_command("migrate", verbosity=0)
call_command("creer_entreprise", "menuiserie", nom="Menuiserie Modèle", gerant="{gerante}")
Entreprise.objects.update(courriel="compta@menuiserie.invalid")
gerante = Utilisateur.objects.get()
gerante.set_password("{mot_de_passe}")
gerante.save()
call_command("importer_factures", "{fichier}", entreprise="menuiserie", en_json=True)
Reglages.objects.update(envoi_automatique=True, approbation_jusqu_au=None, reglements_a_jour_au="2026-07-07")
Adhesion.objects.update(avis_matin=False, resume_hebdomadaire=False)  # sending would wait half an hour after a digest
"""
ETATS = """
import json
from relances.models import Relance
print(json.dumps(list(Relance.objects.order_by("pk").values_list("message_id", "statut"))))
"""
TIC = "from recouvrement import celery_app; celery_app.send_task('relances.tasks.battement')"


class BoiteLente(Boite):
    """Takes a tenth of a second for each message: time to kill who sends it."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        reponse = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(0.1)
        return reponse

    def identifiants(self) -> list[str]:
        """Message-IDs of what went to clients, in the order of arrival."""
        lus = [email.message_from_bytes(contenu) for contenu in list(self.messages)]
        return [str(lu["Message-ID"]) for lu in lus if "@client.invalid" in str(lu["To"])]


@pytest.fixture
def boite() -> Iterator[tuple[BoiteLente, str]]:
    """A real mail server, and its address for EMAIL_URL."""
    boite = BoiteLente()
    serveur = Controller(boite, hostname="127.0.0.1", port=port_libre(), ready_timeout=10)
    serveur.start()
    yield boite, f"smtp://127.0.0.1:{serveur.port}"
    serveur.stop(no_assert=True)


class Deploiement:
    """Processes that share a database, a broker and a mail server, and nothing else."""

    def __init__(self, lanceur: Lanceur, redis_url: str, email_url: str) -> None:
        self.lanceur = lanceur
        lanceur.env |= {"REDIS_URL": redis_url, "EMAIL_URL": email_url, "TIME_ZONE": "Europe/Paris"}

    def preparer(self, dossier: Path, clients: int) -> None:
        fichier = dossier / "factures.csv"
        lignes = [
            f"F-{n:03d};Client {n};compta{n}@client.invalid;28/05/2026;27/06/2026;1 200,50" for n in range(clients)
        ]
        fichier.write_text("\n".join(["Numéro;Client;Courriel;Date;Échéance;Total TTC", *lignes]), encoding="cp1252")
        script = PREPARER.format(fichier=fichier, gerante=GERANTE, mot_de_passe=MOT_DE_PASSE)
        assert f'"creees": {clients},' in self.lanceur.python(script, **a_l_heure(SOIR))

    def celery(self, quoi: str, *options: str, a: datetime) -> Processus:
        lance = self.lanceur.module(
            "celery", "-A", "recouvrement", quoi, "--loglevel", "INFO", *options, **a_l_heure(a)
        )
        lance.dit(r"ready\." if quoi == "worker" else "beat: Starting")
        return lance

    def worker(self, a: datetime) -> Processus:
        return self.celery("worker", "--concurrency", "1", a=a)

    def beat(self, a: datetime) -> Processus:
        return self.celery("beat", "--pidfile", "", a=a)

    def etats(self) -> dict[str, str]:
        """The state of each act by its Message-ID."""
        lus = json.loads(self.lanceur.python(ETATS).splitlines()[-1])
        assert len({identifiant for identifiant, _ in lus}) == len(lus)
        return dict(lus)


@pytest.fixture
def deploiement(lanceur: Lanceur, redis_url: str, boite: tuple[BoiteLente, str]) -> Deploiement:
    redis.Redis(unix_socket_path=redis_url.removeprefix("unix://")).flushall()
    return Deploiement(lanceur, redis_url, boite[1])


def lire_connecte(adresse: str, page: str) -> str:
    """A page, after signing in through the form."""
    temoins = CookieJar()
    navigateur = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(temoins))
    entree = f"{adresse}/compte/login/"
    navigateur.open(entree).read()
    jeton = next(temoin.value for temoin in temoins if temoin.name == "csrftoken")
    formulaire = {"login": GERANTE, "password": MOT_DE_PASSE, "csrfmiddlewaretoken": str(jeton)}
    navigateur.open(entree, urllib.parse.urlencode(formulaire).encode()).read()
    return str(navigateur.open(adresse + page).read().decode())


def test_a_night_happens_by_itself_and_each_email_arrives_once(
    deploiement: Deploiement, boite: tuple[BoiteLente, str], tmp_path: Path
):
    deploiement.preparer(tmp_path, 3)
    # Beat keeps its schedule from one start to the next: what fell due while it was down is sent at once.
    assert deploiement.beat(SOIR).arreter() == 0
    worker = deploiement.worker(MATIN)
    beat = deploiement.beat(MATIN)
    beat.dit("Sending due task battement")
    attendre(lambda: len(boite[0].identifiants()) == 3, f"three emails\n{worker.sortie}")
    for _ in range(2):
        deploiement.lanceur.python(TIC)
    attendre(lambda: worker.sortie.count("relances.tasks.passer") >= 6, f"two more ticks\n{worker.sortie}")
    web = deploiement.lanceur.module(
        "gunicorn", "recouvrement.wsgi", "--bind", "127.0.0.1:0", "--workers", "1", **a_l_heure(MATIN)
    )
    adresse = web.dit(r"Listening at: (http://127\.0\.0\.1:\d+)")[1]
    page = lire_connecte(adresse, "/e/menuiserie/boite-envoi/")
    assert page.count("compta0@client.invalid") == 1
    assert [processus.arreter() for processus in (worker, beat, web)] == [0, 0, 0]
    assert "Traceback" not in worker.sortie + beat.sortie + web.sortie
    arrives = boite[0].identifiants()
    assert len(arrives) == 3
    assert deploiement.etats() == dict.fromkeys(arrives, "envoyee")
    assert len(boite[0].messages) == 3


def test_R8_a_worker_killed_in_a_batch_loses_nothing_and_nothing_leaves_twice(
    deploiement: Deploiement, boite: tuple[BoiteLente, str], tmp_path: Path
):
    deploiement.preparer(tmp_path, 40)
    worker = deploiement.worker(MATIN)
    deploiement.lanceur.python(TIC)
    attendre(lambda: len(boite[0].identifiants()) >= 12, f"a batch under way\n{worker.sortie}")
    worker.tuer()
    avant = len(boite[0].identifiants())
    assert avant < 40

    # Two hours later: the claim that was left is swept, and Redis hands again the task that nobody acknowledged.
    second = deploiement.worker(MATIN + timedelta(hours=2))
    deploiement.lanceur.python(TIC)
    attendre(lambda: len(boite[0].identifiants()) >= 39, f"the rest of the batch\n{second.sortie}")
    etats = attendre(lambda: achevee(deploiement.etats()), f"an end to every act\n{second.sortie}")
    deploiement.lanceur.python(TIC)
    assert second.arreter() == 0

    arrives = boite[0].identifiants()
    assert len(arrives) == len(set(arrives)), "something left twice"
    assert len(etats) == 40
    douteux = {identifiant for identifiant, statut in etats.items() if statut == "a_verifier"}
    assert len(douteux) <= 1
    assert etats.keys() - set(arrives) <= douteux, "something was lost"
    assert {etats[identifiant] for identifiant in arrives if identifiant not in douteux} == {"envoyee"}


def achevee(etats: dict[str, str]) -> dict[str, str] | None:
    """The states, once no act waits or is under way."""
    return None if set(etats.values()) & {"a_envoyer", "en_cours"} else etats
