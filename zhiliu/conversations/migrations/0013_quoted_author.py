import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    """Whose words were quoted stands with each quotation."""
    messages = apps.get_model("conversations", "Message").objects.filter(pk=OuterRef("message_id"))
    apps.get_model("conversations", "Quotation").objects.update(author_id=Subquery(messages.values("by_id")[:1]))


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0012_hook_mail"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="quotation",
            name="author",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="quotations",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
