"""A morning with one of each: what the screens of the ladder are looked at with. `AU` is a Wednesday."""

from datetime import timedelta
from decimal import Decimal

from clients.models import Client, Contact
from entreprises.models import Entreprise
from factures.models import Facture
from relances.models import Nuit, Relance
from suivi.models import Litige, Promesse
from tests import fabriques
from tests.relances import actes
from tests.relances.actes import AU, INSTANT

__all__ = ["AU", "INSTANT", "acte", "client", "facture", "matin"]


def client(entreprise: Entreprise, nom: str, telephone: str = "", **valeurs) -> Client:
    trouve = fabriques.fabriquer_client(entreprise, nom, **valeurs)
    if telephone:
        Contact.objects.filter(client=trouve).update(telephone=telephone)
    return trouve


def facture(debiteur: Client, total: str = "1200.00", retard: int = 8, **valeurs) -> Facture:
    return fabriques.fabriquer_facture(debiteur, total, AU - timedelta(days=retard), **valeurs)


def acte(entreprise: Entreprise, nom: str, total: str = "1200.00", etape=None, **valeurs) -> Relance:
    """An act on one invoice of a client of its own, late enough for the rung."""
    debiteur = client(
        entreprise, nom, telephone=valeurs.pop("telephone", ""), courriel=valeurs.pop("courriel", "direct")
    )
    etape = etape or actes.premiere_relance(entreprise)
    relance = actes.fabriquer_relance(facture(debiteur, total, max(etape.decalage, 1) + 1), etape=etape, **valeurs)
    Relance.objects.filter(pk=relance.pk).update(journal_rang_vu=0)
    relance.refresh_from_db()
    return relance


def matin(entreprise: Entreprise) -> dict[str, Relance]:
    """One act of each group, and the points that are not acts."""
    formelle = actes.mise_en_demeure(entreprise)
    appel = actes.etape_de(entreprise, canal="appel")
    a_valider = {"statut": "a_valider"}
    trouves = {
        "formelle": acte(
            entreprise, "Hôtel des Trois Marées", "905.43", formelle, **a_valider, motif_attente="approbation",
            date_decision=AU - timedelta(days=6), telephone="01 99 00 12 34",
        ),
        "courriel": acte(entreprise, "Transports Modèle", "2736.00", **a_valider, motif_attente="envoi_manuel"),
        "perime": acte(entreprise, "Garage Fictif & Fils", "1154.40", **a_valider, motif_attente="reglements_perimes"),
        "sans_contact": acte(
            entreprise, "Atelier Sans Adresse", "310.00", **a_valider, motif_attente="contact_manquant", courriel=""
        ),
        "appel": acte(entreprise, "Imprimerie Modèle Noir", "742.50", appel, telephone="01 99 00 56 78"),
        "lettre": acte(entreprise, "SCI du Sapin Bleu", "1800.00", canal="courrier"),
        "douteux": acte(
            entreprise, "Traiteur Échantillon", "428.00", statut="a_verifier", prise_le=INSTANT, remise_le=INSTANT
        ),
        "echec": acte(
            entreprise, "Boulangerie Témoin", "318.60", statut="echec", erreur="550 5.1.1 no such user",
            terminee_le=INSTANT - timedelta(days=1),
        ),
        "en_partance": acte(entreprise, "Librairie L’Encrier Rouge", "486.00"),
    }  # fmt: skip
    rompue(entreprise)
    litige(entreprise)
    ecarte = client(entreprise, "Menuiserie Bizarre")
    Nuit.objects.create(
        entreprise=entreprise, date_nuit=AU, statut="terminee",
        ecartes=[{"client": ecarte.pk, "raison": "ValueError: weights must be positive"}],
    )  # fmt: skip
    return trouves


def rompue(entreprise: Entreprise) -> None:
    """A promise whose grace is over, on which nothing came in."""
    debiteur = client(entreprise, "Auberge du Gabarit")
    facture(debiteur, "1340.00", 25)
    Promesse.objects.create(
        entreprise=entreprise, client=debiteur, devise="EUR", montant=Decimal("1340.00"),
        faite_le=AU - timedelta(days=14), date_promise=AU - timedelta(days=9),
    )  # fmt: skip


def litige(entreprise: Entreprise) -> None:
    debiteur = client(entreprise, "Cabinet Durand-Témoin")
    contestee = facture(debiteur, "960.00", 20)
    Litige.objects.create(
        entreprise=entreprise, facture=contestee, client=debiteur, ouvert_le=AU - timedelta(days=4),
        motif="Deux étagères manquent", reponse_avant=AU + timedelta(days=1),
    )  # fmt: skip
