"""Two people, or two clicks, at the same instant: one company, one membership, one owner left."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from entreprises.invitations import entrer, inviter_par_courriel
from entreprises.membres import fermer
from entreprises.models import Adhesion, Entreprise, Invitation, Utilisateur
from relances.ouverture import ouvrir_entreprise
from tests.fabriques import fabriquer_entreprise, fabriquer_membre

pytestmark = pytest.mark.django_db(transaction=True)
NEUF = "neuf@exemple.invalid"


def ensemble(*gestes: Callable[[], Any]) -> list[Any]:
    """What each gave, or the exception it raised; all started together."""
    depart = threading.Barrier(len(gestes))
    rendus: list[Any] = []

    def faire(geste: Callable[[], Any]) -> None:
        try:
            depart.wait(20)
            rendus.append(geste())
        except Exception as erreur:
            rendus.append(erreur)
        finally:
            connection.close()

    fils = [threading.Thread(target=faire, args=(geste,)) for geste in gestes]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    return rendus


def test_two_owners_who_leave_at_once_leave_one_behind():
    entreprise = fabriquer_entreprise()
    adhesions = [Adhesion.objects.get(utilisateur=fabriquer_membre(entreprise)) for _ in range(2)]
    rendus = ensemble(*(lambda a=a: fermer(a, timezone.now()) for a in adhesions))
    assert {type(rendu) for rendu in rendus} == {bool, ValidationError}
    assert Adhesion.objects.gerants().count() == 1


def test_two_clicks_at_once_create_one_company():
    utilisateur = Utilisateur.objects.create_user(NEUF)
    identite = {"nom": "Atelier Modèle", "pays": "FR", "siren": "732829320", "signataire_nom": "Paule Martin"}
    rendus = ensemble(*[lambda: ouvrir_entreprise(utilisateur, identite)] * 3)
    assert sorted(est_nouvelle for _entreprise, est_nouvelle in rendus) == [False, False, True]
    assert Entreprise.objects.count() == 1


def test_several_people_take_the_same_name_at_once():
    identite = {"nom": "Atelier Modèle", "pays": "FR", "signataire_nom": "Paule Martin"}
    gens = [Utilisateur.objects.create_user(f"n{i}@exemple.invalid") for i in range(3)]
    rendus = ensemble(*(lambda u=u: ouvrir_entreprise(u, identite)[0].slug for u in gens))
    assert sorted(rendus) == ["atelier-modele", "atelier-modele-2", "atelier-modele-3"]


def test_two_clicks_at_once_on_an_invitation_make_one_account():
    entreprise = fabriquer_entreprise()
    gerant = fabriquer_membre(entreprise)
    invitation, _neuve = inviter_par_courriel(entreprise, NEUF, "comptable", gerant, timezone.now())
    rendus = ensemble(
        *[lambda: entrer(Invitation.objects.get(pk=invitation.pk), "motdepasse", "Paule", "Martin", timezone.now())] * 3
    )
    assert [rendu for rendu in rendus if isinstance(rendu, Exception)] == []
    assert sum(rendu is not None for rendu in rendus) == 1
    assert Adhesion.objects.filter(utilisateur__email=NEUF).count() == 1


def test_two_clicks_at_once_invite_once():
    entreprise = fabriquer_entreprise()
    gerant = fabriquer_membre(entreprise)
    rendus = ensemble(*[lambda: inviter_par_courriel(entreprise, NEUF, "comptable", gerant, timezone.now())[1]] * 3)
    assert sorted(rendus) == [False, False, True]
