"""What the client's page shows: balance, open instalments and what holds them back, contacts, promises."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from clients.models import Client, Contact, Fusion
from clients.reception import PERSONNE, refusees
from encaissements.models import Reglement
from factures.encours import Encours, par_devise
from factures.models import Echeance, Facture
from noyau.montants import ZERO
from suivi.models import Litige, Pause, Promesse
from suivi.promesses import etats_des_promesses

MAXIMUM = 100  # open instalments on the page; the list of invoices has them all
MEMOIRE = timedelta(days=60)  # a promise that was not kept is shown that long; it stays in the timeline


@dataclass(frozen=True, slots=True)
class LigneOuverte:
    """One open instalment; `retenue` is why nothing would be asked for it, as far as this room knows."""

    echeance: Echeance
    sur: int
    retenue: str


@dataclass(frozen=True, slots=True)
class Compte:
    """The account in one currency. `en_litige` is the part of the overdue sum that is disputed."""

    encours: Encours
    en_litige: Decimal
    credit: Decimal


@dataclass(frozen=True, slots=True)
class DossierClient:
    client: Client
    comptes: list[Compte]
    ouvertes: list[LigneOuverte]
    reste: int
    contacts: list[Contact]
    anciens: list[Contact]  # archived
    refusees: list[str]  # what nobody there receives, in words
    fusions: list[Fusion]  # the clients merged into this one
    litiges: list[Litige]
    promesses: list[Promesse]
    pauses: list[Pause]
    tenues: int  # promises kept, out of those kept or past their date
    promises: int


def lire_dossier(client: Client, au: date) -> DossierClient:
    """Everything in a constant number of queries."""
    echeances = Echeance.objects.de(client.entreprise).filter(client=client)
    litiges = list(
        Litige.objects.de(client.entreprise).filter(client=client).ouverts(au).select_related("facture").order_by("pk")
    )
    toutes = promesses_du_client(client)
    etats = etats_des_promesses([client.pk], au)
    non_tenues = [p for p in toutes if p.pk not in etats or etats[p.pk].tenue_le is None]
    promesses = [p for p in non_tenues if p.date_promise >= au - MEMOIRE]
    tenues = len(toutes) - len(non_tenues)
    pauses = list(pauses_du_client(client, au))
    encours = par_devise(echeances, au)
    contacts = list(client.contacts.all())
    ouvertes, reste = lignes_ouvertes(echeances, litiges, promesses, pauses)
    return DossierClient(
        client=client,
        comptes=comptes(client, encours, echeances, au),
        ouvertes=ouvertes,
        reste=reste,
        contacts=[c for c in contacts if c.archive_le is None],
        anciens=[c for c in contacts if c.archive_le is not None],
        refusees=[str(PERSONNE[sorte]) for sorte in refusees(contacts)],
        fusions=fusions(client),
        litiges=litiges,
        promesses=promesses,
        pauses=pauses,
        tenues=tenues,
        promises=tenues + sum(p.date_promise < au for p in non_tenues),
    )


def fusions(client: Client) -> list[Fusion]:
    """Those in force in which the client was kept, or was absorbed: the latest first."""
    siennes = Fusion.objects.filter(Q(garde=client) | Q(absorbe=client), defaite_le=None)
    return list(siennes.select_related("absorbe", "garde", "par").order_by("-pk"))


def comptes(client: Client, encours: list[Encours], echeances: Any, au: date) -> list[Compte]:
    """One per currency in which something is owed, or held as a credit."""
    disputees = echeances.echues(au).filter(facture__litiges__clos_le=None, facture__litiges__ouvert_le__lte=au)
    en_litige = dict(disputees.order_by().values_list("devise").annotate(Sum("solde")))
    reglements = Reglement.objects.de(client.entreprise).a_imputer().filter(client=client)
    credits = dict(reglements.order_by().values_list("devise").annotate(Sum("disponible")))
    par = {e.devise: e for e in encours}
    devises = sorted(par.keys() | credits.keys()) or [client.entreprise.devise]
    return [Compte(par.get(d, Encours(d)), en_litige.get(d, ZERO), credits.get(d, ZERO)) for d in devises]


def promesses_du_client(client: Client) -> list[Promesse]:
    """Those that were not withdrawn, the furthest date first."""
    promesses = Promesse.objects.filter(entreprise=client.entreprise, client=client, annulee_le=None)
    return list(promesses.select_related("facture").order_by("-date_promise", "-pk"))


def pauses_du_client(client: Client, au: date) -> Any:
    """Those that hold something of this client back: its own, its invoices', the whole company's."""
    pauses = Pause.objects.de(client.entreprise).filter(Q(client=client) | Q(client=None, facture=None))
    return pauses.filter(levee_le=None).filter(Q(au=None) | Q(au__gte=au)).select_related("facture").order_by("du")


def lignes_ouvertes(
    echeances: Any, litiges: list[Litige], promesses: list[Promesse], pauses: list[Pause]
) -> tuple[list[LigneOuverte], int]:
    ouvertes = echeances.ouvertes().select_related("facture").order_by("date_echeance", "pk")
    lues = list(ouvertes.annotate(sur=Count("facture__echeances"))[: MAXIMUM + 1])
    disputees = {litige.facture_id for litige in litiges}
    promises = {p.facture_id for p in promesses if p.facture_id}
    en_pause = {p.facture_id for p in pauses if p.facture_id}

    def retenue(facture: Facture) -> str:
        for nom, pks in ((_("en litige"), disputees), (_("promesse"), promises), (_("en pause"), en_pause)):
            if facture.pk in pks:
                return nom
        return str(facture.get_mode_reglement_display()).lower() if facture.est_prelevee else ""

    lignes = [LigneOuverte(echeance, echeance.sur, retenue(echeance.facture)) for echeance in lues[:MAXIMUM]]
    return lignes, len(lues) - len(lignes)
