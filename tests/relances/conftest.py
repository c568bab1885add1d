"""What the tests of the screens start from: a Wednesday morning, a company, and its owner signed in."""

from collections.abc import Callable

import pytest
import time_machine
from django.urls import reverse

from tests import fabriques
from tests.relances import actes, scene


@pytest.fixture
def ce_matin():
    """Every clock says Wednesday 8 July 2026, ten o'clock in Paris."""
    with time_machine.travel(scene.INSTANT, tick=False):
        yield


@pytest.fixture
def essai(db, ce_matin):
    """A company with its ladder, automatic sending on, payments up to date."""
    return actes.entreprise_prete()


@pytest.fixture
def gerante(essai, client):
    """The owner, signed in."""
    utilisateur = fabriques.fabriquer_membre(essai)
    client.force_login(utilisateur)
    return utilisateur


@pytest.fixture
def adresse() -> Callable[..., str]:
    """The address of a page of `relances` for the company « essai »."""
    return lambda nom, **cles: reverse(f"relances:{nom}", kwargs={"slug": "essai", **cles})
