"""A company comes in, and its first user gets through the door with the printed link."""

import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from entreprises.creation import creer_entreprise, inviter
from entreprises.models import Adhesion, Entreprise, Utilisateur
from noyau.calendrier import Calendrier
from relances.models import Reglages, Scenario

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("pays", "devise", "fuseau", "region"),
    [
        ("FR", "EUR", "Europe/Paris", ""),
        ("BE", "EUR", "Europe/Brussels", ""),
        ("LU", "EUR", "Europe/Luxembourg", ""),
        ("CH", "CHF", "Europe/Zurich", ""),
        ("CA", "CAD", "America/Toronto", "QC"),
    ],
)
def test_a_company_follows_its_country(pays, devise, fuseau, region):
    entreprise = creer_entreprise("modele", "Menuiserie Modèle", pays)
    assert (entreprise.devise, entreprise.fuseau, entreprise.region) == (devise, fuseau, region)
    assert isinstance(entreprise.calendrier(), Calendrier)


@pytest.mark.parametrize(
    ("slug", "nom", "pays", "champ", "mots"),
    [
        ("avec espace", "X", "FR", "slug", "lettres sans accent"),
        ("é", "X", "FR", "slug", "lettres sans accent"),
        ("", "X", "FR", "slug", "lettres sans accent"),
        ("s" * 61, "X", "FR", "slug", "60 caractères"),
        ("PRISE", "X", "FR", "slug", "a déjà l’adresse courte « PRISE »"),
        ("libre", " ", "FR", "nom", "Donnez un nom"),
        ("libre", "X", "DE", "pays", "« DE » n’est pas pris en charge"),
    ],
)
def test_a_bad_company_is_refused_at_its_field(slug, nom, pays, champ, mots):
    creer_entreprise("prise", "Menuiserie Modèle")
    with pytest.raises(ValidationError) as refus:
        creer_entreprise(slug, nom, pays)
    assert mots in refus.value.message_dict[champ][0]
    assert Entreprise.objects.count() == 1


def test_a_wrong_legal_number_is_refused_with_the_company():
    with pytest.raises(ValidationError, match="clé de contrôle"):
        creer_entreprise("modele", "Menuiserie Modèle", siren="732829321")
    assert creer_entreprise("modele", "Menuiserie Modèle", siret="732 829 320 00074").siren == "732829320"


def test_inviting_makes_an_account_without_a_password_once():
    entreprise = creer_entreprise("modele", "Menuiserie Modèle")
    adhesion = inviter(entreprise, " Compta@Exemple.invalid ", Adhesion.Role.COMPTABLE)
    assert adhesion.utilisateur.email == "compta@exemple.invalid"
    assert not adhesion.utilisateur.has_usable_password()
    with pytest.raises(ValidationError, match="déjà membre"):
        inviter(entreprise, "compta@exemple.invalid", Adhesion.Role.GERANT)
    Adhesion.objects.update(est_active=False)
    rouverte = inviter(entreprise, "COMPTA@exemple.invalid", Adhesion.Role.LECTURE)
    assert (rouverte.pk, rouverte.role, rouverte.est_active) == (adhesion.pk, "lecture", True)
    assert Utilisateur.objects.count() == 1


@pytest.mark.parametrize(
    ("courriel", "role", "champ"), [("pas une adresse", "gerant", "courriel"), ("a@exemple.invalid", "roi", "role")]
)
def test_a_bad_invitation_is_refused_at_its_field(courriel, role, champ):
    with pytest.raises(ValidationError) as refus:
        inviter(creer_entreprise("modele", "Menuiserie Modèle"), courriel, role)
    assert champ in refus.value.message_dict


def creer(*arguments):
    sortie = StringIO()
    call_command("creer_entreprise", *arguments, stdout=sortie)
    return sortie.getvalue()


def test_the_command_prints_a_link_that_sets_the_password_once(client, settings):
    settings.ADRESSE_PUBLIQUE = "https://recouvrement.exemple.invalid"
    sortie = creer("modele", "--nom", "Menuiserie Modèle", "--gerant", "claire@exemple.invalid")
    assert "https://recouvrement.exemple.invalid/e/modele/" in sortie
    lien = re.search(r"https://recouvrement\.exemple\.invalid(/compte/password/reset/key/\S+)", sortie).group(1)
    formulaire = client.get(lien, follow=True)
    secret = "une phrase assez longue"
    pose = client.post(formulaire.redirect_chain[-1][0], {"password1": secret, "password2": secret})
    assert pose.status_code == 302
    client.logout()
    entree = client.post("/compte/login/", {"login": "claire@exemple.invalid", "password": secret})
    assert entree.status_code == 302
    assert client.session["_auth_user_id"] == str(Utilisateur.objects.get().pk)
    client.logout()
    assert client.get(lien, follow=True).redirect_chain == []  # the key serves once: no form comes


def test_the_command_installs_the_ladders_and_the_owner():
    creer("modele", "--nom", "Menuiserie Modèle", "--pays", "be", "--gerant", "claire@exemple.invalid")
    entreprise = Entreprise.objects.get()
    assert entreprise.pays == "BE"
    assert Adhesion.objects.get().peut_approuver_formel
    assert not Reglages.objects.get(entreprise=entreprise).envoi_automatique
    assert Scenario.objects.filter(entreprise=entreprise).exists()


def test_an_owner_who_has_a_password_gets_no_link():
    Utilisateur.objects.create_user("claire@exemple.invalid", "motdepasse")
    sortie = creer("modele", "--nom", "Menuiserie Modèle", "--gerant", "claire@exemple.invalid")
    assert "mot de passe habituel" in sortie
    assert "/reset/" not in sortie


def test_a_refusal_writes_nothing_and_returns_2():
    with pytest.raises(CommandError, match="n’est pas une adresse valable") as refus:
        creer("modele", "--nom", "Menuiserie Modèle", "--gerant", "pas une adresse")
    assert refus.value.returncode == 2
    assert not Entreprise.objects.exists()


@pytest.mark.lent
def test_a_refusal_is_one_sentence_on_stderr_and_exit_code_2(tmp_path):
    racine = Path(__file__).resolve().parents[2]
    fin = subprocess.run(
        [sys.executable, "manage.py", "creer_entreprise", "pas bon", "--nom", "X"],
        cwd=racine,
        env={"DONNEES": str(tmp_path), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (fin.returncode, fin.stdout) == (2, "")
    assert len(fin.stderr.strip().splitlines()) == 1
    assert "« pas bon »" in fin.stderr
