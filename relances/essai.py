"""Try words that nobody saved on a real instalment, or on an invented one when nothing is open. Reads only: the act
and its line, and the client when nothing is open, live in memory."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import F, Q
from django.utils.translation import gettext as _

from clients.models import Client, Contact
from entreprises.champs import mots_cherches
from entreprises.models import Entreprise
from factures.models import Echeance, Facture
from relances.composition import Composition, CompositionImpossible, rediger, reference_de
from relances.contexte import Contexte
from relances.destinataires import choisir
from relances.models import Canal, Etape, LigneRelance, Relance, TexteEtape
from relances.plume import Plume
from relances.valeurs import VARIABLES, Valeurs

PROPOSEES = 12


@dataclass(frozen=True)
class Essai:
    """An act in memory, and what the words say of it. `composition` None: the text has a fault, told elsewhere."""

    relance: Relance
    contexte: Contexte
    composition: Composition | None

    @property
    def est_invente(self) -> bool:
        return self.relance.client.pk is None

    def exemples(self) -> dict[str, str]:
        """What each variable of one line is worth here."""
        valeurs = Valeurs(self.contexte, avec_blocs=False)
        return {nom: valeurs[nom] for nom in valeurs if not VARIABLES[nom].est_bloc}


def echeances_proposees(entreprise: Entreprise, etape: Etape, recherche: str, au: date) -> list[Echeance]:
    """Open instalments to try the rung on: those it could be about first, the latest due before the older ones."""
    echeances = Echeance.objects.de(entreprise).ouvertes().select_related("facture__pdf", "client__entreprise")
    for mot in mots_cherches(recherche):
        echeances = echeances.filter(Q(client__recherche__contains=mot) | Q(facture__recherche__contains=mot))
    if not recherche:
        echeances = echeances.filter(client__genre=etape.scenario.genre_client)
    a_venir = Q(date_echeance__gte=au)
    cote = echeances.filter(a_venir if est_avant(etape) else ~a_venir).order_by(
        F("date_echeance").asc() if est_avant(etape) else F("date_echeance").desc(), "pk"
    )
    return list(cote[:PROPOSEES]) or list(echeances.order_by("date_echeance", "pk")[:PROPOSEES])


def echeance_choisie(entreprise: Entreprise, pk: int | None) -> Echeance | None:
    """The instalment that was chosen, when it is still open in this company."""
    if pk is None:
        return None
    ouvertes = Echeance.objects.de(entreprise).ouvertes().select_related("facture__pdf", "client__entreprise")
    return ouvertes.filter(pk=pk).first()


def est_avant(etape: Etape) -> bool:
    """Whether the rung comes before the due date."""
    return etape.ancre == "escompte" or (etape.ancre == "echeance" and etape.decalage < 0)


def essayer(etape: Etape, texte: TexteEtape, echeance: Echeance | None, au: date) -> Essai:
    """These words on this instalment, as if they left on `au`. A fixed number of queries."""
    entreprise = etape.scenario.entreprise
    echeance = echeance or _echeance_inventee(etape, texte.langue, au)
    # The words of a call's rung are those of the email that takes its place about a small amount.
    canal = Canal.COURRIEL if etape.canal == Canal.APPEL else etape.canal
    relance = Relance(
        entreprise=entreprise,
        client=echeance.client,
        devise=echeance.devise,
        etape=etape,
        canal=canal,
        statut=Relance.Statut.A_VALIDER,
        date_decision=au,
        avant_echeance=est_avant(etape),
        est_formelle=etape.est_formelle,
        langue=texte.langue,
        total=echeance.solde,
    )
    plume = Plume(texte.langue, entreprise.pays)
    contexte = Contexte(relance, au, plume, _contact(echeance.client, relance), reference_de(relance, au))
    contexte.toutes = [_ligne(relance, etape, echeance)]
    try:
        return Essai(relance, contexte, rediger(contexte, texte))
    except CompositionImpossible:
        return Essai(relance, contexte, None)


def _ligne(relance: Relance, etape: Etape, echeance: Echeance) -> LigneRelance:
    facture = echeance.facture
    return LigneRelance(
        entreprise=relance.entreprise,
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


def _contact(client: Client, relance: Relance) -> Contact | None:
    if client.pk is None:
        return Contact(client=client, nom="Camille Exemple", civilite="madame", courriel="compta@client.invalid")
    contacts = Contact.objects.filter(client=client)
    return choisir(contacts, relance.canal, est_formelle=relance.est_formelle, avant_echeance=relance.avant_echeance)


def _echeance_inventee(etape: Etape, langue: str, au: date) -> Echeance:
    """An invoice of nobody, at the very day of the rung."""
    entreprise = etape.scenario.entreprise
    client = Client(
        entreprise=entreprise,
        nom=_("Client Exemple"),
        genre=etape.scenario.genre_client,
        langue=langue,
        siege_ligne1="1 rue du Modèle",
        siege_code_postal=entreprise.code_postal,
        siege_ville=entreprise.ville,
    )
    jour = au - timedelta(days=etape.decalage if etape.ancre == "echeance" else -3 if est_avant(etape) else 45)
    somme = Decimal("1250.00")
    facture = Facture(
        entreprise=entreprise,
        client=client,
        numero="F-EXEMPLE-014",
        objet=_("prestation de mars"),
        date_emission=jour - timedelta(days=30) if etape.ancre != "escompte" else au - timedelta(days=5),
        devise=entreprise.devise,
        total=somme,
        solde=somme,
        escompte_taux=Decimal("2.00") if etape.ancre == "escompte" else None,
        escompte_jours=10 if etape.ancre == "escompte" else None,
    )
    return Echeance(
        entreprise=entreprise,
        facture=facture,
        client=client,
        devise=facture.devise,
        date_echeance=jour,
        montant=somme,
        solde=somme,
    )
