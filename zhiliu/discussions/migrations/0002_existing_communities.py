"""Communities that were there before questions get the switch, where their kind has it and needs are voiced."""

from django.db import migrations

KINDS = ("professional", "help", "best", "learning", "knowledge")


def switch_on(apps, schema_editor):
    Community = apps.get_model("communities", "Community")
    for community in Community.objects.filter(kind__in=KINDS).exclude(phase="archived").iterator():
        if "needs" in community.features and "questions" not in community.features:
            Community.objects.filter(pk=community.pk).update(features=[*community.features, "questions"])


class Migration(migrations.Migration):
    dependencies = [("discussions", "0001_initial")]
    operations = [migrations.RunPython(switch_on, migrations.RunPython.noop)]
