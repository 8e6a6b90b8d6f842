import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='preference',
            name='push',
            field=models.CharField(blank=True, choices=[('now', 'Show'), ('never', 'Don’t show')], max_length=6),
        ),
        migrations.AlterField(
            model_name='preference',
            name='mail',
            field=models.CharField(blank=True, choices=[('now', 'Right away'), ('digest', 'In the daily digest'), ('never', 'Never')], max_length=6),
        ),
        migrations.CreateModel(
            name='PushDevice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('endpoint', models.CharField(help_text='Address at the push service; a secret.', max_length=1000)),
                ('endpoint_digest', models.CharField(max_length=64, unique=True)),
                ('public_key', models.CharField(help_text='Of the browser (P-256, base64url).', max_length=90)),
                ('auth', models.CharField(help_text='Secret of the subscription (16 bytes, base64url).', max_length=24)),
                ('session_key', models.CharField(db_index=True, max_length=40)),
                ('agent', models.CharField(blank=True, help_text='What the browser calls itself.', max_length=200)),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('shown_at', models.DateTimeField(help_text='When it last confirmed that it showed something.', null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='push_devices', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='PushDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.BigIntegerField()),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('sent_at', models.DateTimeField(null=True)),
                ('shown_at', models.DateTimeField(help_text='When the device confirmed that it showed it.', null=True)),
                ('dropped', models.CharField(blank=True, help_text='Why it was not sent.', max_length=80)),
                ('notification', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='push_deliveries', to='notifications.notification')),
                ('device', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='notifications.pushdevice')),
            ],
        ),
        migrations.AddIndex(
            model_name='pushdevice',
            index=models.Index(fields=['person', '-added_at'], name='push_device_of_person'),
        ),
        migrations.AddConstraint(
            model_name='pushdelivery',
            constraint=models.UniqueConstraint(fields=('notification', 'position', 'device'), name='push_once_per_device'),
        ),
    ]
