import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Session',
            fields=[
                ('session_key', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='session key')),
                ('session_data', models.TextField(verbose_name='session data')),
                ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                ('account_id', models.BigIntegerField(db_index=True, help_text='Of whoever has signed in.', null=True)),
                ('address', models.CharField(blank=True, max_length=45)),
                ('agent', models.CharField(blank=True, help_text='What the browser calls itself.', max_length=200)),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('seen_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name': 'session',
                'verbose_name_plural': 'sessions',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SubmittedForm',
            fields=[
                ('token', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('location', models.CharField(blank=True, max_length=500)),
                ('on', models.DateField(auto_now_add=True, db_index=True)),
            ],
        ),
    ]
