"""A real Chromium on a live server. Skipped, and counted, where no Chromium is found."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
VIOLATIONS = {"resultTypes": ["violations"]}
HTMX_TRAVAILLE = ".htmx-request, .htmx-swapping, .htmx-settling"
LARGE, TELEPHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


def pytest_collection_modifyitems(items: list[Any]) -> None:
    for item in items:
        if "tests/navigateur/" in str(item.path):
            item.add_marker(pytest.mark.navigateur)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for all the tests."""
    chemin = shutil.which("chromium") or shutil.which("chromium-browser")
    if chemin is None:
        pytest.skip("navigateur: no chromium on this machine")
    sync_playwright = pytest.importorskip("playwright.sync_api").sync_playwright
    # Playwright's own loop runs in this thread, and Django would take its queries for asynchronous ones.
    avant = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        navigateur = playwright.chromium.launch(executable_path=chemin, args=OPTIONS)
        yield navigateur
        navigateur.close()
    if avant is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def ouvrir(chromium: Any, live_server: Any, client: Any) -> Iterator[Callable[..., Any]]:
    """`ouvrir(utilisateur, taille=…, javascript=…)`: a page of this user's browser, already signed in.

    What the browser complains about (console errors, the content policy, failed requests, requests to another machine)
    fails the test at its end.
    """
    contextes: list[Any] = []
    plaintes: list[str] = []

    def nouvelle(utilisateur: Any = None, *, taille: Any = None, javascript: bool = True) -> Any:
        contexte = chromium.new_context(
            base_url=live_server.url,
            viewport=taille or LARGE,
            has_touch=taille == TELEPHONE,
            color_scheme="light",
            reduced_motion="reduce",
            locale="fr-FR",
            java_script_enabled=javascript,
        )
        contextes.append(contexte)
        if utilisateur is not None:
            client.force_login(utilisateur)
            jeton = client.cookies["sessionid"].value
            contexte.add_cookies([{"name": "sessionid", "value": jeton, "url": live_server.url}])
        page = contexte.new_page()
        page.set_default_timeout(15000)
        page.on("console", lambda m: plaintes.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: plaintes.append(str(e)))
        page.on("request", lambda r: plaintes.append(r.url) if not r.url.startswith(live_server.url) else None)
        return page

    yield nouvelle
    for contexte in contextes:
        contexte.close()
    assert plaintes == []


@pytest.fixture
def verifier() -> Callable[[Any], None]:
    """Fails on what axe finds, and on a page wider than the screen. Of the dark theme only the colours are looked at
    again: nothing else depends on it."""
    axe_module = pytest.importorskip("axe_playwright_python.sync_playwright")

    def fautes(page: Any, options: Any) -> list[Any]:
        trouvees = axe_module.Axe().run(page, options=options).response["violations"]
        return [(faute["id"], noeud["html"][:160]) for faute in trouvees for noeud in faute["nodes"]]

    def controler(page: Any) -> None:
        page.wait_for_load_state("load")
        page.locator(HTMX_TRAVAILLE).first.wait_for(state="detached")
        assert fautes(page, VIOLATIONS) == [], page.url
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"wider than the screen: {page.url}"
        page.emulate_media(color_scheme="dark")
        assert fautes(page, {**VIOLATIONS, "runOnly": ["color-contrast"]}) == [], f"dark: {page.url}"
        page.emulate_media(color_scheme="light")

    return controler
