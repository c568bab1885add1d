"""Who belongs to a company, what it lets them do, and who is asked to join."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from entreprises.modeles import LigneEntreprise, LigneEntrepriseQuerySet
from entreprises.models.entreprises import Entreprise
from entreprises.models.utilisateurs import Utilisateur


class Role(models.TextChoices):
    """What a member may do: see all and change all, change the daily work, or only read."""

    GERANT = "gerant", _("Gérant")
    COMPTABLE = "comptable", _("Comptable")
    LECTURE = "lecture", _("Lecture seule")


class AdhesionQuerySet(LigneEntrepriseQuerySet["Adhesion"]):
    """Verbs of memberships."""

    def actives(self) -> Self:
        """Those that let someone in: neither the membership nor the account was closed."""
        return self.filter(est_active=True, utilisateur__is_active=True)

    def gerants(self) -> Self:
        """The owners who can act today."""
        return self.actives().filter(role=Role.GERANT)

    def voulant_avis_matin(self) -> Self:
        """The active members who want the morning digest: those who said so, and owners who said nothing."""
        return self.actives().filter(_veut("avis_matin"))

    def voulant_resume(self) -> Self:
        """The active members who want the weekly summary: those who said so, and owners who said nothing."""
        return self.actives().filter(_veut("resume_hebdomadaire"))


def _veut(champ: str) -> Q:
    return Q(**{champ: True}) | Q(**{champ: None}, role=Role.GERANT)


class Adhesion(LigneEntreprise):
    """A user's membership of a company, and what it lets them do."""

    Role = Role

    entreprise = models.ForeignKey(Entreprise, on_delete=models.PROTECT, related_name="adhesions")
    utilisateur = models.ForeignKey(Utilisateur, on_delete=models.PROTECT, related_name="adhesions")
    role = models.CharField(max_length=10, choices=Role)
    approuve_mises_en_demeure = models.BooleanField(default=False)
    est_active = models.BooleanField(default=True)
    avis_matin = models.BooleanField(_("avis du matin"), null=True, blank=True)  # null: as the role says
    resume_hebdomadaire = models.BooleanField(_("résumé de la semaine"), null=True, blank=True)

    objects = AdhesionQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entreprise", "utilisateur"], name="adhesion_unique")]

    def __str__(self) -> str:
        return f"{self.utilisateur} · {self.entreprise}"

    @property
    def peut_modifier(self) -> bool:
        return self.role != self.Role.LECTURE

    @property
    def est_gerant(self) -> bool:
        return self.role == self.Role.GERANT

    @property
    def veut_avis_matin(self) -> bool:
        """Whether the morning digest goes to this member; without a choice of theirs, as the role says."""
        return self.est_gerant if self.avis_matin is None else self.avis_matin

    @property
    def veut_resume(self) -> bool:
        """Whether the weekly summary goes to this member; without a choice of theirs, as the role says."""
        return self.est_gerant if self.resume_hebdomadaire is None else self.resume_hebdomadaire

    @property
    def peut_approuver_formel(self) -> bool:
        """The owner alone approves a formal demand, unless it was delegated (R7)."""
        return self.role == self.Role.GERANT or (self.peut_modifier and self.approuve_mises_en_demeure)


class InvitationQuerySet(LigneEntrepriseQuerySet["Invitation"]):
    """Verbs of invitations."""

    def en_attente(self) -> Self:
        """Neither accepted nor withdrawn; expired ones included, for they can be sent again."""
        return self.filter(acceptee_le=None, retiree_le=None)


class Invitation(LigneEntreprise):
    """Someone asked to join, by email. Its link is signed; accepted once, by whoever holds the address."""

    entreprise = models.ForeignKey(Entreprise, on_delete=models.PROTECT, related_name="invitations")
    courriel = models.EmailField(_("courriel"))
    role = models.CharField(_("rôle"), max_length=10, choices=Adhesion.Role)
    approuve_mises_en_demeure = models.BooleanField(default=False)
    par = models.ForeignKey(Utilisateur, on_delete=models.PROTECT, null=True, related_name="+")
    expire_le = models.DateTimeField()
    acceptee_le = models.DateTimeField(null=True, blank=True)
    acceptee_par = models.ForeignKey(Utilisateur, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    retiree_le = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("courriel"),
                "entreprise",
                condition=Q(acceptee_le=None, retiree_le=None),
                name="invitation_une_en_attente",
            )
        ]

    def __str__(self) -> str:
        return self.courriel

    def est_expiree(self, instant: datetime) -> bool:
        return instant >= self.expire_le
