"""The weekly list of open items compared with our own open invoices: what it would change, nothing being written.

Conventions
* The file tells the balances of one day, `au`. A balance that went down is a payment of the difference, on that day.
* Ours, open, issued on that day or before, and absent from the file: settled, unless the file is clearly partial. That
  is left unticked when fewer than half of our open invoices are in it, when a later balance was applied already, when
  no row is in that currency, or when the invoice was issued on that very day, perhaps after the export.
* A balance higher than ours is refused, unless it is what we held on that day: payments entered since explain it.
* An invoice in dispute is shown apart and left unticked: money withheld is no payment.
* Rows are read in blocks; what stays in memory is the numbers seen and the changes.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice

from django.core.exceptions import ValidationError
from django.db.models import Max, Sum
from django.db.models.fields.json import KT
from django.utils.translation import gettext as _

from clients.models import Client
from encaissements.soldes import soldes_au
from entreprises.models import Entreprise
from entreprises.templatetags.formats import ecrire_nombre
from factures.models import Echeance, Facture
from importations.analyse import Lecture, lignes_de_donnees
from importations.bilan import Bilan
from importations.comparaison import comparer
from importations.decision import Decideur, en_refus
from importations.etat import Connue, Lot
from importations.lecture import Source
from importations.lignes_balance import LecteurBalance, LigneBalance, numero_de, numeros_repetes, par_numero, reunir
from importations.models import Importation
from importations.propositions import Compte, Proposition, Sorte
from importations.refus import FichierRefuse, LigneRefusee, Refus
from importations.tableau import Cellule, Ligne
from noyau.montants import ZERO
from suivi.models import Litige

TAILLE_BLOC = 500
LIGNES_MAXIMUM = 10_000


def comparer_balance(
    entreprise: Entreprise, source: Source, lecture: Lecture, *, aujourd_hui: date
) -> tuple[list[Proposition], Compte]:
    """What this balance would change. FichierRefuse when the reading is incomplete, or the file too long."""
    lecture.verifier()
    if lecture.nombre > LIGNES_MAXIMUM:
        message = _("Une balance compte %(n)s lignes au plus : importez d’abord vos factures.")
        raise FichierRefuse(message % {"n": LIGNES_MAXIMUM})
    au = date.fromisoformat(lecture.au) if lecture.au else aujourd_hui
    if au > aujourd_hui:
        raise FichierRefuse(_("La balance ne peut pas être arrêtée à une date future."))
    return _Comparaison(entreprise, source, lecture, au, aujourd_hui).derouler()


class _Comparaison:
    """One run over a file."""

    def __init__(self, entreprise: Entreprise, source: Source, lecture: Lecture, au: date, aujourd_hui: date) -> None:
        self.entreprise, self.source, self.lecture = entreprise, source, lecture
        self.au, self.aujourd_hui = au, aujourd_hui
        self.lecteur = LecteurBalance(lecture)
        self.decideur = Decideur(entreprise, aujourd_hui, delai_defaut=lecture.delai_defaut)
        self.compte = Compte(a_jour_au=au.isoformat())
        self.propositions: list[Proposition] = []
        self.vus: set[str] = set()
        self.clients_vus: set[int] = set()
        self.devises_vues: set[str] = set()
        self._groupes: dict[int, str] = {}

    def derouler(self) -> tuple[list[Proposition], Compte]:
        repetes = numeros_repetes(self.lecture, lignes_de_donnees(self.source, self.lecture))
        mises_de_cote: list[LigneBalance] = []
        rangees = lignes_de_donnees(self.source, self.lecture)
        while bloc := list(islice(rangees, TAILLE_BLOC)):
            lignes = list(self._lire(bloc))
            mises_de_cote += [ligne for ligne in lignes if ligne.numero in repetes]
            self._comparer_bloc([ligne for ligne in lignes if ligne.numero not in repetes])
        self._comparer_bloc(self._reunies(mises_de_cote))
        self._chercher_les_absentes()
        self.compte.refusees.sort(key=lambda refus: refus.ligne)
        return self.propositions, self.compte

    def _lire(self, bloc: Iterable[Ligne]) -> Iterator[LigneBalance]:
        for numero, cellules in bloc:
            self.compte.lues += 1
            try:
                ligne = self.lecteur.lire(numero, cellules)
            except LigneRefusee as refusee:
                self._refuser(numero, refusee)
                self._voir_quand_meme(cellules)
                continue
            self.vus.add(ligne.numero)
            self.devises_vues.add(ligne.devise or self.entreprise.devise)
            yield ligne

    def _voir_quand_meme(self, cellules: list[Cellule]) -> None:
        """A row that cannot be read is still no vanished invoice."""
        self.vus.add(numero_de(self.lecture, cellules))

    def _reunies(self, lignes: Iterable[LigneBalance]) -> list[LigneBalance]:
        reunies = []
        for groupe in par_numero(lignes):
            try:
                reunies.append(reunir(groupe))
                self.compte.regroupees += len(groupe) - 1
            except LigneRefusee as refusee:
                for ligne in groupe:
                    self._refuser(ligne.ligne, refusee)
        return reunies

    def _comparer_bloc(self, lignes: Sequence[LigneBalance]) -> None:
        inconnues = [ligne for ligne in lignes if ligne.solde > 0 and not ligne.est_avoir]
        self.decideur.connues.clear()
        self.decideur.charger_numeros(ligne.numero for ligne in lignes)
        self.decideur.clients.charger(ligne.client for ligne in inconnues)
        connues = self.decideur.connues
        en_litige = _en_litige(connues.values(), self.aujourd_hui)
        anterieurs = _soldes_des_factures(
            [
                connue.facture.pk
                for ligne in lignes
                if (connue := connues.get(ligne.numero)) and connue.facture and ligne.solde > connue.facture.solde
            ],
            self.au,
        )
        for ligne in lignes:
            connue = connues.get(ligne.numero)
            try:
                if connue is None:
                    self._decouvrir(ligne)
                else:
                    self._rapprocher(ligne, connue, anterieurs, en_litige)
            except LigneRefusee as refusee:
                self._refuser(ligne.ligne, refusee)

    def _decouvrir(self, ligne: LigneBalance) -> None:
        """A number that we do not have."""
        if ligne.solde == 0:
            self.compte.sans_objet += 1
            return
        if ligne.est_avoir:
            raise LigneRefusee("solde", _("c’est un avoir ou un trop-perçu : saisissez-le sur la fiche du client"))
        facture = ligne.en_facture()
        bilan, lot = Bilan(), Lot()
        self.decideur.decider(facture, lot, bilan)
        nouvelle = lot.nouvelles[0]
        client = nouvelle.client
        if client.pk:
            self.clients_vus.add(client.pk)
        groupe = f"c{client.pk}" if client.pk else self._groupes.setdefault(id(client), f"n{ligne.ligne}")
        self.propositions.append(
            Proposition(
                sorte=Sorte.NOUVELLE,
                groupe=groupe,
                client=client.nom,
                objet=ligne.numero,
                ligne=ligne.ligne,
                avant=str(nouvelle.total) if nouvelle.total != ligne.solde else "",
                apres=str(ligne.solde),
                devise=nouvelle.devise,
                jour=nouvelle.date_emission.isoformat(),
                mentions=[] if client.pk else ["client_nouveau"],
            )
        )

    def _rapprocher(
        self, ligne: LigneBalance, connue: Connue, anterieurs: Mapping[int, Decimal], en_litige: set[int]
    ) -> None:
        """A number that we have: its balance is the same, lower, or refused."""
        trouve = self._trouver(ligne)
        comparer(ligne, connue, trouve, self.entreprise.devise)
        facture = connue.facture
        if facture is None:
            self.compte.inchangees += 1  # a credit note that we know already
            return
        self.clients_vus.add(facture.client_id)
        self.compte.presentes += facture.solde > 0 and facture.date_emission <= self.au
        if connue.est_annulee and ligne.solde:
            raise LigneRefusee("numero", _("la facture est annulée dans nos livres"))
        if ligne.solde == facture.solde or anterieurs.get(facture.pk) == ligne.solde:
            self.compte.inchangees += 1
        elif ligne.solde > facture.solde:
            raise LigneRefusee(
                "solde",
                _("« %(dit)s » dans le fichier, « %(connu)s » dans nos livres : un solde n’augmente pas")
                % {"dit": ecrire_nombre(ligne.solde), "connu": ecrire_nombre(facture.solde)},
            )
        else:
            sorte = Sorte.LITIGE if facture.pk in en_litige else Sorte.REGLEMENT
            self._proposer(sorte, facture, ligne.solde, ligne=ligne.ligne)

    def _trouver(self, ligne: LigneBalance) -> Client | None:
        try:
            return self.decideur.clients.trouver(ligne.client)
        except ValidationError as erreur:
            raise en_refus(erreur) from erreur

    def _chercher_les_absentes(self) -> None:
        compte = self.compte
        ouvertes = Facture.objects.de(self.entreprise).ouvertes()
        compte.encours = {
            devise: str(somme)
            for devise, somme in ouvertes.order_by("devise").values_list("devise").annotate(somme=Sum("solde"))
        }
        connues = ouvertes.filter(date_emission__lte=self.au)
        compte.ouvertes = connues.count()
        compte.emises_apres = ouvertes.count() - compte.ouvertes
        compte.est_partielle = compte.presentes * 2 < compte.ouvertes
        compte.plus_recente = _derniere_balance(self.entreprise, self.au)
        suspecte = compte.est_partielle or bool(compte.plus_recente)
        litiges = Litige.objects.filter(entreprise=self.entreprise).ouverts(self.aujourd_hui)
        en_litige = set(litiges.values_list("facture_id", flat=True))
        for facture in connues.select_related("client").order_by("pk").iterator(chunk_size=TAILLE_BLOC):
            if facture.numero in self.vus:
                continue
            mentions = [] if facture.client_id in self.clients_vus else ["client_absent"]
            if facture.devise not in self.devises_vues:
                mentions.append("devise_absente")
            if facture.date_emission == self.au:
                mentions.append("emise_ce_jour")
            sorte = Sorte.LITIGE if facture.pk in en_litige else Sorte.SOLDEE
            retenue = not (suspecte or {"devise_absente", "emise_ce_jour"} & set(mentions))
            self._proposer(sorte, facture, ZERO, mentions=["absente", *mentions], est_retenue=retenue)

    def _proposer(
        self,
        sorte: Sorte,
        facture: Facture,
        apres: Decimal,
        *,
        ligne: int | None = None,
        mentions: Sequence[str] = (),
        est_retenue: bool = True,
    ) -> None:
        trop_jeune = facture.date_emission > self.au
        self.propositions.append(
            Proposition(
                sorte=sorte,
                groupe=f"c{facture.client_id}",
                client=facture.client.nom,
                objet=facture.numero,
                ligne=ligne,
                cle=facture.pk,
                avant=str(facture.solde),
                apres=str(apres),
                devise=facture.devise,
                jour=facture.date_emission.isoformat(),
                mentions=[*mentions, *(["emise_apres"] if trop_jeune else [])],
                est_retenue=est_retenue and sorte != Sorte.LITIGE and not trop_jeune,
            )
        )

    def _refuser(self, ligne: int, refusee: LigneRefusee) -> None:
        self.compte.refuser(Refus(ligne, refusee.champ, refusee.raison))


def _en_litige(connues: Iterable[Connue], au: date) -> set[int]:
    cles = [connue.facture.pk for connue in connues if connue.facture and connue.a_litige]
    if not cles:
        return set()
    return set(Litige.objects.filter(facture__in=cles).ouverts(au).values_list("facture_id", flat=True))


def _soldes_des_factures(factures: Sequence[int], au: date) -> dict[int, Decimal]:
    """The balance of each invoice as it stood on `au`."""
    if not factures:
        return {}
    sommes: dict[int, Decimal] = defaultdict(lambda: ZERO)
    par_echeance = soldes_au(factures, au)
    for echeance, facture in Echeance.objects.filter(facture__in=factures).values_list("pk", "facture_id"):
        sommes[facture] += par_echeance[echeance]
    return dict(sommes)


def _derniere_balance(entreprise: Entreprise, au: date) -> str:
    """The day of the latest balance already applied, ISO, when it is later than `au`; else ""."""
    deja = Importation.objects.filter(
        entreprise=entreprise, genre=Importation.Genre.BALANCE, statut=Importation.Statut.TERMINEE
    ).aggregate(le=Max(KT("lecture__au")))["le"]
    return deja if deja and deja > au.isoformat() else ""
