"""The environment: a bad value is refused at start, naming its variable, and each variable is described."""

import ast
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from recouvrement.environnement import garder_secret
from tests.recouvrement import source


def charger(tmp_path: Path, code: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    """The settings read by a process of their own, in this environment; `code` may print some."""
    base = {nom: valeur for nom, valeur in os.environ.items() if nom not in variables_lues()}
    return subprocess.run(
        [sys.executable, "-c", f"from recouvrement import settings; {code}"],
        cwd=source.RACINE,
        env={**base, "DONNEES": str(tmp_path), **env},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("nom", "valeur"),
    [
        ("DEBUG", "peut-etre"),
        ("DATABASE_URL", "mysql://serveur/base"),
        ("DATABASE_URL", "n’importe quoi"),
        ("DONNEES", "/proc/nulle-part"),
        ("SECRET_KEY", "trop-court"),
        ("REDIS_URL", "http://serveur"),
        ("REDIS_URL", "redis://serveur:port"),
        ("EMAIL_URL", "imap://serveur"),
        ("EMAIL_URL", "smtp://"),
        ("ADRESSE_PUBLIQUE", "recouvrement.exemple.invalid"),
        ("ADRESSE_PUBLIQUE", "https://"),
        ("TIME_ZONE", "Europe/Atlantide"),
        ("PORT", "quatre-vingts"),
        ("PORT", "70000"),
        ("NIVEAU_JOURNAL", "bavard"),
        ("DERRIERE_PROXY", "plus tard"),
        ("INSCRIPTION", "sur-invitation"),
    ],
)
def test_a_bad_value_is_refused_and_its_variable_named(tmp_path: Path, nom: str, valeur: str):
    fini = charger(tmp_path, **{nom: valeur})
    assert fini.returncode != 0
    assert f"ImproperlyConfigured: {nom}:" in fini.stderr


def test_a_bad_value_is_one_sentence_on_the_command_line(tmp_path: Path):
    fini = subprocess.run(
        [sys.executable, "manage.py", "diagnostic"],
        cwd=source.RACINE,
        env={**os.environ, "DONNEES": str(tmp_path), "DEBUG": "peut-etre"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert fini.returncode == 1
    assert fini.stderr.startswith("Configuration : DEBUG:")
    assert "Traceback" not in fini.stderr


@pytest.mark.parametrize(
    ("env", "dit"),
    [
        ({}, "True sqlite3 memory://localhost filebased http://127.0.0.1:8000"),
        ({"PORT": "8123"}, "True sqlite3 memory://localhost filebased http://127.0.0.1:8123"),
        (
            {
                "REDIS_URL": "redis://127.0.0.1:6379/0",
                "DATABASE_URL": "postgresql://a:b@127.0.0.1/c",
                "EMAIL_URL": "smtp+tls://a:b@smtp.exemple.invalid:587",
                "ADRESSE_PUBLIQUE": "https://recouvrement.exemple.invalid",
            },
            "False postgresql redis://127.0.0.1:6379/0 messagerie https://recouvrement.exemple.invalid",
        ),
    ],
)
def test_the_environment_alone_chooses_the_services(tmp_path: Path, env: dict[str, str], dit: str):
    code = (
        "s = settings; print(s.EST_EMBARQUE, s.DATABASES['default']['ENGINE'].split('.')[-1], s.CELERY_BROKER_URL, "
        "s.EMAIL_BACKEND.split('.')[-2], s.ADRESSE_PUBLIQUE)"
    )
    fini = charger(tmp_path, code, **env)
    assert (fini.stdout.strip(), fini.returncode) == (dit, 0), fini.stderr


def test_the_secret_key_is_made_once_for_its_owner_alone(tmp_path: Path):
    premiere = charger(tmp_path, "print(settings.SECRET_KEY)").stdout
    assert len(premiere) > 50
    assert charger(tmp_path, "print(settings.SECRET_KEY)").stdout == premiere
    assert stat.S_IMODE((tmp_path / "cle-secrete").stat().st_mode) == 0o600


def test_of_two_processes_that_propose_a_secret_one_wins(tmp_path: Path):
    assert garder_secret(tmp_path / "secret", "le premier") == "le premier"
    assert garder_secret(tmp_path / "secret", "le second") == "le premier"
    assert [f.name for f in tmp_path.iterdir()] == ["secret"]


def variables_lues() -> set[str]:
    """Names that the project package asks the environment for."""
    noms: set[str] = set()
    for chemin in source.modules("recouvrement"):
        for noeud in ast.walk(source.arbre(chemin)):
            if not isinstance(noeud, ast.Call) or not isinstance(noeud.func, ast.Attribute):
                continue
            lecteur = ast.unparse(noeud.func)
            if re.search(r"(^|\.)(lire\w*|env\.\w+|environ\.get|getenv)$", lecteur):
                mots = [a.value for a in noeud.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                noms |= set([mot for mot in mots if mot.isupper()][:1])  # what follows the name is its default
    return noms


def test_the_example_describes_each_variable_and_no_other():
    exemple = (source.RACINE / ".env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"(?m)^#? ?([A-Z][A-Z_]+)=", exemple)) == variables_lues()


def test_only_the_project_package_reads_the_environment():
    fautes = [
        source.ou(chemin, noeud.lineno)
        for piece in source.PRESENTES
        if piece != "recouvrement"
        for chemin in source.modules(piece)
        for noeud in ast.walk(source.arbre(chemin))
        if isinstance(noeud, ast.Attribute) and noeud.attr in {"environ", "getenv"}
    ]
    assert fautes == []


@pytest.mark.parametrize(
    ("env", "attendu"),
    [
        ({}, "LocMemCache 0"),
        ({"REDIS_URL": "redis://127.0.0.1:6379/0"}, "RedisCache 0"),
        ({"REDIS_URL": "redis://127.0.0.1:6379/0", "DERRIERE_PROXY": "oui"}, "RedisCache 1"),
    ],
)
def test_attempts_are_counted_by_all_processes_together_and_per_visitor(tmp_path: Path, env, attendu: str):
    code = (
        "print(settings.CACHES['default']['BACKEND'].rsplit('.', 1)[1],"
        " getattr(settings, 'ALLAUTH_TRUSTED_PROXY_COUNT'))"
    )
    fini = charger(tmp_path, code, **env)
    assert fini.stdout.strip() == attendu, fini.stderr


@pytest.mark.parametrize(
    ("env", "attendu"), [({}, "False"), ({"INSCRIPTION": "oui"}, "True"), ({"INSCRIPTION": "non"}, "False")]
)
def test_sign_up_is_shut_unless_it_is_opened(tmp_path: Path, env, attendu: str):
    fini = charger(tmp_path, "print(settings.INSCRIPTION)", **env)
    assert fini.stdout.strip() == attendu, fini.stderr


@pytest.mark.parametrize(
    ("env", "attendu"),
    [({}, "True"), ({"INSCRIPTION": "oui"}, "False"), ({"INSCRIPTION": "oui", "EMAIL_PARTAGE": "oui"}, "True")],
)
def test_where_strangers_may_sign_up_the_mail_server_is_shared_only_when_said(tmp_path: Path, env, attendu: str):
    fini = charger(tmp_path, "print(settings.EMAIL_PARTAGE)", **env)
    assert fini.stdout.strip() == attendu, fini.stderr
