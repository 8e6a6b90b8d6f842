import datetime
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Location',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='Position',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True)),
                ('level', models.PositiveSmallIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name='ProfileField',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text='Lower-case letters and digits, not only digits.', max_length=40, unique=True)),
                ('label', models.CharField(max_length=40)),
                ('label_en', models.CharField(blank=True, max_length=60)),
                ('kind', models.CharField(choices=[('text', 'Text'), ('choice', 'List'), ('date', 'Date')], default='text', max_length=6)),
                ('options', models.JSONField(blank=True, default=list, help_text='What can be chosen, for lists.')),
                ('filled_by', models.CharField(choices=[('person', 'The person'), ('admins', 'Administrators')], default='person', max_length=6)),
                ('seen_by', models.CharField(choices=[('colleagues', 'All colleagues'), ('few', 'The person and administrators')], default='colleagues', max_length=10)),
                ('place', models.PositiveSmallIntegerField(default=0)),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['place', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Skill',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='SpecialDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('date', models.DateField(unique=True)),
                ('name', models.CharField(max_length=80)),
                ('works', models.BooleanField(default=False)),
                ('provisional', models.BooleanField(default=False, help_text='Not published yet; administrators check it.')),
            ],
            options={
                'ordering': ['date'],
            },
        ),
        migrations.CreateModel(
            name='WorkHours',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts', models.TimeField(default=datetime.time(9, 0))),
                ('lunch_starts', models.TimeField(default=datetime.time(12, 0))),
                ('lunch_ends', models.TimeField(default=datetime.time(13, 30))),
                ('ends', models.TimeField(default=datetime.time(18, 0))),
            ],
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('handle', models.SlugField(help_text='In addresses and mentions.', max_length=60, unique=True)),
                ('kind', models.CharField(choices=[('employee', 'Employee'), ('guest', 'Guest'), ('bot', 'Bot')], default='employee', max_length=10)),
                ('name', models.CharField(max_length=80)),
                ('employee_number', models.CharField(blank=True, max_length=40, null=True, unique=True)),
                ('email', models.EmailField(blank=True, max_length=254, null=True, unique=True)),
                ('hired_on', models.DateField(blank=True, null=True)),
                ('tagline', models.CharField(blank=True, max_length=120)),
                ('experience', models.TextField(blank=True, max_length=2000)),
                ('pinyin', models.CharField(blank=True, help_text='The reading the person chose, with tones.', max_length=120)),
                ('extra', models.JSONField(blank=True, default=dict, help_text='Fields the company defines.')),
                ('language', models.CharField(blank=True, max_length=10)),
                ('time_zone', models.CharField(blank=True, max_length=40)),
                ('theme', models.CharField(choices=[('system', 'Match system'), ('light', 'Light'), ('dark', 'Dark')], default='system', max_length=6)),
                ('is_active', models.BooleanField(default=True)),
                ('is_admin', models.BooleanField(default=False)),
                ('shows_presence', models.BooleanField(default=True, help_text='Others see whether the person is here.')),
                ('joined_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('came_in_at', models.DateTimeField(blank=True, help_text='When they signed in for the first time.', null=True)),
                ('calendar_key', models.CharField(blank=True, db_index=True, max_length=40)),
                ('address_round', models.PositiveSmallIntegerField(default=0, help_text="Part of the person's mail addresses.")),
                ('version', models.PositiveIntegerField(default=1)),
                ('manager', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='reports', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text='Digest of what is tried, and by whom or from where.', max_length=64)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'indexes': [models.Index(fields=['key', 'at'], name='attempt_by_key')],
            },
        ),
        migrations.CreateModel(
            name='Department',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('code', models.CharField(max_length=64, null=True, unique=True)),
                ('head', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='children', to='directory.department', verbose_name='parent')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.AddField(
            model_name='person',
            name='department',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='people', to='directory.department'),
        ),
        migrations.CreateModel(
            name='LinkMailing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('about', models.CharField(help_text='Whose they are: a department or a file, as it was called.', max_length=200)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddField(
            model_name='person',
            name='location',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='people', to='directory.location'),
        ),
        migrations.CreateModel(
            name='LoginLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('invited', 'Invitation of a guest'), ('forgotten', 'Password reset'), ('handed', 'Shared by an administrator')], default='invited', max_length=10)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(blank=True, help_text='When it was used, or replaced by a newer one.', null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='login_links', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='LinkMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('sending', 'Being sent'), ('sent', 'Sent'), ('failed', 'Rejected by the mail server'), ('no_address', 'No email address'), ('not_needed', 'No longer needed')], max_length=10)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('said', models.CharField(blank=True, help_text='What the mail server said when it did not take it.', max_length=200)),
                ('at', models.DateTimeField(help_text='When it was taken up last.', null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('mailing', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='directory.linkmailing')),
                ('link', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='directory.loginlink')),
            ],
        ),
        migrations.CreateModel(
            name='NameKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(db_index=True, max_length=160)),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='name_keys', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('welcome', models.CharField(blank=True, max_length=80)),
                ('address', models.CharField(blank=True, help_text='Where people reach the installation.', max_length=200)),
                ('address_answers', models.BooleanField(default=True, help_text='Whether the address led here when last opened.')),
                ('address_is_vouched', models.BooleanField(default=False, help_text='Opened by an administrator in a browser, whatever this machine sees of it.')),
                ('language', models.CharField(blank=True, help_text='For people who have not chosen one.', max_length=10)),
                ('time_zone', models.CharField(blank=True, help_text='For people who have not chosen one.', max_length=40)),
                ('logo', models.BinaryField(blank=True, help_text='A PNG of at most 512 pixels a side.', null=True)),
                ('logo_digest', models.CharField(blank=True, max_length=16)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_organisation')],
            },
        ),
        migrations.CreateModel(
            name='PersonSkill',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='skills', to=settings.AUTH_USER_MODEL)),
                ('skill', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='people', to='directory.skill')),
            ],
        ),
        migrations.CreateModel(
            name='Endorsement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='endorsements_given', to=settings.AUTH_USER_MODEL)),
                ('claim', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='endorsements', to='directory.personskill')),
            ],
        ),
        migrations.AddField(
            model_name='person',
            name='position',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='people', to='directory.position'),
        ),
        migrations.CreateModel(
            name='Room',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('seats', models.PositiveIntegerField(default=20)),
                ('location', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rooms', to='directory.location')),
            ],
        ),
        migrations.CreateModel(
            name='Follow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='following', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='followers', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['by', '-at', '-id'], name='follow_by_follower'), models.Index(fields=['person', '-at', '-id'], name='follow_by_person')],
                'constraints': [models.UniqueConstraint(models.F('person'), models.F('by'), name='follow_once'), models.CheckConstraint(condition=models.Q(('person', models.F('by')), _negated=True), name='follow_somebody_else')],
            },
        ),
        migrations.AddIndex(
            model_name='linkmailing',
            index=models.Index(fields=['-at', '-id'], name='link_mailing_by_time'),
        ),
        migrations.AddIndex(
            model_name='linkmail',
            index=models.Index(fields=['mailing', 'state', 'tries', 'id'], name='link_mail_by_state'),
        ),
        migrations.AddConstraint(
            model_name='linkmail',
            constraint=models.UniqueConstraint(models.F('mailing'), models.F('person'), name='link_mail_once'),
        ),
        migrations.AddConstraint(
            model_name='namekey',
            constraint=models.UniqueConstraint(models.F('person'), models.F('key'), name='name_key_once'),
        ),
        migrations.AddConstraint(
            model_name='endorsement',
            constraint=models.UniqueConstraint(models.F('claim'), models.F('by'), name='endorsed_once'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(fields=['name', 'id'], name='person_by_name'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='email_once'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.CheckConstraint(condition=models.Q(('manager', models.F('id')), _negated=True), name='not_own_manager'),
        ),
        migrations.AddConstraint(
            model_name='room',
            constraint=models.UniqueConstraint(models.F('location'), models.F('name'), name='room_once'),
        ),
        migrations.AddConstraint(
            model_name='personskill',
            constraint=models.UniqueConstraint(models.F('person'), models.F('skill'), name='skill_once'),
        ),
    ]
