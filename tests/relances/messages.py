"""Acts for the tests of words, emails and letters: any country, kind of client, rung and language."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from clients.models import Client, Contact
from entreprises.documents import conserver
from entreprises.models import Document, Entreprise, MoyenPaiement
from factures.models import Facture
from relances.composition import composer
from relances.echelles import installer
from relances.modeles_echelles.definitions import echelles_de
from relances.models import Affectation, Etape, LigneRelance, Relance
from suivi.models import Appel, Litige
from tests import fabriques

AU = date(2026, 11, 23)  # a Monday
INSTANT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
HOSTILE = "{entreprise.iban} <script>alert(1)</script> {{ 7*7 }} [[ **gras** \\* & Cie"


def entreprise_de(pays: str = "FR", slug: str = "essai", **valeurs: Any) -> Entreprise:
    """A company of this country, its ladders, and the means of payment used there."""
    devise = {"CH": "CHF", "CA": "CAD"}.get(pays, "EUR")
    entreprise = fabriques.fabriquer_entreprise(slug, pays=pays, devise=devise, **valeurs)
    if pays == "CA":
        MoyenPaiement.objects.filter(entreprise=entreprise).update(rang=9)
        MoyenPaiement.objects.create(entreprise=entreprise, genre="interac", courriel="paie@modele.invalid")
        MoyenPaiement.objects.create(entreprise=entreprise, genre="cheque", rang=2)
    installer(entreprise)
    return entreprise


def etapes_de(entreprise: Entreprise, genre: str) -> dict[str, Etape]:
    """The rungs of a default ladder by the key of their model."""
    scenario = Affectation.objects.get(entreprise=entreprise, genre_client=genre, client=None, facture=None).scenario
    modele = next(m for m in echelles_de(entreprise.pays) if m.genre == genre)
    return dict(zip((e.cle for e in modele.etapes), Etape.objects.filter(scenario=scenario), strict=True))


def pdf_de(entreprise: Entreprise, taille: int = 100) -> Document:
    return conserver(entreprise, b"%PDF-1.4 " + b"x" * taille, "application/pdf", "facture.pdf")


def factures_de(client: Client, nombre: int, **valeurs: Any) -> list[Facture]:
    """Invoices of 1 250, 1 350… due a month apart, the last one 39 days before AU."""
    est_premier = not Client.objects.filter(entreprise=client.entreprise_id, pk__lt=client.pk).exists()
    return [
        fabriques.fabriquer_facture(
            client,
            total=Decimal(1250 + 100 * rang),
            echeance=date(2026, 10, 15) - timedelta(days=31 * rang),
            numero=f"F-2026-{60 - rang:03d}{'' if est_premier else f'-{client.pk}'}",
            **valeurs,
        )
        for rang in range(nombre)
    ]


def acte(etape: Etape, factures: list[Facture], informations: list[Facture] = (), **valeurs: Any) -> Relance:  # type: ignore[assignment]
    """An act of this rung about these invoices, waiting for approval."""
    premiere = factures[0]
    champs = {"canal": etape.canal, "statut": "a_valider", "date_decision": AU, "est_formelle": etape.est_formelle}
    if etape.ancre == "escompte" or etape.decalage < 0:
        champs["avant_echeance"] = True
    relance = Relance.objects.create(
        entreprise=premiere.entreprise,
        client=premiere.client,
        devise=premiere.devise,
        etape=etape,
        total=sum(f.solde for f in factures),
        **{**champs, **valeurs},
    )
    for facture in [*factures, *informations]:
        for echeance in facture.echeances.all():
            LigneRelance.objects.create(
                entreprise=premiere.entreprise,
                relance=relance,
                echeance=echeance,
                etape=etape if facture in factures else None,
                cycle=1,
                numero=facture.numero,
                date_emission=facture.date_emission,
                date_echeance=echeance.date_echeance,
                montant=echeance.montant,
                solde=echeance.solde,
            )
    return relance


def passee(relance: Relance, jour: date, canal: str = "courriel") -> Relance:
    """An earlier act about the same instalments, that left on `jour`."""
    instant = datetime(jour.year, jour.month, jour.day, 9, tzinfo=UTC)
    ancienne = Relance.objects.create(
        entreprise=relance.entreprise,
        client=relance.client,
        devise=relance.devise,
        etape=relance.etape,
        canal=canal,
        statut="envoyee",
        date_decision=jour,
        envoyee_le=instant,
        postee_le=jour if canal in {"courrier", "recommande"} else None,
        approuvee_le=instant,
        message_id=f"<{canal}-{jour}-{relance.pk}@essai.invalid>" if canal == "courriel" else "",
    )
    for ligne in relance.lignes.all():
        ligne.pk, ligne.relance, ligne.est_active, ligne.etape = None, ancienne, False, relance.etape
        ligne.save(force_insert=True)
    return ancienne


def appel(client: Client, jour: date, resultat: str = "promesse") -> Appel:
    instant = datetime(jour.year, jour.month, jour.day, 9, tzinfo=UTC)
    return Appel.objects.create(entreprise=client.entreprise, client=client, passe_le=instant, resultat=resultat)


def contester(facture: Facture) -> Litige:
    return Litige.objects.create(
        entreprise=facture.entreprise, facture=facture, client=facture.client, ouvert_le=facture.date_emission
    )


def payer(facture: Facture, montant: str) -> None:
    """Lower the balances by hand: what the payment rooms do is not the matter here."""
    facture.solde -= Decimal(montant)
    facture.save()
    echeance = facture.echeances.get()
    echeance.solde -= Decimal(montant)
    echeance.save()


def figee(relance: Relance, au: date = AU) -> Relance:
    """What freezing writes, as far as words go."""
    composition = composer(relance, au)
    relance.texte, relance.langue, relance.contact = composition.texte, composition.langue, composition.contact
    relance.objet, relance.corps, relance.total = composition.objet, composition.corps, composition.total
    relance.destinataire, relance.adresse_postale = composition.destinataire, list(composition.adresse_postale)
    relance.delai_le, relance.date_lettre, relance.figee_le = composition.delai_le, au, INSTANT
    relance.reference = composition.reference
    relance.message_id = f"<relance-{relance.pk}@essai.invalid>"
    relance.save()
    return relance


def client_de(entreprise: Entreprise, genre: str = "professionnel", **valeurs: Any) -> Client:
    return fabriques.fabriquer_client(entreprise, genre=genre, **{"forme_juridique": "", **valeurs})


def anonymiser(client: Client) -> None:
    """Its contact has an address and nothing else."""
    Contact.objects.filter(client=client).update(nom="", civilite="")
