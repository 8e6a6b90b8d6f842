import uuid

from django.db import migrations, models


def give_each_its_own(apps, schema_editor):
    gathering = apps.get_model("gatherings", "Gathering")
    rows = list(gathering.objects.only("pk"))
    for row in rows:
        row.calendar_uid = uuid.uuid4()
    gathering.objects.bulk_update(rows, ["calendar_uid"], batch_size=200)


class Migration(migrations.Migration):
    dependencies = [("gatherings", "0005_named_feedback")]

    operations = [
        migrations.AddField(
            "gathering", "calendar_uid", models.UUIDField(default=uuid.uuid4, null=True),
        ),
        migrations.RunPython(give_each_its_own, migrations.RunPython.noop),
        migrations.AlterField(
            "gathering",
            "calendar_uid",
            models.UUIDField(default=uuid.uuid4, unique=True, help_text="By it calendars know the entry again."),
        ),
    ]
