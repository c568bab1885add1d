"""From a bare machine to a Python environment that runs the project. Standard library only.

`python3 outils/amorce.py app -- COMMAND…` prepares `.venv` with what the app runs on, then becomes
`.venv/bin/python COMMAND…`; `dev` adds what the tests and the linters need. What is already there is not made again.
Written so that an old Python (3.6) can still read it, in order to say that it is too old. Exits 2 with one sentence.
"""

import ctypes
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from typing import Any, NoReturn

RACINE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(RACINE, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
MINIMUM = (3, 11)
# Debian package -> the library that shows it is there, and whether the app can do without.
BIBLIOTHEQUES = (
    ("libpango-1.0-0", "libpango-1.0.so.0", True),
    ("libpangoft2-1.0-0", "libpangoft2-1.0.so.0", True),
    ("libharfbuzz-subset0", "libharfbuzz-subset.so.0", False),  # without it a letter costs several times more
)


def dire(texte: str) -> None:
    sys.stderr.write(texte + "\n")
    sys.stderr.flush()


def refuser(texte: str) -> NoReturn:
    """One sentence with its remedy, and no traceback."""
    dire("Recouvrement : " + texte)
    sys.exit(2)


def verifier_python() -> None:
    """Go on with a Python recent enough: this one, else another of the machine."""
    if sys.version_info >= MINIMUM:
        return
    for mineure in range(15, MINIMUM[1] - 1, -1):
        autre = shutil.which(f"python3.{mineure}")
        if autre:
            os.execv(autre, [autre, os.path.abspath(__file__), *sys.argv[1:]])
    refuser(
        "Python {}.{} est trop ancien, il faut au moins 3.11. Installez-le (sous Debian 12 : apt-get install python3), "
        "ou nommez-le : make run PYTHON=/chemin/vers/python3.11".format(*sys.version_info[:2])
    )


def verifier_dossier() -> None:
    if not os.access(RACINE, os.W_OK):
        refuser(
            f"le dossier {RACINE} n’est pas accessible en écriture. Rendez-le à votre compte : "
            f"sudo chown -R \"$(id -un)\" '{RACINE}'"
        )


def presente(bibliotheque: str) -> bool:
    try:
        ctypes.CDLL(bibliotheque)
    except OSError:
        return False
    return True


def installer_paquets(paquets: "list[str]") -> bool:
    """Debian packages by apt, as root. True when they are installed."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    dire("Installation des paquets système : " + " ".join(paquets))
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    commande = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *paquets]
    muet: dict[str, Any] = {"env": env, "stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    if subprocess.call(commande, stderr=subprocess.DEVNULL, **muet) == 0:
        return True
    subprocess.call(["apt-get", "update", "-qq"], **muet)
    return subprocess.call(commande, **muet) == 0


def commande_apt(paquets: "list[str]") -> str:
    return "sudo apt-get install -y " + " ".join(paquets)


def verifier_venv() -> None:
    """Debian ships the venv module without what fills the environment: python3-venv is a package of its own."""
    if importlib.util.find_spec("ensurepip") is not None:
        return
    paquets = [f"python3.{sys.version_info[1]}-venv"]
    if not installer_paquets(paquets):
        refuser("il manque de quoi créer un environnement Python. Lancez : " + commande_apt(paquets))


def verifier_bibliotheques() -> None:
    absents = [(paquet, exige) for paquet, nom, exige in BIBLIOTHEQUES if not presente(nom)]
    paquets = [paquet for paquet, _ in absents]
    if not paquets or installer_paquets(paquets):
        return
    if any(exige for _, exige in absents):
        refuser("il manque de quoi composer les lettres (Pango). Lancez : " + commande_apt(paquets))
    dire("Les lettres seront plus lentes à composer. Remède : " + commande_apt(paquets))


def creer_environnement() -> None:
    """Make `.venv`, or make it again when its Python no longer runs (a moved folder, an interrupted start)."""
    muet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    if os.path.exists(PYTHON):
        essai = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
        if marques_presentes() or subprocess.call([PYTHON, "-c", essai], **muet) == 0:
            return
    dire("Création de l’environnement Python (.venv)…")
    if subprocess.call([sys.executable, "-m", "venv", "--clear", VENV]) != 0:
        refuser(f"l’environnement Python n’a pas pu être créé dans {VENV} (place, droits ?).")


def marques_presentes() -> bool:
    """Was this environment finished once, in this very folder?"""
    try:
        with open(os.path.join(VENV, ".emplacement"), encoding="utf-8") as fichier:
            return fichier.read() == VENV and subprocess.call([PYTHON, "-c", ""]) == 0
    except OSError:
        return False


def empreinte(fichiers: "list[str]") -> str:
    somme = hashlib.sha256()
    for nom in fichiers:
        with open(os.path.join(RACINE, nom), "rb") as fichier:
            somme.update(fichier.read())
    return somme.hexdigest()


def installer_dependances(genre: str) -> None:
    """The pinned packages, only when the pins changed since they were installed here."""
    fichiers = ["requirements.txt"] + (["requirements-dev.txt"] if genre == "dev" else [])
    marque = os.path.join(VENV, ".exigences-" + genre)
    voulue = empreinte(fichiers)
    if os.path.exists(marque):
        with open(marque, encoding="ascii") as fichier:
            if fichier.read() == voulue:
                return
    dire(f"Installation des dépendances ({', '.join(fichiers)})…")
    commande = [PYTHON, "-m", "pip", "install", "-qq", "--no-input", "--disable-pip-version-check"]
    if subprocess.call(commande + [part for nom in fichiers for part in ("-r", nom)], cwd=RACINE) != 0:
        refuser("les dépendances n’ont pas pu être installées (voir ci-dessus). Vérifiez le réseau, puis relancez.")
    for nom, contenu in ((marque, voulue), (os.path.join(VENV, ".emplacement"), VENV)):
        with open(nom, "w", encoding="utf-8") as fichier:
            fichier.write(contenu)


def compiler_traductions() -> None:
    """`.po` into `.mo`, by Babel: gettext need not be installed."""
    dossier = os.path.join(RACINE, "locale")
    for langue in sorted(os.listdir(dossier)) if os.path.isdir(dossier) else []:
        source = os.path.join(dossier, langue, "LC_MESSAGES", "django.po")
        cible = source[:-3] + ".mo"
        if not os.path.exists(source):
            continue
        if os.path.exists(cible) and os.path.getmtime(cible) >= os.path.getmtime(source):
            continue
        commande = [os.path.join(VENV, "bin", "pybabel"), "-q", "compile", "-l", langue, "-i", source, "-o", cible]
        if subprocess.call(commande) != 0:
            refuser(f"la traduction {source} n’a pas pu être compilée.")


def preparer(genre: str) -> None:
    verifier_dossier()
    verifier_venv()
    verifier_bibliotheques()
    creer_environnement()
    installer_dependances(genre)
    compiler_traductions()


def principal(arguments: "list[str]") -> None:
    if not arguments or arguments[0] not in ("app", "dev"):
        refuser("usage : amorce.py app|dev [-- commande…]")
    verifier_python()
    try:
        preparer(arguments[0])
    except KeyboardInterrupt:
        dire("\nInterrompu. Relancez la même commande : elle reprendra.")
        sys.exit(130)
    suite = arguments[arguments.index("--") + 1 :] if "--" in arguments else []
    if suite:
        os.chdir(RACINE)
        os.execv(PYTHON, [PYTHON, *suite])


if __name__ == "__main__":
    principal(sys.argv[1:])
