"""The tone check: what each rule sees, what it leaves alone, and that every default text passes."""

from types import SimpleNamespace

import pytest

from entreprises.models import Entreprise
from relances.modeles_echelles.definitions import echelles_de
from relances.modeles_echelles.textes import lire
from relances.models import Etape, Scenario
from relances.ton import relire

PAYS = ["FR", "BE", "LU", "CH", "CA"]
GENRES = ["professionnel", "particulier", "public"]


def etape_de(pays="FR", genre="professionnel", **valeurs):
    scenario = Scenario(entreprise=Entreprise(pays=pays), genre_client=genre)
    return Etape(scenario=scenario, **{"ancre": "echeance", "decalage": 7, "canal": "courriel", **valeurs})


def codes(objet, corps, langue="fr", etape=None, **options):
    texte = SimpleNamespace(objet=objet, corps=corps)
    return {r.code for r in relire(texte, langue, etape or etape_de(), **options)}


def premiere(pays="FR", genre="professionnel", langue="fr"):
    return lire("premiere", pays, genre, langue)


def demeure(pays="FR", genre="professionnel", langue="fr"):
    return lire("mise_en_demeure", pays, genre, langue)


FORMELLE = {"decalage": 30, "canal": "recommande", "est_formelle": True, "accessoires": "decompte", "delai_jours": 8}


@pytest.mark.parametrize("langue", ["fr", "en"])
@pytest.mark.parametrize("genre", GENRES)
@pytest.mark.parametrize("pays", PAYS)
def test_every_default_text_passes_without_a_remark(pays, genre, langue):
    for modele in (m for m in echelles_de(pays) if m.genre == genre):
        for source in modele.etapes:
            etape = etape_de(
                pays, genre, ancre=source.ancre, decalage=source.decalage, canal=source.canal,
                accessoires=source.accessoires, delai_jours=source.delai_jours, est_formelle=source.est_formelle,
            )  # fmt: skip
            objet, corps = lire(source.cle, pays, genre, langue)
            assert relire(SimpleNamespace(objet=objet, corps=corps), langue, etape) == [], (source.cle, langue)


# One sentence added to the first reminder: the one code that it must bring
AJOUTS = [
    ("fr", "Nous enverrons un huissier.", "voie_forcee"),
    ("fr", "Une saisie suivra.", "voie_forcee"),
    ("fr", "Vous commettez un délit pénal.", "voie_forcee"),
    ("fr", "Vous figurez au fichier des mauvais payeurs.", "voie_forcee"),
    ("fr", "Nous saisirons le tribunal.", "justice_trop_tot"),
    ("fr", "Notre avocat s’en chargera.", "justice_trop_tot"),
    ("fr", "Cette facture est impayée.", "impaye"),
    ("fr", "Ceci est notre dernier avis.", "dernier_avis"),
    ("fr", "Vous reconnaissez nous devoir cette somme.", "reconnaissance"),
    ("fr", "Votre attitude est inadmissible.", "jugement"),
    ("fr", "Réglez sous huitaine.", "delai_vague"),
    ("fr", "Réglez dans les plus brefs délais.", "delai_vague"),
    ("fr", "Réglez avant le 12 mars 2026.", "date_ecrite"),
    ("fr", "Réglez avant le 12/03/2026.", "date_ecrite"),
    ("fr", "Vous devez 1 250,00 €.", "montant_ecrit"),
    ("fr", "Payez maintenant !!", "exclamations"),
    ("fr", "Oh ! Non ! Encore !", "exclamations"),
    ("fr", "PAYEZ TOUT DE SUITE MAINTENANT", "majuscules"),
    ("fr", "Tu dois cette somme.", "tutoiement"),
    ("fr", "Les pénalités courent.", "accessoires_trop_tot"),
    ("fr", "Nous informerons votre banque.", "tiers_informe"),
    ("fr", "Nous publierons votre nom.", "publication"),
    ("fr", "Ceci vaut sommation de payer.", "imitation"),
    ("fr", "DERNIER AVIS AVANT SAISIE", "imitation"),
    ("en", "Our lawyers will take legal action.", "justice_trop_tot"),
    ("en", "This is the final notice.", "dernier_avis"),
    ("en", "Pay within 5 days.", "delai_vague"),
    ("en", "You owe €1,250.00.", "montant_ecrit"),
    ("en", "We will tell your bank.", "tiers_informe"),
    ("en", "A bailiff will come.", "voie_forcee"),
]


@pytest.mark.parametrize(("langue", "phrase", "code"), AJOUTS)
def test_a_sentence_that_should_not_be_there_is_seen(langue, phrase, code):
    objet, corps = premiere(langue=langue)
    trouves = codes(objet, f"{corps}\n\n{phrase}", langue)
    assert code in trouves
    assert codes(objet, corps, langue) == set()


ANODINES = [
    "La procédure de réception est finie.",
    "Vos pénates vous attendent.",
    "Le tribut est payé.",
    "Un mot de votre part suffit !",
    "Nous vous remercions de votre saisine rapide.",
    "La TVA et le RIB sont ceux que vous avez.",
]


@pytest.mark.parametrize("phrase", ANODINES)
def test_a_harmless_sentence_is_left_alone(phrase):
    objet, corps = premiere()
    assert codes(objet, f"{corps}\n\n{phrase}") == set()


MANQUES = [
    ("{total.echu}", "sans_montant", True),
    ("{bloc.moyens_paiement}", "sans_moyen", False),
    ("{contact.salutation}", "sans_salutation", False),
    ("{bloc.signature}", "sans_signature", False),
    ("croisé", "sans_croisement", False),
    ("mise en demeure", "sans_mise_en_demeure", True),
    ("{delai.date}", "sans_delai", True),
    ("article", "sans_article", False),
]


@pytest.mark.parametrize(("mot", "code", "bloque"), MANQUES)
def test_what_a_formal_demand_lacks_is_told_and_stops_it_when_the_law_wants_it(mot, code, bloque):
    objet, corps = demeure()
    ampute = corps.replace(mot, "").replace(mot.replace(" ", "\u00a0"), "")
    objet = objet.replace(mot, "").replace(mot.upper(), "")
    if code == "sans_montant":
        ampute = ampute.replace("{tableau.factures}", "").replace("{bloc.decompte}", "")
    if code == "sans_salutation":
        ampute = ampute.replace("{contact.appel}", "")
    texte = SimpleNamespace(objet=objet, corps=ampute)
    trouvees = {r.code: r.est_bloquante for r in relire(texte, "fr", etape_de(**FORMELLE))}
    assert trouvees[code] is bloque


def test_nothing_but_the_law_stops_a_simple_reminder():
    texte = SimpleNamespace(objet="URGENT PAYEZ VITE", corps="Payez !!! Sinon la saisie, et notre avocat.")
    trouvees = relire(texte, "fr", etape_de())
    assert len(trouvees) > 6
    assert not any(r.est_bloquante for r in trouvees)


def test_the_look_of_a_court_paper_and_telling_others_stop_any_text():
    objet, corps = premiere()
    texte = SimpleNamespace(objet=objet, corps=f"{corps}\nCommandement de payer. Nous préviendrons vos fournisseurs.")
    assert {r.code for r in relire(texte, "fr", etape_de()) if r.est_bloquante} == {"imitation", "tiers_informe"}


@pytest.mark.parametrize(
    ("etape", "phrase", "code"),
    [
        (etape_de(genre="particulier"), "Une indemnité de 40 € est due.", "consommateur"),
        (etape_de(genre="public"), "Une injonction de payer suivra.", "acheteur_public"),
        (etape_de(pays="CA"), "Virez sur notre IBAN.", "quebec"),
    ],
)
def test_the_kind_of_client_and_the_country_have_their_own_words(etape, phrase, code):
    genre, pays = etape.scenario.genre_client, etape.scenario.entreprise.pays
    objet, corps = lire("premiere", pays, genre, "fr")
    assert code in codes(objet, f"{corps}\n{phrase}", etape=etape)


def test_penalties_may_be_told_where_the_rung_says_so():
    objet, corps = premiere()
    etape = etape_de(accessoires="principe")
    assert codes(objet, f"{corps}\nLes pénalités de retard restent réservées.", etape=etape) == set()


def test_the_last_rung_may_say_that_it_is_the_last():
    objet, corps = premiere()
    assert codes(objet, f"{corps}\nC’est notre dernier rappel.", reste_un_echelon=False) == set()


def test_a_short_deadline_in_a_formal_demand_is_told():
    assert codes(*demeure(), etape=etape_de(**{**FORMELLE, "delai_jours": 5})) == {"delai_court"}


def test_a_long_subject_is_told_as_it_reads_once_filled():
    _objet, corps = premiere()
    assert codes("Un objet " * 14, corps) == {"objet_long"}
    assert codes("{entreprise.nom} – {objet.factures} – {echeance.date}", corps) == set()


def test_a_remark_names_the_line_and_the_words():
    objet, corps = premiere()
    lignes = corps.split("\n")
    texte = SimpleNamespace(objet=objet, corps="\n".join([*lignes, "Un huissier\u00a0viendra."]))
    (remarque,) = relire(texte, "fr", etape_de())
    assert (remarque.ligne, remarque.extrait, remarque.champ) == (len(lignes) + 1, "huissier", "corps")
    assert not remarque.est_bloquante
