"""What every test gets: a data folder of its own, no outgoing mail, fast passwords."""

from pathlib import Path

import pytest
from django.core.files.storage import storages


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
