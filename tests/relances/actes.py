"""A company with its ladder and one email ready to leave."""

from datetime import UTC, date, datetime
from typing import Any

from entreprises.models import Entreprise
from factures.models import Facture
from relances.echelles import installer
from relances.models import Etape, LigneRelance, Reglages, Relance
from tests import fabriques

ECHEANCE = date(2026, 6, 30)
AU = date(2026, 7, 8)  # a Wednesday: the first written reminder, J+7, was due the day before
INSTANT = datetime(2026, 7, 8, 8, 0, tzinfo=UTC)


def entreprise_prete(slug: str = "essai", **reglages: Any) -> Entreprise:
    """Its ladder installed, automatic sending on, payments declared up to date."""
    entreprise = fabriques.fabriquer_entreprise(slug)
    installer(entreprise)
    Reglages.objects.filter(entreprise=entreprise).update(
        **{"envoi_automatique": True, "approbation_jusqu_au": None, "reglements_a_jour_au": AU, **reglages}
    )
    return entreprise


def etape_de(entreprise: Entreprise, **filtre: Any) -> Etape:
    return (
        Etape.objects.de(entreprise)
        .filter(scenario__genre_client="professionnel", est_reprise=False, retiree_le=None, **filtre)
        .order_by("decalage")[0]
    )


def premiere_relance(entreprise: Entreprise) -> Etape:
    return etape_de(entreprise, canal="courriel", decalage__gt=0)


def mise_en_demeure(entreprise: Entreprise) -> Etape:
    return etape_de(entreprise, est_formelle=True)


def fabriquer_relance(*factures: Facture, etape: Etape | None = None, **valeurs: Any) -> Relance:
    """An act on these invoices of one client, in the queue unless told otherwise."""
    premiere = factures[0]
    etape = etape or premiere_relance(premiere.entreprise)
    champs = {"statut": "a_envoyer", "canal": etape.canal, "date_decision": AU, "est_formelle": etape.est_formelle}
    relance = Relance.objects.create(
        entreprise=premiere.entreprise,
        client=premiere.client,
        devise=premiere.devise,
        etape=etape,
        total=sum(f.solde for f in factures),
        **{**champs, **valeurs},
    )
    for facture in factures:
        for echeance in facture.echeances.all():
            LigneRelance.objects.create(
                entreprise=facture.entreprise,
                relance=relance,
                echeance=echeance,
                etape=etape,
                cycle=echeance.cycle,
                numero=facture.numero,
                date_emission=facture.date_emission,
                date_echeance=echeance.date_echeance,
                montant=echeance.montant,
                solde=echeance.solde,
            )
    anterieures(relance)
    return relance


def anterieures(relance: Relance) -> None:
    """The rungs under the act's own are done: otherwise the ladder would ask for them first (R2)."""
    lignes = list(relance.lignes.select_related("echeance"))
    avant = Etape.objects.filter(
        scenario=relance.etape.scenario,
        est_reprise=False,
        ancre="echeance",
        rang__lt=relance.etape.rang,
        retiree_le=None,
    )
    for rang, etape in enumerate(avant):
        faite = Relance.objects.create(
            entreprise=relance.entreprise,
            client=relance.client,
            devise=relance.devise,
            etape=etape,
            canal=etape.canal,
            statut="envoyee",
            date_decision=date(2026, 6, 1 + rang),
            envoyee_le=datetime(2026, 6, 1 + rang, 8, tzinfo=UTC),
            approuvee_le=INSTANT,
        )
        for ligne in lignes:
            LigneRelance.objects.create(
                entreprise=relance.entreprise,
                relance=faite,
                echeance=ligne.echeance,
                etape=etape,
                cycle=ligne.cycle,
                numero=ligne.numero,
                date_emission=ligne.date_emission,
                date_echeance=ligne.date_echeance,
                montant=ligne.montant,
                solde=ligne.solde,
            )
