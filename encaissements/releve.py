"""The screen « Pointer »: the list of open invoices, filtered and paged, with what is typed beside them."""

import json
import re
import uuid
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from clients.models import Client
from encaissements.escomptes import avoirs_de
from encaissements.forms import LotForm
from encaissements.lot import deja_enregistre, enregistrer_lot
from encaissements.models import Reglement
from encaissements.pointage import MAXIMUM, LignePointee, Saisie, Total, lire_saisies, totaliser
from entreprises.acces import cle_lue
from entreprises.forms import ESPACES, reporter
from entreprises.models import Entreprise
from entreprises.refus import LotRefuse
from factures.filters import avec_prochaine_echeance
from factures.models import Echeance, Facture
from noyau.montants import ZERO

PAR_PAGE = 50
VUES = ("", "retard", "cochees")
CLIENTS_PROPOSES = 300


class Releve:
    """The page. `donnees`: what was posted, or None; `choix`: the filters, posted or in the address."""

    def __init__(self, entreprise: Entreprise, donnees: Any, choix: Mapping[str, str], aujourd_hui: date) -> None:
        self.entreprise, self.donnees, self.aujourd_hui = entreprise, donnees, aujourd_hui
        self.choix = choix if donnees is None else donnees
        self.q = self.choix.get("q", "").replace("\0", "").strip()[:200]
        self.vue = self.choix.get("vue", "") if self.choix.get("vue", "") in VUES else ""
        self.client = cle_lue(self.choix.get("client", ""))
        initial = {"cle": uuid.uuid4().hex, "date_reglement": aujourd_hui, "moyen": Reglement.Moyen.VIREMENT}
        self.form = LotForm(donnees, aujourd_hui=aujourd_hui, initial=initial)
        self.saisies: dict[int, Saisie] = lire_saisies(donnees) if donnees is not None else {}

    @cached_property
    def ouvertes(self) -> Any:
        return avec_prochaine_echeance(Facture.objects.de(self.entreprise).ouvertes().select_related("client"))

    @cached_property
    def devises(self) -> list[str]:
        """Those of the open invoices, the company's own first."""
        ouvertes = Facture.objects.de(self.entreprise).ouvertes().order_by()
        lues = set(ouvertes.values_list("devise", flat=True).distinct())
        lues |= {ligne.facture.devise for ligne in self.pointees.values()}
        return sorted(lues, key=lambda d: (d != self.entreprise.devise, d))

    @cached_property
    def devise(self) -> str:
        voulue = self.choix.get("devise", "")
        return voulue if voulue in self.devises else ""

    @cached_property
    def clients(self) -> list[Client]:
        """Those that owe something, for the filter."""
        ouvertes = Facture.objects.de(self.entreprise).ouvertes().values("client")
        return list(Client.objects.de(self.entreprise).filter(pk__in=ouvertes).order_by("tri", "pk")[:CLIENTS_PROPOSES])

    @cached_property
    def retenues(self) -> Any:
        """What the filters keep, the oldest due first."""
        lignes = self.ouvertes
        if self.client is not None:
            lignes = lignes.filter(client=self.client)
        if self.devise:
            lignes = lignes.filter(devise=self.devise)
        if self.vue == "retard":
            echues = Echeance.objects.de(self.entreprise).echues(self.aujourd_hui)
            lignes = lignes.filter(pk__in=echues.values("facture"))
        elif self.vue == "cochees":
            lignes = lignes.filter(pk__in=[pk for pk, saisie in self.saisies.items() if saisie.est_paiement])
        if self.q:
            trouvees = Facture.objects.de(self.entreprise).cherchant(self.q).values("pk")
            lignes = lignes.filter(Q(pk__in=trouvees) | montants_cherches(self.q))
        return lignes.order_by("prochaine", "numero", "pk")

    @cached_property
    def page(self) -> Any:
        voulue = self.choix.get("vers") or self.choix.get("page")
        if self.donnees is not None and self.donnees.get("pour") != self.temoin:
            voulue = "1"
        return Paginator(self.retenues, PAR_PAGE).get_page(voulue)

    @property
    def temoin(self) -> str:
        """The filters that a page number was given for: with others one begins at the first page."""
        return json.dumps([self.q, self.vue, self.client, self.devise])

    @cached_property
    def pointees(self) -> dict[int, LignePointee]:
        """Every invoice beside which something is typed, read; a batch too long is cut, and said by `enregistrer`."""
        lues = avec_prochaine_echeance(Facture.objects.de(self.entreprise).select_related("client"))
        trouvees = lues.in_bulk(list(self.saisies)) if self.saisies else {}
        lignes = {pk: LignePointee(trouvees[pk], s) for pk, s in self.saisies.items() if pk in trouvees}
        jour = self.form.cleaned_data.get("date_reglement") if self.form.is_valid() else None
        avoirs = avoirs_de([pk for pk, ligne in lignes.items() if ligne.facture.escompte_taux])
        for pk, ligne in lignes.items():
            ligne.lire(jour, avoirs.get(pk, ZERO))
        return lignes

    @cached_property
    def payees(self) -> list[LignePointee]:
        return [ligne for ligne in self.pointees.values() if ligne.saisie.est_paiement]

    @cached_property
    def lignes(self) -> list[LignePointee]:
        """What the table shows: first the rows at fault that this page would not show, then the page."""
        page = [self.pointees.get(f.pk) or LignePointee(f) for f in self.page]
        montrees = {ligne.facture.pk for ligne in page}
        return [x for x in self.payees if x.erreur and x.facture.pk not in montrees] + page

    @property
    def portees(self) -> list[LignePointee]:
        """Typed, and not shown: each in a hidden field."""
        montrees = {ligne.facture.pk for ligne in self.lignes}
        return [ligne for pk, ligne in self.pointees.items() if pk not in montrees]

    @cached_property
    def totaux(self) -> list[Total]:
        return totaliser(self.payees, self.devises, self.donnees or {})

    @property
    def nombre(self) -> int:
        """How many payments the batch makes."""
        if self.form.est_par_client:
            return len({(ligne.facture.client_id, ligne.facture.devise) for ligne in self.payees})
        return len(self.payees)

    @property
    def a_confirmer(self) -> int:
        return sum(ligne.a_confirmer for ligne in self.payees)

    @property
    def fautives(self) -> list[LignePointee]:
        return [ligne for ligne in self.payees if ligne.erreur]

    def enregistrer(self, auteur: Any) -> list[Reglement] | None:
        """Write the batch. None when something is to be corrected, said in the form and at the rows."""
        if not self.form.is_valid():
            return None
        valeurs = self.form.cleaned_data
        lot = [ligne.reglement(valeurs["date_reglement"], valeurs["moyen"]) for ligne in self.payees]
        try:
            if lot and (deja := deja_enregistre(self.entreprise, lot, valeurs["cle"])):
                return deja  # a second click: its invoices are settled, by the first one
            if not self._est_juste():
                return None
            return enregistrer_lot(
                self.entreprise,
                lot,
                valeurs["cle"],
                par_client=self.form.est_par_client,
                aujourd_hui=self.aujourd_hui,
                auteur=auteur,
            )
        except LotRefuse as refuse:
            for position, erreur in refuse.erreurs.items():
                self.payees[position].erreur = " ".join(erreur.messages)
        except ValidationError as erreur:
            reporter(self.form, erreur)
            self.form.renouveler()
        return None

    def _est_juste(self) -> bool:
        if not self.payees:
            self.form.add_error(None, _("Rien n’est coché : cochez « soldée », ou donnez un montant."))
        elif len(self.payees) > MAXIMUM:
            self.form.add_error(None, _("Pas plus de %(n)s lignes à la fois.") % {"n": MAXIMUM})
        for total in self.totaux:
            if total.erreur:
                self.form.add_error(None, total.erreur)
        return self.form.is_valid() and not self.fautives


def montants_cherches(texte: str) -> Q:
    """The invoices whose balance or total is this amount."""
    bornes = bornes_cherchees(texte)
    return Q(solde__range=bornes) | Q(total__range=bornes) if bornes else Q(pk__in=[])


def bornes_cherchees(texte: str) -> tuple[Decimal, Decimal] | None:
    """The amounts that begin as what is typed: « 1250 » finds 1 250,40 too, « 1250,4 » finds 1 250,40 to 1 250,49."""
    entier, _point, cents = ESPACES.sub("", texte).replace(",", ".").partition(".")
    if not re.fullmatch(r"\d{1,12}", entier, re.ASCII) or not re.fullmatch(r"\d{0,2}", cents, re.ASCII):
        return None
    return Decimal(f"{entier}.{cents.ljust(2, '0')}"), Decimal(f"{entier}.{cents.ljust(2, '9')}")
