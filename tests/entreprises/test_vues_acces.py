"""Every page below the ladder: it answers its member, and no one else."""

import pytest
from django.urls import reverse
from django.utils import timezone

from factures.models import Avoir
from suivi.models import Tache
from tests.fabriques import fabriquer_entreprise, fabriquer_membre
from tests.pages import connecter, connecter_role, fabriquer_monde

pytestmark = pytest.mark.django_db

LECTURE = [
    "entreprise:detail",
    "entreprise:membres",
    "factures:liste",
    "factures:detail",
    "clients:liste",
    "clients:detail",
    "clients:chronologie",
    "encaissements:liste",
    "encaissements:avoirs",
    "encaissements:avoir",
    "suivi:taches",
    "factures:conditions",
    "suivi:pauses",
]
ECRITURE = [
    "entreprise:logo",
    "entreprise:conditions_generales",
    "entreprise:calendrier",
    "factures:conditions_nouvelles",
    "entreprise:modifier",
    "entreprise:inviter",
    "entreprise:membre_modifier",
    "entreprise:moyen_nouveau",
    "entreprise:moyen_modifier",
    "factures:nouvelle",
    "factures:annuler",
    "factures:transmettre",
    "factures:modifier",
    "factures:joindre",
    "encaissements:avoir_nouveau",
    "encaissements:avoir_annuler",
    "clients:nouveau",
    "clients:modifier",
    "clients:contact_nouveau",
    "clients:contact_modifier",
    "encaissements:nouveau",
    "encaissements:rejeter",
    "encaissements:annuler",
    "encaissements:pointer",
    "encaissements:prelevements",
    "suivi:promesse_nouvelle",
    "suivi:pause_nouvelle",
    "suivi:litige_ouvrir",
    "suivi:litige_clore",
    "suivi:note_nouvelle",
    "suivi:tache_nouvelle",
    "suivi:tache_modifier",
]
ACTES = [
    "entreprise:invitation_renvoyer",
    "entreprise:invitation_retirer",
    "entreprise:membre_fermer",
    "entreprise:membre_rouvrir",
    "encaissements:avoir_imputer",
    "suivi:promesse_annuler",
    "suivi:pause_lever",
    "suivi:repondu",
    "suivi:tache_faite",
    "suivi:tache_annuler",
    "suivi:tache_reprendre",
    "clients:contact_archiver",
    "clients:contact_retablir",
]


@pytest.fixture
def monde():
    return fabriquer_monde()


def adresse(monde, nom: str) -> str:
    """The page's address, with the keys that it needs."""
    _salle, _, page = nom.partition(":")
    cles = {"slug": monde.entreprise.slug}
    if "contact" in page:
        cles["pk"] = monde.client.pk
    if page in {"contact_modifier", "contact_archiver", "contact_retablir"}:
        cles["contact"] = monde.client.contacts.get().pk
    adhesion = monde.entreprise.adhesions.get(utilisateur=monde.gerant)
    invitation, _ = monde.entreprise.invitations.get_or_create(
        entreprise=monde.entreprise, courriel="neuf@exemple.invalid", defaults={"expire_le": timezone.now()}
    )
    valeurs = {"client": monde.client, "date_emission": monde.aujourd_hui, "devise": "EUR", "montant": 1}
    avoir, _ = Avoir.objects.get_or_create(entreprise=monde.entreprise, numero="A-1", defaults=valeurs)
    tache, _ = Tache.objects.get_or_create(
        entreprise=monde.entreprise, client=monde.client, defaults={"pour_le": monde.aujourd_hui}
    )
    pks = {
        **{f"suivi:tache_{acte}": tache.pk for acte in ("modifier", "faite", "annuler", "reprendre")},
        "suivi:tache_nouvelle": monde.client.pk,
        "suivi:note_nouvelle": monde.client.pk,
        "entreprise:membre_modifier": adhesion.pk,
        "entreprise:membre_fermer": adhesion.pk,
        "entreprise:membre_rouvrir": adhesion.pk,
        "entreprise:invitation_renvoyer": invitation.pk,
        "entreprise:invitation_retirer": invitation.pk,
        "entreprise:moyen_modifier": monde.entreprise.moyens_paiement.get().pk,
        "factures:detail": monde.facture.pk,
        "factures:annuler": monde.facture.pk,
        "factures:modifier": monde.facture.pk,
        "factures:joindre": monde.facture.pk,
        "encaissements:avoir": avoir.pk,
        "encaissements:avoir_annuler": avoir.pk,
        "encaissements:avoir_imputer": avoir.pk,
        "clients:detail": monde.client.pk,
        "clients:chronologie": monde.client.pk,
        "clients:modifier": monde.client.pk,
        "encaissements:rejeter": monde.reglement.pk,
        "encaissements:annuler": monde.reglement.pk,
        "suivi:promesse_nouvelle": monde.client.pk,
        "suivi:pause_nouvelle": monde.client.pk,
        "suivi:repondu": monde.client.pk,
        "suivi:litige_ouvrir": monde.facture.pk,
        "suivi:litige_clore": monde.litige.pk,
        "suivi:promesse_annuler": monde.promesse.pk,
        "suivi:pause_lever": monde.pause.pk,
    }
    if nom in pks:
        cles["pk"] = pks[nom]
    return reverse(nom, kwargs=cles)


@pytest.mark.parametrize("nom", [*LECTURE, *ECRITURE])
def test_the_owner_reads_every_page(monde, nom):
    assert connecter(monde.gerant).get(adresse(monde, nom)).status_code == 200


@pytest.mark.parametrize("nom", [*LECTURE, *ECRITURE, *ACTES])
def test_for_a_stranger_the_page_does_not_exist(monde, nom):
    etranger = connecter(fabriquer_membre(fabriquer_entreprise("autre")))
    assert etranger.get(adresse(monde, nom)).status_code in ({405} if nom in ACTES else {404})
    assert etranger.post(adresse(monde, nom)).status_code in ({404} if nom not in LECTURE[:-1] else {405})


@pytest.mark.parametrize("nom", [*LECTURE, *ECRITURE, *ACTES])
def test_a_row_of_another_company_does_not_exist_under_mine(monde, nom):
    lien = adresse(monde, nom)
    ailleurs = fabriquer_entreprise("autre")
    membre = connecter(fabriquer_membre(ailleurs))
    if "/essai/" in lien and any(c.isdigit() for c in lien):
        methode = membre.post if nom in ACTES else membre.get
        assert methode(lien.replace("/essai/", "/autre/")).status_code == 404


@pytest.mark.parametrize("nom", [*ECRITURE, *ACTES, "suivi:pauses"])
def test_a_reader_changes_nothing(monde, nom):
    lecteur = connecter_role(monde.entreprise, "lecture")
    assert lecteur.post(adresse(monde, nom)).status_code == 403


@pytest.mark.parametrize("nom", LECTURE)
def test_a_reader_sees_no_action(monde, nom):
    page = connecter_role(monde.entreprise, "lecture").get(adresse(monde, nom)).content.decode()
    contenu = page[page.index('<main id="principal"') : page.index("</main>")]
    assert 'method="post"' not in contenu
    for interdit in ("/modifier/", "/nouveau/", "/nouvelle/", "/litige/", "/clore/", "/annuler/", "/rejeter/"):
        assert interdit not in contenu, interdit


@pytest.mark.parametrize("nom", [*LECTURE, *ECRITURE, *ACTES])
def test_a_wrong_method_is_refused(monde, nom):
    gerant = connecter(monde.gerant)
    assert gerant.delete(adresse(monde, nom)).status_code == 405
    if nom in ACTES:
        assert gerant.get(adresse(monde, nom)).status_code == 405
    if nom in LECTURE[:-1]:
        assert gerant.post(adresse(monde, nom)).status_code == 405


@pytest.mark.parametrize("nom", LECTURE)
def test_one_signs_in_first(monde, client, nom):
    reponse = client.get(adresse(monde, nom))
    assert reponse.status_code == 302
    assert reponse.url.startswith(reverse("account_login"))


@pytest.mark.parametrize(
    "nom",
    [
        "entreprise:modifier",
        "entreprise:moyen_nouveau",
        "entreprise:moyen_modifier",
        "entreprise:inviter",
        "entreprise:membre_modifier",
    ],
)
def test_only_the_owner_changes_what_letters_print(monde, nom):
    assert connecter_role(monde.entreprise, "comptable").get(adresse(monde, nom)).status_code == 403
