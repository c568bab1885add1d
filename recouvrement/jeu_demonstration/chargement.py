"""Play the demonstration company's last weeks, day by day, through the real workflows.

So every letter, email and line of its journal was made by the product itself: the night plans, the morning sends, a
call gets its result the next day, an old formal demand was approved and posted; the recent ones wait for the visitor.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from unittest import mock
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from clients.creation import creer_client
from clients.models import Client
from encaissements.lot import NouveauReglement, enregistrer_reglements
from entreprises.models import Adhesion, Entreprise
from factures.creation import EcheancePrevue, NouvelleFacture, enregistrer_factures
from factures.models import Facture
from recouvrement.demonstration import gerante
from recouvrement.jeu_demonstration.donnees import (
    SANS_CONTACT,
    ClientExemple,
    FactureExemple,
    lire_clients,
    lire_factures,
)
from recouvrement.jeu_demonstration.entreprise import creer_atelier
from recouvrement.jeu_demonstration.gestes import approuver_les_anciennes, passer_les_appels, poster_les_lettres
from relances.envoi import envoyer
from relances.planification import planifier
from suivi.litiges import clore_litige, ouvrir_litige
from suivi.models import Litige

HISTOIRE = timedelta(weeks=12)
Progression = Callable[[int, int], None]


@contextmanager
def le(entreprise: Entreprise, jour: date, heure: time) -> Iterator[datetime]:
    """Within it, it is that hour of that day in the company's time: what is written down says so."""
    instant = datetime.combine(jour, heure, tzinfo=ZoneInfo(entreprise.fuseau))
    with mock.patch("django.utils.timezone.now", return_value=instant):
        yield instant


@transaction.atomic
def charger(aujourd_hui: date, progression: Progression = lambda fait, total: None) -> Entreprise:
    """The whole company, or nothing of it. Facts after `aujourd_hui` are left out; its night is planned, not sent."""
    if settings.EMAIL_URL:
        raise RuntimeError("the demonstration is not loaded where a real mail server is set")
    debut = aujourd_hui - HISTOIRE
    atelier = creer_atelier(debut)
    adhesion = Adhesion.objects.get(entreprise=atelier, utilisateur=gerante([atelier]))
    factures = list(lire_factures(aujourd_hui))
    with le(atelier, debut, time(8)):
        clients = {exemple.code: _client(atelier, exemple) for exemple in lire_clients()}
        _enregistrer(atelier, clients, [f for f in factures if f.date_emission <= debut], debut)
        _regler(atelier, [f for f in factures if f.reglee_le and f.reglee_le <= debut], debut)
    recit = _Recit(atelier, adhesion, clients, factures, aujourd_hui)
    for fait in range(1, HISTOIRE.days + 1):
        recit.vivre(debut + timedelta(days=fait))
        progression(fait, HISTOIRE.days)
    return atelier


@dataclass(frozen=True)
class _Recit:
    atelier: Entreprise
    adhesion: Adhesion
    clients: dict[str, Client]
    factures: list[FactureExemple]
    aujourd_hui: date

    def vivre(self, jour: date) -> None:
        """One day: the night plans, the owner opens the mail, what may leave leaves, the afternoon is for calls."""
        atelier, factures = self.atelier, self.factures
        with le(atelier, jour, time(4)) as instant:
            planifier(atelier, jour, instant=instant)
        with le(atelier, jour, time(8, 45)) as instant:
            _regler(atelier, [f for f in factures if f.reglee_le == jour], jour)
            _contester(atelier, [f for f in factures if f.litige_le == jour], jour)
            approuver_les_anciennes(atelier, self.adhesion, jour, self.aujourd_hui, instant)
        if jour < self.aujourd_hui:
            with le(atelier, jour, time(9, 30)) as instant:
                envoyer(atelier, jour, instant)
        with le(atelier, jour, time(16)) as instant:
            passer_les_appels(atelier, self.adhesion, jour, self.aujourd_hui, instant)
            poster_les_lettres(atelier, self.adhesion, jour, self.aujourd_hui, instant)
            _enregistrer(atelier, self.clients, [f for f in factures if f.date_emission == jour], jour)


def _client(atelier: Entreprise, exemple: ClientExemple) -> Client:
    """An address for all, an email and a phone for most; a few have no email, three no contact at all."""
    contacts = []
    if exemple.code not in SANS_CONTACT:
        courriel = "" if exemple.rang % 11 == 7 else f"compta@client-{exemple.rang + 1:02d}.invalid"
        contacts = [
            {
                "nom": f"{'Camille' if exemple.rang % 2 else 'Dominique'} Exemple",
                "courriel": courriel,
                "telephone": f"02 61 91 {exemple.rang % 100:02d} {exemple.rang * 7 % 100:02d}",
            }
        ]
    return creer_client(
        atelier,
        exemple.nom,
        code=exemple.code,
        forme_juridique=exemple.forme,
        siege_ligne1=f"{exemple.rang + 1}, rue du Modèle",
        siege_code_postal=exemple.code_postal,
        siege_ville=exemple.ville,
        siege_pays="FR",
        contacts=contacts,
    )


def _enregistrer(
    atelier: Entreprise, clients: dict[str, Client], factures: Iterable[FactureExemple], jour: date
) -> None:
    avec_escompte = set(sorted(clients)[3::10])  # every tenth client may pay 2 % less within ten days
    lot = [
        NouvelleFacture(
            client=clients[f.client],
            numero=f.numero,
            date_emission=f.date_emission,
            total=f.total,
            devise=atelier.devise,
            echeances=(EcheancePrevue(f.date_echeance, f.total),),
            objet="agencement sur mesure",
            escompte_taux=Decimal(2) if f.client in avec_escompte else None,
            escompte_jours=10 if f.client in avec_escompte else None,
            transmise_le=f.date_emission,
            transmise_par=Facture.CanalTransmission.COURRIEL,
        )
        for f in factures
    ]
    if lot:
        enregistrer_factures(atelier, lot, connue_le=jour)


def _regler(atelier: Entreprise, factures: list[FactureExemple], jour: date) -> None:
    numeros = [f.numero for f in factures]
    par_numero = {facture.numero: facture for facture in Facture.objects.de(atelier).filter(numero__in=numeros)}
    lot = [
        NouveauReglement(facture=par_numero[f.numero], montant=f.total, date_reglement=f.reglee_le or jour)
        for f in factures
    ]
    if lot:
        enregistrer_reglements(atelier, lot, aujourd_hui=jour)
    for litige in Litige.objects.de(atelier).filter(facture__numero__in=numeros, clos_le=None):
        clore_litige(litige, jour, aujourd_hui=jour, issue="Réglée après échange (démonstration).")


def _contester(atelier: Entreprise, factures: Iterable[FactureExemple], jour: date) -> None:
    for exemple in factures:
        ouvrir_litige(
            Facture.objects.de(atelier).get(numero=exemple.numero),
            jour,
            "Un point de la livraison est contesté (démonstration).",
            reponse_avant=jour + timedelta(days=12),
        )
