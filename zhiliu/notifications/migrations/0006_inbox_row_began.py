from django.db import migrations, models
from django.db.models import F


def begin_with_the_last(apps, schema_editor):
    """With what unread rows began to count is not known any more; of the last one it is."""
    apps.get_model("notifications", "InboxRow").objects.filter(read_at=None).update(began=F("details"))


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0005_notice_names"),
    ]

    operations = [
        migrations.AddField(
            model_name="inboxrow",
            name="began",
            field=models.JSONField(default=dict, help_text="The details of the first of those it counts."),
        ),
        migrations.RunPython(begin_with_the_last, migrations.RunPython.noop),
    ]
