
import django.db.models.deletion
import django.utils.timezone
import zhiliu.directory.models.photos
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0002_surname_keys'),
    ]

    operations = [
        migrations.AddField(
            model_name='organisation',
            name='photos',
            field=models.CharField(choices=[('everyone', 'Everyone adds their own'), ('admins', 'Only administrators add them'), ('off', 'No photos')], default='everyone', help_text='Where photos of people come from.', max_length=8),
        ),
        migrations.CreateModel(
            name='Photo',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=zhiliu.directory.models.photos._new_key, help_text='Null when the files are deleted.', max_length=40, null=True, unique=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('removed_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, help_text='Why somebody else removed it.', max_length=200)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='photos', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddField(
            model_name='person',
            name='photo',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='directory.photo'),
        ),
        migrations.AddIndex(
            model_name='photo',
            index=models.Index(condition=models.Q(('removed_at', None), _negated=True), fields=['removed_at'], name='photo_to_delete'),
        ),
    ]
