"""What every test gets: a data folder of its own, no outgoing mail, fast passwords."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.db import connection

from tests import processus, vidage


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    tmp_path_factory: pytest.TempPathFactory, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """SQLite on disk, as in real use: a database in memory is locked by the table and can't be shared by threads."""
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("base") / "essai.sqlite3")


@pytest.fixture(scope="session", autouse=True)
def journal_vidable() -> Iterator[None]:
    """Tests that commit are emptied after, the journal included."""
    with vidage.journal_vidable():
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The test database, which nothing holds any more when it is dropped."""
    yield
    with django_db_blocker.unblock():
        vidage.congedier()


@pytest.fixture(autouse=True)
def donnees_a_part(settings, tmp_path: Path):
    """Documents and messages are written under the test's own folder."""
    settings.DONNEES = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "documents"},
        },
    }
    storages._storages.clear()
    settings.EMAIL_FILE_PATH = tmp_path / "courriels"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CELERY_TASK_ALWAYS_EAGER = True
    yield
    storages._storages.clear()


@pytest.fixture
def donnees_externes() -> Path:
    """The folder of real files kept beside the project; the test is skipped, and counted, without it."""
    dossier = Path(__file__).resolve().parent.parent.parent / "shared" / "donnees"
    if not dossier.is_dir():
        pytest.skip("donnees_externes: ../shared/donnees is absent")
    return dossier


@pytest.fixture
def base_a_part(tmp_path: Path) -> Iterator[str]:
    """The address of an empty database for processes of their own, on the server that this run tests."""
    with processus.base_vide(tmp_path) as adresse:
        yield adresse


@pytest.fixture
def lanceur(tmp_path: Path, base_a_part: str) -> Iterator[processus.Lanceur]:
    """Starts the project's own processes on `base_a_part` and a data folder of their own; all are ended after."""
    with processus.Lanceur(tmp_path, base_a_part) as lanceur:
        yield lanceur


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A throw-away Redis on a Unix socket; the test is skipped, and counted, where there is no redis-server."""
    if processus.redis_server() is None:
        pytest.skip("redis: no redis-server found")
    with processus.redis(tmp_path_factory.mktemp("redis")) as adresse:
        yield adresse
