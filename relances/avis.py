"""The morning digest: what leaves today, told to the owner before it leaves, with a page to hold any of it.

The link is signed, works two days, and opens without signing in. What it shows is read from the acts at that moment.
"""

import logging
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from entreprises.models import Adhesion, Entreprise
from relances.envoi import est_jour_d_envoi, transmettre
from relances.messagerie import Issue, classer
from relances.models import Nuit, Relance

journal = logging.getLogger(__name__)
SEL = "relances.avis"
VALIDITE = timedelta(days=2)


def signer(nuit: Nuit) -> str:
    """The token of a night's page."""
    return signing.dumps({"nuit": nuit.pk}, salt=SEL)


def nuit_signee(jeton: str) -> Nuit:
    """The night of this token. `signing.BadSignature` when it is forged or older than two days; `Nuit.DoesNotExist`."""
    contenu = signing.loads(jeton, salt=SEL, max_age=VALIDITE)
    return Nuit.objects.select_related("entreprise").get(pk=contenu["nuit"])


def partantes(entreprise: Entreprise) -> list[Relance]:
    """The emails that leave at the next sending hour."""
    return list(
        Relance.objects.de(entreprise)
        .filter(statut=Relance.Statut.A_ENVOYER, canal="courriel")
        .select_related("client", "etape")
        .order_by("client__tri", "devise")
    )


def envoyer_avis(entreprise: Entreprise, au: date, instant: datetime) -> bool:
    """Tell the owners, once a day, on sending days, when something leaves. True when it was sent now.

    When it reached nobody the next tick tries again, and the first failure is raised.
    """
    nuit = Nuit.objects.de(entreprise).filter(date_nuit=au, avis_envoye_le=None).first()
    if nuit is None or not est_jour_d_envoi(entreprise, au):
        return False
    actes, gerants = partantes(entreprise), _gerants(entreprise)
    if not actes or not gerants:
        return False
    if not Nuit.objects.filter(pk=nuit.pk, avis_envoye_le=None).update(avis_envoye_le=instant):
        return False
    echecs = [e for e in _distribuer([_message(nuit, gerant, actes) for gerant in gerants]) if e is not None]
    if len(echecs) == len(gerants):
        Nuit.objects.filter(pk=nuit.pk).update(avis_envoye_le=None)
        raise echecs[0]
    return True


def _distribuer(messages: list[EmailMessage]) -> Iterator[Exception | None]:
    """Each to its owner; for each the failure, if it is known not to have left. One bad address must not have the
    others told again at every tick."""
    connexion = get_connection()
    for message in messages:
        try:
            transmettre(message, connexion)
        except Exception as erreur:
            journal.exception("digest to %s", message.to)
            est_doute = classer(erreur, getattr(connexion, "donnees_entamees", False)) is Issue.DOUTE
            with suppress(Exception):
                connexion.close()
            yield None if est_doute else erreur
        else:
            yield None
    with suppress(Exception):
        connexion.close()


def _gerants(entreprise: Entreprise) -> list[Adhesion]:
    adhesions = entreprise.adhesions.filter(est_active=True, role=Adhesion.Role.GERANT, utilisateur__is_active=True)
    return list(adhesions.select_related("utilisateur").order_by("pk"))


def _message(nuit: Nuit, adhesion: Adhesion, actes: list[Relance]) -> EmailMessage:
    entreprise = nuit.entreprise
    with override(adhesion.utilisateur.langue):
        sujet = ngettext(
            "%(entreprise)s : %(nombre)d relance part ce matin",
            "%(entreprise)s : %(nombre)d relances partent ce matin",
            len(actes),
        ) % {"entreprise": entreprise.nom, "nombre": len(actes)}
        lien = settings.ADRESSE_PUBLIQUE + reverse("avis", kwargs={"jeton": signer(nuit)})
        corps = render_to_string(
            "relances/avis.txt",
            {"entreprise": entreprise, "actes": actes, "lien": lien, "signature": _("Recouvrement")},
        )
    return EmailMessage(sujet, corps, to=[adhesion.utilisateur.email])
