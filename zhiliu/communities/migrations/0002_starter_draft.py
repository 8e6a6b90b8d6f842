
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('communities', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='community',
            name='offers_starter',
            field=models.BooleanField(default=False, help_text="The template's announcement waits as a draft."),
        ),
    ]
