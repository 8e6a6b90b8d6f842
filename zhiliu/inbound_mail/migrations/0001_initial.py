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
            name='MailboxProblem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text="mailbox, or the letter's place in it.", max_length=80, unique=True)),
                ('text', models.CharField(max_length=300)),
                ('since', models.DateTimeField(default=django.utils.timezone.now)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('tries', models.PositiveIntegerField(default=1)),
            ],
            options={
                'ordering': ['since'],
            },
        ),
        migrations.CreateModel(
            name='ProcessedMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(help_text='SHA-256 of address and Message-ID.', max_length=64, unique=True)),
                ('outcome', models.CharField(choices=[('taken', 'Taken'), ('dropped', 'Dropped'), ('answered', 'Answered'), ('refused', 'Refused')], max_length=8)),
                ('said', models.CharField(blank=True, help_text='Why it was refused or dropped.', max_length=300)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['at'], name='processed_mail_by_time')],
            },
        ),
        migrations.CreateModel(
            name='RejectedMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(blank=True, max_length=200)),
                ('reason', models.CharField(max_length=500)),
                ('message_id', models.CharField(blank=True, help_text='Of the letter.', max_length=400)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('sent_at', models.DateTimeField(null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['person', 'at'], name='rejected_mail_by_person')],
            },
        ),
    ]
