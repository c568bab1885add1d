"""The morning digest: what leaves today, told to those who want it before it leaves, with a page to hold any of it.

The link is signed for one member, works two days and no longer than the membership, and opens without signing in. What
it shows is read from the acts at that moment.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core import signing
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from entreprises.models import Adhesion, Entreprise
from relances.distribution import Attente, distribuer, ecrire, lien, lire_attente
from relances.envoi import est_jour_d_envoi
from relances.models import Nuit, Reglages, Relance

SEL = "relances.avis"
VALIDITE = timedelta(days=2)
TEMPS_DE_RETENIR = timedelta(minutes=30)


class AccesFerme(Exception):
    """The member whom the link was signed for has left the company, or the company is closed."""


@dataclass(frozen=True)
class Destination:
    """Where a signed link leads, and whom it was signed for."""

    nuit: Nuit
    adhesion: Adhesion

    @property
    def entreprise(self) -> Entreprise:
        return self.nuit.entreprise


def signer(nuit: Nuit, adhesion: Adhesion) -> str:
    """The token of a night's page, for one member."""
    return signing.dumps({"nuit": nuit.pk, "adhesion": adhesion.pk}, salt=SEL)


def lire_jeton(jeton: str) -> Destination:
    """Where this token leads. `signing.BadSignature` when it is forged or older than two days; `Nuit.DoesNotExist`;
    AccesFerme."""
    contenu = signing.loads(jeton, salt=SEL, max_age=VALIDITE)
    nuit = Nuit.objects.select_related("entreprise").get(pk=contenu["nuit"])
    adhesions = Adhesion.objects.de(nuit.entreprise).filter(est_active=True, utilisateur__is_active=True)
    adhesion = adhesions.select_related("utilisateur").filter(pk=contenu["adhesion"]).first()
    if adhesion is None or nuit.entreprise.cloturee_le is not None:
        raise AccesFerme
    return Destination(nuit, adhesion)


def partantes(entreprise: Entreprise) -> list[Relance]:
    """The emails that leave at the next sending hour."""
    return list(
        Relance.objects.de(entreprise)
        .filter(statut=Relance.Statut.A_ENVOYER, canal="courriel")
        .select_related("client", "etape")
        .order_by("client__tri", "devise")
    )


def envoyer_avis(entreprise: Entreprise, au: date, instant: datetime) -> bool:
    """Tell those who want it, once a day, on sending days, when something leaves or the night decided something.

    True when it was sent now. When it reached nobody the next tick tries again, and the first failure is raised.
    """
    nuit = Nuit.objects.de(entreprise).filter(date_nuit=au, avis_envoye_le=None).first()
    if nuit is None or not est_jour_d_envoi(entreprise, au):
        return False
    actes, membres = partantes(entreprise), _membres(entreprise)
    if not membres or not (actes or _a_decide(entreprise, au)):
        return False
    if not Nuit.objects.filter(pk=nuit.pk, avis_envoye_le=None).update(avis_envoye_le=instant):
        return False
    attente = lire_attente(entreprise, au)
    messages = [_message(nuit, membre, actes, attente) for membre in membres]
    echecs = [e for e in distribuer(entreprise, messages) if e is not None]
    if len(echecs) == len(membres):
        Nuit.objects.filter(pk=nuit.pk).update(avis_envoye_le=None)
        raise echecs[0]
    return True


def laisse_le_temps(reglages: Reglages, au: date, instant: datetime) -> bool:
    """False while the digest of `au` was sent too short a time ago to hold anything: half an hour, or less where the
    company itself put its two hours closer. A digest that nobody gets, or that fails, holds up nothing."""
    envoye_le = Nuit.objects.filter(entreprise=reglages.entreprise_id, date_nuit=au).values_list(
        "avis_envoye_le", flat=True
    )
    dernier = next(iter(envoye_le), None)
    return dernier is None or instant >= dernier + _temps_de_retenir(reglages)


def _temps_de_retenir(reglages: Reglages) -> timedelta:
    avis, envoi = reglages.heure_avis, reglages.heure_envoi
    ecart = timedelta(hours=envoi.hour - avis.hour, minutes=envoi.minute - avis.minute)
    return min(TEMPS_DE_RETENIR, ecart) if ecart > timedelta(0) else TEMPS_DE_RETENIR


def _a_decide(entreprise: Entreprise, au: date) -> bool:
    """Whether the night of `au` made something that waits for a person."""
    return Relance.objects.de(entreprise).ouvertes().filter(date_decision=au).exists()


def _membres(entreprise: Entreprise) -> list[Adhesion]:
    adhesions = Adhesion.objects.de(entreprise).voulant_avis_matin()
    return list(adhesions.select_related("utilisateur", "entreprise").order_by("pk"))


def _message(nuit: Nuit, adhesion: Adhesion, actes: list[Relance], attente: Attente) -> EmailMessage:
    with override(adhesion.utilisateur.langue):
        contexte = {
            "actes": actes,
            "attente": attente,
            "lien": lien(reverse("avis", kwargs={"jeton": signer(nuit, adhesion)})),
        }
        return ecrire(adhesion, "relances/avis", _sujet(nuit.entreprise, len(actes)), contexte)


def _sujet(entreprise: Entreprise, nombre: int) -> str:
    if not nombre:
        return _("%(entreprise)s : rien ne part ce matin, des relances vous attendent") % {"entreprise": entreprise.nom}
    sujet = ngettext(
        "%(entreprise)s : %(nombre)d relance part ce matin",
        "%(entreprise)s : %(nombre)d relances partent ce matin",
        nombre,
    )
    return sujet % {"entreprise": entreprise.nom, "nombre": nombre}
