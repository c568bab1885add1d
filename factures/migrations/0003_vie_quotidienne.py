from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("factures", "0002_recommencee_le"),
    ]

    operations = [
        migrations.AddField(
            model_name="avoir",
            name="annule_le",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RemoveConstraint(model_name="avoir", name="avoir_numero_unique"),
        migrations.AddConstraint(
            model_name="avoir",
            constraint=models.UniqueConstraint(
                fields=["entreprise", "numero"], condition=Q(("annule_le", None)), name="avoir_numero_unique"
            ),
        ),
    ]
