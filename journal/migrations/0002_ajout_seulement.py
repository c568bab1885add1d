"""The journal is append-only: the database refuses UPDATE and DELETE on its lines (R15). The only vendor SQL."""

from django.db import migrations

SQLITE = [
    """CREATE TRIGGER journal_sans_modification BEFORE UPDATE ON journal_evenement
       BEGIN SELECT RAISE(ABORT, 'journal: append-only'); END""",
    """CREATE TRIGGER journal_sans_suppression BEFORE DELETE ON journal_evenement
       BEGIN SELECT RAISE(ABORT, 'journal: append-only'); END""",
]
POSTGRESQL = [
    """CREATE FUNCTION journal_ajout_seulement() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'journal: append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER journal_ajout_seulement BEFORE UPDATE OR DELETE ON journal_evenement
       FOR EACH ROW EXECUTE FUNCTION journal_ajout_seulement()""",
]


def poser(apps, schema_editor):
    for ordre in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(ordre)


def retirer(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER journal_ajout_seulement ON journal_evenement")
        schema_editor.execute("DROP FUNCTION journal_ajout_seulement()")
    else:
        schema_editor.execute("DROP TRIGGER journal_sans_modification")
        schema_editor.execute("DROP TRIGGER journal_sans_suppression")


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initiale")]
    operations = [migrations.RunPython(poser, retirer)]
