import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0003_read_marks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='UnsentText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('root', models.BigIntegerField(default=0, help_text='Id of the message above; 0 for the channel itself.')),
                ('body', models.TextField(max_length=8000)),
                ('version', models.BigIntegerField(help_text='Grows with each change; devices save on top of the one they know.')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='conversations.channel')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['at'], name='unsent_by_time')],
                'constraints': [models.UniqueConstraint(models.F('person'), models.F('channel'), models.F('root'), name='unsent_once')],
            },
        ),
    ]
