"""The linters, one after the other, each with its duration. All of them run; exits 1 when one refuses."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
# What a real server would say (docs/exploitation.md), so that `check --deploy` judges that.
PRODUCTION = {
    "DEBUG": "non",
    "SECRET_KEY": "aZ3-kL9_pQ7rT1vX5yB2nM8cD4fG6hJ0sW-eU_iO" * 2,
    "ADRESSE_PUBLIQUE": "https://recouvrement.exemple.invalid",
    "ALLOWED_HOSTS": "recouvrement.exemple.invalid",
    "CSRF_TRUSTED_ORIGINS": "https://recouvrement.exemple.invalid",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "EMAIL_URL": "smtp+tls://compte:secret@smtp.exemple.invalid:587",
    "DERRIERE_PROXY": "oui",
}
VERIFICATIONS: list[tuple[str, list[str], dict[str, str]]] = [
    ("ruff", ["ruff", "check", "."], {}),
    ("mise en forme", ["ruff", "format", "--check", "."], {}),
    ("types", ["mypy"], {}),
    ("gabarits", ["djlint", "templates", "--lint", "--quiet"], {}),
    ("architecture", ["python", "-m", "pytest", "-q", "tests/recouvrement/test_architecture.py"], {}),
    ("migrations", ["python", "manage.py", "makemigrations", "--check", "--dry-run"], {}),
    ("déploiement", ["python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
]


def verifier(nom: str, commande: list[str], env: dict[str, str]) -> bool:
    depart = time.monotonic()
    resultat = subprocess.run(
        [str(BIN / commande[0]), *commande[1:]],
        cwd=RACINE,
        env={**os.environ, **env},
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    etat = "bien" if resultat.returncode == 0 else "REFUSÉ"
    print(f"{nom:<15} {etat:<7} {time.monotonic() - depart:6.1f} s", flush=True)
    if resultat.returncode:
        print(resultat.stdout, flush=True)
    return resultat.returncode == 0


def principal() -> int:
    with tempfile.TemporaryDirectory(prefix="recouvrement-lint-") as dossier:
        base = {"DONNEES": dossier, "DATABASE_URL": f"sqlite:///{dossier}/essai.sqlite3"}
        # A list, not a generator: one refusal must not hide the next.
        verdicts = [verifier(nom, commande, {**base, **env}) for nom, commande, env in VERIFICATIONS]
    return 0 if all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(principal())
