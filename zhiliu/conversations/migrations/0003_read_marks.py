from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0002_message_refers_to'),
    ]

    operations = [
        migrations.AddField(
            model_name='channelmembership',
            name='seen_number',
            field=models.BigIntegerField(default=0, help_text='How far they had read before they marked messages as unread: authors still see that.'),
        ),
    ]
