"""Direct debits that fell due: supposed made by the bank on their day, until a person says so, all at once."""

import re
import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from encaissements.lot import NouveauReglement, deja_enregistre, enregistrer_lot
from encaissements.models import Reglement
from encaissements.pointage import Total
from entreprises.models import Entreprise
from entreprises.refus import LotRefuse
from factures.models import Echeance, EcheanceQuerySet, Facture
from noyau.montants import ZERO, en_centimes

MAXIMUM = 200
"""Rows shown, and recorded, at once: the rest comes after."""


@dataclass(slots=True)
class LignePrelevee:
    """An instalment collected by us, whose day has come."""

    echeance: Echeance
    cochee: bool = True
    erreur: str = ""

    @property
    def centimes(self) -> int:
        return en_centimes(self.echeance.solde)


def echus(entreprise: Entreprise, au: date) -> EcheanceQuerySet:
    """Open instalments of invoices paid by direct debit, due by `au`, that day included."""
    ouvertes = Echeance.objects.de(entreprise).ouvertes().filter(date_echeance__lte=au)
    return ouvertes.filter(facture__mode_reglement=Facture.ModeReglement.PRELEVEMENT)


def nombre_d_echus(entreprise: Entreprise, au: date) -> int:
    """How many wait for someone to say that they were made."""
    return echus(entreprise, au).count()


class Prelevements:
    """The page: all ticked at first. `donnees`: what was posted, or None."""

    def __init__(self, entreprise: Entreprise, donnees: Any, aujourd_hui: date) -> None:
        self.entreprise, self.donnees, self.aujourd_hui = entreprise, donnees, aujourd_hui
        cle = str(donnees.get("cle", "")) if donnees is not None else ""
        self.cle = cle if re.fullmatch(r"[0-9a-f]{32}", cle) else uuid.uuid4().hex
        self.erreur = ""

    @cached_property
    def lignes(self) -> list[LignePrelevee]:
        lues = echus(self.entreprise, self.aujourd_hui).select_related("facture", "client")
        lues = lues.order_by("date_echeance", "facture__numero", "rang")[:MAXIMUM]
        return [LignePrelevee(e, self.donnees is None or f"fait-{e.pk}" in self.donnees) for e in lues]

    @property
    def cochees(self) -> list[LignePrelevee]:
        return [ligne for ligne in self.lignes if ligne.cochee]

    @cached_property
    def totaux(self) -> list[Total]:
        sommes = {ligne.echeance.devise: ZERO for ligne in self.lignes}
        for ligne in self.cochees:
            sommes[ligne.echeance.devise] += ligne.echeance.solde
        return [Total(devise, somme) for devise, somme in sommes.items()]

    def enregistrer(self, auteur: Any) -> list[Reglement] | None:
        """Record those ticked. None, with the reason, when nothing is or when one changed meanwhile."""
        demandes = self._demandes()
        if not demandes:
            self.erreur = _("Rien n’est coché.")
            return None
        try:
            if deja := deja_enregistre(self.entreprise, demandes, self.cle):
                return deja
            return enregistrer_lot(self.entreprise, demandes, self.cle, aujourd_hui=self.aujourd_hui, auteur=auteur)
        except LotRefuse as refuse:
            self._dire([(demandes[i].echeance, erreur) for i, erreur in refuse.erreurs.items()])
        except ValidationError as erreur:
            self.erreur, self.cle = " ".join(erreur.messages), uuid.uuid4().hex
        return None

    def _demandes(self) -> list[NouveauReglement]:
        """Those ticked on the page that was posted, settled since or not."""
        pks = [int(nom[5:]) for nom in self.donnees if re.fullmatch(r"fait-\d{1,18}", nom, re.ASCII)][:MAXIMUM]
        lues = Echeance.objects.de(self.entreprise).filter(pk__in=pks).select_related("facture")
        lues = lues.filter(facture__mode_reglement=Facture.ModeReglement.PRELEVEMENT)
        return [d for e in lues.order_by("date_echeance", "pk") if (d := self._demande(e)) is not None]

    def _demande(self, echeance: Echeance) -> NouveauReglement | None:
        vu = str(self.donnees.get(f"fait-{echeance.pk}"))
        if not re.fullmatch(r"\d{1,12}\.\d\d", vu, re.ASCII):
            return None
        montant = Decimal(vu)
        return NouveauReglement(
            facture=echeance.facture,
            echeance=echeance,
            montant=montant,
            solde_vu=montant,
            date_reglement=echeance.date_echeance,
            moyen=Reglement.Moyen.PRELEVEMENT,
        )

    def _dire(self, refuses: list[tuple[Echeance | None, ValidationError]]) -> None:
        par_echeance = {ligne.echeance.pk: ligne for ligne in self.lignes}
        self.erreur = ngettext(
            "%(n)s prélèvement a changé entre-temps : rien n’est enregistré, vérifiez la liste.",
            "%(n)s prélèvements ont changé entre-temps : rien n’est enregistré, vérifiez la liste.",
            len(refuses),
        ) % {"n": len(refuses)}
        for echeance, erreur in refuses:
            if echeance is not None and echeance.pk in par_echeance:
                par_echeance[echeance.pk].erreur = " ".join(erreur.messages)
