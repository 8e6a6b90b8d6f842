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
            name='Need',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=80)),
                ('body', models.TextField(blank=True, max_length=2000)),
                ('is_anonymous', models.BooleanField(default=False, help_text='Nobody is stored with it.')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('state', models.CharField(choices=[('open', 'Open'), ('merged', 'Merged'), ('topic', 'Became a topic'), ('closed', 'Closed')], default='open', max_length=8)),
                ('reason', models.CharField(blank=True, help_text='Why it was closed.', max_length=300)),
                ('support_count', models.PositiveIntegerField(default=0)),
                ('comment_count', models.PositiveIntegerField(default=0)),
                ('version', models.PositiveIntegerField(default=1)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='needs', to=settings.AUTH_USER_MODEL)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='needs', to='communities.community')),
                ('merged_into', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='merged', to='needs.need')),
            ],
        ),
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('moved_supporters', models.JSONField(default=list, help_text='Ids of people whose support was added by the merge.')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('into', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='merges', to='needs.need')),
                ('need', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='merge', to='needs.need')),
            ],
        ),
        migrations.CreateModel(
            name='Topic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=80)),
                ('for_whom', models.CharField(max_length=200)),
                ('take_home', models.CharField(max_length=300)),
                ('pains', models.CharField(blank=True, max_length=500)),
                ('differently', models.CharField(blank=True, max_length=500)),
                ('small_enough', models.BooleanField(default=False)),
                ('solved_by', models.CharField(blank=True, max_length=500)),
                ('seen_by', models.CharField(blank=True, max_length=500)),
                ('state', models.CharField(choices=[('open', 'Looking for a speaker'), ('planned', 'Scheduled'), ('done', 'Shared'), ('dropped', 'Dropped')], default='open', max_length=8)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('vote_count', models.PositiveIntegerField(default=0)),
                ('version', models.PositiveIntegerField(default=1)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='topics', to=settings.AUTH_USER_MODEL)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='topics', to='communities.community')),
            ],
        ),
        migrations.AddField(
            model_name='need',
            name='topic',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='needs', to='needs.topic'),
        ),
        migrations.CreateModel(
            name='Support',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='supports', to=settings.AUTH_USER_MODEL)),
                ('need', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='supports', to='needs.need')),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('need'), models.F('by'), name='support_once')],
            },
        ),
        migrations.AddIndex(
            model_name='topic',
            index=models.Index(fields=['community', '-at', '-id'], name='topic_by_time'),
        ),
        migrations.AddIndex(
            model_name='need',
            index=models.Index(fields=['community', 'state', '-at', '-id'], name='need_by_time'),
        ),
        migrations.AddIndex(
            model_name='need',
            index=models.Index(fields=['community', 'state', '-support_count', '-id'], name='need_by_support'),
        ),
        migrations.AddConstraint(
            model_name='need',
            constraint=models.CheckConstraint(condition=models.Q(('by__isnull', False), ('is_anonymous', True), _negated=True), name='anonymous_is_nobody'),
        ),
    ]
