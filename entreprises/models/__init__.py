"""Who we are: the company that is owed money, its users, what each may do, its documents and its mail server."""

from entreprises.models.adhesions import Adhesion, Invitation
from entreprises.models.documents import Document
from entreprises.models.entreprises import (
    DEVISES,
    FUSEAUX,
    Entreprise,
    EntrepriseQuerySet,
    MoyenPaiement,
    Pays,
    jours_ouvrables,
)
from entreprises.models.serveurs import ServeurCourriel
from entreprises.models.utilisateurs import Utilisateur, UtilisateurManager

__all__ = [
    "DEVISES",
    "FUSEAUX",
    "Adhesion",
    "Document",
    "Entreprise",
    "EntrepriseQuerySet",
    "Invitation",
    "MoyenPaiement",
    "Pays",
    "ServeurCourriel",
    "Utilisateur",
    "UtilisateurManager",
    "jours_ouvrables",
]
