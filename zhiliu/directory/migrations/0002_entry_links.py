import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0001_initial'),
    ]

    operations = [
        migrations.RenameModel(old_name='GuestInvitation', new_name='EntryLink'),
        migrations.AddField(
            model_name='entrylink',
            name='purpose',
            field=models.CharField(choices=[('invited', 'Invitation of a guest'), ('forgotten', 'Password reset'), ('handed', 'Shared by an administrator')], default='invited', max_length=10),
        ),
        migrations.AlterField(
            model_name='entrylink',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entry_links', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='entrylink',
            name='used_at',
            field=models.DateTimeField(blank=True, help_text='When it was used, or replaced by a newer one.', null=True),
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
    ]
