"""The entries of the audit; the databases themselves refuse to change or delete sealed ones."""

import django.utils.timezone
from django.db import migrations, models


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

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verb', models.CharField(max_length=60)),
                ('by_id', models.BigIntegerField(null=True)),
                ('community_id', models.BigIntegerField(null=True)),
                ('model', models.CharField(blank=True, max_length=60)),
                ('subject', models.CharField(blank=True, max_length=200)),
                ('before', models.JSONField(default=dict)),
                ('after', models.JSONField(default=dict)),
                ('ids', models.JSONField(default=dict, help_text='The ids of the fact.')),
                ('door', models.CharField(max_length=10)),
                ('address', models.GenericIPAddressField(null=True)),
                ('agent', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('place', models.BigIntegerField(null=True, unique=True)),
                ('digest', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'indexes': [models.Index(fields=['-at', '-id'], name='audit_by_time'), models.Index(fields=['by_id', '-at'], name='audit_by_person'), models.Index(fields=['verb', '-at'], name='audit_by_verb'), models.Index(condition=models.Q(('place', None)), fields=['id'], name='audit_unsealed')],
            },
        ),
        migrations.RunPython(refuse, migrations.RunPython.noop),
    ]
