"""The weekly summary: on Monday, at the hour of the digest, what last week brought and what waits.

A week runs from Monday to Sunday. A machine that slept on Monday sends it on Tuesday; later, it waits for the next one.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.core.mail import EmailMessage
from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import override

from encaissements.models import Reglement
from entreprises.models import Adhesion, Entreprise
from entreprises.templatetags.formats import jour_texte
from factures.models import Echeance, EcheanceQuerySet, Facture
from relances.distribution import Attente, distribuer, ecrire, lire_attente
from relances.joignables import POSTE
from relances.models import Reglages, Relance
from suivi.models import Promesse
from suivi.promesses import etats_des_promesses

DERNIER_JOUR = 1  # Tuesday
MONTREES = 5


@dataclass(frozen=True)
class Somme:
    """A number of rows and their sum, in one currency."""

    devise: str
    nombre: int
    montant: Decimal


@dataclass(frozen=True)
class Semaine:
    """What happened from `du` to `au`, both included. Amounts by currency."""

    du: date
    au: date
    recus: list[Somme] = field(default_factory=list)
    courriels: int = 0
    lettres: int = 0
    appels: int = 0
    tenues: int = 0
    rompues: int = 0
    retards: list[Somme] = field(default_factory=list)
    exemples: list[Echeance] = field(default_factory=list)
    attente: Attente = field(default_factory=Attente)

    @property
    def parties(self) -> int:
        return self.courriels + self.lettres + self.appels

    @property
    def est_vide(self) -> bool:
        return not any((self.recus, self.parties, self.tenues, self.rompues, self.retards, self.attente))


def envoyer_resume(entreprise: Entreprise, au: date, instant: datetime) -> bool:
    """Send last week's summary to those who want it, once. True when it was sent now.

    Nothing for a company that has no invoice. When it reached nobody the next tick tries again, and the first failure
    is raised.
    """
    lundi = au - timedelta(days=au.weekday())
    dernier = Reglages.objects.filter(entreprise=entreprise).values_list("resume_envoye_le", flat=True).first()
    if au.weekday() > DERNIER_JOUR or (dernier is not None and dernier >= lundi):
        return False
    membres = _membres(entreprise)
    if not membres or not Facture.objects.de(entreprise).exists():
        return False
    if not _a_envoyer(entreprise, lundi).update(resume_envoye_le=au):
        return False
    semaine = lire_semaine(entreprise, lundi - timedelta(days=7), au)
    echecs = [e for e in distribuer(entreprise, [_message(membre, semaine) for membre in membres]) if e is not None]
    if len(echecs) == len(membres):
        Reglages.objects.filter(entreprise=entreprise).update(resume_envoye_le=dernier)
        raise echecs[0]
    return True


def lire_semaine(entreprise: Entreprise, du: date, aujourd_hui: date) -> Semaine:
    """The week that began on `du`, and what waits on `aujourd_hui`. A constant number of queries."""
    fin = du + timedelta(days=6)
    debut, apres = _minuit(entreprise, du), _minuit(entreprise, fin + timedelta(days=1))
    promesses = Promesse.objects.filter(entreprise=entreprise)
    return Semaine(
        du=du,
        au=fin,
        recus=_recus(entreprise, du, fin),
        **_parties(entreprise, debut, apres),
        tenues=promesses.filter(tenue_le__range=(du, fin)).count(),
        rompues=_rompues(entreprise, du, fin),
        retards=_sommes(_nouveaux_retards(entreprise, du, fin), "solde"),
        exemples=list(
            _nouveaux_retards(entreprise, du, fin)
            .select_related("client", "facture")
            .order_by("-solde", "pk")[:MONTREES]
        ),
        attente=lire_attente(entreprise, aujourd_hui),
    )


def _a_envoyer(entreprise: Entreprise, lundi: date) -> Any:
    return Reglages.objects.filter(entreprise=entreprise).filter(
        Q(resume_envoye_le=None) | Q(resume_envoye_le__lt=lundi)
    )


def _membres(entreprise: Entreprise) -> list[Adhesion]:
    adhesions = Adhesion.objects.de(entreprise).voulant_resume()
    return list(adhesions.select_related("utilisateur", "entreprise").order_by("pk"))


def _minuit(entreprise: Entreprise, jour: date) -> datetime:
    return datetime.combine(jour, time(), tzinfo=ZoneInfo(entreprise.fuseau))


def _sommes(lignes: Any, champ: str) -> list[Somme]:
    comptes = lignes.order_by().values("devise").annotate(nombre=Count("pk"), somme=Sum(champ))
    return [Somme(c["devise"], c["nombre"], c["somme"]) for c in sorted(comptes, key=lambda c: str(c["devise"]))]


def _recus(entreprise: Entreprise, du: date, fin: date) -> list[Somme]:
    reglements = Reglement.objects.de(entreprise).filter(date_reglement__range=(du, fin))
    return _sommes(reglements.filter(rejete_le=None, annule_le=None), "montant")


def _parties(entreprise: Entreprise, debut: datetime, apres: datetime) -> dict[str, int]:
    parties = Relance.objects.de(entreprise).filter(
        statut=Relance.Statut.ENVOYEE, envoyee_le__gte=debut, envoyee_le__lt=apres
    )
    return parties.aggregate(
        courriels=Count("pk", filter=Q(canal="courriel")),
        lettres=Count("pk", filter=Q(canal__in=sorted(POSTE))),
        appels=Count("pk", filter=Q(canal="appel", closes_non_fait_le=None)),
    )


def _rompues(entreprise: Entreprise, du: date, fin: date) -> int:
    """Promises whose grace ended that week with nothing received for them; partly kept is not broken."""
    grace = Reglages.objects.filter(entreprise=entreprise).values_list("grace_promesse", flat=True).first() or 0
    calendrier, un_jour = entreprise.calendrier(), timedelta(days=1)
    avant = calendrier.ajouter_ouvres(du, -grace) - timedelta(days=31)
    promesses = Promesse.objects.filter(entreprise=entreprise, annulee_le=None, date_promise__range=(avant, fin))
    echues = [
        promesse
        for promesse in promesses
        if du - un_jour <= calendrier.ajouter_ouvres(promesse.date_promise, grace) < fin
    ]
    etats = etats_des_promesses({promesse.client_id for promesse in echues}, fin)
    return sum(promesse.pk in etats and etats[promesse.pk].recu <= 0 for promesse in echues)


def _nouveaux_retards(entreprise: Entreprise, du: date, fin: date) -> EcheanceQuerySet:
    """Instalments that became late that week, and still are: late from the day after the due date."""
    un_jour = timedelta(days=1)
    return Echeance.objects.de(entreprise).ouvertes().filter(date_echeance__range=(du - un_jour, fin - un_jour))


def _message(adhesion: Adhesion, semaine: Semaine) -> EmailMessage:
    with override(adhesion.utilisateur.langue):
        sujet = _("%(entreprise)s : la semaine du %(jour)s") % {
            "entreprise": adhesion.entreprise.nom,
            "jour": jour_texte(semaine.du),
        }
        return ecrire(adhesion, "relances/resume", sujet, {"semaine": semaine})
