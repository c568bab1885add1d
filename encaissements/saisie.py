"""A payment on the screen, from the amount that came in to what each instalment receives.

Nothing is recorded that was not shown: when the amount, the client's debts or the currency are not those of the
proposal on the screen, a new proposal is made instead.
"""

import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from clients.models import Client
from encaissements import escomptes
from encaissements.attendus import Attendu, acomptes_attendus
from encaissements.encaissement import enregistrer_reglement
from encaissements.forms import ReglementForm
from encaissements.models import Reglement
from encaissements.repartition import Compte
from entreprises.forms import ChampMontant, reporter
from entreprises.templatetags.formats import ecrire_nombre
from factures.models import Echeance, Facture
from noyau.montants import ZERO


@dataclass(slots=True)
class LigneRepartition:
    """One open instalment, or one deposit expected, and what is typed for it."""

    cible: Echeance | Attendu
    saisie: str = ""
    montant: Decimal = ZERO
    erreur: str = ""

    @property
    def echeance(self) -> Any:
        """The instalment; None for a deposit."""
        return None if isinstance(self.cible, Attendu) else self.cible

    @property
    def acompte(self) -> Any:
        """The deposit; None for an instalment."""
        return self.cible.acompte if isinstance(self.cible, Attendu) else None

    @property
    def facture(self) -> Facture:
        return (self.acompte or self.echeance).facture

    @property
    def du(self) -> Decimal:
        """What may be put there at most."""
        return self.cible.reste if isinstance(self.cible, Attendu) else self.cible.solde

    @property
    def nom(self) -> str:
        return f"acompte-{self.acompte.pk}" if self.acompte else f"part-{self.echeance.pk}"

    def lire(self, texte: str) -> None:
        self.saisie = texte.strip()
        try:
            self.montant = ChampMontant(required=False, min_value=ZERO).clean(self.saisie) or ZERO
        except ValidationError as erreur:
            self.erreur = " ".join(erreur.messages)
        if self.montant > self.du:
            self.erreur = _("Plus que ce qui reste dû.")

    def proposer(self, disponible: Decimal) -> Decimal:
        """Take what it can; what is left of `disponible`."""
        self.montant = min(self.du, disponible)
        self.saisie = ecrire_nombre(self.montant) if self.montant else ""
        return disponible - self.montant


class Ecran:
    """The form, the open instalments, and the proposal. `donnees`: what was posted, or None."""

    def __init__(self, client: Client, donnees: Any, aujourd_hui: date) -> None:
        self.client, self.donnees, self.aujourd_hui = client, donnees, aujourd_hui
        devises = devises_de(client)
        voulue = (donnees or {}).get("devise", "")
        self.devise = voulue if voulue in devises else devises[0]
        self.compte = Compte(client, self.devise)
        self.acomptes = [LigneRepartition(a) for a in acomptes_attendus(client, self.devise)]
        self.lignes = [LigneRepartition(e) for e in self.compte.echeances.values()]
        self.form = ReglementForm(
            donnees,
            devises=devises,
            aujourd_hui=aujourd_hui,
            a_escompte=any(f.escompte_taux for f in self.compte.factures.values()),
            initial={"cle": uuid.uuid4().hex, "date_reglement": aujourd_hui, "devise": self.devise},
        )
        self.recu = ZERO
        self.escompte = ZERO
        self.est_montree = False
        self.est_a_enregistrer = False

    def lire(self, visee: str = "") -> None:
        """Read what was posted, or make a proposal; `visee`: the invoice to pay first, by key."""
        if self.donnees is None:
            return
        est_juste = self.form.is_valid()
        self.recu = self.form.cleaned_data.get("montant") or ZERO
        action = self.donnees.get("action", "proposer")
        if action == "proposer" or self.donnees.get("montre") != self.temoin:
            self.proposer(visee)
        else:
            est_juste = self.lire_parts() and est_juste
            self.est_a_enregistrer = est_juste and action == "enregistrer"
        self.est_montree = self.recu > 0
        if est_juste and self.form.cleaned_data.get("accorder_escompte"):
            parts = self.compte.diriger(self.repartition, self.recu)
            remises = escomptes.accorder(self.compte, parts, self.form.cleaned_data["date_reglement"])
            self.escompte = sum((part.montant for part in remises), ZERO)

    @property
    def temoin(self) -> str:
        """What the proposal on the screen was made for."""
        return "/".join([str(self.recu), self.devise, *(f"{x.nom}:{x.du}" for x in self.toutes)])

    @property
    def toutes(self) -> list[LigneRepartition]:
        """Deposits, then instalments."""
        return self.acomptes + self.lignes

    @property
    def reparti(self) -> Decimal:
        return sum((ligne.montant for ligne in self.toutes), ZERO)

    @property
    def credit(self) -> Decimal:
        return max(self.recu - self.reparti, ZERO)

    @property
    def repartition(self) -> dict[Any, Decimal]:
        return {ligne.acompte or ligne.echeance: ligne.montant for ligne in self.toutes if ligne.montant}

    def proposer(self, visee: str) -> None:
        """A deposit that the sum is exactly, else the invoice one came from, then the oldest due."""
        reste = self.recu
        for ligne in self.acomptes:
            if ligne.du == reste:
                reste = ligne.proposer(reste)
                break
        for ligne in sorted(self.lignes, key=lambda x: str(x.echeance.facture_id) != visee):
            reste = ligne.proposer(reste)

    def lire_parts(self) -> bool:
        """What was typed in the table. False, with the reason in the form, when it can't be recorded."""
        for ligne in self.toutes:
            ligne.lire(str(self.donnees.get(ligne.nom, "")))
        if any(ligne.erreur for ligne in self.toutes):
            self.form.add_error(None, _("La répartition est à corriger dans le tableau."))
        elif self.reparti > self.recu:
            self.form.add_error(None, _("La répartition dépasse la somme reçue."))
        else:
            return True
        return False

    def enregistrer(self, auteur: Any) -> Reglement | None:
        """Write it as it is on the screen. None when the workflow refuses, its reason put in the form."""
        valeurs = self.form.cleaned_data
        try:
            return enregistrer_reglement(
                self.client,
                valeurs["montant"],
                valeurs["date_reglement"],
                self.devise,
                aujourd_hui=self.aujourd_hui,
                moyen=valeurs["moyen"],
                reference=valeurs["reference"],
                repartition=self.repartition,
                imputer_le_reste=False,
                accorder_escompte=valeurs.get("accorder_escompte", False),
                auteur=auteur,
                cle_idempotence=valeurs["cle"],
            )
        except ValidationError as erreur:
            reporter(self.form, erreur)
            return None


def devises_de(client: Client) -> list[str]:
    """The currencies in which something is open, the company's own one first; that one when nothing is."""
    ouvertes = Echeance.objects.filter(client=client).ouvertes().order_by().values_list("devise", flat=True).distinct()
    propre = client.entreprise.devise
    return sorted(ouvertes, key=lambda d: (d != propre, d)) or [propre]
