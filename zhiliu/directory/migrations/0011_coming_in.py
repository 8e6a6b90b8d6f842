from django.db import migrations, models
from django.db.models import F


def take_entry_for_sign_in(apps, schema_editor):
    """When those who have been here already first signed in is not known; when they were entered is."""
    apps.get_model("directory", "Person").objects.exclude(last_login=None).update(came_in_at=F("joined_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0010_address_checks"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="came_in_at",
            field=models.DateTimeField(blank=True, help_text="When they signed in for the first time.", null=True),
        ),
        migrations.RunPython(take_entry_for_sign_in, migrations.RunPython.noop),
    ]
