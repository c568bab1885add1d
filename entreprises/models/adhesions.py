"""Who belongs to a company, what it lets them do, and who is asked to join."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from entreprises.modeles import LigneEntreprise
from entreprises.models.entreprises import Entreprise
from entreprises.models.utilisateurs import Utilisateur


class Adhesion(LigneEntreprise):
    """A user's membership of a company, and what it lets them do."""

    class Role(models.TextChoices):
        GERANT = "gerant", _("Gérant")
        COMPTABLE = "comptable", _("Comptable")
        LECTURE = "lecture", _("Lecture seule")

    entreprise = models.ForeignKey(Entreprise, on_delete=models.PROTECT, related_name="adhesions")
    utilisateur = models.ForeignKey(Utilisateur, on_delete=models.PROTECT, related_name="adhesions")
    role = models.CharField(max_length=10, choices=Role)
    approuve_mises_en_demeure = models.BooleanField(default=False)
    est_active = models.BooleanField(default=True)
    avis_matin = models.BooleanField(_("avis du matin"), null=True, blank=True)  # null: as the role says
    resume_hebdomadaire = models.BooleanField(_("résumé de la semaine"), null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entreprise", "utilisateur"], name="adhesion_unique")]

    def __str__(self) -> str:
        return f"{self.utilisateur} · {self.entreprise}"

    @property
    def peut_modifier(self) -> bool:
        return self.role != self.Role.LECTURE

    @property
    def peut_approuver_formel(self) -> bool:
        """The owner alone approves a formal demand, unless it was delegated (R7)."""
        return self.role == self.Role.GERANT or (self.peut_modifier and self.approuve_mises_en_demeure)


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
