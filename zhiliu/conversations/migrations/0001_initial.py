import django.db.models.deletion
import django.utils.timezone
import zhiliu.conversations.hooks.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('communities', '0001_initial'),
        ('files', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveSmallIntegerField(default=0)),
                ('upload', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.upload')),
            ],
            options={
                'ordering': ['place', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Channel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('public', 'Public'), ('private', 'Private'), ('talk', 'Direct message')], default='public', max_length=8)),
                ('name', models.CharField(blank=True, help_text='Empty for a talk that is called after its people.', max_length=40)),
                ('purpose', models.CharField(blank=True, max_length=200)),
                ('posting', models.CharField(choices=[('everybody', 'All members'), ('stewards', 'Managers only; others reply in threads')], default='everybody', max_length=10)),
                ('place', models.PositiveSmallIntegerField(default=50, help_text='Order in lists.')),
                ('people_key', models.CharField(help_text="Ids of a talk's people, so that it is found again.", max_length=400, null=True, unique=True)),
                ('last_number', models.BigIntegerField(default=0)),
                ('last_change', models.BigIntegerField(default=0)),
                ('last_at', models.DateTimeField(null=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('closed_at', models.DateTimeField(null=True)),
                ('floor', models.JSONField(help_text='While only some write: their ids, and the message under which others talk along.', null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('community', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='channels', to='communities.community')),
            ],
            options={
                'ordering': ['place', 'name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ChannelMembership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('read_number', models.BigIntegerField(default=0)),
                ('calls', models.PositiveIntegerField(default=0, help_text='Unread messages that call the person.')),
                ('involvement', models.CharField(choices=[('everything', 'Everything'), ('mentions', 'What concerns me'), ('nothing', 'Nothing')], default='mentions', max_length=10)),
                ('hidden_at', models.DateTimeField(help_text='A talk put away; it comes back with the next message.', null=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='conversations.channel')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='channel_memberships', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='CommandHook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(max_length=20)),
                ('hint', models.CharField(blank=True, help_text='What it does; shown while one types.', max_length=80)),
                ('url', models.URLField(max_length=400)),
                ('secret', models.CharField(help_text='Signs what is sent; shown once to who made it.', max_length=64)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('problem', models.CharField(blank=True, help_text='Of the last call, when it failed.', max_length=200)),
                ('closed_at', models.DateTimeField(null=True)),
                ('bot', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='command_hook', to=settings.AUTH_USER_MODEL)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='command_hooks', to='conversations.channel')),
            ],
            options={
                'ordering': ['word', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='CommandCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('client_id', models.CharField(help_text="Of the sender's device; sent twice, asked once.", max_length=40)),
                ('root_id', models.BigIntegerField(null=True)),
                ('rest', models.TextField(blank=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('answered_at', models.DateTimeField(null=True)),
                ('failed', models.BooleanField(default=False)),
                ('said', models.TextField(blank=True, help_text='What is shown to who asked; empty when the channel was told.')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('hook', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='calls', to='conversations.commandhook')),
            ],
        ),
        migrations.CreateModel(
            name='IncomingHook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40)),
                ('digest', models.CharField(help_text='SHA-256 of its key.', max_length=64, unique=True)),
                ('mail_digest', models.CharField(help_text='SHA-256 of the secret in its mail address.', max_length=64, null=True, unique=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('used_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('bot', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='incoming_hook', to=settings.AUTH_USER_MODEL)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='incoming_hooks', to='conversations.channel')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.BigIntegerField(help_text='Its place in the channel, or in the thread.')),
                ('changed', models.BigIntegerField(help_text='Its last change among all changes of the channel.')),
                ('body', models.TextField(max_length=8000)),
                ('html', models.TextField()),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('client_id', models.CharField(blank=True, help_text="Given by the sender's device; sent twice, kept once.", max_length=40)),
                ('edited_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('pinned_at', models.DateTimeField(null=True)),
                ('reply_count', models.PositiveIntegerField(default=0)),
                ('last_reply_at', models.DateTimeField(null=True)),
                ('called', models.JSONField(default=dict, help_text='Whom it calls: people (ids), everybody, roles.')),
                ('reacted', models.JSONField(default=dict, help_text='How many reacted, by reaction.')),
                ('poll', models.JSONField(help_text='What is shown of the poll that was put with it.', null=True)),
                ('poll_due', models.DateTimeField(help_text='When its poll closes; empty once its end is shown.', null=True)),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='messages', to=settings.AUTH_USER_MODEL)),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='conversations.channel')),
                ('pinned_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('root', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='replies', to='conversations.message')),
                ('uploads', models.ManyToManyField(related_name='messages', through='conversations.Attachment', to='files.upload')),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Mention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mentions', to='conversations.message')),
            ],
        ),
        migrations.CreateModel(
            name='Bookmark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bookmarks', to='conversations.message')),
            ],
        ),
        migrations.AddField(
            model_name='attachment',
            name='message',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='conversations.message'),
        ),
        migrations.CreateModel(
            name='MessageEdit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('body', models.TextField()),
                ('called', models.JSONField(default=dict, help_text='Whom it called, as the message keeps it.')),
                ('until', models.DateTimeField(default=django.utils.timezone.now)),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='edits', to='conversations.message')),
            ],
            options={
                'ordering': ['until'],
            },
        ),
        migrations.CreateModel(
            name='OutgoingHook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('json', 'A program (JSON, signed)'), ('wecom', 'Robot of a WeCom group'), ('dingtalk', 'Robot of a DingTalk group'), ('feishu', 'Robot of a Feishu group'), ('slack', 'Slack or compatible')], default='json', max_length=8)),
                ('robot_secret', models.CharField(blank=True, help_text='Given by the other side to sign with; DingTalk and Feishu have one.', max_length=120)),
                ('tells', models.JSONField(default=zhiliu.conversations.hooks.models.tells_messages, help_text='What of: messages, and keys of news of the community.')),
                ('next_at', models.DateTimeField(help_text='A robot is told nothing before then: it takes so many a minute.', null=True)),
                ('url', models.URLField(max_length=400)),
                ('secret', models.CharField(help_text='Signs what is sent; shown once to who made it.', max_length=64)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('sent_at', models.DateTimeField(null=True)),
                ('failing_since', models.DateTimeField(null=True)),
                ('problem', models.CharField(blank=True, help_text='Of the last try, when it failed.', max_length=200)),
                ('closed_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='outgoing_hooks', to='conversations.channel')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='HookDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.BigIntegerField(help_text='Of the fact in the log: told once, also when the log is read again.')),
                ('event', models.CharField(max_length=40)),
                ('message_id', models.BigIntegerField(null=True)),
                ('thing', models.CharField(blank=True, help_text='Kind of what is new, when it is no message.', max_length=20)),
                ('thing_id', models.BigIntegerField(null=True)),
                ('by_id', models.BigIntegerField(help_text='Whose news it is; nobody where it came without a name.', null=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('sent_at', models.DateTimeField(null=True)),
                ('hook', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='conversations.outgoinghook')),
            ],
        ),
        migrations.CreateModel(
            name='Quotation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(help_text='Of what it went into.', max_length=20)),
                ('thing_id', models.BigIntegerField()),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('objected_at', models.DateTimeField(help_text='When the author asked to be left out.', null=True)),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='quotations', to=settings.AUTH_USER_MODEL)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='quotations', to='conversations.message')),
            ],
        ),
        migrations.CreateModel(
            name='Reaction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(max_length=12)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reactions', to='conversations.message')),
            ],
        ),
        migrations.CreateModel(
            name='ScheduledMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('body', models.TextField(max_length=8000)),
                ('chosen', models.JSONField(default=list, help_text='Ids of people chosen from the completion of names.')),
                ('due_at', models.DateTimeField()),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('client_id', models.CharField(help_text='Of the device; sent twice, kept once. The message gets it.', max_length=40)),
                ('posted_at', models.DateTimeField(null=True)),
                ('refused', models.CharField(blank=True, help_text='Why it could not be posted.', max_length=200)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scheduled_messages', to=settings.AUTH_USER_MODEL)),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scheduled', to='conversations.channel')),
                ('root', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='conversations.message')),
            ],
            options={
                'ordering': ['due_at', 'pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='channel',
            constraint=models.UniqueConstraint(models.F('community'), models.F('name'), condition=models.Q(('closed_at', None), models.Q(('kind', 'talk'), _negated=True)), name='channel_name_once'),
        ),
        migrations.AddConstraint(
            model_name='channel',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('community', None), ('kind', 'talk')), models.Q(models.Q(('kind', 'talk'), _negated=True), ('community__isnull', False)), _connector='OR'), name='channel_in_community_or_talk'),
        ),
        migrations.AddConstraint(
            model_name='channelmembership',
            constraint=models.UniqueConstraint(models.F('channel'), models.F('person'), name='channel_membership_once'),
        ),
        migrations.AddConstraint(
            model_name='commandhook',
            constraint=models.UniqueConstraint(models.F('channel'), models.F('word'), condition=models.Q(('closed_at', None)), name='command_word_once_in_a_channel'),
        ),
        migrations.AddIndex(
            model_name='commandcall',
            index=models.Index(fields=['at'], name='command_call_by_time'),
        ),
        migrations.AddConstraint(
            model_name='commandcall',
            constraint=models.UniqueConstraint(models.F('by'), models.F('client_id'), name='command_called_once'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['channel', 'changed'], name='message_by_change'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['channel', 'at'], name='message_by_time'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['by', '-id'], name='message_by_author'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('pinned_at__isnull', False)), fields=['channel', '-pinned_at'], name='message_pinned'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('poll__isnull', False)), fields=['channel'], name='message_with_poll'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('poll_due__isnull', False)), fields=['poll_due'], name='message_poll_due'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(models.F('channel'), models.F('number'), condition=models.Q(('root', None)), name='message_number_once'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(models.F('root'), models.F('number'), condition=models.Q(('root__isnull', False)), name='reply_number_once'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(models.F('by'), models.F('client_id'), condition=models.Q(('client_id', ''), _negated=True), name='message_sent_once'),
        ),
        migrations.AddConstraint(
            model_name='mention',
            constraint=models.UniqueConstraint(models.F('person'), models.F('message'), name='mention_once'),
        ),
        migrations.AddConstraint(
            model_name='bookmark',
            constraint=models.UniqueConstraint(models.F('by'), models.F('message'), name='bookmark_once'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.UniqueConstraint(models.F('message'), models.F('upload'), name='attachment_once'),
        ),
        migrations.AddConstraint(
            model_name='outgoinghook',
            constraint=models.UniqueConstraint(models.F('channel'), models.F('url'), condition=models.Q(('closed_at', None)), name='outgoing_hook_once_in_a_channel'),
        ),
        migrations.AddIndex(
            model_name='hookdelivery',
            index=models.Index(fields=['at'], name='hook_delivery_by_time'),
        ),
        migrations.AddConstraint(
            model_name='hookdelivery',
            constraint=models.UniqueConstraint(models.F('hook'), models.F('position'), name='hook_told_once'),
        ),
        migrations.AddIndex(
            model_name='quotation',
            index=models.Index(fields=['kind', 'thing_id'], name='quotation_by_thing'),
        ),
        migrations.AddConstraint(
            model_name='quotation',
            constraint=models.UniqueConstraint(models.F('message'), models.F('kind'), models.F('thing_id'), name='quoted_once'),
        ),
        migrations.AddConstraint(
            model_name='reaction',
            constraint=models.UniqueConstraint(models.F('message'), models.F('by'), models.F('what'), name='reaction_once'),
        ),
        migrations.AddIndex(
            model_name='scheduledmessage',
            index=models.Index(condition=models.Q(('posted_at', None), ('refused', '')), fields=['due_at'], name='scheduled_waiting'),
        ),
        migrations.AddConstraint(
            model_name='scheduledmessage',
            constraint=models.UniqueConstraint(models.F('by'), models.F('client_id'), name='scheduled_once'),
        ),
    ]
