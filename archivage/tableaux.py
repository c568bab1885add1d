"""What the archive holds as tables: every row of the company, column by column, straight from the database.

Each table shows all the columns of its model, so that one added later is not forgotten, then what makes them readable:
the client's name, the invoice's number, the email of who did it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from entreprises.models import Entreprise

# Ours alone: what serves the machine, or must not leave it.
COLONNES_INTERNES = {"entreprise", "version", "recherche", "tri", "jeton", "jeton_envoi", "secret_chiffre"}
# Models of which the archive shows nothing: the archives themselves, and what a server keeps for sending.
MODELES_TUS = {"archivage.Export", "entreprises.ServeurCourriel"}


@dataclass(frozen=True)
class Tableau:
    """A file of the archive. `chemin`: how a row leads to its company. `ajouts`: (heading, lookup path)."""

    nom: str
    modele: str
    description: Any
    ajouts: tuple[tuple[str, str], ...] = ()
    chemin: str = "entreprise"
    sans: frozenset[str] = frozenset()

    @property
    def classe(self) -> type[models.Model]:
        return apps.get_model(self.modele)

    def colonnes(self) -> list[tuple[str, str]]:
        """(heading, lookup path), in the order of the model."""
        trouvees = []
        for champ in self.classe._meta.concrete_fields:
            if champ.name in COLONNES_INTERNES | self.sans:
                continue
            if champ.is_relation and champ.related_model is apps.get_model(settings.AUTH_USER_MODEL):
                trouvees.append((champ.name, f"{champ.name}__email"))
            else:
                trouvees.append((champ.attname, champ.attname))
        return [*trouvees, *self.ajouts]

    def lignes(self, entreprise: Entreprise) -> Iterator[tuple[Any, ...]]:
        """The company's rows, read in chunks: a hundred thousand of them are never in memory at once (R13)."""
        requete = self.classe._default_manager.filter(**{self.chemin: entreprise.pk}).order_by("pk")
        return requete.values_list(*(chemin for _entete, chemin in self.colonnes())).iterator(chunk_size=1000)


CLIENT = ("client", "client__nom")
FACTURE = ("facture", "facture__numero")

TABLEAUX = (
    Tableau("entreprise", "entreprises.Entreprise", _("La fiche de l’entreprise."), chemin="pk"),
    Tableau("moyens_paiement", "entreprises.MoyenPaiement", _("Les moyens de paiement imprimés sur les envois.")),
    Tableau(
        "membres", "entreprises.Adhesion", _("Les membres et leur rôle."), (("courriel", "utilisateur__email"),),
        sans=frozenset({"utilisateur"}),
    ),
    Tableau("invitations", "entreprises.Invitation", _("Les invitations envoyées.")),
    Tableau("documents", "entreprises.Document", _("Les documents gardés, sous l’empreinte de leur contenu.")),
    Tableau("clients", "clients.Client", _("Les clients.")),
    Tableau("alias", "clients.AliasClient", _("Les autres noms donnés aux clients dans les fichiers."), (CLIENT,)),
    Tableau("contacts", "clients.Contact", _("Les contacts des clients."), (CLIENT,)),
    Tableau(
        "fusions", "clients.Fusion", _("Les fiches de clients réunies."),
        (("client_garde", "garde__nom"), ("client_absorbe", "absorbe__nom")),
    ),
    Tableau("conditions_paiement", "factures.ConditionsPaiement", _("Les conditions de paiement.")),
    Tableau("factures", "factures.Facture", _("Les factures, avec leur solde."), (CLIENT,)),
    Tableau("echeances", "factures.Echeance", _("Les échéances de chaque facture."), (CLIENT, FACTURE)),
    Tableau("taxes", "factures.LigneTaxe", _("La ventilation des taxes."), (FACTURE,)),
    Tableau("acomptes", "factures.Acompte", _("Les acomptes demandés."), (FACTURE,)),
    Tableau("avoirs", "factures.Avoir", _("Les avoirs."), (CLIENT, FACTURE)),
    Tableau("reglements", "encaissements.Reglement", _("Les règlements reçus."), (CLIENT,)),
    Tableau(
        "imputations", "encaissements.Imputation", _("Ce qui a été imputé, sur quelle facture."),
        (FACTURE, ("client", "facture__client__nom")),
    ),
    Tableau("litiges", "suivi.Litige", _("Les litiges."), (CLIENT, FACTURE)),
    Tableau("promesses", "suivi.Promesse", _("Les promesses de règlement."), (CLIENT, FACTURE)),
    Tableau("pauses", "suivi.Pause", _("Les pauses des relances."), (CLIENT, FACTURE)),
    Tableau("appels", "suivi.Appel", _("Les appels passés."), (CLIENT,)),
    Tableau("taches", "suivi.Tache", _("Les tâches."), (CLIENT, FACTURE)),
    Tableau("reglages", "relances.Reglages", _("Les réglages des relances.")),
    Tableau("echelles", "relances.Scenario", _("Les échelles de relance.")),
    Tableau("echelons", "relances.Etape", _("Les échelons des échelles."), (("echelle", "scenario__nom"),)),
    Tableau("textes", "relances.TexteEtape", _("Les textes de chaque échelon."), (("echelon", "etape__nom"),)),
    Tableau(
        "affectations", "relances.Affectation", _("Quelle échelle vaut pour qui."), (("echelle", "scenario__nom"),)
    ),
    Tableau(
        "relances", "relances.Relance", _("Les relances : courriels, lettres et appels, avec leur texte."),
        (CLIENT, ("echelon", "etape__nom")),
    ),
    Tableau(
        "relances_lignes", "relances.LigneRelance", _("Ce que chaque relance demande."),
        (("client", "relance__client__nom"),),
    ),
    Tableau(
        "relances_pieces", "relances.PieceRelance", _("Les documents de chaque relance."),
        (("reference", "relance__reference"), ("sha256", "document__sha256")),
    ),
    Tableau("nuits", "relances.Nuit", _("Les nuits : ce qui a été examiné, chaque jour.")),
    Tableau("imports", "importations.Importation", _("Les fichiers importés.")),
    Tableau(
        "correspondances", "importations.CorrespondanceColonnes", _("Les colonnes reconnues des fichiers importés.")
    ),
    Tableau(
        "journal", "journal.Evenement", _("Le journal : chaque fait, son auteur, son contenu et sa chaîne."),
        (CLIENT, ("contenu", "contenu__faits"), ("sel", "contenu__sel")),
    ),
    Tableau(
        "journal_factures", "factures.EvenementFacture", _("De quelles factures parle chaque ligne du journal."),
        (("facture", "facture__numero"),), chemin="evenement__entreprise",
    ),
)  # fmt: skip
