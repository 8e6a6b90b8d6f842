"""Communities that were there before channels get the switch and their first channels."""

from django.conf import settings
from django.db import migrations
from django.utils import translation
from django.utils.translation import gettext as _


def open_first_channels(apps, schema_editor):
    Community = apps.get_model("communities", "Community")
    Channel = apps.get_model("conversations", "Channel")
    with translation.override(settings.LANGUAGE_CODE):
        first = (
            (_("Everyday"), _("What comes up: short, kind, in passing."), 10),
            (
                _("Quick questions"),
                _("For an answer at once. What others should find later is asked under “Questions”."),
                20,
            ),
        )
    for community in Community.objects.exclude(phase="archived").iterator():
        if "talk" not in community.features:
            Community.objects.filter(pk=community.pk).update(features=["talk", *community.features])
        for name, purpose, place in first:
            Channel.objects.get_or_create(
                community=community, name=name, defaults={"purpose": purpose, "place": place, "by_id": community.by_id}
            )


class Migration(migrations.Migration):
    dependencies = [("conversations", "0001_initial")]
    operations = [migrations.RunPython(open_first_channels, migrations.RunPython.noop)]
