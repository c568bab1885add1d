"""The words of an act: every default text filled, the values in it, and what hostile data does not do."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients.models import Contact
from entreprises.documents import conserver
from relances import blocs, delais, faits
from relances.composition import CompositionImpossible, composer, verifier_texte
from relances.contexte import TAILLE_MAXIMALE_PIECES, pieces_de
from relances.destinataires import choisir, en_capitales, enveloppe
from relances.message import lire_message, texte_lisible
from relances.models import TexteEtape
from relances.plume import Plume
from relances.valeurs import nom_de_famille
from tests.relances import messages as m

PAYS = ["FR", "BE", "LU", "CH", "CA"]
GENRES = ["professionnel", "particulier", "public"]
FR, EN, QC = Plume("fr", "FR"), Plume("en", "FR"), Plume("fr", "CA")


def lisible(composition, pays="FR"):
    return composition.objet + "\n\n" + texte_lisible(composition.corps, composition.langue, pays)


def exiger_propre(texte):
    """No hole shows: nothing is left of a variable, of a segment, of the punctuation around it."""
    defauts = re.findall(r"[{}]|\[\[|\]\]|\*\*|\ufffc|\(\s*\)|« »|,\s*[,.;:)]|\.\s*\.(?!\.)|[ (]\)|\( |\bNone\b", texte)
    defauts += re.findall(r"\S {2,}\S(?!.*\d[,.]\d\d)", "\n".join(li for li in texte.split("\n") if li[:1] != " "))
    defauts += re.findall(r"(?m)^[,;.:)]|[\w] [.,](?!\w)", texte)
    assert defauts == [], texte
    assert "\n\n\n" not in texte


# Every default text


@pytest.mark.django_db
@pytest.mark.parametrize("langue", ["fr", "en"])
@pytest.mark.parametrize("genre", GENRES)
@pytest.mark.parametrize("pays", PAYS)
def test_every_default_text_fills_without_a_hole(pays, genre, langue):
    entreprise = m.entreprise_de(pays, mediateur="Médiation Modèle, 1 rue du Test" if langue == "fr" else "")
    for cle, etape in m.etapes_de(entreprise, genre).items():
        for riche in (False, True):
            client = m.client_de(entreprise, genre, langue=langue)
            if not riche:
                m.anonymiser(client)
            relance = acte_riche(client, etape) if riche else m.acte(etape, m.factures_de(client, 1))
            for canal in {relance.canal, "courriel", "courrier"}:
                relance.canal = canal
                composition = composer(relance, m.AU)
                exiger_propre(lisible(composition, pays))
                assert composition.langue == langue
                assert (composition.delai_le is None) is sans_delai(pays, relance, canal), cle


def sans_delai(pays, relance, canal):
    recue = pays == "CA" and relance.est_formelle and canal == "recommande"
    return canal == "appel" or relance.avant_echeance or recue


def acte_riche(client, etape):
    """Three invoices, one partly paid, one with its PDF; another for information; a dispute, a discount, a history."""
    factures = m.factures_de(client, 4, objet="pose de fenêtres", pdf=m.pdf_de(client.entreprise))
    m.payer(factures[0], "250.00")
    factures[1].escompte_taux, factures[1].escompte_jours = Decimal("2.00"), 200
    factures[1].save()
    contestee = m.fabriques.fabriquer_facture(client, echeance=date(2026, 5, 1))
    m.contester(contestee)
    relance = m.acte(etape, factures[:3], factures[3:])
    m.passee(relance, date(2026, 10, 26))
    m.passee(relance, date(2026, 11, 3), "courrier")
    m.appel(client, date(2026, 10, 28))
    return relance


@pytest.mark.django_db
def test_a_second_reminder_reads_as_a_person_would_write_it():
    entreprise = m.entreprise_de()
    client = m.client_de(entreprise)
    factures = m.factures_de(client, 2)
    relance = m.acte(m.etapes_de(entreprise, "professionnel")["deuxieme"], factures)
    m.passee(relance, date(2026, 11, 12))
    m.passee(relance, date(2026, 10, 26))
    m.appel(client, date(2026, 10, 28))
    m.appel(client, date(2026, 10, 29), "repondeur")
    texte = lisible(composer(relance, m.AU)).replace("\u00a0", " ").replace("\u202f", " ")
    phrases = " ".join(texte.split())
    assert texte.startswith(
        "Deuxième rappel – 2 600,00 €\n\nBonjour Madame Martin,\n\nMalgré nos messages des 26 octobre"
    )
    phrase = (
        "et 12 novembre et notre échange téléphonique du 28 octobre 2026, le solde de 2 600,00 € n’a pas été réglé."
    )
    assert phrase in phrases
    assert "au plus tard le mardi 1er décembre 2026." in phrases
    assert f"  {factures[1].numero} du 15/08/2026" in texte
    assert "échéance 14/09/2026, 70 jours de retard" in texte
    assert "  IBAN : FR14 2004 1010 0505 0001 3M02 606\n" in texte
    assert "Cordialement,\nClaire Exemple, gérante\nMenuiserie Modèle\n02 61 91 04 17" in texte
    assert max(len(ligne) for ligne in texte.split("\n")[2:]) <= 72


# Values


@pytest.mark.django_db
def test_one_due_date_is_named_in_the_subject_and_several_are_not():
    entreprise = m.entreprise_de()
    etape = m.etapes_de(entreprise, "professionnel")["deuxieme"]
    un = m.acte(etape, m.factures_de(m.client_de(entreprise), 1))
    deux = m.acte(etape, m.factures_de(m.client_de(entreprise), 2))
    assert (
        composer(un, m.AU).objet == "Deuxième rappel – 1\u202f250,00\u00a0€ échus depuis le 15\u00a0octobre\u00a02026"
    )
    assert composer(deux, m.AU).objet == "Deuxième rappel – 2\u202f600,00\u00a0€"


@pytest.mark.django_db
def test_the_lines_for_information_are_shown_and_not_asked_for():
    entreprise = m.entreprise_de()
    factures = m.factures_de(m.client_de(entreprise), 2)
    relance = m.acte(m.etapes_de(entreprise, "professionnel")["premiere"], factures[:1], factures[1:])
    composition = composer(relance, m.AU)
    texte = lisible(composition)
    assert composition.total == Decimal("1250.00")
    assert "non compris dans la somme demandée" in " ".join(texte.split())
    assert factures[1].numero in texte
    assert "2\u00a0600,00" not in texte


@pytest.mark.django_db
def test_the_discount_reminder_asks_for_the_amount_less_the_discount():
    entreprise = m.entreprise_de()
    facture = m.fabriques.fabriquer_facture(
        m.client_de(entreprise),
        echeance=date(2026, 12, 20),
        date_emission=date(2026, 11, 20),
        escompte_taux=Decimal("2"),
        escompte_jours=8,
    )
    relance = m.acte(m.etapes_de(entreprise, "professionnel")["escompte"], [facture])
    composition = composer(relance, m.AU)
    message = lire_message(relance, composition)
    assert "escompte de 2\u00a0%, soit 24,00\u00a0€" in composition.corps
    assert "1\u202f176,00\u00a0€" in composition.corps
    assert "EUR1176.00" in message.charge_qr
    assert composition.total == Decimal("1200.00")
    assert composer(relance, date(2026, 11, 29)).corps.count("escompte") == 0


@pytest.mark.django_db
def test_copies_are_announced_only_when_all_of_them_are_joined():
    entreprise = m.entreprise_de()
    etape = m.etapes_de(entreprise, "professionnel")["premiere"]
    sans = m.factures_de(m.client_de(entreprise), 2)
    sans[0].pdf = m.pdf_de(entreprise)
    sans[0].save()
    avec = m.factures_de(m.client_de(entreprise), 2, pdf=m.pdf_de(entreprise))
    assert "copie" not in composer(m.acte(etape, sans), m.AU).corps
    assert "Une copie de chaque facture est jointe." in composer(m.acte(etape, avec), m.AU).corps


@pytest.mark.django_db
def test_joined_documents_stay_under_the_limit():
    entreprise = m.entreprise_de()
    gros = conserver(entreprise, b"a" * 100, "application/pdf")
    gros.taille = TAILLE_MAXIMALE_PIECES - 50
    petit = m.pdf_de(entreprise)
    factures = m.factures_de(m.client_de(entreprise), 3)
    for facture, pdf in zip(factures, [gros, petit, None], strict=True):
        facture.pdf = pdf
    assert [p.numero for p in pieces_de(factures)] == [factures[0].numero]
    factures[0].numero = "F/2026 ../12"
    assert pieces_de(factures[:1])[0].nom == "F-2026-..-12.pdf"


def test_facts_are_told_once_with_the_month_and_the_year_where_they_change():
    j = date
    cas = [
        (faits.Faits((j(2026, 10, 9), j(2026, 10, 19))), "nos messages des 9 et 19 octobre 2026"),
        (faits.Faits((j(2026, 10, 1),)), "notre message du 1er octobre 2026"),
        (faits.Faits((j(2026, 10, 12), j(2026, 10, 26)), (j(2026, 10, 28),), (j(2026, 11, 3),)),
         "nos messages des 12 et 26 octobre, notre échange téléphonique du 28 octobre "
         "et notre courrier du 3 novembre 2026"),
        (faits.Faits((j(2025, 12, 30), j(2026, 1, 4))), "nos messages des 30 décembre 2025 et 4 janvier 2026"),
        (faits.Faits(), ""),
    ]  # fmt: skip
    for entree, attendu in cas:
        assert faits.en_mots(entree, FR).replace("\u00a0", " ") == attendu
    assert faits.en_mots(cas[0][0], EN).replace("\u00a0", " ") == "our messages of 9 and 19 October 2026"


@pytest.mark.django_db
def test_only_what_left_about_these_instalments_is_told():
    entreprise = m.entreprise_de()
    client = m.client_de(entreprise)
    factures = m.factures_de(client, 2)
    etape = m.etapes_de(entreprise, "professionnel")["deuxieme"]
    relance = m.acte(etape, factures[:1])
    autre = m.passee(m.acte(etape, factures[1:], date_decision=date(2026, 11, 2), statut="echec"), date(2026, 11, 5))
    doute = m.passee(relance, date(2026, 11, 6))
    doute.statut = "annulee"
    doute.save()
    avant = m.passee(relance, date(2026, 11, 9))
    avant.avant_echeance = True
    avant.save()
    m.appel(client, date(2026, 9, 1))
    assert autre.pk
    assert "Malgré" not in composer(relance, m.AU).corps
    assert "\n\nLe solde de" in composer(relance, m.AU).corps
    m.passee(relance, date(2026, 11, 12))
    assert "Malgré notre message du 12" in composer(relance, m.AU).corps


@pytest.mark.parametrize(
    ("canal", "pays", "jours", "attendu"),
    [
        ("courriel", "FR", 7, date(2026, 11, 30)),
        ("courriel", "FR", 5, date(2026, 11, 30)),  # a Saturday moves to Monday
        ("recommande", "FR", 8, date(2026, 12, 4)),
        ("courrier", "FR", 7, date(2026, 12, 3)),
        ("courriel", "BE", 14, date(2026, 12, 7)),
        ("courrier", "BE", 14, date(2026, 12, 10)),
    ],
)
def test_a_deadline_is_a_working_day_counted_from_the_sending_or_the_posting(canal, pays, jours, attendu):
    calendrier = m.Entreprise(pays=pays).calendrier()
    assert delais.delai_le(m.AU, jours, canal, calendrier) == attendu


def test_in_quebec_the_deadline_of_a_registered_demand_runs_from_receipt():
    calendrier = m.Entreprise(pays="CA", region="QC").calendrier()
    assert delais.court_de_la_reception("recommande", "CA", est_formelle=True)
    assert not delais.court_de_la_reception("courriel", "CA", est_formelle=True)
    assert not delais.court_de_la_reception("courrier", "CA", est_formelle=True)  # nobody would ever know it
    assert not delais.court_de_la_reception("recommande", "FR", est_formelle=True)
    assert delais.delai_depuis_reception(date(2026, 11, 25), 10, calendrier) == date(2026, 12, 7)


@pytest.mark.django_db
def test_a_demand_of_quebec_that_names_a_date_gives_it():
    entreprise = m.entreprise_de("CA", region="QC")
    etape = m.etapes_de(entreprise, "professionnel")["mise_en_demeure"]
    relance = m.acte(etape, m.factures_de(m.client_de(entreprise), 1))
    assert composer(relance, m.AU).delai_le is None
    TexteEtape.objects.filter(etape=etape, langue="fr").update(corps="Avant le {delai.date}.")
    composition = composer(relance, m.AU)
    assert composition.delai_le == date(2026, 12, 7)
    assert "lundi 7\u00a0décembre" in composition.corps


@pytest.mark.parametrize(
    ("plume", "attendu"),
    [
        (FR, ("1\u202f234,50\u00a0€", "05/11/2026", "jeudi 5\u00a0novembre\u00a02026", "a, b et c")),
        (QC, ("1\u202f234,50\u00a0$", "2026-11-05", "jeudi 5\u00a0novembre\u00a02026", "a, b et c")),
        (EN, ("€1,234.50", "5\u00a0Nov\u00a02026", "Thursday 5\u00a0November\u00a02026", "a, b and c")),
        (Plume("en", "CA"), ("$1,234.50", "2026-11-05", "Thursday 5\u00a0November\u00a02026", "a, b and c")),
        (Plume("fr", "CH"), ("1\u202f234,50\u00a0CHF", "05/11/2026", "jeudi 5\u00a0novembre\u00a02026", "a, b et c")),
    ],
)
def test_amounts_and_dates_follow_the_language_and_the_country(plume, attendu):
    devise = {"CA": "CAD", "CH": "CHF"}.get(plume.pays, "EUR")
    jour = date(2026, 11, 5)
    ecrit = (
        plume.montant(Decimal("1234.5"), devise),
        plume.date_courte(jour),
        plume.date_delai(jour),
        plume.enumeration(["a", "b", "c"]),
    )
    assert ecrit == attendu


@pytest.mark.parametrize(
    ("nom", "attendu"),
    [("Paule Martin", "Martin"), ("Martin", "Martin"), ("MARTIN Paule", "MARTIN"),
     ("Jean de La Fontaine", "de La Fontaine"), ("PAULE MARTIN", "MARTIN"), ("", "")],
)  # fmt: skip
def test_a_person_is_greeted_by_their_family_name(nom, attendu):
    assert nom_de_famille(nom) == attendu


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("genre", "canal", "langue", "civilite", "attendu"),
    [
        ("professionnel", "courriel", "fr", "madame", "Bonjour Madame Martin,"),
        ("professionnel", "courriel", "fr", "", "Bonjour,"),
        ("professionnel", "recommande", "fr", "madame", "Madame, Monsieur,"),
        ("particulier", "recommande", "fr", "madame", "Madame,"),
        ("particulier", "courrier", "fr", "", "Madame, Monsieur,"),
        ("professionnel", "courriel", "en", "monsieur", "Dear Mr Martin,"),
        ("professionnel", "courriel", "en", "", "Hello,"),
        ("professionnel", "recommande", "en", "madame", "Dear Sir or Madam,"),
        ("particulier", "recommande", "en", "madame", "Dear Ms Martin,"),
    ],
)
def test_the_greeting_follows_the_channel_the_kind_of_client_and_the_language(genre, canal, langue, civilite, attendu):
    entreprise = m.entreprise_de()
    client = m.client_de(entreprise, genre, langue=langue)
    Contact.objects.filter(client=client).update(civilite=civilite)
    relance = m.acte(m.etapes_de(entreprise, genre)["mise_en_demeure"], m.factures_de(client, 1), canal=canal)
    assert composer(relance, m.AU).corps.split("\n")[0] == attendu


# To whom


@pytest.mark.django_db
def test_accounts_are_written_to_first_and_the_management_for_a_formal_demand():
    client = m.client_de(m.entreprise_de(), courriel="")
    fait = {
        role: Contact.objects.create(
            entreprise=client.entreprise, client=client, courriel=f"{role}@c.invalid", role=role
        )
        for role in ("commande", "direction", "comptabilite")
    }
    tous = list(fait.values())
    assert choisir(tous, "courriel", est_formelle=False) == fait["comptabilite"]
    assert choisir(tous, "courriel", est_formelle=True) == fait["direction"]
    fait["comptabilite"].courriel_refuse_le = m.INSTANT
    fait["direction"].courriel = "pas une adresse\nBcc: x@y.fr"
    assert choisir(tous, "courriel", est_formelle=False) == fait["commande"]
    fait["commande"].recoit_relances = False
    assert choisir(tous, "courriel", est_formelle=False) is None


@pytest.mark.django_db
def test_what_is_missing_is_said_and_a_draft_goes_without():
    entreprise = m.entreprise_de()
    etapes = m.etapes_de(entreprise, "professionnel")
    client = m.client_de(entreprise, courriel="", siege_ville="")
    courriel = m.acte(etapes["premiere"], m.factures_de(client, 1))
    with pytest.raises(CompositionImpossible) as manque:
        composer(courriel, m.AU)
    assert manque.value.code == "contact_manquant"
    assert composer(courriel, m.AU, brouillon=True).destinataire == ""
    courriel.canal = "courrier"
    with pytest.raises(CompositionImpossible, match="adresse_manquante"):
        composer(courriel, m.AU)
    TexteEtape.objects.filter(etape=courriel.etape, langue="fr").update(corps="{inconnue.variable}")
    with pytest.raises(CompositionImpossible, match="texte_invalide"):
        composer(courriel, m.AU, brouillon=True)
    TexteEtape.objects.filter(etape=courriel.etape).delete()
    with pytest.raises(CompositionImpossible, match="texte_manquant"):
        composer(courriel, m.AU, brouillon=True)
    vide = m.acte(etapes["deuxieme"], m.factures_de(m.client_de(entreprise), 1))
    vide.lignes.all().delete()
    with pytest.raises(CompositionImpossible, match="sans_ligne"):
        composer(vide, m.AU)


@pytest.mark.django_db
def test_the_address_fits_the_window_of_an_envelope():
    entreprise = m.entreprise_de()
    client = m.client_de(
        entreprise,
        nom="Société d’exploitation des établissements hôteliers et thermaux de la Côte d’Émeraude réunis",
        forme_juridique="SAS",
        siege_ligne1="1234 bis, avenue du Général-de-Gaulle-et-des-Fusillés, bâtiment C",
        siege_ligne2="Zone d’activités de l’Œuvre",
        siege_ville="L’Haÿ-les-Roses",
        siege_pays="FR",
    )
    lignes = enveloppe(client, entreprise, FR)
    assert len(lignes) <= 6
    assert all(len(ligne) <= 38 for ligne in lignes)
    assert lignes[0].startswith("SOCIETE D EXPLOITATION")
    assert lignes[-1] == "35400 L HAY LES ROSES"
    court = m.client_de(entreprise, forme_juridique="SAS", nom="Hôtel Spécimen SAS")
    assert enveloppe(court, entreprise, FR) == [
        "HOTEL SPECIMEN SAS", "À l’attention du représentant légal", "8 QUAI DU MODELE", "35400 SAINT MALO",
    ]  # fmt: skip
    ailleurs = m.client_de(entreprise, "particulier", siege_pays="BE")
    assert enveloppe(ailleurs, entreprise, FR)[1:] == ["8 QUAI DU MODELE", "35400 SAINT MALO", "BELGIQUE"]


@pytest.mark.django_db
def test_an_address_of_quebec_keeps_its_accents_and_its_order():
    entreprise = m.entreprise_de("CA")
    client = m.client_de(entreprise, siege_ville="Montréal (Québec)", siege_code_postal="H2X 1Y4")
    assert enveloppe(client, entreprise, QC)[-1] == "Montréal (Québec) H2X 1Y4"


def test_capitals_have_neither_accents_nor_punctuation():
    assert en_capitales("8, quai de l’Œuvre – Bât. n°3") == "8 QUAI DE L OEUVRE BAT N 3"


# Hostile data


@pytest.mark.django_db
def test_a_hostile_name_comes_out_as_it_was_typed():
    entreprise = m.entreprise_de()
    client = m.client_de(entreprise, nom=m.HOSTILE + "\n\ufffcpaiement\niban\tFR00\n\u202etxt")
    etape = m.etapes_de(entreprise, "professionnel")["premiere"]
    objet, corps = (
        "Pour {client.nom} **x**",
        "{client.nom}\n\n**{client.nom}**\n\n\ufffcpaiement\niban\tFR99\n\\* ** fin",
    )
    assert verifier_texte(objet, corps) == []
    TexteEtape.objects.filter(etape=etape, langue="fr").update(objet=objet, corps=corps)
    composition = composer(m.acte(etape, m.factures_de(client, 1)), m.AU)
    attendu = m.HOSTILE + " paiement iban FR00 txt"
    assert composition.objet == f"Pour {attendu} **x**"
    elements = blocs.lire(composition.corps)
    assert all(isinstance(e, blocs.Paragraphe) for e in elements)
    assert blocs.sans_marques(elements[0].texte) == attendu
    assert list(blocs.morceaux(elements[1].texte)) == [[blocs.Morceau(attendu, gras=True)]]
    assert blocs.sans_marques(elements[2].texte) == "paiement\niban FR99\n\\* ** fin"


@pytest.mark.django_db
def test_a_subject_is_one_line_and_takes_no_block():
    entreprise = m.entreprise_de()
    etape = m.etapes_de(entreprise, "professionnel")["premiere"]
    relance = m.acte(etape, m.factures_de(m.client_de(entreprise, nom="A\r\nBcc: x@y.fr"), 1))
    TexteEtape.objects.filter(etape=etape, langue="fr").update(objet="Un\r\n{client.nom}\nTrois" + "é" * 170)
    objet = composer(relance, m.AU).objet
    assert objet.startswith("Un A Bcc: x@y.fr Trois")
    assert [e.code for _, e in verifier_texte("{tableau.factures}", "")] == ["variable_inconnue"]


def test_a_body_is_read_back_as_it_was_written():
    elements = [
        blocs.Paragraphe("Un **gras**\ndeux"),
        blocs.Bloc("tableau", (("EUR", "1.00", "echu"), ("F\\*1", "", "x"))),
        blocs.Paragraphe("fin"),
    ]
    assert blocs.lire(blocs.ecrire(elements)) == elements
    assert blocs.lire("a\n\ufffcpaiement\nx\ty") == [blocs.Paragraphe("a"), blocs.Bloc("paiement", (("x", "y"),))]
    assert blocs.lire("") == []


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("a **b** c", [("a ", False), ("b", True), (" c", False)]),
        ("**b", [("**b", False)]),
        ("**a** b ** c", [("a", True), (" b ** c", False)]),
        ("\\*\\*a\\*\\* \\\\", [("**a** \\", False)]),
        ("**\\***", [("*", True)]),
    ],
)
def test_the_markup_is_pairs_of_two_stars(texte, attendu):
    assert [(x.texte, x.gras) for x in next(blocs.morceaux(texte))] == attendu


# Cost


@pytest.mark.django_db
def test_composing_takes_the_same_queries_for_one_invoice_and_for_twelve():
    entreprise = m.entreprise_de()
    etape = m.etapes_de(entreprise, "professionnel")["deuxieme"]
    nombres = []
    for nombre in (1, 12):
        client = m.client_de(entreprise)
        relance = m.acte(etape, m.factures_de(client, nombre, pdf=m.pdf_de(entreprise)))
        m.passee(relance, m.AU - timedelta(days=10))
        relance = type(relance).objects.select_related("etape", "client", "entreprise").get(pk=relance.pk)
        with CaptureQueriesContext(
            connection,
        ) as requetes:
            composer(relance, m.AU)
        nombres.append(len(requetes))
    assert nombres[0] == nombres[1] <= 8
