"""The people who sign in."""

from typing import Any

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class UtilisateurManager(BaseUserManager["Utilisateur"]):
    """Users are known by their email."""

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "Utilisateur":
        utilisateur = self.model(email=self.normalize_email(email).lower(), **extra)
        utilisateur.set_password(password)
        utilisateur.save(using=self._db)
        return utilisateur

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "Utilisateur":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)

    def get_by_natural_key(self, username: str | None) -> "Utilisateur":
        return self.get(email__iexact=username)


class Utilisateur(AbstractUser):
    """A person who signs in, with their email. What they may do is told by their memberships."""

    username = None  # type: ignore[assignment]
    email = models.EmailField(_("courriel"), unique=True)
    langue = models.CharField(max_length=2, default="fr")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []
    objects = UtilisateurManager()  # type: ignore[misc,assignment]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="utilisateur_courriel_unique")]

    def __str__(self) -> str:
        return self.get_full_name() or self.email
