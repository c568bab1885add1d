"""A row about an invoice that we know: what it says otherwise is refused, naming the field and both values (R16)."""

from datetime import date
from decimal import Decimal
from typing import Protocol

from django.utils.translation import gettext as _

from clients.models import Client
from entreprises.templatetags.formats import ecrire_nombre
from importations.etat import Connue
from importations.rangee import ClientLu
from importations.refus import LigneRefusee


class LigneComparee(Protocol):
    """What an invoice list and a balance tell alike. None and "": the file does not say."""

    @property
    def client(self) -> ClientLu: ...
    @property
    def total(self) -> Decimal | None: ...
    @property
    def solde(self) -> Decimal | None: ...
    @property
    def devise(self) -> str: ...
    @property
    def date_emission(self) -> date | None: ...
    @property
    def date_echeance(self) -> date | None: ...
    @property
    def est_avoir(self) -> bool: ...


def comparer(ligne: LigneComparee, connue: Connue, trouve: Client | None, devise: str) -> None:
    """LigneRefusee naming the first field that differs. `trouve`: the client that the row's keys lead to; `devise`: the
    company's own, for a row that tells none."""
    if ligne.est_avoir != connue.est_avoir:
        genre = _("un avoir") if connue.est_avoir else _("une facture")
        raise LigneRefusee("numero", _("ce numéro est déjà celui d’%(genre)s") % {"genre": genre})
    dit = ligne.client
    if (dit.nom or dit.code) and not _est_le_meme(trouve, connue.client):
        raise _difference("client_code" if dit.code else "client_nom", dit.nom or dit.code, connue.client.nom)
    if ligne.total is not None and ligne.total != connue.total:
        raise _difference("total", ecrire_nombre(ligne.total), ecrire_nombre(connue.total))
    if (ligne.devise or devise) != connue.devise:
        raise _difference("devise", ligne.devise or devise, connue.devise)
    if ligne.date_emission and ligne.date_emission != connue.date_emission:
        raise _difference("date_emission", _en_chiffres(ligne.date_emission), _en_chiffres(connue.date_emission))
    if ligne.date_echeance and connue.echeances and ligne.date_echeance not in connue.echeances:
        raise _difference("date_echeance", _en_chiffres(ligne.date_echeance), _en_chiffres(max(connue.echeances)))
    if ligne.total is None and ligne.solde is not None and ligne.solde > connue.total:
        raise _difference("solde", ecrire_nombre(ligne.solde), ecrire_nombre(connue.total))


def _est_le_meme(trouve: Client | None, client: Client) -> bool:
    """One that a row above made has no key yet: it is compared by identity."""
    return trouve is client or (trouve is not None and trouve.pk is not None and trouve.pk == client.pk)


def _difference(champ: str, dit: str, connu: str) -> LigneRefusee:
    valeurs = {"dit": dit, "connu": connu}
    return LigneRefusee(champ, _("« %(dit)s » dans le fichier, « %(connu)s » dans nos livres") % valeurs)


def _en_chiffres(jour: date) -> str:
    return jour.strftime("%d/%m/%Y")
