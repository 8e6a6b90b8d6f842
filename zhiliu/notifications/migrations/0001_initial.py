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
            name='MailServer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('host', models.CharField(max_length=200)),
                ('port', models.PositiveIntegerField(default=587)),
                ('user', models.CharField(blank=True, max_length=200)),
                ('secret', models.TextField(blank=True, help_text="The password, encrypted with the installation's key.")),
                ('security', models.CharField(choices=[('starttls', 'STARTTLS'), ('tls', 'TLS'), ('none', 'None')], default='starttls', max_length=8)),
                ('sender', models.CharField(help_text='Whom mail comes from.', max_length=200)),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_mail_server')],
            },
        ),
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('notice', models.CharField(help_text='Key of the kind of notice.', max_length=60)),
                ('kind', models.CharField(blank=True, max_length=20)),
                ('thing_id', models.BigIntegerField(default=0)),
                ('community_id', models.BigIntegerField(null=True)),
                ('by_id', models.BigIntegerField(help_text='Who acted last; nobody where anonymity was promised.', null=True)),
                ('count', models.PositiveIntegerField(default=1)),
                ('calls', models.BooleanField(default=False)),
                ('details', models.JSONField(default=dict)),
                ('began', models.JSONField(default=dict, help_text='The details of the first of those it counts.')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('read_at', models.DateTimeField(null=True)),
                ('position', models.BigIntegerField(default=0, help_text='Of the fact that wrote it last; a replay is recognised.')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.BigIntegerField(default=0)),
                ('digest_on', models.DateField(null=True)),
                ('message_id', models.CharField(max_length=120, unique=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('sent_at', models.DateTimeField(null=True)),
                ('dropped', models.CharField(blank=True, help_text='Why it was not sent.', max_length=80)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to=settings.AUTH_USER_MODEL)),
                ('notification', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='notifications.notification')),
            ],
        ),
        migrations.CreateModel(
            name='Preference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('group', models.CharField(max_length=20)),
                ('mail', models.CharField(choices=[('now', 'Right away'), ('digest', 'In the daily digest'), ('never', 'Never')], max_length=6)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='preferences', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='QuietHours',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts', models.TimeField(null=True)),
                ('ends', models.TimeField(null=True)),
                ('on_days_off', models.BooleanField(default=False, help_text='Days that are not worked are quiet from end to end.')),
                ('until', models.DateTimeField(help_text='Quiet until then, whatever the hours say.', null=True)),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='quiet_hours', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='UndeliveredMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message_id', models.CharField(max_length=200, unique=True)),
                ('to', models.CharField(max_length=300)),
                ('subject', models.CharField(max_length=300)),
                ('said', models.CharField(help_text='What the mail server said.', max_length=300)),
                ('tries', models.PositiveIntegerField(default=1)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'indexes': [models.Index(fields=['-at', '-id'], name='undelivered_by_time')],
            },
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(fields=['person', '-at'], name='notification_by_time'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('read_at', None)), fields=['person'], name='notification_unread'),
        ),
        migrations.AddConstraint(
            model_name='notification',
            constraint=models.UniqueConstraint(models.F('person'), models.F('notice'), models.F('kind'), models.F('thing_id'), name='notification_once'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(condition=models.Q(('notification__isnull', False)), fields=('notification', 'position'), name='mail_once'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(condition=models.Q(('digest_on__isnull', False)), fields=('person', 'digest_on'), name='digest_once'),
        ),
        migrations.AddConstraint(
            model_name='preference',
            constraint=models.UniqueConstraint(models.F('person'), models.F('group'), name='preference_once'),
        ),
        migrations.AddConstraint(
            model_name='quiethours',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ends', None), ('starts', None)), models.Q(('ends__isnull', False), ('starts__isnull', False)), _connector='OR'), name='quiet_from_and_until'),
        ),
    ]
