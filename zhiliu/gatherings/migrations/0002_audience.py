
import django.db.models.deletion
import django.utils.timezone
import zhiliu.gatherings.models.gathering
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('gatherings', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='gathering',
            name='reminder_kinds',
            field=models.JSONField(default=zhiliu.gatherings.models.gathering.default_reminders, help_text='Which reminders attendees get.'),
        ),
        migrations.CreateModel(
            name='AudienceCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('again', models.BooleanField(default=False, help_text='A second call to those who had not answered the first.')),
                ('count', models.PositiveIntegerField(help_text='How many people it reached.')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('gathering', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='calls', to='gatherings.gathering')),
            ],
        ),
        migrations.CreateModel(
            name='AudienceInvitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seen_at', models.DateTimeField(help_text='When the person first opened the gathering’s page.', null=True)),
                ('answer', models.CharField(blank=True, choices=[('maybe', 'Maybe'), ('no', 'Can’t come')], max_length=5)),
                ('answered_at', models.DateTimeField(null=True)),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='gatherings.audiencecall')),
                ('gathering', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='audience_invitations', to='gatherings.gathering')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('second_call', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='reminded', to='gatherings.audiencecall')),
            ],
            options={
                'indexes': [models.Index(fields=['person'], name='audience_invitation_by_person'), models.Index(condition=models.Q(('answer', '')), fields=['gathering'], name='audience_unanswered')],
                'constraints': [models.UniqueConstraint(models.F('gathering'), models.F('person'), name='audience_invitation_once')],
            },
        ),
    ]
