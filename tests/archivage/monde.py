"""A company with something of everything, and what it is made of, byte for byte."""

import json
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder

from clients.models import AliasClient, Fusion
from encaissements.encaissement import enregistrer_reglement
from encaissements.rejet import rejeter_reglement
from entreprises.documents import conserver
from entreprises.modeles import LigneEntreprise
from entreprises.models import Document, Entreprise, Invitation, ServeurCourriel
from factures.models import Acompte, Avoir, ConditionsPaiement, EvenementFacture, LigneTaxe
from importations.models import CorrespondanceColonnes, Importation
from journal.models import ContenuEvenement, Evenement
from relances.models import Nuit, PieceRelance, Relance
from suivi.models import Appel, Tache
from tests import fabriques
from tests.pages import Monde, fabriquer_monde
from tests.relances import actes

FORMULE = '=HYPERLINK("http://pirate.invalid";"x")'


@dataclass
class Complet:
    """What the tests name."""

    monde: Monde
    lettre: Relance
    preuve: Document

    @property
    def entreprise(self) -> Entreprise:
        return self.monde.entreprise


def fabriquer_complet(slug: str) -> Complet:
    """One row at least of every model that a company's data is made of."""
    monde = fabriquer_monde(slug)
    entreprise, client, facture, au = monde.entreprise, monde.client, monde.facture, monde.aujourd_hui
    actes.installer(entreprise)
    a_elle = {"entreprise": entreprise, "client": client}
    rejete = enregistrer_reglement(
        client, Decimal("10.00"), au - timedelta(days=3), aujourd_hui=au, auteur=monde.gerant
    )
    rejeter_reglement(rejete, au, "Provision", aujourd_hui=au)
    ConditionsPaiement.objects.create(entreprise=entreprise, nom="30 jours", regle={})
    LigneTaxe.objects.create(entreprise=entreprise, facture=facture, taux=20, base=1000, montant=200)
    Acompte.objects.create(entreprise=entreprise, facture=facture, montant=100)
    Avoir.objects.create(**a_elle, numero="AV-1", date_emission=au, devise="EUR", montant=5)
    Tache.objects.create(**a_elle, texte=FORMULE, pour_le=au)
    Appel.objects.create(**a_elle, passe_le=entreprise.cree_le, resultat="repondeur", notes="@SUM(1)\nfin")
    AliasClient.objects.create(**a_elle, nom="Hotel", nom_normalise="hotel")
    absorbe = fabriques.fabriquer_client(entreprise, f"-2+3 {slug}", fusionne_dans=client)
    Fusion.objects.create(entreprise=entreprise, garde=client, absorbe=absorbe)
    Nuit.objects.create(entreprise=entreprise, date_nuit=au)
    Invitation.objects.create(
        entreprise=entreprise, courriel="a@exemple.invalid", role="lecture", expire_le=entreprise.cree_le
    )
    ServeurCourriel.objects.create(
        entreprise=entreprise,
        hote="smtp.invalid",
        expediteur_courriel="a@exemple.invalid",
        secret_chiffre="SECRET-CHIFFRE",
    )
    CorrespondanceColonnes.objects.create(entreprise=entreprise, empreinte_entetes="x", lecture={})
    fichier = conserver(entreprise, b"a;b", "text/csv", "factures.csv")
    Importation.objects.create(entreprise=entreprise, document=fichier, nom_fichier="factures.csv")
    facture.pdf = conserver(entreprise, b"%PDF-1.4 facture " + slug.encode(), "application/pdf", "f.pdf")
    facture.save()
    entreprise.logo = conserver(entreprise, b"\x89PNG\r\n\x1a\n", "image/png", "logo.png")
    entreprise.save()
    lettre = actes.fabriquer_relance(
        facture, etape=actes.mise_en_demeure(entreprise), statut="a_envoyer", reference="MED-2026-00001",
        approuvee_le=entreprise.cree_le, canal="recommande",
    )  # fmt: skip
    preuve = conserver(entreprise, b"%PDF-1.4 preuve", "application/pdf", "bordereau.pdf")
    PieceRelance.objects.create(
        entreprise=entreprise, relance=lettre, document=preuve, role="preuve", nom="bordereau.pdf"
    )
    return Complet(monde, lettre, preuve)


def releve(entreprise: Entreprise) -> str:
    """Every row of the company, and every byte that it keeps."""
    lignes: dict[str, Any] = {"entreprise": list(Entreprise.objects.filter(pk=entreprise.pk).values())}
    modeles = [m for m in apps.get_models() if issubclass(m, LigneEntreprise) or m is Evenement]
    for modele in modeles:
        lignes[modele.__name__] = list(modele._default_manager.filter(entreprise=entreprise.pk).order_by("pk").values())
    for modele in (ContenuEvenement, EvenementFacture):
        siens = modele._default_manager.filter(evenement__entreprise=entreprise.pk)
        lignes[modele.__name__] = list(siens.order_by("pk").values())
    adhesions = entreprise.adhesions.order_by("pk")
    lignes["utilisateurs"] = list(adhesions.values("utilisateur__email", "utilisateur__is_active"))
    for document in Document.objects.filter(entreprise=entreprise.pk).order_by("pk"):
        with default_storage.open(document.chemin) as fichier:
            lignes[f"fichier {document.pk}"] = fichier.read().hex()
    return json.dumps(lignes, cls=DjangoJSONEncoder, sort_keys=True)
