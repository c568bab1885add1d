"""The company's page and its own settings: what is missing, logo, terms and conditions, calendar, payment terms."""

import io
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from entreprises.documents import lire
from entreprises.manques import lire_manques
from entreprises.models import Document, Entreprise, MoyenPaiement, Pays, ServeurCourriel
from entreprises.regions import choix_de_fuseau, choix_de_region, nom_de_region
from factures.models import ConditionsPaiement
from factures.mots_conditions import decrire
from noyau.calendrier import REGIONS
from noyau.conditions import Conditions, Tranche, vers_dict
from noyau.delais import AReception, DateFixe, DelaiNet, FinDeMois, Methode
from tests.fabriques import fabriquer_client, fabriquer_entreprise, fabriquer_facture, fabriquer_membre
from tests.pages import compter_requetes, connecter, connecter_role, texte

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def entreprise():
    return fabriquer_entreprise()


@pytest.fixture
def gerant(entreprise):
    return connecter(fabriquer_membre(entreprise))


def page(nom: str, **cles) -> str:
    return reverse(nom, kwargs={"slug": "essai", **cles})


# What is missing


@pytest.mark.parametrize(
    ("valeurs", "moyen", "quoi"),
    [
        ({}, "virement", []),
        ({"adresse_ligne1": ""}, "virement", ["l’adresse"]),
        ({"siren": "", "courriel": ""}, "virement", ["le SIREN", "le courriel"]),
        ({"signataire_nom": ""}, "", ["le signataire", "un moyen de paiement"]),
        ({}, "cheque", ["un IBAN"]),
        ({"pays": "CA", "neq": "1143920115"}, "interac", []),
        ({"pays": "CH"}, "virement", ["le n° IDE"]),
    ],
)
def test_the_company_is_told_what_it_lacks_before_it_writes(valeurs, moyen, quoi):
    entreprise = fabriquer_entreprise("autre", **valeurs)
    entreprise.moyens_paiement.exclude(genre=moyen).delete()
    if moyen and moyen != "virement":
        MoyenPaiement.objects.create(entreprise=entreprise, genre=moyen)
    manques = lire_manques(entreprise, list(entreprise.moyens_paiement.all()))
    assert [str(manque.quoi) for manque in manques] == quoi


def test_its_page_leads_to_every_setting_and_says_what_is_missing(gerant, entreprise):
    Entreprise.objects.update(adresse_ligne1="", signataire_nom="")
    vue = texte(gerant.get(page("entreprise:detail")))
    assert "il manque" in vue
    assert f'<a href="{page("entreprise:modifier")}">l’adresse</a>' in vue
    for nom in ("entreprise:logo", "entreprise:conditions_generales", "entreprise:calendrier", "factures:conditions",
                "relances:reglages", "relances:courriel", "suivi:pauses", "entreprise:membres"):  # fmt: skip
        assert f'href="{page(nom)}"' in vue, nom


def test_a_server_that_fails_shows_on_the_company_s_page(gerant, entreprise):
    assert "Aucun serveur" in texte(gerant.get(page("entreprise:detail")))
    ServeurCourriel.objects.create(
        entreprise=entreprise, hote="smtp.exemple.fr", expediteur_courriel="a@exemple.fr", derniere_erreur="delai: x"
    )
    assert "ne marche pas" in texte(gerant.get(page("entreprise:detail")))


def test_the_page_takes_as_many_queries_for_one_means_of_payment_as_for_ten(gerant, entreprise):
    avec_un = compter_requetes(gerant, page("entreprise:detail"))
    for _ in range(9):
        MoyenPaiement.objects.create(entreprise=entreprise, genre="cheque")
        fabriquer_membre(entreprise, "lecture")
    assert compter_requetes(gerant, page("entreprise:detail")) == avec_un


# Logo


def image(taille=(600, 200), format="PNG", mode="RGB", **options) -> bytes:
    sortie = io.BytesIO()
    Image.new(mode, taille, (20, 90, 100, 128)[: len(mode)]).save(sortie, format, **options)
    return sortie.getvalue()


def deposer(navigateur, contenu: bytes, nom: str = "entreprise:logo", **valeurs):
    fichier = SimpleUploadedFile("logo.exe", contenu, "application/octet-stream")
    version = Entreprise.objects.get(slug="essai").version
    return navigateur.post(page(nom), {"fichier": fichier, "version": version, **valeurs})


def test_a_logo_is_written_anew_reduced_and_without_what_the_file_hid(gerant, entreprise):
    cache = image((3000, 900), "JPEG", exif=b"Exif\0\0secret", comment=b"secret") + b"secret apres l'image"
    assert deposer(gerant, cache).status_code == 302
    entreprise.refresh_from_db()
    contenu = lire(entreprise.logo)
    assert entreprise.logo.type_mime == "image/png"
    assert b"secret" not in contenu
    with Image.open(io.BytesIO(contenu)) as lue:
        assert (lue.format, lue.size) == ("PNG", (1400, 420))


def test_a_transparent_logo_stays_so(gerant, entreprise):
    deposer(gerant, image(mode="RGBA"))
    entreprise.refresh_from_db()
    with Image.open(io.BytesIO(lire(entreprise.logo))) as lue:
        assert lue.mode == "RGBA"


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("contenu", "mots"),
    [
        (b"", "vide"),
        (SVG, "PNG ou JPEG"),
        (b"GIF89a" + b"x" * 50, "PNG ou JPEG"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 200, "ne s’ouvre pas"),
        (image()[:-40], "ne s’ouvre pas"),
        (image((30, 600)), "trop petite"),
        (image((6000, 5000)), "trop grande"),
        (image((12000, 12000), mode="L"), "ne s’ouvre pas"),
        (image() + b"x" * 5 * 1024 * 1024, "5 Mo"),
    ],
    ids=["empty", "svg", "gif", "noise", "cut", "small", "large", "bomb", "heavy"],
)
def test_what_is_no_logo_is_refused_with_a_reason(gerant, entreprise, contenu, mots):
    reponse = deposer(gerant, contenu)
    assert mots in " ".join(reponse.context["form"].errors["fichier"])
    entreprise.refresh_from_db()
    assert entreprise.logo is None
    assert not Document.objects.exists()


def test_a_logo_is_removed_by_a_tick(gerant, entreprise):
    deposer(gerant, image())
    entreprise.refresh_from_db()
    gerant.post(page("entreprise:logo"), {"retirer": "on", "version": entreprise.version})
    entreprise.refresh_from_db()
    assert entreprise.logo is None


def test_a_stale_form_changes_no_logo(gerant, entreprise):
    deposer(gerant, image())
    reponse = deposer(gerant, image((100, 100)), version=1)
    assert "modifiée entre-temps" in texte(reponse)
    entreprise.refresh_from_db()
    assert entreprise.version == 2


# Terms and conditions


def test_terms_and_conditions_are_a_pdf_with_its_date(gerant, entreprise):
    nom = "entreprise:conditions_generales"
    refus = deposer(gerant, b"pas un pdf", nom, conditions_generales_du="2026-01-01")
    assert "n’est pas un PDF" in texte(refus)
    assert "de quand date" in texte(deposer(gerant, b"%PDF-1.7 test", nom, conditions_generales_du=""))
    assert deposer(gerant, b"%PDF-1.7 test", nom, conditions_generales_du="2026-01-01").status_code == 302
    entreprise.refresh_from_db()
    assert (entreprise.conditions_generales_du, lire(entreprise.conditions_generales)) == (
        date(2026, 1, 1),
        b"%PDF-1.7 test",
    )
    assert "Version du" in texte(gerant.get(page("entreprise:detail")))
    gerant.post(page(nom), {"conditions_generales_du": "2026-02-01", "version": entreprise.version})
    entreprise.refresh_from_db()
    assert entreprise.conditions_generales_du == date(2026, 2, 1)
    gerant.post(page(nom), {"retirer": "on", "version": entreprise.version})
    entreprise.refresh_from_db()
    assert (entreprise.conditions_generales, entreprise.conditions_generales_du) == (None, None)


# Calendar


def test_the_calendar_is_changed_and_at_least_a_day_is_worked(gerant, entreprise):
    valeurs = {"jours_ouvres": ["1", "2", "5"], "region": "alsace-moselle", "fuseau": "Indian/Reunion", "version": 1}
    refus = gerant.post(page("entreprise:calendrier"), {**valeurs, "jours_ouvres": []})
    assert "au moins un jour" in texte(refus)
    assert gerant.post(page("entreprise:calendrier"), {**valeurs, "region": "QC"}).status_code == 200
    assert gerant.post(page("entreprise:calendrier"), valeurs).status_code == 302
    entreprise.refresh_from_db()
    assert (entreprise.jours_ouvres, entreprise.region, entreprise.fuseau) == (
        [1, 2, 5],
        "alsace-moselle",
        "Indian/Reunion",
    )
    assert entreprise.calendrier().est_ouvre(date(2026, 11, 24))
    assert "Alsace et Moselle" in texte(gerant.get(page("entreprise:detail")))


@pytest.mark.parametrize("pays", list(Pays.values))
def test_every_region_has_a_name_and_every_country_its_own_time(pays):
    codes = dict(choix_de_region(pays))
    assert set(codes) == set(REGIONS[pays])
    assert all(nom and (nom != code) for code, nom in codes.items())
    assert dict(choix_de_fuseau(pays, "Asia/Tokyo"))["Asia/Tokyo"]
    assert nom_de_region(pays, "")


# Payment terms


@pytest.mark.parametrize(
    ("tranches", "mots"),
    [
        ([Tranche(DelaiNet(30))], "30 jours nets"),
        ([Tranche(DelaiNet(0))], "comptant, à la date de la facture"),
        ([Tranche(AReception())], "à réception"),
        ([Tranche(AReception(15))], "15 jours après réception"),
        ([Tranche(FinDeMois())], "fin de mois"),
        ([Tranche(FinDeMois(45, Methode.JOURS_PUIS_FIN))], "45 jours fin de mois"),
        ([Tranche(FinDeMois(30, Methode.JOURS_PUIS_FIN, 10))], "30 jours fin de mois, le 10"),
        ([Tranche(FinDeMois(45, Methode.FIN_PUIS_JOURS))], "fin de mois plus 45 jours"),
        ([Tranche(DateFixe(date(2026, 12, 31)))], "le 31 décembre 2026"),
        ([Tranche(AReception(), D(30)), Tranche(DelaiNet(30))], "30 % : à réception, le reste : 30 jours nets"),
        ([Tranche(AReception(), D("33.5")), Tranche(DelaiNet(30))], "33,5 % : à réception, le reste : 30 jours nets"),
        (
            [Tranche(AReception(), montant=D("500.00")), Tranche(DelaiNet(30))],
            "500,00 € : à réception, le reste : 30 jours nets",
        ),
    ],
)
def test_terms_are_said_as_a_credit_manager_does(tranches, mots):
    dit = decrire(vers_dict(Conditions(tuple(tranches))))
    assert dit.replace("\u202f", " ").replace("\u00a0", " ") == mots


def test_terms_that_cannot_be_read_say_so():
    assert "ne se lisent pas" in decrire({"n’importe": "quoi"})


def vide(**valeurs) -> dict[str, str]:
    champs = {f"t{i}-{nom}": "" for i in range(4) for nom in ("pourcentage", "jours", "le")}
    return {**champs, **{f"t{i}-genre": "net" for i in range(4)}, "version": "1", **valeurs}


def test_terms_are_added_the_first_ones_are_proposed_and_another_may_be(gerant, entreprise):
    nouvelles = page("factures:conditions_nouvelles")
    gerant.post(nouvelles, vide(nom="30 jours", **{"t0-jours": "30"}))
    gerant.post(
        nouvelles,
        vide(nom="Acompte", **{"t0-pourcentage": "30", "t0-jours": "0", "t0-genre": "reception", "t1-jours": "45",
                               "t1-genre": "jours_fin", "t1-le": "10"}),
    )  # fmt: skip
    trente, acompte = ConditionsPaiement.objects.order_by("pk")
    assert (trente.est_defaut, acompte.est_defaut) == (True, False)
    assert decrire(acompte.regle).replace("\u00a0", " ") == "30 % : à réception, le reste : 45 jours fin de mois, le 10"
    gerant.post(page("factures:conditions_proposer", pk=acompte.pk))
    assert list(ConditionsPaiement.objects.filter(est_defaut=True)) == [acompte]
    vue = texte(gerant.get(page("factures:conditions")))
    assert "30 jours nets" in vue
    assert "proposées d’abord" in vue
    relu = gerant.get(page("factures:conditions_modifier", pk=acompte.pk)).context["form"].tranches
    assert (relu[0]["genre"].value(), relu[1]["jours"].value(), relu[1]["le"].value()) == ("reception", 45, 10)


@pytest.mark.parametrize(
    ("valeurs", "mots"),
    [
        ({"nom": ""}, "obligatoire"),
        ({"t0-jours": ""}, "dans combien de jours"),
        ({"t0-jours": "-1"}, "supérieur"),
        ({"t0-jours": "99999"}, "inférieur"),
        ({"t0-le": "10"}, "ne va qu’avec"),
        ({"t0-pourcentage": "60"}, "n’est pas 100"),
        ({"t0-pourcentage": "60", "t1-pourcentage": "60", "t1-jours": "30"}, "n’est pas 100"),
        ({"t1-jours": "60"}, "Seule la dernière"),
        ({"t0-pourcentage": "100", "t1-pourcentage": "0", "t1-jours": "3"}, "supérieur"),
        ({"t0-pourcentage": "50", "t1-pourcentage": "50"}, "dans combien de jours"),
    ],
)
def test_terms_that_make_no_sense_are_refused_and_kept_in_the_form(gerant, entreprise, valeurs, mots):
    reponse = gerant.post(page("factures:conditions_nouvelles"), vide(**{"nom": "Essai", "t0-jours": "30", **valeurs}))
    assert mots in texte(reponse)
    assert not ConditionsPaiement.objects.exists()


def test_two_terms_never_have_the_same_name_and_those_in_use_stay(gerant, entreprise):
    nouvelles = page("factures:conditions_nouvelles")
    for _ in range(2):
        reponse = gerant.post(nouvelles, vide(nom="30  jours", **{"t0-jours": "30"}))
    assert "déjà des conditions de ce nom" in texte(reponse)
    une = ConditionsPaiement.objects.get()
    facture = fabriquer_facture(fabriquer_client(entreprise), conditions=une)
    assert "ne peuvent pas être retirées" in texte(
        gerant.post(page("factures:conditions_retirer", pk=une.pk), follow=True)
    )
    facture.conditions = None
    facture.save()
    gerant.post(page("factures:conditions_retirer", pk=une.pk))
    assert not ConditionsPaiement.objects.exists()


def test_terms_with_fixed_dates_keep_their_rule_when_they_are_renamed(gerant, entreprise):
    regle = vers_dict(Conditions((Tranche(DateFixe(date(2026, 12, 31))),)))
    une = ConditionsPaiement.objects.create(entreprise=entreprise, nom="Contrat", regle=regle)
    lien = page("factures:conditions_modifier", pk=une.pk)
    assert "seul leur nom se change" in texte(gerant.get(lien))
    gerant.post(lien, {"nom": "Contrat cadre", "version": 1})
    une.refresh_from_db()
    assert (une.nom, une.regle) == ("Contrat cadre", regle)


# Access

REGLAGES = [
    "entreprise:logo",
    "entreprise:conditions_generales",
    "entreprise:calendrier",
    "factures:conditions_nouvelles",
]


@pytest.mark.parametrize("nom", REGLAGES)
def test_the_settings_are_the_owner_s_alone(entreprise, nom):
    for role in ("comptable", "lecture"):
        membre = connecter_role(entreprise, role)
        assert membre.get(page(nom)).status_code == 403
        assert membre.post(page(nom)).status_code == 403
    etranger = connecter(fabriquer_membre(fabriquer_entreprise("ailleurs")))
    assert etranger.get(page(nom)).status_code == 404


@pytest.mark.parametrize("nom", ["conditions_modifier", "conditions_proposer", "conditions_retirer"])
def test_R13_another_company_s_terms_do_not_exist(gerant, entreprise, nom):
    ailleurs = fabriquer_entreprise("ailleurs")
    une = ConditionsPaiement.objects.create(
        entreprise=ailleurs, nom="X", regle=vers_dict(Conditions((Tranche(DelaiNet(30)),)))
    )
    assert gerant.post(page(f"factures:{nom}", pk=une.pk)).status_code == 404
    assert ConditionsPaiement.objects.filter(pk=une.pk).exists()


def test_everyone_reads_the_payment_terms(entreprise):
    lecteur = connecter_role(entreprise, "lecture")
    vue = texte(lecteur.get(page("factures:conditions")))
    assert "Aucunes conditions" in vue
    assert "Ajouter des conditions" not in vue
