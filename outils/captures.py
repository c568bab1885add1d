"""The pictures of the user guide, taken again: `make captures`.

Starts the app on a data folder of its own with the demonstration, drives Chromium, writes docs/guide/images/*.png.
Exits 2 with one sentence when Chromium is not there.
"""

import io
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image

RACINE = Path(__file__).resolve().parent.parent
IMAGES = RACINE / "docs" / "guide" / "images"
TAILLE: Any = {"width": 1100, "height": 760}
# Name of the picture, page of the company, then the links followed from there, by what they start with.
CAPTURES: list[tuple[str, str, tuple[str, ...]]] = [
    ("a-faire", "a-faire/", ()),
    ("facture", "factures/", ("F-",)),
    ("facture-nouvelle", "factures/nouvelle/", ()),
    ("clients", "clients/", ()),
    ("importer", "importations/nouvelle/", ()),
    ("pointer", "pointer/", ()),
    ("courriers", "courriers/", ()),
    ("echelles", "echelles/", ()),
    ("courriel", "courriel/", ()),
    ("membres", "membres/", ()),
    ("export", "export/", ()),
    ("entreprise", "entreprise/", ()),
]


class Application:
    """The app with its demonstration, in a process of its own, stopped at the end."""

    def __init__(self, donnees: str) -> None:
        env = {**os.environ, "DONNEES": donnees, "PORT": "0", "REDIS_URL": "", "EMAIL_URL": ""}
        env["DATABASE_URL"] = f"sqlite:///{donnees}/captures.sqlite3"
        commande = [sys.executable, "manage.py", "demarrer"]
        self.processus = subprocess.Popen(commande, cwd=RACINE, env=env, stdout=subprocess.PIPE, text=True)

    def attendre(self) -> tuple[str, str, str]:
        """Its address, and the demonstration's email and password, as it prints them."""
        lu = ""
        assert self.processus.stdout is not None
        for ligne in self.processus.stdout:
            lu += ligne
            if "mot de passe" in ligne:
                trouves = [re.search(motif, lu) for motif in (r"(http://\S+)", r"courriel\s+(\S+)", r"passe\s+(\S+)")]
                adresse, courriel, passe = (str(t[1]) for t in trouves if t)
                return adresse.rstrip("/"), courriel, passe
        raise SystemExit("Recouvrement n’a pas démarré :\n" + lu)

    def __enter__(self) -> "Application":
        return self

    def __exit__(self, *_: object) -> None:
        self.processus.send_signal(signal.SIGTERM)
        self.processus.wait(30)


def entrer(page: Any, courriel: str, passe: str) -> str:
    """Sign in; the address of the company's pages."""
    page.goto("/compte/login/")
    page.fill("#id_login", courriel)
    page.fill("#id_password", passe)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/e/"))
    return str(re.match(r"(.*?/e/[^/]+/)", page.url)[1])  # type: ignore[index]


def prendre(page: Any, base: str, nom: str, chemin: str, liens: tuple[str, ...]) -> None:
    page.goto(base + chemin)
    for lien in liens:
        page.locator("main a", has_text=re.compile(f"^{re.escape(lien)}")).first.click()
    page.wait_for_load_state("networkidle")
    image = Image.open(io.BytesIO(page.screenshot()))
    image.quantize(128).save(IMAGES / f"{nom}.png", optimize=True)  # a third of the weight, in the repository for ever
    print(nom, flush=True)


def principal() -> int:
    chemin = shutil.which("chromium") or shutil.which("chromium-browser")
    if chemin is None:
        print("Chromium manque : apt-get install chromium", file=sys.stderr)
        return 2
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 (only the tests' requirements bring it)

    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="recouvrement-captures-") as donnees, Application(donnees) as application:
        adresse, courriel, passe = application.attendre()
        with sync_playwright() as playwright:
            navigateur = playwright.chromium.launch(executable_path=chemin, args=["--no-sandbox", "--disable-gpu"])
            page = navigateur.new_context(base_url=adresse, locale="fr-FR", viewport=TAILLE).new_page()
            base = entrer(page, courriel, passe)
            for nom, depart, liens in CAPTURES:
                prendre(page, base, nom, depart, liens)
            navigateur.close()
    return 0


if __name__ == "__main__":
    sys.exit(principal())
