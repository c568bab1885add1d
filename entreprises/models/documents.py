"""The files that a company keeps."""

from django.db import models

from entreprises.modeles import LigneEntreprise


class Document(LigneEntreprise):
    """A file that the company keeps: addressed by its content, written before this row, never overwritten."""

    sha256 = models.CharField(max_length=64)
    type_mime = models.CharField(max_length=100)
    taille = models.PositiveIntegerField()
    nom = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entreprise", "sha256"], name="document_unique_par_contenu")]

    def __str__(self) -> str:
        return self.nom or self.sha256[:12]

    @property
    def chemin(self) -> str:
        """Where the storage keeps it."""
        return f"{self.entreprise_id}/{self.sha256[:2]}/{self.sha256}"
