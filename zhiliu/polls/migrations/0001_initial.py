import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('communities', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Poll',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('question', models.CharField(max_length=120)),
                ('is_secret', models.BooleanField(default=False)),
                ('closes_at', models.DateTimeField()),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ballot_count', models.PositiveIntegerField(default=0)),
                ('kind', models.CharField(blank=True, help_text='Kind of the thing it belongs to, if any.', max_length=20)),
                ('thing_id', models.BigIntegerField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('community', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='polls', to='communities.community')),
            ],
        ),
        migrations.CreateModel(
            name='Option',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=80)),
                ('order', models.PositiveSmallIntegerField()),
                ('poll', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='options', to='polls.poll')),
            ],
            options={
                'ordering': ['order'],
            },
        ),
        migrations.CreateModel(
            name='Ballot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('option', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ballots', to='polls.option')),
                ('poll', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ballots', to='polls.poll')),
            ],
        ),
        migrations.AddIndex(
            model_name='poll',
            index=models.Index(fields=['community', '-at'], name='poll_by_time'),
        ),
        migrations.AddIndex(
            model_name='poll',
            index=models.Index(condition=models.Q(('kind', ''), _negated=True), fields=['kind', 'thing_id'], name='poll_by_thing'),
        ),
        migrations.AddConstraint(
            model_name='poll',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', ''), ('thing_id', None)), models.Q(models.Q(('kind', ''), _negated=True), ('thing_id__isnull', False)), _connector='OR'), name='poll_thing_has_kind_and_id'),
        ),
        migrations.AddConstraint(
            model_name='poll',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', ''), _negated=True), ('community__isnull', False), _connector='OR'), name='poll_to_community_or_at_thing'),
        ),
        migrations.AddConstraint(
            model_name='option',
            constraint=models.UniqueConstraint(models.F('poll'), models.F('order'), name='option_once'),
        ),
        migrations.AddIndex(
            model_name='ballot',
            index=models.Index(fields=['option'], name='ballot_by_option'),
        ),
        migrations.AddConstraint(
            model_name='ballot',
            constraint=models.UniqueConstraint(models.F('poll'), models.F('by'), name='ballot_once'),
        ),
    ]
