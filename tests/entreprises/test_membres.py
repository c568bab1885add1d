"""Members: who manages them, the last owner, access closed at once, leaving, the messages each wants."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from entreprises.membres import changer_role, fermer
from entreprises.modeles import Perimee
from entreprises.models import Adhesion, Entreprise, Invitation, Utilisateur
from tests.fabriques import fabriquer_client, fabriquer_entreprise, fabriquer_facture, fabriquer_membre
from tests.pages import compter_requetes, connecter, texte

pytestmark = pytest.mark.django_db


@pytest.fixture
def entreprise():
    return fabriquer_entreprise()


@pytest.fixture
def gerant(entreprise):
    return fabriquer_membre(entreprise, courriel="gerant@exemple.invalid")


def adhesion_de(utilisateur: Utilisateur, entreprise: Entreprise) -> Adhesion:
    return Adhesion.objects.get(utilisateur=utilisateur, entreprise=entreprise)


def page_de(adhesion: Adhesion, suite: str = "") -> str:
    return f"/e/{adhesion.entreprise.slug}/membres/{adhesion.pk}/{suite}"


def droits(adhesion: Adhesion, role: str, **plus: Any) -> dict[str, Any]:
    return {"version": adhesion.version, "role": role, **plus}


def test_everyone_reads_the_list_and_the_owner_alone_manages_it(entreprise, gerant):
    lecteur = fabriquer_membre(entreprise, "lecture")
    invitation = Invitation.objects.create(
        entreprise=entreprise, courriel="neuf@exemple.invalid", role="lecture", par=gerant, expire_le=timezone.now()
    )
    page = texte(connecter(lecteur).get("/e/essai/membres/"))
    assert gerant.email in page
    assert "Inviter quelqu’un" not in page
    assert "Inviter quelqu’un" in texte(connecter(gerant).get("/e/essai/membres/"))
    cible = adhesion_de(lecteur, entreprise)
    for membre in (lecteur, fabriquer_membre(entreprise, "comptable")):
        navigateur = connecter(membre)
        for adresse in ("", "fermer/", "rouvrir/"):
            assert navigateur.post(page_de(cible, adresse), droits(cible, "gerant")).status_code == 403
        for geste in ("renvoyer", "retirer"):
            lien = f"/e/essai/membres/invitations/{invitation.pk}/{geste}/"
            assert navigateur.post(lien).status_code == 403
    cible.refresh_from_db()
    assert cible.role == "lecture"


def test_a_member_or_an_invitation_of_another_company_does_not_exist_here(entreprise, gerant):
    ailleurs = fabriquer_entreprise("autre")
    etranger = adhesion_de(fabriquer_membre(ailleurs), ailleurs)
    invitation = Invitation.objects.create(
        entreprise=ailleurs, courriel="neuf@exemple.invalid", role="lecture", expire_le=timezone.now()
    )
    navigateur = connecter(gerant)
    liens = [f"/e/essai/membres/{etranger.pk}/{suite}" for suite in ("", "fermer/", "rouvrir/")]
    liens += [f"/e/essai/membres/invitations/{invitation.pk}/{geste}/" for geste in ("renvoyer", "retirer")]
    for lien in liens:
        assert navigateur.post(lien, {"version": 1, "role": "lecture"}).status_code == 404, lien
    etranger.refresh_from_db()
    assert etranger.role == "gerant"
    assert Invitation.objects.en_attente().exists()


def test_a_role_changes_and_the_delegation_belongs_to_a_bookkeeper(entreprise, gerant):
    cible = adhesion_de(fabriquer_membre(entreprise, "lecture"), entreprise)
    for role, attendu in (("comptable", True), ("lecture", False), ("gerant", False)):
        cible.refresh_from_db()
        connecter(gerant).post(page_de(cible), droits(cible, role, approuve_mises_en_demeure="on"))
        cible.refresh_from_db()
        assert (cible.role, cible.approuve_mises_en_demeure) == (role, attendu)


def test_a_stale_form_writes_nothing_and_shows_both_values(entreprise, gerant):
    cible = adhesion_de(fabriquer_membre(entreprise, "lecture"), entreprise)
    page = connecter(gerant).post(page_de(cible), {"version": cible.version - 1, "role": "comptable"})
    assert "modifiée entre-temps" in texte(page)
    cible.refresh_from_db()
    assert cible.role == "lecture"
    with pytest.raises(Perimee):
        changer_role(cible, 0, "comptable", False, timezone.now())


def test_the_last_owner_stays_whatever_the_way_out(entreprise, gerant):
    mien = adhesion_de(gerant, entreprise)
    fabriquer_membre(entreprise, "gerant", est_active=False)  # shut out: counts for nobody
    endormi = fabriquer_membre(entreprise, "gerant")
    endormi.is_active = False
    endormi.save()
    navigateur = connecter(gerant)
    assert "seul gérant" in texte(navigateur.post(page_de(mien), droits(mien, "comptable")))
    assert "seul gérant" in texte(navigateur.post(page_de(mien, "fermer/"), follow=True))
    page = navigateur.get("/e/essai/membres/quitter/")
    assert "seul gérant" in texte(page)
    assert 'class="bouton bouton-danger"' not in texte(page)
    assert "seul gérant" in texte(navigateur.post("/e/essai/membres/quitter/"))
    mien.refresh_from_db()
    assert (mien.role, mien.est_active) == ("gerant", True)


def test_with_another_owner_one_may_go(entreprise, gerant):
    fabriquer_membre(entreprise)
    navigateur = connecter(gerant)
    page = navigateur.get("/e/essai/membres/quitter/")
    assert "Quitter Menuiserie Modèle ?" in texte(page)
    assert adhesion_de(gerant, entreprise).est_active  # asked, not done
    reponse = navigateur.post("/e/essai/membres/quitter/", follow=True)
    assert "Vous avez quitté Menuiserie Modèle" in texte(reponse)
    assert "membre d’aucune entreprise" in texte(reponse)
    assert not adhesion_de(gerant, entreprise).est_active


def test_a_reader_may_leave(entreprise, gerant):
    lecteur = fabriquer_membre(entreprise, "lecture")
    assert connecter(lecteur).post("/e/essai/membres/quitter/").status_code == 302
    assert not adhesion_de(lecteur, entreprise).est_active


def test_a_closed_membership_loses_access_at_once_and_finds_it_again(entreprise, gerant):
    comptable = fabriquer_membre(entreprise, "comptable")
    client = fabriquer_client(entreprise)
    ouvert = connecter(comptable)  # its session stays open all along
    assert ouvert.get("/e/essai/entreprise/").status_code == 200
    cible = adhesion_de(comptable, entreprise)
    page = connecter(gerant).post(page_de(cible, "fermer/"), follow=True)
    assert "n’entre plus ici" in texte(page)
    for adresse in ("/e/essai/entreprise/", f"/e/essai/clients/{client.pk}/", "/e/essai/membres/", "/e/essai/"):
        assert ouvert.get(adresse).status_code == 404, adresse
    assert ouvert.post("/e/essai/membres/preferences/").status_code == 404
    assert "essai" not in texte(ouvert.get("/cabinet/"))
    connecter(gerant).post(page_de(cible, "rouvrir/"))
    assert ouvert.get("/e/essai/entreprise/").status_code == 200


def test_closing_an_access_withdraws_what_could_open_it_again(entreprise, gerant):
    comptable = fabriquer_membre(entreprise, "comptable")
    Invitation.objects.create(
        entreprise=entreprise, courriel=comptable.email.upper(), role="gerant", expire_le=timezone.now()
    )
    fermer(adhesion_de(comptable, entreprise), timezone.now())
    assert not Invitation.objects.en_attente().exists()


def test_closing_or_reopening_twice_changes_nothing(entreprise, gerant):
    cible = adhesion_de(fabriquer_membre(entreprise, "lecture"), entreprise)
    navigateur = connecter(gerant)
    for suite, ouverte in (("fermer/", False), ("rouvrir/", True)):
        versions = set()
        for _fois in range(2):
            assert navigateur.post(page_de(cible, suite)).status_code == 302
            cible.refresh_from_db()
            versions.add((cible.est_active, cible.version))
        assert len(versions) == 1
        assert cible.est_active is ouverte


def test_an_owner_who_lowers_themself_keeps_the_rest(entreprise, gerant):
    fabriquer_membre(entreprise)
    mien = adhesion_de(gerant, entreprise)
    navigateur = connecter(gerant)
    assert navigateur.post(page_de(mien), droits(mien, "lecture"), follow=True).status_code == 200
    assert navigateur.get("/e/essai/membres/inviter/").status_code == 403


@pytest.mark.parametrize(
    ("role", "choix", "veut"),
    [
        ("gerant", None, True),
        ("gerant", False, False),
        ("comptable", None, False),
        ("comptable", True, True),
        ("lecture", None, False),
        ("lecture", True, True),
    ],
)
def test_messages_go_to_owners_and_to_whoever_asked(entreprise, role, choix, veut):
    membre = fabriquer_membre(entreprise, role, avis_matin=choix, resume_hebdomadaire=choix)
    adhesion = adhesion_de(membre, entreprise)
    assert (adhesion.veut_avis_matin, adhesion.veut_resume) == (veut, veut)
    assert Adhesion.objects.voulant_avis_matin().exists() is veut
    assert Adhesion.objects.voulant_resume().exists() is veut
    membre.is_active = False
    membre.save()
    assert not Adhesion.objects.voulant_avis_matin().exists()
    membre.is_active = True
    membre.save()
    Adhesion.objects.update(est_active=False)
    assert not Adhesion.objects.voulant_resume().exists()


def test_the_two_messages_are_chosen_apart(entreprise):
    fabriquer_membre(entreprise, "comptable", avis_matin=True)
    assert Adhesion.objects.voulant_avis_matin().count() == 1
    assert Adhesion.objects.voulant_resume().count() == 0


def test_each_chooses_their_own_messages_and_an_untouched_box_follows_the_role(entreprise, gerant):
    mien = adhesion_de(gerant, entreprise)
    adresse = reverse("entreprise:preferences", kwargs={"slug": "essai"})
    navigateur = connecter(gerant)
    page = texte(navigateur.get(adresse))
    assert page.count("checked") >= 2
    donnees = {"version": mien.version, "resume_hebdomadaire": "on", "prenom": "Claire\nMarie", "nom": "Modèle"}
    assert navigateur.post(adresse, donnees).url == adresse
    mien.refresh_from_db()
    assert (mien.avis_matin, mien.resume_hebdomadaire) == (False, None)
    gerant.refresh_from_db()
    assert str(gerant) == "Claire Marie Modèle"
    assert "modifiée entre-temps" in texte(navigateur.post(adresse, donnees))  # the form of before
    autres = Adhesion.objects.exclude(pk=mien.pk)
    assert not autres.filter(avis_matin=False).exists()


def test_a_reader_chooses_too(entreprise):
    lecteur = fabriquer_membre(entreprise, "lecture")
    mien = adhesion_de(lecteur, entreprise)
    adresse = reverse("entreprise:preferences", kwargs={"slug": "essai"})
    connecter(lecteur).post(adresse, {"version": mien.version, "avis_matin": "on"})
    mien.refresh_from_db()
    assert (mien.avis_matin, mien.resume_hebdomadaire, mien.role) == (True, None, "lecture")


def test_the_list_asks_as_much_whatever_the_number_of_members(entreprise, gerant):
    navigateur = connecter(gerant)
    avant, maintenant = compter_requetes(navigateur, "/e/essai/membres/"), timezone.now()
    for i in range(6):
        fabriquer_membre(entreprise, "comptable", est_active=i % 2 == 0)
        Invitation.objects.create(
            entreprise=entreprise, courriel=f"n{i}@exemple.invalid", role="lecture", par=gerant, expire_le=maintenant
        )
    assert compter_requetes(navigateur, "/e/essai/membres/") == avant


def test_an_adviser_sees_eight_companies_in_as_many_queries_as_two(gerant):
    def servir(numero: int) -> None:
        entreprise = fabriquer_entreprise(f"dossier-{numero}", nom=f"Dossier {numero}")
        Adhesion.objects.create(entreprise=entreprise, utilisateur=gerant, role="comptable")
        fabriquer_facture(fabriquer_client(entreprise))

    servir(2)
    navigateur = connecter(gerant)
    avant = compter_requetes(navigateur, "/cabinet/")
    for numero in range(3, 9):
        servir(numero)
    assert compter_requetes(navigateur, "/cabinet/") == avant
    page = texte(navigateur.get("/e/dossier-2/membres/"))
    assert all(f"/e/dossier-{n}/" in page for n in range(2, 9))
    assert navigateur.get("/").url == "/cabinet/"


def test_the_workflow_names_whom_it_keeps(entreprise, gerant):
    with pytest.raises(ValidationError, match="est le seul gérant"):
        fermer(adhesion_de(gerant, entreprise), timezone.now())
