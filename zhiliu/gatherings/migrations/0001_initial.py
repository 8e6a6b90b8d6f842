import django.db.models.deletion
import django.utils.timezone
import uuid
import zhiliu.gatherings.models
import zhiliu.surveys.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('communities', '0001_initial'),
        ('conversations', '0001_initial'),
        ('directory', '0001_initial'),
        ('files', '0001_initial'),
        ('knowledge', '0001_initial'),
        ('needs', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Gathering',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=80)),
                ('format', models.CharField(choices=[('one_problem_talk', 'One-problem talk'), ('lightning', 'Lightning talks'), ('evening', 'Evening sharing'), ('tea_chat', 'Tea chat')], default='one_problem_talk', max_length=20)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('starts_at', models.DateTimeField(null=True)),
                ('ends_at', models.DateTimeField(null=True)),
                ('place', models.CharField(blank=True, max_length=80)),
                ('online_url', models.URLField(blank=True, max_length=400)),
                ('for_whom', models.CharField(blank=True, max_length=200)),
                ('take_home', models.CharField(blank=True, max_length=300)),
                ('seats', models.PositiveIntegerField(help_text='None means as many as come.', null=True)),
                ('state', models.CharField(choices=[('planning', 'In planning'), ('fixed', 'Scheduled'), ('held', 'Held'), ('cancelled', 'Cancelled')], default='planning', max_length=9)),
                ('cancel_reason', models.CharField(blank=True, max_length=300)),
                ('summary', models.TextField(blank=True, max_length=20000)),
                ('summary_html', models.TextField(blank=True)),
                ('held_at', models.DateTimeField(null=True)),
                ('code', models.CharField(default=zhiliu.gatherings.models.new_code, help_text='For checking in.', max_length=6)),
                ('taken', models.PositiveIntegerField(default=0, help_text='Seats given, waiting list left out.')),
                ('named_feedback', models.BooleanField(default=False, help_text='Feedback carries names, for sharer and host; else it is shown from five answers on.')),
                ('changed_because', models.CharField(blank=True, help_text='What host or sharer changed because of the feedback.', max_length=500)),
                ('calendar_uid', models.UUIDField(default=uuid.uuid4, help_text='By it calendars know the entry again.', unique=True)),
                ('sequence', models.PositiveIntegerField(default=0)),
                ('rescheduled_at', models.DateTimeField(default=django.utils.timezone.now, help_text='When the calendar entry changed last.')),
                ('version', models.PositiveIntegerField(default=1)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='gatherings', to='communities.community')),
                ('host', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='gatherings_hosted', to=settings.AUTH_USER_MODEL)),
                ('sharer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='gatherings_shared', to=settings.AUTH_USER_MODEL)),
                ('topic', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='gatherings', to='needs.topic')),
            ],
        ),
        migrations.CreateModel(
            name='Evening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('guest_minutes', models.PositiveSmallIntegerField(default=30)),
                ('phase', models.CharField(choices=[('before', 'Not begun'), ('guest', 'The guest shares'), ('questions', 'Questions'), ('over', 'Over')], default='before', max_length=9)),
                ('first_number', models.BigIntegerField(null=True)),
                ('questions_number', models.BigIntegerField(null=True)),
                ('last_number', models.BigIntegerField(null=True)),
                ('aside', models.ForeignKey(help_text='Under it everybody talks along.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='conversations.message')),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='evenings', to='conversations.channel')),
                ('gathering', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='evening', to='gatherings.gathering')),
            ],
        ),
        migrations.CreateModel(
            name='Deposit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_on', models.DateField()),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('late_told_at', models.DateTimeField(help_text='When the owner was told that it is late.', null=True)),
                ('article', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='deposit', to='knowledge.article')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='deposits', to=settings.AUTH_USER_MODEL)),
                ('gathering', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='deposit', to='gatherings.gathering')),
            ],
        ),
        migrations.CreateModel(
            name='DepartmentAsk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('note', models.CharField(blank=True, max_length=300)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('state', models.CharField(choices=[('waiting', 'No answer yet'), ('named', 'Nominated someone'), ('declined', 'Not this time')], default='waiting', max_length=8)),
                ('word', models.CharField(blank=True, help_text='What the head answers.', max_length=300)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='directory.department')),
                ('topic', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='needs.topic')),
                ('gathering', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='gatherings.gathering')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CheckIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(help_text='The host, or the person.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='check_ins', to=settings.AUTH_USER_MODEL)),
                ('gathering', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='check_ins', to='gatherings.gathering')),
            ],
        ),
        migrations.CreateModel(
            name='GatheringFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('gathering', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='gatherings.gathering')),
                ('upload', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='files.upload')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('state', models.CharField(choices=[('waiting', 'No answer yet'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('countered', 'Proposed other times')], default='waiting', max_length=9)),
                ('note', models.CharField(blank=True, help_text='What the inviting person writes.', max_length=300)),
                ('times', models.JSONField(default=list)),
                ('word', models.CharField(blank=True, help_text='What the invited person answers.', max_length=300)),
                ('answered_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('gathering', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='gatherings.gathering')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='LightningTalk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=80)),
                ('minutes', models.PositiveSmallIntegerField(default=5)),
                ('place', models.PositiveSmallIntegerField()),
                ('state', models.CharField(choices=[('waiting', 'No answer yet'), ('accepted', 'Agreed'), ('declined', 'Declined')], default='waiting', max_length=8)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('answered_at', models.DateTimeField(null=True)),
                ('started_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('gathering', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='talks', to='gatherings.gathering')),
                ('speaker', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lightning_talks', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['place', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Nomination',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.CharField(blank=True, max_length=300)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('state', models.CharField(choices=[('waiting', 'No answer yet'), ('yes', 'Would speak'), ('no', 'Not this time')], default='waiting', max_length=7)),
                ('word', models.CharField(blank=True, help_text='What the named person answers.', max_length=300)),
                ('answered_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('gathering', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='gatherings.gathering')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='nominations', to=settings.AUTH_USER_MODEL)),
                ('topic', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='needs.topic')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Offer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(blank=True, max_length=300)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('gathering', models.ForeignKey(help_text='Made of it.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='offers', to='gatherings.gathering')),
                ('topic', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='offers', to='needs.topic')),
            ],
        ),
        migrations.CreateModel(
            name='Pulse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(choices=[('with_you', 'Got it'), ('slower', 'Slow down'), ('example', 'Give an example')], max_length=8)),
                ('minute', models.DateTimeField()),
                ('count', models.PositiveIntegerField(default=0)),
                ('gathering', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pulses', to='gatherings.gathering')),
            ],
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(default=zhiliu.surveys.models.random_key, editable=False, primary_key=True, serialize=False)),
                ('text', models.CharField(max_length=300)),
                ('digest', models.CharField(help_text='Of the words: the same question is asked once.', max_length=64)),
                ('is_anonymous', models.BooleanField(default=False)),
                ('on', models.DateField(default=django.utils.timezone.localdate)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('answering', 'Answering now'), ('answered', 'Answered')], default='waiting', max_length=9)),
                ('answer', models.CharField(blank=True, max_length=2000)),
                ('vote_count', models.PositiveIntegerField(default=0)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('gathering', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='gatherings.gathering')),
                ('talk', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='questions', to='gatherings.lightningtalk')),
            ],
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('two_days', '2 days before'), ('one_hour', '1 hour before')], max_length=8)),
                ('due_at', models.DateTimeField()),
                ('announced_at', models.DateTimeField(null=True)),
                ('gathering', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reminders', to='gatherings.gathering')),
            ],
        ),
        migrations.CreateModel(
            name='Seat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('waiting', models.BooleanField(default=False)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('gathering', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='seat_rows', to='gatherings.gathering')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='seats', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='SheetLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('minute', models.SmallIntegerField()),
                ('text', models.CharField(max_length=300)),
                ('sent_at', models.DateTimeField(null=True)),
                ('evening', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='gatherings.evening')),
            ],
            options={
                'ordering': ['minute', 'pk'],
            },
        ),
        migrations.AddIndex(
            model_name='gathering',
            index=models.Index(fields=['state', 'starts_at'], name='gathering_by_time'),
        ),
        migrations.AddIndex(
            model_name='gathering',
            index=models.Index(fields=['community', '-starts_at'], name='gathering_by_community'),
        ),
        migrations.AddConstraint(
            model_name='gathering',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='gathering_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='gathering',
            constraint=models.CheckConstraint(condition=models.Q(('starts_at', None), ('state__in', ['fixed', 'held']), _negated=True), name='gathering_fixed_has_time'),
        ),
        migrations.AddConstraint(
            model_name='evening',
            constraint=models.UniqueConstraint(condition=models.Q(('phase__in', ['guest', 'questions'])), fields=('channel',), name='one_evening_in_a_channel'),
        ),
        migrations.AddIndex(
            model_name='deposit',
            index=models.Index(fields=['due_on'], name='deposit_by_day'),
        ),
        migrations.AddConstraint(
            model_name='departmentask',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('gathering__isnull', False), ('topic', None)), models.Q(('gathering', None), ('topic__isnull', False)), _connector='OR'), name='departmentask_is_for_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='departmentask',
            constraint=models.UniqueConstraint(models.F('topic'), models.F('department'), name='department_asked_once_a_topic'),
        ),
        migrations.AddConstraint(
            model_name='departmentask',
            constraint=models.UniqueConstraint(models.F('gathering'), models.F('department'), name='department_asked_once_a_gathering'),
        ),
        migrations.AddConstraint(
            model_name='checkin',
            constraint=models.UniqueConstraint(models.F('gathering'), models.F('person'), name='check_in_once'),
        ),
        migrations.AddIndex(
            model_name='invitation',
            index=models.Index(fields=['person', 'state'], name='invitation_by_person'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.UniqueConstraint(models.F('gathering'), models.F('person'), name='invitation_once'),
        ),
        migrations.AddIndex(
            model_name='lightningtalk',
            index=models.Index(fields=['speaker', 'state'], name='lightning_talk_by_speaker'),
        ),
        migrations.AddConstraint(
            model_name='lightningtalk',
            constraint=models.UniqueConstraint(models.F('gathering'), models.F('speaker'), name='lightning_talk_once'),
        ),
        migrations.AddConstraint(
            model_name='lightningtalk',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None), ('started_at__isnull', False)), fields=('gathering',), name='one_lightning_talk_runs'),
        ),
        migrations.AddConstraint(
            model_name='lightningtalk',
            constraint=models.CheckConstraint(condition=models.Q(('minutes__gte', 5), ('minutes__lte', 10)), name='lightning_talk_is_short'),
        ),
        migrations.AddIndex(
            model_name='nomination',
            index=models.Index(fields=['person', 'state'], name='nomination_by_person'),
        ),
        migrations.AddConstraint(
            model_name='nomination',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('gathering__isnull', False), ('topic', None)), models.Q(('gathering', None), ('topic__isnull', False)), _connector='OR'), name='nomination_is_for_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='nomination',
            constraint=models.UniqueConstraint(models.F('topic'), models.F('person'), name='nomination_once_a_topic'),
        ),
        migrations.AddConstraint(
            model_name='nomination',
            constraint=models.UniqueConstraint(models.F('gathering'), models.F('person'), name='nomination_once_a_gathering'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.UniqueConstraint(models.F('topic'), models.F('by'), name='offer_once'),
        ),
        migrations.AddConstraint(
            model_name='pulse',
            constraint=models.UniqueConstraint(models.F('gathering'), models.F('word'), models.F('minute'), name='pulse_once'),
        ),
        migrations.AddIndex(
            model_name='question',
            index=models.Index(fields=['gathering', 'state', '-vote_count'], name='question_by_votes'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.UniqueConstraint(models.F('gathering'), models.F('digest'), name='question_once'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'answering')), fields=('gathering',), name='one_question_being_answered'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(('by__isnull', False), ('is_anonymous', True), _negated=True), name='anonymous_question_is_nobody'),
        ),
        migrations.AddIndex(
            model_name='reminder',
            index=models.Index(condition=models.Q(('announced_at', None)), fields=['due_at'], name='reminder_due'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.UniqueConstraint(models.F('gathering'), models.F('kind'), name='reminder_once'),
        ),
        migrations.AddIndex(
            model_name='seat',
            index=models.Index(fields=['gathering', 'waiting', 'id'], name='seat_by_order'),
        ),
        migrations.AddConstraint(
            model_name='seat',
            constraint=models.UniqueConstraint(models.F('gathering'), models.F('person'), name='seat_once'),
        ),
        migrations.AddIndex(
            model_name='sheetline',
            index=models.Index(condition=models.Q(('sent_at', None)), fields=['evening'], name='sheet_line_waiting'),
        ),
        migrations.AddConstraint(
            model_name='sheetline',
            constraint=models.UniqueConstraint(models.F('evening'), models.F('minute'), models.F('text'), name='sheet_line_once'),
        ),
    ]
