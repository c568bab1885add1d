"""An invoice entered by hand, with its client when it is new and the deposit already received: all of it or nothing."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from clients.creation import creer_client
from clients.models import Client
from encaissements.acomptes import recevoir_acompte
from encaissements.models import Reglement
from entreprises.models import Entreprise
from factures.creation import enregistrer_facture
from factures.models import Facture
from factures.saisie import AcompteAttendu

CHAMPS_DE_L_ACOMPTE = {"montant": "acompte_montant", "date_reglement": "acompte_date", "moyen": "acompte_moyen"}
CHAMPS_DU_CLIENT = {"nom": "client", "courriel": "nouveau_courriel"}


@dataclass(frozen=True, slots=True)
class NouveauClient:
    """What is known of a client met for the first time: a name is enough, an email lets the ladder write."""

    nom: str
    courriel: str = ""
    genre: str = Client.Genre.PROFESSIONNEL


@dataclass(frozen=True, slots=True)
class AcompteRecu:
    """A deposit that came before the invoice."""

    montant: Decimal
    date_reception: date
    moyen: str = Reglement.Moyen.VIREMENT
    reference: str = ""


@transaction.atomic
def facturer(
    entreprise: Entreprise,
    client: Client | NouveauClient,
    numero: str,
    date_emission: date,
    total: Decimal,
    *,
    acompte: AcompteRecu | None = None,
    aujourd_hui: date,
    auteur: Any = None,
    **valeurs: Any,
) -> Facture:
    """Record the invoice. `valeurs`: the rest of `factures.saisie.NouvelleFacture`.

    ValidationError names the fields of the page that can't be taken: `acompte_…`, `nouveau_…`, and the invoice's own.
    """
    if isinstance(client, NouveauClient):
        client = _creer(entreprise, client)
    if acompte is not None:
        valeurs["acomptes"] = (AcompteAttendu(acompte.montant, acompte.date_reception),)
    facture = enregistrer_facture(
        entreprise, client, numero, date_emission, total, connue_le=aujourd_hui, auteur=auteur, **valeurs
    )
    if acompte is not None:
        _recevoir(facture, acompte, aujourd_hui, auteur)
        facture.refresh_from_db()
    return facture


def _creer(entreprise: Entreprise, nouveau: NouveauClient) -> Client:
    contacts = [{"courriel": nouveau.courriel}] if nouveau.courriel else []
    try:
        return creer_client(entreprise, nouveau.nom, contacts=contacts, genre=nouveau.genre)
    except ValidationError as erreur:
        raise _renommer(erreur, CHAMPS_DU_CLIENT) from erreur


def _recevoir(facture: Facture, acompte: AcompteRecu, aujourd_hui: date, auteur: Any) -> None:
    try:
        recevoir_acompte(
            facture.acomptes.get(),
            acompte.montant,
            acompte.date_reception,
            aujourd_hui=aujourd_hui,
            moyen=acompte.moyen,
            reference=acompte.reference,
            auteur=auteur,
        )
    except ValidationError as erreur:
        raise _renommer(erreur, CHAMPS_DE_L_ACOMPTE) from erreur


def _renommer(erreur: ValidationError, noms: dict[str, str]) -> ValidationError:
    """The same refusal at the fields of the page."""
    return ValidationError({noms.get(champ, champ): erreurs for champ, erreurs in erreur.error_dict.items()})
