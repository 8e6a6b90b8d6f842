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
            name='Community',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=60, unique=True)),
                ('name', models.CharField(max_length=40, unique=True)),
                ('mark', models.CharField(max_length=2)),
                ('kind', models.CharField(choices=[('professional', 'Professional'), ('interest', 'Interest'), ('help', 'Mutual help'), ('best', 'Best practice'), ('learning', 'Learning'), ('knowledge', 'Knowledge management')], max_length=12)),
                ('purpose', models.CharField(blank=True, max_length=200)),
                ('visibility', models.CharField(choices=[('open', 'All colleagues can read'), ('private', 'Members only')], default='open', max_length=8)),
                ('admission', models.CharField(choices=[('open', 'Anyone can join'), ('request', 'On request'), ('invited', 'By invitation'), ('rule', 'Automatic, by rule')], default='open', max_length=10)),
                ('phase', models.CharField(choices=[('incubating', 'Incubating'), ('active', 'Active'), ('dormant', 'Dormant'), ('archived', 'Archived')], default='active', max_length=10)),
                ('features', models.JSONField(default=list)),
                ('sessions_a_month', models.PositiveSmallIntegerField(default=1)),
                ('member_count', models.PositiveIntegerField(default=0)),
                ('member_limit', models.PositiveIntegerField(blank=True, help_text='None: any number.', null=True)),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('version', models.PositiveIntegerField(default=1)),
                ('size_told_at', models.DateTimeField(help_text='When its keepers were last told that it has outgrown.', null=True)),
                ('sleep_told_at', models.DateTimeField(help_text='When its keepers were last told that it is asleep.', null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('merged_into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='merged', to='communities.community')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='children', to='communities.community', verbose_name='parent')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Announcement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=80)),
                ('body', models.TextField(max_length=8000)),
                ('html', models.TextField()),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('is_pinned', models.BooleanField(default=True)),
                ('reminded_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='announcements', to='communities.community')),
            ],
        ),
        migrations.CreateModel(
            name='AdmissionRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('conditions', models.JSONField(help_text='As admission.conditions.Wanted writes it, with its schema version.')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('version', models.PositiveIntegerField(default=1)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('community', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='admission_rule', to='communities.community')),
            ],
        ),
        migrations.CreateModel(
            name='AdmissionChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('direction', models.CharField(choices=[('came', 'Joined'), ('left', 'Left')], max_length=4)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='admission_changes', to=settings.AUTH_USER_MODEL)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='admission_changes', to='communities.community')),
            ],
        ),
        migrations.CreateModel(
            name='HomeBlock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(blank=True, help_text="Of the section on the shelf; '' is a text of its own.", max_length=60)),
                ('place', models.PositiveSmallIntegerField()),
                ('is_hidden', models.BooleanField(default=False)),
                ('title', models.CharField(blank=True, max_length=40)),
                ('text', models.TextField(blank=True, max_length=4000)),
                ('html', models.TextField(blank=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='home_blocks', to='communities.community')),
            ],
            options={
                'ordering': ['place', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('answer', models.CharField(blank=True, choices=[('accepted', 'Accepted'), ('declined', 'Declined')], max_length=8)),
                ('answered_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='communities.community')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='community_invitations', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='InvitationLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('note', models.CharField(blank=True, help_text='Where it was put, for those who made it.', max_length=60)),
                ('most', models.PositiveIntegerField(help_text='How many may come by it; none is without limit.', null=True)),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitation_links', to='communities.community')),
            ],
        ),
        migrations.CreateModel(
            name='JoinRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('note', models.CharField(blank=True, max_length=300)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('decision', models.CharField(blank=True, choices=[('admitted', 'Approved'), ('declined', 'Declined')], max_length=10)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('decided_at', models.DateTimeField(null=True)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='join_requests', to='communities.community')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='join_requests', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='LinkUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('link', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='uses', to='communities.invitationlink')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('manager', 'Community manager'), ('leader', 'Community leader'), ('sponsor', 'Sponsor'), ('adviser', 'Knowledge adviser'), ('expert', 'Technical expert'), ('member', 'Member')], default='member', max_length=10)),
                ('involvement', models.CharField(choices=[('everything', 'Everything'), ('mentions', 'What concerns me'), ('nothing', 'Nothing')], default='mentions', max_length=10)),
                ('joined_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('way', models.CharField(choices=[('own', 'joined by themselves'), ('request', 'asked to join'), ('hand', 'was added'), ('link', 'joined with a link'), ('invitation', 'was invited'), ('rule', 'joined by rule')], default='hand', max_length=10)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='communities.community')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='MergeOrSplit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('merge', 'Merged'), ('split', 'Split off')], max_length=6)),
                ('phase_before', models.CharField(choices=[('incubating', 'Incubating'), ('active', 'Active'), ('dormant', 'Dormant'), ('archived', 'Archived')], help_text='Of the source.', max_length=10)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('undone_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='merges_and_splits', to='communities.community')),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='merged_or_split_from', to='communities.community')),
                ('undone_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='MovedContent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=30)),
                ('count', models.PositiveIntegerField(default=0)),
                ('things', models.JSONField(default=list)),
                ('merge_or_split', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='moved', to='communities.mergeorsplit')),
            ],
        ),
        migrations.CreateModel(
            name='Occasion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=60)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('version', models.PositiveIntegerField(default=1)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='occasions', to='communities.community')),
            ],
        ),
        migrations.CreateModel(
            name='Opening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(choices=[('level', 'One per level'), ('region', 'One per location'), ('project', 'By name: projects or anything else'), ('existing', 'Existing communities')], max_length=8)),
                ('opens_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField(null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('community', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='opening', to='communities.community')),
                ('parent', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='openings', to='communities.community')),
            ],
            options={
                'ordering': ['opens_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='OptOut',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='opt_outs', to='communities.community')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='PhaseChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('before', models.CharField(choices=[('incubating', 'Incubating'), ('active', 'Active'), ('dormant', 'Dormant'), ('archived', 'Archived')], max_length=10)),
                ('after', models.CharField(choices=[('incubating', 'Incubating'), ('active', 'Active'), ('dormant', 'Dormant'), ('archived', 'Archived')], max_length=10)),
                ('why', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='phase_changes', to='communities.community')),
            ],
            options={
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='PreparedAnnouncement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('audience', models.CharField(choices=[('above', 'Members of the parent community'), ('inside', 'Members of this community')], max_length=6)),
                ('days', models.SmallIntegerField()),
                ('title', models.CharField(max_length=80)),
                ('body', models.TextField(max_length=8000)),
                ('sent_at', models.DateTimeField(null=True)),
                ('opening', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='announcements', to='communities.opening')),
            ],
            options={
                'ordering': ['days', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('announcement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='receipts', to='communities.announcement')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='receipts', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Rulebook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('text', models.TextField(max_length=8000)),
                ('html', models.TextField()),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rulebooks', to='communities.community')),
            ],
            options={
                'ordering': ['-version'],
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to=settings.AUTH_USER_MODEL)),
                ('rulebook', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='communities.rulebook')),
            ],
        ),
        migrations.CreateModel(
            name='WaitingPlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('way', models.CharField(choices=[('own', 'joined by themselves'), ('request', 'asked to join'), ('hand', 'was added'), ('link', 'joined with a link'), ('invitation', 'was invited'), ('rule', 'joined by rule')], max_length=10)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='waiting_places', to='communities.community')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='waiting_places', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddIndex(
            model_name='community',
            index=models.Index(fields=['visibility'], name='community_by_visibility'),
        ),
        migrations.AddIndex(
            model_name='announcement',
            index=models.Index(fields=['community', '-at'], name='announcement_by_time'),
        ),
        migrations.AddIndex(
            model_name='admissionchange',
            index=models.Index(fields=['community', '-at', '-id'], name='rule_move_by_time'),
        ),
        migrations.AddConstraint(
            model_name='homeblock',
            constraint=models.UniqueConstraint(models.F('community'), models.F('key'), condition=models.Q(('key', ''), _negated=True), name='home_section_once'),
        ),
        migrations.AddIndex(
            model_name='invitation',
            index=models.Index(fields=['community', '-at', '-id'], name='invitation_by_time'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.UniqueConstraint(models.F('community'), models.F('person'), name='invited_once'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(('answer', ''), ('answered_at__isnull', False), _connector='OR'), name='answer_has_a_time'),
        ),
        migrations.AddIndex(
            model_name='invitationlink',
            index=models.Index(fields=['community', '-at', '-id'], name='invitation_link_by_time'),
        ),
        migrations.AddConstraint(
            model_name='joinrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('decision', '')), fields=('community', 'person'), name='one_open_join_request'),
        ),
        migrations.AddConstraint(
            model_name='linkuse',
            constraint=models.UniqueConstraint(models.F('link'), models.F('person'), name='link_used_once'),
        ),
        migrations.AddIndex(
            model_name='membership',
            index=models.Index(fields=['community', 'role'], name='membership_by_role'),
        ),
        migrations.AddIndex(
            model_name='membership',
            index=models.Index(fields=['community', '-joined_at', '-id'], name='membership_by_time'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(models.F('community'), models.F('person'), name='member_once'),
        ),
        migrations.AddConstraint(
            model_name='movedcontent',
            constraint=models.UniqueConstraint(models.F('merge_or_split'), models.F('key'), name='moved_content_once'),
        ),
        migrations.AddIndex(
            model_name='occasion',
            index=models.Index(fields=['community', 'starts_on'], name='occasion_by_day'),
        ),
        migrations.AddConstraint(
            model_name='occasion',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='occasion_ends_after_start'),
        ),
        migrations.AddIndex(
            model_name='opening',
            index=models.Index(fields=['parent', 'opens_at', 'id'], name='opening_by_time'),
        ),
        migrations.AddIndex(
            model_name='opening',
            index=models.Index(condition=models.Q(('opened_at', None)), fields=['opens_at'], name='opening_due'),
        ),
        migrations.AddConstraint(
            model_name='optout',
            constraint=models.UniqueConstraint(models.F('community'), models.F('person'), name='opt_out_once'),
        ),
        migrations.AddConstraint(
            model_name='receipt',
            constraint=models.UniqueConstraint(models.F('announcement'), models.F('person'), name='receipt_once'),
        ),
        migrations.AddConstraint(
            model_name='rulebook',
            constraint=models.UniqueConstraint(models.F('community'), models.F('version'), name='rulebook_version_once'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.UniqueConstraint(models.F('rulebook'), models.F('person'), name='consent_once'),
        ),
        migrations.AddIndex(
            model_name='waitingplace',
            index=models.Index(fields=['community', 'at', 'id'], name='waiting_by_time'),
        ),
        migrations.AddConstraint(
            model_name='waitingplace',
            constraint=models.UniqueConstraint(models.F('community'), models.F('person'), name='waits_once'),
        ),
    ]
