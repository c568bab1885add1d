"""Credit notes: they reduce what is owed. What an invoice can't take stays a credit of the client."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max, Sum
from django.utils.translation import gettext as _

from clients.models import Client
from encaissements.contrepassation import contrepasser
from encaissements.encaissement import date_d_emploi
from encaissements.models import Imputation
from encaissements.repartition import Compte, Part, Repartition, est_montant_positif, faits_des_parts
from encaissements.soldes import recalculer
from entreprises.refus import refus
from factures.historique import noter_sur
from factures.models import Avoir, Facture
from journal.ecriture import verrouiller
from journal.models import Genre
from noyau.montants import ZERO


@transaction.atomic
def enregistrer_avoir(
    client: Client,
    numero: str,
    montant: Decimal,
    date_emission: date,
    *,
    aujourd_hui: date,
    devise: str = "",
    facture: Facture | None = None,
    motif: str = "",
    repartition: Repartition | None = None,
    auteur: Any = None,
) -> Avoir:
    """Record a credit note and put it where it is directed: `repartition`, else its `facture` up to its balance.

    Without either it stays a credit: nobody said what it pays. ValidationError names the field that can't be taken.
    """
    client = verrouiller(client.pk)
    devise = devise or (facture.devise if facture else client.entreprise.devise)
    _verifier(client, numero.strip(), montant, date_emission, aujourd_hui)
    if facture is not None and (facture.client_id, facture.devise) != (client.pk, devise):
        raise refus("facture", _("La facture n’est pas de ce client, ou d’une autre devise."), "autre_client")
    avoir = Avoir.objects.create(
        entreprise_id=client.entreprise_id,
        client=client,
        facture=facture,
        numero=numero.strip(),
        date_emission=date_emission,
        devise=devise,
        montant=montant,
        motif=motif.strip()[:200],
    )
    compte = Compte(client, devise)
    if repartition is None and facture is not None:
        prise = min(montant, compte.reste_de(facture.pk))
        repartition = {facture: prise} if prise > 0 else {}
    parts = compte.diriger(repartition or {}, montant)
    _imputer(avoir, parts, aujourd_hui)
    citees = _factures(parts) or ([facture] if facture else [])
    noter_sur(client, Genre.AVOIR, {**_faits(avoir), "imputations": faits_des_parts(parts)}, citees, auteur=auteur)
    return avoir


@transaction.atomic
def imputer_avoir(
    avoir: Avoir, repartition: Repartition | None = None, *, aujourd_hui: date, auteur: Any = None
) -> list[Imputation]:
    """Use what is left of a credit note: as directed, or else on the oldest due. ValidationError when nothing is."""
    client = verrouiller(avoir.client_id)
    disponible = disponible_de(avoir)
    if disponible <= 0:
        raise refus("avoir", _("Cet avoir est entièrement imputé."), "epuise")
    compte = Compte(client, avoir.devise)
    parts = compte.diriger(repartition, disponible) if repartition else compte.remplir(disponible)[0]
    lignes = _imputer(avoir, parts, aujourd_hui)
    if parts:
        faits = {**_faits(avoir), "imputations": faits_des_parts(parts)}
        noter_sur(client, Genre.AVOIR, faits, _factures(parts), auteur=auteur)
    return lignes


@transaction.atomic
def annuler_avoir(avoir: Avoir, motif: str, *, aujourd_hui: date, instant: datetime, auteur: Any = None) -> Avoir:
    """Undo a credit note entered by mistake: what it had settled is due again, its number is free again.

    Reversed on its own dates: no balance of any day keeps a trace of it. ValidationError without a reason, when it is
    undone already, or when it is the one by which an invoice was cancelled.
    """
    client = verrouiller(avoir.client_id)
    avoir.refresh_from_db()
    if not motif.strip():
        raise refus("motif", _("Dites pourquoi : l’historique le garde."))
    if avoir.annule_le is not None:
        raise refus("avoir", _("La saisie de cet avoir est déjà annulée."), "deja_annule")
    actives = list(avoir.imputations.filter(montant__gt=0, annulee_par=None).select_related("facture").order_by("pk"))
    factures = list(dict.fromkeys(imputation.facture for imputation in actives))
    if annulee := next((f for f in factures if f.annulee_le is not None), None):
        message = _("La facture n° %(numero)s est annulée par cet avoir : il reste.")
        raise refus("avoir", message, "annule_une_facture", numero=annulee.numero)
    contrepasser(actives, date.min)
    avoir.annule_le = instant
    avoir.save(update_fields=["annule_le", "modifie_le"])
    recalculer(factures, aujourd_hui)
    faits = {**_faits(avoir), "motif": motif.strip()[:200]}
    noter_sur(client, Genre.REGLEMENT_ANNULE, faits, factures, auteur=auteur)
    return avoir


def disponible_de(avoir: Avoir) -> Decimal:
    """What is left of the credit note; nothing when it was undone."""
    if avoir.annule_le is not None:
        return ZERO
    return avoir.montant - (avoir.imputations.aggregate(somme=Sum("montant"))["somme"] or ZERO)


def _imputer(avoir: Avoir, parts: Iterable[Part], aujourd_hui: date) -> list[Imputation]:
    parts = list(parts)
    rendu_le = avoir.imputations.filter(montant__lt=0).aggregate(le=Max("date_valeur"))["le"]
    lignes = Imputation.objects.bulk_create(
        part.imputation(Imputation.Nature.AVOIR, date_d_emploi(avoir.date_emission, part, rendu_le), avoir=avoir)
        for part in parts
    )
    recalculer(_factures(parts), aujourd_hui)
    return lignes


def _verifier(client: Client, numero: str, montant: Decimal, date_emission: date, aujourd_hui: date) -> None:
    if not numero or len(numero) > 60:
        raise refus("numero", _("Donnez le numéro de l’avoir, 60 caractères au plus."))
    if not est_montant_positif(montant):
        raise refus("montant", _("Un avoir est un montant positif, au centime près."))
    if date_emission > aujourd_hui:
        raise refus("date_emission", _("Un avoir ne se date pas dans le futur."), "futur")
    if Avoir.objects.filter(entreprise_id=client.entreprise_id, numero=numero, annule_le=None).exists():
        raise refus("numero", _("L’avoir n° %(numero)s est déjà enregistré."), "deja_pris", numero=numero)


def _faits(avoir: Avoir) -> dict[str, Any]:
    return {
        "avoir": avoir.numero,
        "montant": str(avoir.montant),
        "devise": avoir.devise,
        "date": avoir.date_emission.isoformat(),
        "motif": avoir.motif,
    }


def _factures(parts: Iterable[Part]) -> list[Facture]:
    return list(dict.fromkeys(part.facture for part in parts))
