from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0003_photos'),
    ]

    operations = [
        migrations.AddField(
            model_name='person',
            name='shows_reading',
            field=models.BooleanField(default=True, help_text='Others see which messages the person has read, and the person sees theirs.'),
        ),
    ]
