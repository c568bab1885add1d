"""`manage.py charger_demonstration`: the demonstration company, loaded once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from entreprises.models import Entreprise
from recouvrement.jeu_demonstration.chargement import charger


class Command(BaseCommand):
    help = "Charge l’entreprise de démonstration : douze semaines rejouées jour par jour, jusqu’à aujourd’hui."

    def handle(self, *args: Any, **options: Any) -> None:
        if Entreprise.objects.filter(est_demonstration=True).exists():
            self.stdout.write("L’entreprise de démonstration est déjà là.")
            return
        try:
            entreprise = charger(timezone.localdate(), self.montrer)
        except RuntimeError as erreur:
            raise CommandError(str(erreur), returncode=2) from erreur
        self.stdout.write(f"{entreprise.nom} est prête.")

    def montrer(self, fait: int, total: int) -> None:
        if fait % 14 == 0:
            self.stdout.write(f"  {fait} jours sur {total}")
            self.stdout.flush()
