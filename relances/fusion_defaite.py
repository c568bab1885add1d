"""A merge is undone: the rows that it moved go back, and no others, as long as they are still with the kept client.

Conventions
* What was made since stays with the client that was kept; only what was said of an invoice follows that invoice.
* An invoice settled since by a payment or a credit note that stays, stays with it; and a payment used since on an
  invoice that stays, stays too. The caller tells what did not go back.
* An open act about invoices that part is cancelled, or the whole is refused when paper or an email is on its way.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from clients.models import AliasClient, Client, Fusion
from encaissements.models import Imputation
from entreprises.refus import refus
from factures.examen import a_revoir
from factures.models import Avoir, Echeance, Facture
from journal.ecriture import noter
from journal.models import Genre
from relances import statuts
from relances.fusion import DEPLACEES, REUNION, S, deplacer, ecrire_fiches, en_json, peut_etre_annule, verrouiller
from relances.models import LigneRelance, Relance

LOT = 500


@dataclass(slots=True)
class Retour:
    """The moved rows that go back, by "room.Model"; `restees`: the numbers of the invoices that can't, `autres` how
    many other rows."""

    pks: dict[str, set[int]]
    restees: list[str] = field(default_factory=list)
    autres: int = 0


@transaction.atomic
def defaire(fusion: Fusion, *, aujourd_hui: date, instant: datetime, auteur: Any = None) -> Retour:
    """ValidationError when it was undone already, when the kept client was merged since, or when an act forbids it."""
    clients = verrouiller(fusion.garde_id, fusion.absorbe_id)
    fusion.refresh_from_db()
    garde, absorbe = clients[fusion.garde_id], clients[fusion.absorbe_id]
    _exiger_possible(fusion, garde)
    retour = ce_qui_revient(fusion, garde)
    _separer_les_actes(retour, garde, aujourd_hui, instant)
    for label, champ in DEPLACEES:
        modele: Any = apps.get_model(label)
        for lot in _lots(retour.pks[label]):
            deplacer(modele._default_manager.filter(pk__in=lot), champ, absorbe)
    AliasClient.objects.filter(pk__in=fusion.deplacees["alias_ajoutes"], client=garde).delete()
    _rendre_les_valeurs(fusion, garde, absorbe)
    ecrire_fiches(garde, absorbe)
    fusion.defaite_le = instant
    fusion.save(update_fields=["defaite_le", "modifie_le"])
    a_revoir(Echeance.objects.filter(client__in=[garde, absorbe]), aujourd_hui)
    noter(garde, Genre.FUSION_DEFAITE, {"separe": absorbe.nom, "fusion": fusion.pk}, auteur=auteur, instant=instant)
    noter(absorbe, Genre.FUSION_DEFAITE, {"separe": garde.nom, "fusion": fusion.pk}, auteur=auteur, instant=instant)
    return retour


def _exiger_possible(fusion: Fusion, garde: Client) -> None:
    if fusion.defaite_le is not None:
        raise refus("fusion", _("Cette réunion est déjà défaite."), "deja_defaite")
    if garde.fusionne_dans is not None:
        message = _("« %(nom)s » a été réuni depuis avec « %(dans)s » : défaites d’abord cette réunion-là.")
        raise refus("fusion", message, "fusionne", nom=garde.nom, dans=garde.fusionne_dans.nom)


def ce_qui_revient(fusion: Fusion, garde: Client) -> Retour:
    """Of the rows that moved, those that go back."""
    pks = {label: _encore_la(label, champ, fusion.deplacees.get(label, []), garde) for label, champ in DEPLACEES}
    deplacees = set(pks["factures.Facture"])
    avant = sum(map(len, pks.values()))
    _garder_les_reglees(pks)
    revenues = pks["factures.Facture"]
    restees = deplacees - revenues
    for label, champ in DEPLACEES:
        modele: Any = apps.get_model(label)
        if label != "factures.Avoir" and champ == "client" and _a_une_facture(modele):
            siennes = modele._default_manager.filter(client=garde)
            pks[label] -= set(siennes.filter(facture__in=restees).values_list("pk", flat=True))
            pks[label] |= set(siennes.filter(facture__in=revenues).values_list("pk", flat=True))
    pks["relances.Relance"] -= _actes_qui_restent(pks["relances.Relance"], restees, revenues)
    numeros = Facture.objects.filter(pk__in=restees).order_by("numero").values_list("numero", flat=True)
    return Retour(pks, list(numeros), avant - sum(map(len, pks.values())) - len(restees))


def _encore_la(label: str, champ: str, ids: Iterable[int], garde: Client) -> set[int]:
    modele: Any = apps.get_model(label)
    return {
        pk
        for lot in _lots(ids)
        for pk in modele._default_manager.filter(pk__in=lot, **{champ: garde}).values_list("pk", flat=True)
    }


def _a_une_facture(modele: Any) -> bool:
    return any(champ.name == "facture" for champ in modele._meta.fields)


def _garder_les_reglees(pks: dict[str, set[int]]) -> None:
    """Take out the invoices, payments and credit notes that something which stays is bound to, one after the other."""
    factures, reglements, avoirs = (
        pks[nom] for nom in ("factures.Facture", "encaissements.Reglement", "factures.Avoir")
    )
    liens = list(_liens(factures, reglements, avoirs))
    while True:
        avant = len(factures) + len(reglements) + len(avoirs)
        for facture, reglement, avoir in liens:
            reste = (
                facture not in factures
                or (reglement is not None and reglement not in reglements)
                or (avoir is not None and avoir not in avoirs)
            )
            if reste:
                factures.discard(facture)
                reglements.discard(reglement)
                avoirs.discard(avoir)
        if avant == len(factures) + len(reglements) + len(avoirs):
            return


def _liens(factures: set[int], reglements: set[int], avoirs: set[int]) -> Iterable[tuple[int, int | None, int | None]]:
    """What binds an invoice to a payment or a credit note today: allocations that were not reversed, and the invoice
    that a credit note names."""
    tenues = Imputation.objects.filter(annule=None, annulee_par=None)
    for ensemble, champ in ((factures, "facture"), (reglements, "reglement"), (avoirs, "avoir")):
        for lot in _lots(ensemble):
            lues = tenues.filter(**{f"{champ}__in": lot}).exclude(reglement=None, avoir=None)
            yield from lues.values_list("facture_id", "reglement_id", "avoir_id")
    for lot in _lots(avoirs):
        nommees = Avoir.objects.filter(pk__in=lot).exclude(facture=None).values_list("facture_id", "pk")
        yield from ((facture, None, avoir) for facture, avoir in nommees)


def _actes_qui_restent(actes: set[int], restees: set[int], revenues: set[int]) -> set[int]:
    """Those that speak only of invoices that stay."""
    lignes = LigneRelance.objects.filter(relance__in=actes)
    des_restees = set(lignes.filter(echeance__facture__in=restees).values_list("relance_id", flat=True))
    return des_restees - set(lignes.filter(echeance__facture__in=revenues).values_list("relance_id", flat=True))


def _separer_les_actes(retour: Retour, garde: Client, au: date, instant: datetime) -> None:
    """No open act speaks of invoices of both: it is cancelled, and the night decides for each."""
    revenues, siens = retour.pks["factures.Facture"], retour.pks["relances.Relance"]
    for acte in Relance.objects.ouvertes().filter(client=garde).select_related("etape", "client"):
        factures = set(acte.lignes.values_list("echeance__facture_id", flat=True))
        if acte.statut == S.EN_COURS:
            raise refus("actes", _("Un courriel est en train de partir : recommencez dans quelques minutes."))
        if not factures & revenues or (acte.pk in siens and factures <= revenues):
            continue
        if not peut_etre_annule(acte):
            message = _("L’acte « %(etape)s » porte sur les deux : dites d’abord ce qu’il est devenu.")
            raise refus("actes", message, "acte_ouvert", etape=acte.etape.nom)
        statuts.annuler(acte, garde, REUNION, au=au, instant=instant)


def _rendre_les_valeurs(fusion: Fusion, garde: Client, absorbe: Client) -> None:
    """Each card as it was; a value that a person changed since is left as they wrote it."""
    valeurs = fusion.deplacees["valeurs"]
    for champ, avant in valeurs["garde"].items():
        if en_json(getattr(garde, champ)) == valeurs["apres"][champ]:
            setattr(garde, champ, _depuis_json(champ, avant))
    for champ, avant in valeurs["absorbe"].items():
        setattr(absorbe, champ, _depuis_json(champ, avant))
    archive_le = fusion.deplacees["archive_le"]
    absorbe.archive_le, absorbe.fusionne_dans = parse_datetime(archive_le) if archive_le else None, None


def _depuis_json(champ: str, valeur: Any) -> Any:
    colonne: Any = Client._meta.get_field(champ)
    return colonne.to_python(valeur) if valeur is not None else None


def _lots(pks: Iterable[int]) -> Iterable[list[int]]:
    ordonnes = sorted(pks)
    return [ordonnes[i : i + LOT] for i in range(0, len(ordonnes), LOT)]
