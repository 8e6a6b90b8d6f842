from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('files', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='upload',
            name='seconds',
            field=models.PositiveSmallIntegerField(help_text="Length of a recording, as the sender's device measured it.", null=True),
        ),
    ]
