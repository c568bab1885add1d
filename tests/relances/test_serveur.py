"""A company's own mail server: by which way messages leave, what waits and why, what a failure is called."""

import smtplib
import socket
import ssl
from contextlib import contextmanager
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from django.core import mail
from django.core.cache import cache
from django.urls import reverse

from entreprises.models import Entreprise, ServeurCourriel
from entreprises.secrets import chiffrer, dechiffrer
from relances import envoi, essai_courriel, messagerie, pannes, serveur
from relances.messagerie import AdresseInterdite, Panne, est_publique, genre_de_panne
from relances.models import Relance
from relances.serveur import Voie, voie_de
from tests import fabriques
from tests.pages import connecter, connecter_role, texte
from tests.relances import actes, pieges
from tests.relances.actes import AU, INSTANT

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS"),
]
S = Relance.Statut
SECRET = "mot de passe d’essai"


class BoiteFermee(pieges.Boite):
    """Wants a login before it takes anything, and remembers who wrote."""

    def __init__(self) -> None:
        super().__init__()
        self.expediteurs: list[str] = []
        self.essais: list[bool] = []

    async def handle_DATA(self, server, session, envelope):
        self.expediteurs.append(envelope.mail_from)
        return await super().handle_DATA(server, session, envelope)


class RefuseLExpediteur(BoiteFermee):
    async def handle_MAIL(self, server, session, envelope, address, options):
        return "550 5.7.60 client does not have permissions to send as this sender"


@contextmanager
def boite_fermee(boite, secret: str = SECRET):
    """A real server on loopback that asks for this password."""

    def juger(server, session, envelope, mechanism, donnees):
        bon = (donnees.login, donnees.password) == (b"nous@modele.invalid", secret.encode())
        boite.essais.append(bon)
        return AuthResult(success=bon, handled=bon)

    class Controleur(Controller):
        def factory(self):
            return SMTP(boite, hostname="localhost", authenticator=juger, auth_required=True, auth_require_tls=False)

    controleur = Controleur(boite, hostname="127.0.0.1", port=pieges.port_libre(), ready_timeout=10)
    controleur.start()
    try:
        yield controleur.port
    finally:
        controleur.stop(no_assert=True)


@pytest.fixture(autouse=True)
def reseau(settings):
    """Loopback is allowed, and the installation has a real server on which nobody listens."""
    cache.clear()
    settings.SMTP_LOCAL_AUTORISE = True
    settings.EMAIL_BACKEND = serveur.REEL
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""


def regler(entreprise, port: int, secret: str = SECRET, **valeurs) -> ServeurCourriel:
    champs = {
        "hote": "127.0.0.1", "port": port, "securite": "aucune", "identifiant": "nous@modele.invalid",
        "secret_chiffre": chiffrer(secret), "expediteur_nom": "Atelier Modèle",
        "expediteur_courriel": "nous@modele.invalid", "repondre_a": "reponses@modele.invalid",
    }  # fmt: skip
    return ServeurCourriel.objects.create(entreprise=entreprise, **{**champs, **valeurs})


def en_file(entreprise, combien: int = 1) -> list[Relance]:
    return [
        actes.fabriquer_relance(
            fabriques.fabriquer_facture(fabriques.fabriquer_client(entreprise, f"Client {n}"), echeance=actes.ECHEANCE)
        )
        for n in range(combien)
    ]


def envoyer(entreprise, instant=INSTANT, au=AU):
    return envoi.envoyer(Entreprise.objects.get(pk=entreprise.pk), au, instant)


@pytest.fixture
def entreprise():
    return actes.entreprise_prete()


# Ways


@pytest.mark.parametrize(
    ("backend", "partage", "propre", "demonstration", "voie"),
    [
        (serveur.REEL, True, False, False, Voie.PARTAGEE),
        (serveur.REEL, False, False, False, Voie.ABSENTE),
        (serveur.REEL, False, True, False, Voie.PROPRE),
        (serveur.REEL, True, True, True, Voie.GARDEE),
        (serveur.REEL, False, False, True, Voie.GARDEE),
        (serveur.FICHIERS, True, False, False, Voie.GARDEE),
        (serveur.FICHIERS, False, False, False, Voie.GARDEE),
        (serveur.FICHIERS, True, True, False, Voie.PROPRE),
        (serveur.FICHIERS, True, True, True, Voie.GARDEE),
    ],
)
def test_by_which_way_messages_leave(settings, entreprise, backend, partage, propre, demonstration, voie):
    settings.EMAIL_BACKEND, settings.EMAIL_PARTAGE = backend, partage
    if propre:
        regler(entreprise, 25)
    Entreprise.objects.update(est_demonstration=demonstration)
    assert voie_de(Entreprise.objects.get()) is voie


def test_a_company_s_messages_leave_by_its_own_server_in_its_own_name(entreprise):
    (relance,) = en_file(entreprise)
    boite = BoiteFermee()
    with boite_fermee(boite) as port:
        propre = regler(entreprise, port, derniere_erreur="delai: avant")
        ServeurCourriel.objects.update(modifie_le=INSTANT - timedelta(hours=1))
        assert envoyer(entreprise).envoyees == [relance.pk]
    relance.refresh_from_db()
    propre.refresh_from_db()
    (message,) = boite.messages
    assert boite.expediteurs == ["nous@modele.invalid"]
    assert b"From: =?utf-8?q?Atelier_Mod=C3=A8le?= <nous@modele.invalid>" in message
    assert b"Reply-To: reponses@modele.invalid" in message
    assert relance.message_id.encode() in message
    assert propre.derniere_erreur == ""


def test_one_login_serves_a_whole_batch(entreprise):
    en_file(entreprise, 3)
    boite = BoiteFermee()
    with boite_fermee(boite) as port:
        regler(entreprise, port)
        assert len(envoyer(entreprise).envoyees) == 3
    assert boite.essais == [True]


def test_with_nothing_to_send_nobody_signs_in(entreprise):
    boite = BoiteFermee()
    with boite_fermee(boite) as port:
        regler(entreprise, port)
        envoyer(entreprise)
    assert boite.essais == []


def test_the_demonstration_never_leaves_for_real(settings, entreprise, tmp_path):
    Entreprise.objects.update(est_demonstration=True)
    (relance,) = en_file(entreprise)
    boite = BoiteFermee()
    with boite_fermee(boite) as port:
        regler(entreprise, port)
        assert envoyer(entreprise).envoyees == [relance.pk]
    assert (boite.messages, boite.essais) == ([], [])
    (fichier,) = (tmp_path / "courriels").iterdir()
    assert relance.message_id in fichier.read_text()


# What waits, and why


def test_without_any_server_acts_stay_in_the_queue_and_say_why(settings, entreprise):
    settings.EMAIL_PARTAGE = False
    (relance,) = en_file(entreprise)
    assert envoyer(entreprise).envoyees == []
    relance.refresh_from_db()
    assert (relance.statut, relance.motif_attente, relance.tentatives) == (S.A_ENVOYER, serveur.ABSENT, 0)
    boite = BoiteFermee()
    with boite_fermee(boite) as port:
        regler(entreprise, port)
        assert envoyer(entreprise).envoyees == [relance.pk]
    relance.refresh_from_db()
    assert (relance.statut, relance.motif_attente) == (S.ENVOYEE, "")


def test_a_refused_login_claims_nothing_is_kept_and_is_not_tried_at_every_tick(entreprise):
    (relance,) = en_file(entreprise)
    boite = BoiteFermee()
    with boite_fermee(boite, "un autre") as port:
        propre = regler(entreprise, port)
        envoyer(entreprise)
        une_fois = len(boite.essais)  # one try of each mechanism that the server offers
        envoyer(entreprise, INSTANT + timedelta(minutes=5))
        assert boite.essais == [False] * une_fois
        envoyer(entreprise, INSTANT + timedelta(minutes=31))
        assert boite.essais == [False] * 2 * une_fois
    relance.refresh_from_db()
    propre.refresh_from_db()
    assert (relance.statut, relance.motif_attente, relance.tentatives) == (S.A_ENVOYER, serveur.EN_PANNE, 0)
    assert propre.derniere_erreur.startswith("identifiants: 535")
    assert propre.version == 1


def test_a_server_that_refuses_the_sender_stops_the_batch_and_says_so(entreprise):
    relances = en_file(entreprise, 2)
    with boite_fermee(RefuseLExpediteur()) as port:
        propre = regler(entreprise, port)
        assert envoyer(entreprise).reportees == [relances[0].pk]
    propre.refresh_from_db()
    assert propre.derniere_erreur.startswith("expediteur: 550 5.7.60")
    assert set(Relance.objects.filter(date_decision=AU).values_list("statut", flat=True)) == {S.A_ENVOYER}


def test_a_password_that_no_key_opens_is_a_clear_state(settings, entreprise):
    (relance,) = en_file(entreprise)
    propre = regler(entreprise, 9)
    settings.SECRET_KEY = "z" * 60
    envoyer(entreprise)
    propre.refresh_from_db()
    relance.refresh_from_db()
    assert pannes.relire(propre.derniere_erreur).panne is Panne.ILLISIBLE
    assert (relance.statut, relance.motif_attente) == (S.A_ENVOYER, serveur.EN_PANNE)


def test_one_company_s_broken_server_holds_up_no_other(entreprise):
    voisine = actes.entreprise_prete("voisine")
    en_file(entreprise)
    (relance,) = en_file(voisine)
    boite = BoiteFermee()
    with boite_fermee(boite) as port:
        regler(entreprise, 9)
        regler(voisine, port)
        assert envoyer(entreprise).envoyees == []
        assert envoyer(voisine).envoyees == [relance.pk]


def test_no_more_than_the_day_s_cap_leaves_and_the_rest_waits_for_the_next_sending_day(entreprise):
    relances = en_file(entreprise, 3)
    boite = BoiteFermee()
    with boite_fermee(boite) as port:
        regler(entreprise, port, plafond_jour=2)
        assert envoyer(entreprise).envoyees == [relances[0].pk, relances[1].pk]
        assert envoyer(entreprise, INSTANT + timedelta(hours=3)).envoyees == []
        relances[2].refresh_from_db()
        assert (relances[2].statut, relances[2].motif_attente) == (S.A_ENVOYER, serveur.PLAFOND)
        assert envoyer(entreprise, INSTANT + timedelta(days=1), AU + timedelta(days=1)).envoyees == [relances[2].pk]


def test_the_cap_is_of_the_company_s_own_day(entreprise):
    """23:30 in Paris is still the day before, half past nine in the evening in UTC."""
    relances = en_file(entreprise, 2)
    boite = BoiteFermee()
    with boite_fermee(boite) as port:
        regler(entreprise, port, plafond_jour=1)
        soir = INSTANT.replace(hour=22, minute=30)  # 00:30 the next day in Paris
        assert envoyer(entreprise).envoyees == [relances[0].pk]
        assert envoyer(entreprise, soir, AU + timedelta(days=1)).envoyees == [relances[1].pk]


# Addresses


@pytest.mark.parametrize(
    ("adresse", "publique"),
    [
        ("212.27.48.4", True),
        ("2a01:cb00::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:212.27.48.4", True),
        ("2002:7f00:1::", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b:1::a00:1", False),
        ("::7f00:1", False),
        ("fec0::1", False),
    ],
)
def test_only_addresses_of_the_internet_are_called(adresse, publique):
    assert est_publique(adresse) is publique


def test_a_name_that_leads_to_a_private_network_is_refused_when_it_is_called(settings, monkeypatch, entreprise):
    settings.SMTP_LOCAL_AUTORISE = False
    appeles = []
    monkeypatch.setattr(
        messagerie.socket,
        "getaddrinfo",
        lambda *a, **k: [(2, 1, 6, "", ("8.8.8.8", 25)), (2, 1, 6, "", ("10.0.0.1", 25))],
    )
    monkeypatch.setattr(messagerie.socket, "create_connection", lambda adresse, *a, **k: appeles.append(adresse))
    propre = regler(entreprise, 25, hote="smtp.exemple.fr")
    with pytest.raises(AdresseInterdite):
        serveur.connexion_de(propre).open()
    assert appeles == []


def test_what_was_checked_is_what_is_called(settings, monkeypatch, entreprise):
    """The name is not looked up a second time, where it might lead elsewhere."""
    settings.SMTP_LOCAL_AUTORISE = False
    appeles = []

    def refuser(adresse, *args, **kwargs):
        appeles.append(adresse)
        raise ConnectionRefusedError

    monkeypatch.setattr(messagerie.socket, "getaddrinfo", lambda *a, **k: [(2, 1, 6, "", ("8.8.8.8", 465))])
    monkeypatch.setattr(messagerie.socket, "create_connection", refuser)
    for securite in ("tls", "starttls"):
        propre = ServeurCourriel(hote="smtp.exemple.fr", port=465, securite=securite)
        with pytest.raises(ConnectionRefusedError):
            serveur.connexion_de(propre).open()
    assert appeles == [("8.8.8.8", 465)] * 2


# Kinds of failure

DESTINATAIRE = smtplib.SMTPRecipientsRefused({"a@b.invalid": (550, b"no")})


@pytest.mark.parametrize(
    ("erreur", "panne"),
    [
        (socket.gaierror(-2, "Name or service not known"), Panne.NOM),
        (UnicodeError("label too long"), Panne.NOM),
        (AdresseInterdite("x"), Panne.INTERDITE),
        (ConnectionRefusedError(), Panne.REFUSEE),
        (TimeoutError("timed out"), Panne.DELAI),
        (ssl.SSLCertVerificationError("bad"), Panne.TLS),
        (ssl.SSLError("WRONG_VERSION_NUMBER"), Panne.TLS),
        (smtplib.SMTPNotSupportedError("STARTTLS extension not supported by server."), Panne.SANS_TLS),
        (smtplib.SMTPNotSupportedError("SMTP AUTH extension not supported by server."), Panne.SANS_CONNEXION),
        (smtplib.SMTPAuthenticationError(535, b"no"), Panne.IDENTIFIANTS),
        (smtplib.SMTPSenderRefused(530, b"authentication required", "a"), Panne.IDENTIFIANTS),
        (smtplib.SMTPSenderRefused(550, b"not yours", "a"), Panne.EXPEDITEUR),
        (DESTINATAIRE, Panne.DESTINATAIRE),
        (smtplib.SMTPDataError(554, b"spam"), Panne.MESSAGE),
        (smtplib.SMTPServerDisconnected("gone"), Panne.COUPURE),
        (ConnectionResetError(), Panne.COUPURE),
        (smtplib.SMTPConnectError(554, b"not you"), Panne.AUTRE),
        (ZeroDivisionError(), Panne.AUTRE),
    ],
    ids=lambda cas: repr(cas)[:40],
)
def test_each_failure_has_its_kind(erreur, panne):
    assert genre_de_panne(erreur) is panne


def test_every_kind_is_worded_and_reads_back():
    for panne in Panne:
        constat = pannes.Constat(panne, "550 : des mots: encore")
        relu = pannes.relire(constat.en_texte())
        assert (relu.panne, relu.mots, bool(relu.phrase)) == (panne, constat.mots, True)
    assert pannes.relire("") is None
    assert pannes.relire("SMTPException de jadis").panne is Panne.AUTRE


def test_a_refused_login_repeats_what_the_provider_asks_for():
    refus = smtplib.SMTPAuthenticationError(535, b"5.7.8 Username and Password not accepted")
    assert "mot de passe d’application" in pannes.constater(refus, "google").conseil
    assert pannes.constater(refus, "").conseil == ""
    assert pannes.constater(TimeoutError(), "google").conseil == ""


# The page


@pytest.fixture
def gerant(entreprise):
    return fabriques.fabriquer_membre(entreprise, courriel="claire@modele.invalid")


@pytest.fixture
def page():
    return reverse("relances:courriel", kwargs={"slug": "essai"})


VALEURS = {
    "fournisseur": "", "hote": "smtp.exemple.fr", "port": "587", "securite": "starttls",
    "identifiant": "nous@exemple.fr", "secret": SECRET, "expediteur_nom": "Atelier\nModèle",
    "expediteur_courriel": "nous@exemple.fr", "repondre_a": "", "plafond_jour": "", "version": "1",
}  # fmt: skip


def test_the_owner_sets_the_server_and_the_password_is_never_shown(settings, gerant, page, entreprise):
    settings.SMTP_LOCAL_AUTORISE = False
    navigateur = connecter(gerant)
    assert navigateur.post(page, VALEURS).status_code == 302
    propre = ServeurCourriel.objects.get()
    assert (propre.hote, propre.expediteur_nom) == ("smtp.exemple.fr", "Atelier Modèle")
    assert dechiffrer(propre.secret_chiffre) == SECRET
    assert SECRET not in propre.secret_chiffre
    vue = texte(navigateur.get(page))
    assert "Enregistré. Laissez vide pour le garder." in vue
    assert SECRET not in vue
    assert propre.secret_chiffre not in vue


def test_an_empty_password_keeps_the_one_there_and_a_tick_removes_it(settings, gerant, page, entreprise):
    settings.SMTP_LOCAL_AUTORISE = False
    navigateur = connecter(gerant)
    navigateur.post(page, VALEURS)
    navigateur.post(page, {**VALEURS, "secret": "", "expediteur_nom": "Autre", "version": "1"})
    propre = ServeurCourriel.objects.get()
    assert (propre.expediteur_nom, dechiffrer(propre.secret_chiffre), propre.version) == ("Autre", SECRET, 2)
    navigateur.post(page, {**VALEURS, "secret": "", "identifiant": "", "effacer_secret": "on", "version": "2"})
    assert ServeurCourriel.objects.get().secret_chiffre == ""


@pytest.mark.parametrize(
    ("champ", "valeurs", "mots"),
    [
        ("hote", {"hote": "localhost"}, "réseau privé"),
        ("hote", {"hote": "serveur.LOCAL."}, "réseau privé"),
        ("hote", {"hote": "127.0.0.1"}, "pas son adresse IP"),
        ("hote", {"hote": "[::1]"}, "pas son adresse IP"),
        ("hote", {"hote": "2130706433"}, "pas son adresse IP"),
        ("hote", {"hote": "0x7f.1"}, "pas son adresse IP"),
        ("hote", {"hote": "serveur"}, "pas le nom d’un serveur"),
        ("hote", {"hote": "smtp.exemple.fr/x"}, "pas le nom d’un serveur"),
        ("hote", {"hote": "smtp.exemple.fr\r\nRCPT"}, "pas le nom d’un serveur"),
        ("port", {"port": "22"}, "587, 465, 2525 et 25"),
        ("port", {"port": "x"}, "entier"),
        ("securite", {"securite": "aucune"}, "en clair"),
        ("secret", {"secret": ""}, "va avec un mot de passe"),
        ("identifiant", {"identifiant": ""}, "va avec un identifiant"),
        ("expediteur_courriel", {"expediteur_courriel": "pas une adresse"}, "valide"),
        ("plafond_jour", {"plafond_jour": "0"}, "rien ne partirait jamais"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field_and_kept(settings, gerant, page, champ, valeurs, mots):
    settings.SMTP_LOCAL_AUTORISE = False
    reponse = connecter(gerant).post(page, {**VALEURS, **valeurs})
    assert mots in " ".join(reponse.context["form"].errors[champ])
    assert not ServeurCourriel.objects.exists()
    assert "nous@exemple.fr" in texte(reponse)
    assert SECRET not in texte(reponse)


def test_the_password_kept_is_not_handed_to_another_server(settings, gerant, page):
    settings.SMTP_LOCAL_AUTORISE = False
    navigateur = connecter(gerant)
    navigateur.post(page, VALEURS)
    reponse = navigateur.post(page, {**VALEURS, "hote": "smtp.ailleurs.fr", "secret": ""})
    assert "Le serveur a changé" in " ".join(reponse.context["form"].errors["secret"])
    assert ServeurCourriel.objects.get().hote == "smtp.exemple.fr"


def test_a_stale_form_shows_both_values_and_a_double_click_makes_one_server(settings, gerant, page):
    settings.SMTP_LOCAL_AUTORISE = False
    navigateur = connecter(gerant)
    navigateur.post(page, VALEURS)
    navigateur.post(page, {**VALEURS, "port": "465", "securite": "tls"})
    reponse = navigateur.post(page, {**VALEURS, "port": "2525"})
    assert "modifiée entre-temps" in texte(reponse)
    assert "Valeur actuelle : « 465 »" in texte(reponse)
    assert ServeurCourriel.objects.get().port == 465


def test_a_provider_s_settings_are_taken_without_javascript_and_nothing_is_written(gerant, page):
    reponse = connecter(gerant).post(
        page, {**VALEURS, "action": "reprendre", "fournisseur": "ovh", "expediteur_nom": "Gardé"}
    )
    form = reponse.context["form"]
    assert (form["hote"].value(), form["port"].value(), form["securite"].value()) == ("ssl0.ovh.net", 465, "tls")
    assert form["expediteur_nom"].value() == "Gardé"
    assert not form.errors
    assert not ServeurCourriel.objects.exists()
    assert 'value="ssl0.ovh.net"' in texte(reponse)


def test_others_read_a_summary_without_the_login(gerant, page, entreprise):
    regler(entreprise, 587, hote="smtp.exemple.fr", identifiant="compte-secret")
    for role in ("comptable", "lecture"):
        lecteur = connecter_role(entreprise, role)
        vue = texte(lecteur.get(page))
        assert "smtp.exemple.fr" in vue
        assert "compte-secret" not in vue
        assert 'method="post" novalidate' not in vue
        for nom in ("courriel", "courriel_essai", "courriel_retirer"):
            assert lecteur.post(reverse(f"relances:{nom}", kwargs={"slug": "essai"})).status_code == 403


def test_the_server_is_forgotten_with_its_password(gerant, entreprise):
    regler(entreprise, 587)
    (relance,) = en_file(entreprise)
    Relance.objects.filter(pk=relance.pk).update(motif_attente=serveur.EN_PANNE)
    connecter(gerant).post(reverse("relances:courriel_retirer", kwargs={"slug": "essai"}))
    assert not ServeurCourriel.objects.exists()
    assert Relance.objects.get(pk=relance.pk).motif_attente == ""


# The trial


def tenter(gerant):
    return texte(connecter(gerant).post(reverse("relances:courriel_essai", kwargs={"slug": "essai"}), follow=True))


def test_a_trial_goes_to_oneself_and_is_remembered(gerant, entreprise):
    boite = BoiteFermee()
    with boite_fermee(boite) as port:
        regler(entreprise, port)
        vue = tenter(gerant)
    assert "Le serveur a pris le message d’essai pour claire@modele.invalid" in vue
    assert b"To: claire@modele.invalid" in boite.messages[0]
    assert ServeurCourriel.objects.get().verifie_le is not None


def test_a_refused_trial_tells_in_plain_words_what_is_wrong_and_what_the_server_said(gerant, entreprise):
    with boite_fermee(BoiteFermee(), "un autre") as port:
        regler(entreprise, port, fournisseur="google")
        vue = tenter(gerant)
    assert "refuse l’identifiant ou le mot de passe" in vue
    assert "mot de passe d’application" in vue
    assert "535 5.7.8" in vue
    assert ServeurCourriel.objects.get().verifie_le is None


def test_what_the_server_says_is_escaped_and_cut(gerant, entreprise):
    regler(entreprise, 9)
    erreur = smtplib.SMTPDataError(554, b"<script>alert(1)</script>\0" + b"x" * 2000)
    serveur.noter_panne(ServeurCourriel.objects.get(), erreur, INSTANT)
    vue = texte(connecter(gerant).get(reverse("relances:courriel", kwargs={"slug": "essai"})))
    assert "<script>alert(1)" not in vue
    assert "&lt;script&gt;alert(1)" in vue
    assert "x" * 500 not in vue


def test_so_many_trials_and_no_more(gerant, entreprise):
    regler(entreprise, 9)
    for _essai in range(essai_courriel.ESSAIS_AU_PLUS):
        assert "refuse la connexion sur ce port" in tenter(gerant)
    assert "attendez dix minutes" in tenter(gerant)


def test_the_demonstration_does_not_even_try(gerant, entreprise):
    Entreprise.objects.update(est_demonstration=True)
    boite = BoiteFermee()
    with boite_fermee(boite) as port:
        regler(entreprise, port)
        assert "démonstration : rien ne part" in tenter(gerant)
    assert (boite.messages, mail.outbox) == ([], [])


# Said where people look


def test_the_queue_and_the_outbox_say_why_nothing_leaves(settings, gerant, entreprise):
    settings.EMAIL_PARTAGE = False
    en_file(entreprise)
    envoyer(entreprise)
    for nom in ("a_faire", "boite_envoi"):
        vue = texte(connecter(gerant).get(reverse(f"relances:{nom}", kwargs={"slug": "essai"})))
        assert "Rien ne part : aucun serveur de courriel n’est réglé." in vue
        assert reverse("relances:courriel", kwargs={"slug": "essai"}) in vue
    assert "attend un serveur de courriel" in vue
