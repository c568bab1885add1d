"""A secret kept to be read again: encrypted, and readable after a change of key that was prepared."""

import pytest

from entreprises import secrets
from entreprises.fournisseurs import FOURNISSEURS, PAR_CODE, conseil_de
from entreprises.models import ServeurCourriel
from entreprises.secrets import SecretIllisible, chiffrer, dechiffrer

ANCIENNE, NOUVELLE = "a" * 50, "n" * 50


@pytest.mark.parametrize("clair", ["motdepasse", "é à ’ ☂", " avec des espaces ", "x" * 500])
def test_it_reads_back_as_it_was_and_never_twice_the_same(clair):
    une, autre = chiffrer(clair), chiffrer(clair)
    assert une != autre
    assert clair not in une
    assert dechiffrer(une) == dechiffrer(autre) == clair


def test_nothing_stays_nothing():
    assert chiffrer("") == dechiffrer("") == ""


def test_a_key_of_before_still_opens_what_it_closed(settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = ANCIENNE, []
    chiffre = chiffrer("motdepasse")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NOUVELLE, [ANCIENNE]
    assert dechiffrer(chiffre) == "motdepasse"
    neuf = chiffrer("motdepasse")
    settings.SECRET_KEY_FALLBACKS = []
    assert dechiffrer(neuf) == "motdepasse"
    with pytest.raises(SecretIllisible):
        dechiffrer(chiffre)


@pytest.mark.parametrize("chiffre", ["n’importe quoi", "gAAAAA", "gAAAAABmZmZm", "\0"])
def test_what_was_changed_is_said_unreadable(chiffre):
    with pytest.raises(SecretIllisible):
        dechiffrer(chiffre)


def test_the_key_is_for_this_use_alone(settings):
    """Whoever holds a signature made with SECRET_KEY holds nothing of this key."""
    settings.SECRET_KEY = ANCIENNE
    assert ANCIENNE.encode() not in secrets._derivee(ANCIENNE)
    assert secrets._derivee(ANCIENNE) != secrets._derivee(NOUVELLE)


def test_the_ready_made_settings_hold_together():
    assert len(PAR_CODE) == len(FOURNISSEURS)
    for fournisseur in FOURNISSEURS:
        securite = {465: ServeurCourriel.Securite.TLS, 587: ServeurCourriel.Securite.STARTTLS}[fournisseur.port]
        assert fournisseur.securite == securite, fournisseur.code
        assert len(fournisseur.code) <= ServeurCourriel._meta.get_field("fournisseur").max_length
        assert conseil_de(fournisseur.code)
    assert conseil_de("inconnu") == ""
