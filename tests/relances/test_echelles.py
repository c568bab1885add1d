"""The default ladders: what is copied into a company, and that every text can be filled."""

import pytest

from relances.composition import verifier_texte
from relances.echelles import installer, texte_de
from relances.modeles_echelles.definitions import echelles_de
from relances.modeles_echelles.textes import lire
from relances.models import Affectation, Etape, Reglages, Scenario, TexteEtape
from tests.fabriques import fabriquer_entreprise

PAYS = ["FR", "BE", "LU", "CH", "CA"]
GENRES = ["professionnel", "particulier", "public"]
TOUS = [(pays, genre, langue) for pays in PAYS for genre in GENRES for langue in ("fr", "en")]


def textes_de(pays, genre, langue):
    """[(rung, subject, body)] of a default ladder."""
    modele = next(m for m in echelles_de(pays) if m.genre == genre)
    return [(etape, *lire(etape.cle, pays, genre, langue)) for etape in modele.etapes]


def etapes(entreprise, genre):
    scenario = Affectation.objects.get(entreprise=entreprise, genre_client=genre, client=None, facture=None).scenario
    return list(Etape.objects.filter(scenario=scenario))


@pytest.mark.parametrize(("pays", "genre", "langue"), TOUS)
def test_every_default_text_uses_known_variables_only(pays, genre, langue):
    for etape, objet, corps in textes_de(pays, genre, langue):
        assert verifier_texte(objet, corps) == [], etape.cle
        assert "<<" not in objet + corps


@pytest.mark.parametrize(("pays", "genre", "langue"), TOUS)
def test_every_reminder_says_what_to_do_if_the_payment_crossed_it(pays, genre, langue):
    croise = "a croisé {message.designation}" if langue == "fr" else "has crossed with {message.designation}"
    for etape, _objet, corps in textes_de(pays, genre, langue):
        avant = etape.cle in {"avant_echeance", "escompte"}
        assert (croise in corps) is not avant, etape.cle


@pytest.mark.parametrize(("pays", "genre", "langue"), TOUS)
def test_nothing_of_penalties_is_said_before_its_rung_nor_ever_to_a_consumer(pays, genre, langue):
    for etape, objet, corps in textes_de(pays, genre, langue):
        texte = (objet + corps).lower()
        permis = etape.accessoires != "aucun"
        for mot in ("40\u00a0€", "€40", "pénalité", "penalties", "l441-10", "moratoire"):
            assert permis or mot not in texte, (etape.cle, mot)


@pytest.mark.parametrize("genre", GENRES)
@pytest.mark.parametrize("langue", ["fr", "en"])
def test_quebec_has_words_of_its_own(genre, langue):
    for etape, objet, corps in textes_de("CA", genre, langue):
        for mot in ("L441-10", "40", "IBAN", "Chorus", "injonction", "SIREN", "e-mail", "TTC", "l’article"):
            assert mot not in objet + corps, (etape.cle, mot)
        if langue == "fr":
            assert "\u00a0?" not in corps
            assert "\u00a0;" not in corps


@pytest.mark.parametrize(
    ("pays", "present", "absent"),
    [
        ("FR", "article\u00a01344 du code civil", "loi du 2"),
        ("BE", "loi du 2\u00a0août 2002", "L441-10"),
        ("LU", "loi modifiée du 18\u00a0avril 2004", "L441-10"),
        ("CH", "article\u00a0104 du code des obligations", "L441-10"),
    ],
)
def test_a_formal_demand_cites_the_law_of_the_creditor_only(pays, present, absent):
    _objet, corps = lire("mise_en_demeure", pays, "professionnel", "fr")
    assert present in corps
    assert absent not in corps


TABLE = [
    ("FR", "professionnel", [(-7, "courriel"), (-3, "courriel"), (1, "appel"), (7, "courriel"), (7, "courriel"),
                             (15, "courriel"), (30, "recommande")]),
    ("FR", "particulier", [(-7, "courriel"), (3, "courriel"), (3, "courriel"), (13, "courriel"), (25, "courriel"),
                           (40, "recommande")]),
    ("FR", "public", [(-10, "courriel"), (5, "courriel"), (5, "courriel"), (15, "courriel"), (30, "courriel"),
                      (60, "recommande")]),
    ("CA", "professionnel", [(-3, "courriel"), (-3, "courriel"), (3, "appel"), (10, "courriel"), (10, "courriel"),
                             (20, "courriel"), (35, "recommande")]),
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("pays", "genre", "attendu"), TABLE)
def test_the_ladders_are_those_of_practice(pays, genre, attendu):
    entreprise = fabriquer_entreprise(pays=pays)
    installer(entreprise)
    assert [(e.decalage, e.canal) for e in etapes(entreprise, genre)] == attendu


@pytest.mark.django_db
@pytest.mark.parametrize("pays", PAYS)
def test_installing_twice_changes_nothing(pays):
    entreprise = fabriquer_entreprise(pays=pays)
    installer(entreprise)
    premier = Scenario.objects.get(entreprise=entreprise, genre_client="public")
    premier.nom = "Mairies"
    premier.save()
    avant = [m.objects.count() for m in (Scenario, Etape, TexteEtape, Affectation, Reglages)]
    installer(entreprise)
    assert [m.objects.count() for m in (Scenario, Etape, TexteEtape, Affectation, Reglages)] == avant
    assert avant[0] == 3
    assert avant[2] == 2 * avant[1]


@pytest.mark.django_db
@pytest.mark.parametrize("pays", PAYS)
@pytest.mark.parametrize("genre", GENRES)
def test_a_formal_demand_asks_for_approval_and_the_gentle_restart_stands_for_the_first_reminder(pays, genre):
    entreprise = fabriquer_entreprise(pays=pays)
    installer(entreprise)
    toutes = etapes(entreprise, genre)
    formelles = [e for e in toutes if e.est_formelle]
    assert [e.canal for e in formelles] == ["recommande"]
    assert formelles[0].demande_approbation
    reprise = next(e for e in toutes if e.est_reprise)
    suivante = toutes[toutes.index(reprise) + 1]
    assert (suivante.decalage, suivante.ancre) == (reprise.decalage, "echeance")
    assert toutes[0].scenario.intervalle_minimum == (10 if genre == "particulier" else 5)


@pytest.mark.django_db
def test_a_new_company_approves_by_hand_for_thirty_days_and_a_demonstration_sends_by_itself():
    for slug, demonstration in (("vraie", False), ("demo", True)):
        installer(fabriquer_entreprise(slug, est_demonstration=demonstration))
    vraie, demo = (Reglages.objects.get(entreprise__slug=slug) for slug in ("vraie", "demo"))
    assert not vraie.envoi_automatique
    assert (vraie.approbation_jusqu_au - vraie.entreprise.date_locale(vraie.entreprise.cree_le)).days == 30
    assert demo.envoi_automatique
    assert demo.approbation_jusqu_au is None


@pytest.mark.django_db
def test_the_latest_version_of_a_text_is_used_and_french_stands_in_for_a_missing_language():
    entreprise = fabriquer_entreprise()
    installer(entreprise)
    etape = etapes(entreprise, "professionnel")[0]
    TexteEtape.objects.create(
        entreprise=entreprise, etape=etape, langue="fr", numero_version=2, objet="Neuf", corps="x"
    )
    assert texte_de(etape, "fr").objet == "Neuf"
    assert texte_de(etape, "en").langue == "en"
    assert texte_de(etape, "de").objet == "Neuf"
    TexteEtape.objects.filter(etape=etape).delete()
    assert texte_de(etape, "fr") is None
