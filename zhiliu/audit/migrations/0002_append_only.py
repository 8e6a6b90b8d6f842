"""The databases themselves refuse to change or delete sealed entries."""

from django.db import migrations

SQLITE = [
    """CREATE TRIGGER audit_keeps_words BEFORE UPDATE ON audit_entry WHEN OLD.place IS NOT NULL
       BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END""",
    """CREATE TRIGGER audit_keeps_entries BEFORE DELETE ON audit_entry
       BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END""",
]
POSTGRESQL = [
    """CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$""",
    """CREATE TRIGGER audit_keeps_words BEFORE UPDATE ON audit_entry FOR EACH ROW WHEN (OLD.place IS NOT NULL)
       EXECUTE FUNCTION audit_refuse()""",
    "CREATE TRIGGER audit_keeps_entries BEFORE DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
]


def refuse(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(refuse, migrations.RunPython.noop)]
