"""Web, worker and beat as separate processes on a real Redis: the same code, by environment variables alone."""

import pytest

from tests.processus import Lanceur, attendre, lire_page

pytestmark = [pytest.mark.redis, pytest.mark.lent]

TIC = "from recouvrement import celery_app; celery_app.send_task('relances.tasks.battement')"


def test_three_processes_share_the_work_through_redis(lanceur: Lanceur, redis_url: str):
    env = {"REDIS_URL": redis_url}
    assert lanceur.manage("migrate", "--verbosity", "0", **env).finir() == 0
    assert lanceur.manage("collectstatic", "--noinput", "--dry-run", "--verbosity", "0", **env).finir() == 0
    web = lanceur.module("gunicorn", "recouvrement.wsgi", "--bind", "127.0.0.1:0", "--workers", "1", **env)
    worker = lanceur.module("celery", "-A", "recouvrement", "worker", "--concurrency", "1", "--loglevel", "INFO", **env)
    beat = lanceur.module("celery", "-A", "recouvrement", "beat", "--pidfile", "", "--loglevel", "INFO", **env)
    adresse = web.dit(r"Listening at: (http://127\.0\.0\.1:\d+)")[1]
    assert lire_page(f"{adresse}/sante/") == '{"etat": "ok"}'
    worker.dit(r"ready\.")
    beat.dit(r"beat: Starting")
    assert lanceur.module("django", "shell", "--command", TIC, **env).finir() == 0
    attendre((lanceur.donnees / "dernier-battement").exists, f"a tick carried out\n{worker.sortie}")
    assert [processus.arreter() for processus in (web, worker, beat)] == [0, 0, 0]
