"""Tables of moderation. The list of words begins with a few that insult wherever they stand; administrators change it."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


STRONG = ["傻逼", "煞笔", "傻叉", "二逼", "操你妈", "王八蛋", "贱人", "婊子", "死全家", "nmsl", "asshole", "fuck you"]
WEAK = ["脑残", "智障", "白痴", "滚蛋", "去死", "狗屁", "混蛋", "草泥马", "他妈的", "cnm", "tmd", "idiot"]


def list_words(apps, schema_editor):
    Word = apps.get_model("moderation", "Word")
    Word.objects.bulk_create(
        [
            Word(text=text, folded=text, weight=weight)
            for texts, weight in ((STRONG, 2), (WEAK, 1))
            for text in texts
        ],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('communities', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('thing_id', models.BigIntegerField(help_text='None for something held that was never published.', null=True)),
                ('outcome', models.CharField(choices=[('left', 'Published'), ('taken_down', 'Not published')], max_length=10)),
                ('words', models.TextField(blank=True, help_text='What the author is told.', max_length=1000)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('undone_at', models.DateTimeField(null=True)),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('community', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='communities.community')),
                ('undone_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Flag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('thing_id', models.BigIntegerField()),
                ('reasons', models.JSONField(default=list)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='communities.community')),
                ('decision', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='flags', to='moderation.decision')),
            ],
        ),
        migrations.CreateModel(
            name='HeldPost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('payload', models.JSONField(help_text='All that is needed to publish it: text, where, files.')),
                ('client_id', models.CharField(blank=True, help_text="Given by the sender's device.", max_length=40)),
                ('reasons', models.JSONField(default=list)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('state', models.CharField(choices=[('waiting', 'Waiting for a moderator'), ('released', 'Published'), ('refused', 'Not published')], default='waiting', max_length=8)),
                ('thing_id', models.BigIntegerField(help_text='What it became when it was released.', null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='held_posts', to=settings.AUTH_USER_MODEL)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='held_posts', to='communities.community')),
                ('decision', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='held_post', to='moderation.decision')),
            ],
        ),
        migrations.CreateModel(
            name='Policy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('modes', models.JSONField(default=dict, help_text='Mode by detector, where it is not the usual one.')),
                ('newcomer_limit', models.PositiveIntegerField(default=20, help_text='Messages an hour in the first 7 days.')),
                ('member_limit', models.PositiveIntegerField(default=120, help_text='Messages an hour after that.')),
                ('version', models.PositiveIntegerField(default=1)),
                ('community', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='moderation_policy', to='communities.community')),
            ],
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('thing_id', models.BigIntegerField()),
                ('reason', models.CharField(choices=[('advert', 'Advertising'), ('insult', 'Insult or attack'), ('leak', 'Tells what is confidential'), ('wrong', 'False and harmful'), ('other', 'Something else')], max_length=10)),
                ('words', models.CharField(blank=True, max_length=300)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('author', models.ForeignKey(help_text='Whose the thing is.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('community', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='communities.community')),
                ('decision', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='reports', to='moderation.decision')),
            ],
        ),
        migrations.CreateModel(
            name='Sanction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('warn', 'Warning'), ('mute', 'Mute'), ('remove', 'Removed from the community')], max_length=6)),
                ('reason', models.CharField(max_length=300)),
                ('rule', models.CharField(blank=True, help_text='The rule of the community it goes by.', max_length=300)),
                ('starts_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('until', models.DateTimeField(help_text='None for a warning.', null=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('about_kind', models.CharField(blank=True, max_length=20)),
                ('about_id', models.BigIntegerField(null=True)),
                ('lifted_at', models.DateTimeField(null=True)),
                ('role_before', models.CharField(blank=True, help_text='Of a member who was taken out; they get it back when that is lifted.', max_length=10)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sanctions', to='communities.community')),
                ('decision', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='sanctions', to='moderation.decision')),
                ('lifted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sanctions', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Appeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.TextField(max_length=1000)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('outcome', models.CharField(blank=True, choices=[('granted', 'Granted'), ('refused', 'Denied')], max_length=8)),
                ('answer', models.TextField(blank=True, max_length=1000)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sanction', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='appeal', to='moderation.sanction')),
            ],
        ),
        migrations.CreateModel(
            name='Verdict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('detector', models.CharField(max_length=20)),
                ('was_held', models.BooleanField(help_text='Held back, or only flagged.')),
                ('is_confirmed', models.BooleanField()),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='verdicts', to='moderation.decision')),
            ],
        ),
        migrations.CreateModel(
            name='Word',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=40)),
                ('folded', models.CharField(help_text='As it is compared.', max_length=80, unique=True)),
                ('weight', models.PositiveSmallIntegerField(choices=[(1, 'Flags'), (2, 'Holds back')], default=1)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['text'],
            },
        ),
        migrations.CreateModel(
            name='CannedResponse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=40)),
                ('text', models.TextField(max_length=1000)),
                ('fits', models.CharField(blank=True, choices=[('advert', 'Advertising'), ('insult', 'Insult or attack'), ('leak', 'Tells what is confidential'), ('wrong', 'False and harmful'), ('other', 'Something else')], help_text="'' is chosen by hand.", max_length=10)),
                ('place', models.PositiveSmallIntegerField(default=50)),
                ('community', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='communities.community')),
            ],
            options={
                'ordering': ['place', 'pk'],
                'constraints': [models.UniqueConstraint(models.F('community'), models.F('title'), name='canned_response_once'), models.UniqueConstraint(models.F('title'), condition=models.Q(('community', None)), name='template_once_for_all')],
            },
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['community', '-at'], name='decision_by_time'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['author', '-at'], name='decision_by_author'),
        ),
        migrations.AddIndex(
            model_name='flag',
            index=models.Index(condition=models.Q(('decision', None)), fields=['community', 'at'], name='flag_waiting'),
        ),
        migrations.AddConstraint(
            model_name='flag',
            constraint=models.UniqueConstraint(models.F('kind'), models.F('thing_id'), name='flag_once'),
        ),
        migrations.AddIndex(
            model_name='heldpost',
            index=models.Index(condition=models.Q(('decision', None)), fields=['community', 'at'], name='held_post_waiting'),
        ),
        migrations.AddIndex(
            model_name='heldpost',
            index=models.Index(fields=['state', '-at'], name='held_post_by_state'),
        ),
        migrations.AddConstraint(
            model_name='heldpost',
            constraint=models.UniqueConstraint(models.F('by'), models.F('client_id'), condition=models.Q(('client_id', ''), _negated=True), name='held_post_once'),
        ),
        migrations.AddConstraint(
            model_name='heldpost',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decision', None), ('state', 'waiting')), models.Q(('state', 'waiting'), _negated=True), _connector='OR'), name='held_post_waits_undecided'),
        ),
        migrations.AddIndex(
            model_name='report',
            index=models.Index(condition=models.Q(('decision', None)), fields=['community', 'at'], name='report_waiting'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.UniqueConstraint(models.F('kind'), models.F('thing_id'), models.F('by'), name='reported_once'),
        ),
        migrations.AddIndex(
            model_name='sanction',
            index=models.Index(fields=['person', '-at'], name='sanction_by_person'),
        ),
        migrations.AddConstraint(
            model_name='sanction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'warn'), ('until', None)), models.Q(models.Q(('kind', 'warn'), _negated=True), ('until__isnull', False)), _connector='OR'), name='sanction_has_a_term'),
        ),
        migrations.AddConstraint(
            model_name='sanction',
            constraint=models.UniqueConstraint(models.F('decision'), models.F('kind'), name='sanction_once_a_decision'),
        ),
        migrations.AddIndex(
            model_name='verdict',
            index=models.Index(fields=['at'], name='verdict_by_time'),
        ),
        migrations.AddConstraint(
            model_name='verdict',
            constraint=models.UniqueConstraint(models.F('decision'), models.F('detector'), name='verdict_once'),
        ),
        migrations.RunPython(list_words, migrations.RunPython.noop),
    ]
