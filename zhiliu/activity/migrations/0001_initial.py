import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Cursor',
            fields=[
                ('name', models.CharField(max_length=60, primary_key=True, serialize=False)),
                ('position', models.BigIntegerField(default=0)),
                ('moved_at', models.DateTimeField(auto_now=True)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('error', models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name='Activity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verb', models.CharField(max_length=60)),
                ('by_id', models.BigIntegerField(null=True)),
                ('community_id', models.BigIntegerField(null=True)),
                ('kind', models.CharField(blank=True, help_text='Label of the kind of thing it is about.', max_length=40)),
                ('thing_id', models.BigIntegerField(null=True)),
                ('data', models.JSONField(default=dict)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('position', models.BigIntegerField(null=True, unique=True)),
            ],
            options={
                'indexes': [models.Index(fields=['community_id', '-id'], name='activity_by_community'), models.Index(fields=['kind', 'thing_id'], name='activity_by_thing'), models.Index(fields=['by_id', '-id'], name='activity_by_person'), models.Index(condition=models.Q(('position', None)), fields=['id'], name='activity_unnumbered')],
            },
        ),
    ]
