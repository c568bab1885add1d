"""The morning digest: what leaves today, told to the owner before it leaves, with a page to hold any of it.

The link is signed, works two days, and opens without signing in. What it shows is read from the acts at that moment.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from entreprises.models import Adhesion, Entreprise
from relances.envoi import est_jour_d_envoi
from relances.models import Nuit, Relance

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
    """Tell the owners, once a day, on sending days, when something leaves. True when it was sent now."""
    nuit = Nuit.objects.de(entreprise).filter(date_nuit=au, avis_envoye_le=None).first()
    if nuit is None or not est_jour_d_envoi(entreprise, au):
        return False
    actes = partantes(entreprise)
    if not actes or not Nuit.objects.filter(pk=nuit.pk, avis_envoye_le=None).update(avis_envoye_le=instant):
        return False
    try:
        for adhesion in _gerants(entreprise):
            _message(nuit, adhesion, actes).send()
    except Exception:
        Nuit.objects.filter(pk=nuit.pk).update(avis_envoye_le=None)
        raise
    return True


def _gerants(entreprise: Entreprise) -> Any:
    return entreprise.adhesions.filter(est_active=True, role=Adhesion.Role.GERANT).select_related("utilisateur")


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
