import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Thanks',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300)),
                ('kind', models.CharField(blank=True, max_length=20)),
                ('thing_id', models.BigIntegerField(default=0)),
                ('community_id', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='thanks_given', to=settings.AUTH_USER_MODEL)),
                ('to', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='thanks_received', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'thanks',
                'indexes': [models.Index(fields=['kind', 'thing_id'], name='thanks_by_thing')],
                'constraints': [models.UniqueConstraint(models.F('to'), models.F('by'), models.F('kind'), models.F('thing_id'), models.F('reason'), name='thanks_once')],
            },
        ),
    ]
