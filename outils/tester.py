"""All the tests: the kernel, which opens no database, once; the rest on SQLite, then on a real PostgreSQL. At the end,
what was skipped in each run, counted and named.

Extra arguments go to pytest, on both databases. With CI set, a skip is a failure, but for the real files kept beside
the project.
"""

import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from postgresql import postgresql

MEMOIRE_PAR_PROCESSUS = 1024**3
RACINE = Path(__file__).resolve().parent.parent
NOYAU = "tests/noyau"
COUVERTURE = ["--cov=noyau", "--cov-branch", "--cov-fail-under=100", "--cov-report=term-missing:skip-covered"]
ADMIS_EN_CI = "donnees_externes"
# Nothing of the developer's own environment or .env may change what is tested.
NEUTRES = ("REDIS_URL", "EMAIL_URL", "ADRESSE_PUBLIQUE", "DEBUG", "DERRIERE_PROXY", "CSRF_TRUSTED_ORIGINS")


def processus() -> int:
    """One more than the processors, since some tests wait; no more than the memory allows."""
    memoire = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(1, min((os.cpu_count() or 1) + 1, memoire // MEMOIRE_PAR_PROCESSUS, 8))


def lancer(nom: str, dossier: Path, base: str, options: list[str]) -> tuple[int, Path]:
    """One run of pytest on the database at `base`: its exit code, and its report."""
    print(f"\n=== {nom} ===", flush=True)
    rapport = dossier / f"{nom}.xml"
    env = {**os.environ, **dict.fromkeys(NEUTRES, "")}
    env |= {"DATABASE_URL": base, "DONNEES": str(dossier / nom), "COVERAGE_FILE": str(dossier / f"couverture-{nom}")}
    env |= {"SECRET_KEY": "seulement-pour-les-essais-" * 3, "ALLOWED_HOSTS": "127.0.0.1,localhost"}
    parallele = ["-n", str(processus()), "--dist", "worksteal"] if processus() > 1 else []
    commande = [sys.executable, "-m", "pytest", "-q", *parallele, f"--junitxml={rapport}", *options]
    return subprocess.run(commande, cwd=RACINE, env=env, check=False).returncode, rapport


def sautes(rapport: Path) -> Counter[str] | None:
    """Reasons of what was skipped, with their number; None when pytest left no report."""
    if not rapport.exists():
        return None
    return Counter(noeud.get("message", "") for noeud in ET.parse(rapport).iter("skipped"))


def conclure(resultats: dict[str, tuple[int, Path]]) -> int:
    """Print what was skipped in each run; 1 when a run failed, or when CI must skip nothing and something was."""
    echec = False
    print("\n=== Tests sautés ===")
    for nom, (code, rapport) in resultats.items():
        raisons = sautes(rapport)
        etat = "réussi" if code == 0 else f"ÉCHEC (code {code})"
        if raisons is None:
            print(f"{nom} : {etat}, aucun rapport")
            echec = True
            continue
        print(f"{nom} : {etat}, {sum(raisons.values())} sauté(s)")
        for raison, nombre in raisons.most_common():
            print(f"  {nombre} × {raison}")
        interdits = [r for r in raisons if os.environ.get("CI") and not r.startswith(ADMIS_EN_CI)]
        for raison in interdits:
            print(f"  refusé en CI : {raison}")
        echec = echec or code != 0 or bool(interdits)
    return 1 if echec else 0


def principal(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="recouvrement-tests-") as nom_dossier:
        dossier = Path(nom_dossier)
        sqlite = f"sqlite:///{dossier / 'sqlite.sqlite3'}"
        resultats = {}
        if not arguments:
            resultats["noyau"] = lancer("noyau", dossier, sqlite, [NOYAU, *COUVERTURE])
            arguments = [f"--ignore={NOYAU}"]
        resultats["SQLite"] = lancer("SQLite", dossier, sqlite, arguments)
        with postgresql() as base:
            resultats["PostgreSQL"] = lancer("PostgreSQL", dossier, base, arguments)
        return conclure(resultats)


if __name__ == "__main__":
    try:
        sys.exit(principal(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
