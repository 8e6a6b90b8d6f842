import django.db.models.deletion
import django.utils.timezone
import zhiliu.files.models
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
            name='File',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, unique=True)),
                ('size', models.PositiveBigIntegerField(help_text='In bytes.')),
                ('content_type', models.CharField(max_length=120)),
                ('width', models.PositiveIntegerField(null=True)),
                ('height', models.PositiveIntegerField(null=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='Upload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=zhiliu.files.models.new_key, max_length=40, unique=True)),
                ('name', models.CharField(max_length=200)),
                ('is_private', models.BooleanField(default=False, help_text='Only pages that ask their own rule show it.')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='uploads', to=settings.AUTH_USER_MODEL)),
                ('community', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='uploads', to='communities.community')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uploads', to='files.file')),
            ],
        ),
        migrations.CreateModel(
            name='SharedFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('folder', models.CharField(blank=True, max_length=40)),
                ('name', models.CharField(max_length=200)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('number', models.PositiveIntegerField(default=1, help_text='Of the newest version.')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('removed_at', models.DateTimeField(null=True)),
                ('version', models.PositiveIntegerField(default=1, help_text='Of its words, for forms.')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shared_files', to='communities.community')),
                ('upload', models.ForeignKey(help_text='The newest version.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.upload')),
            ],
        ),
        migrations.CreateModel(
            name='FileVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('shared', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='files.sharedfile')),
                ('upload', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.upload')),
            ],
            options={
                'ordering': ['-number'],
            },
        ),
        migrations.CreateModel(
            name='Preview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('width', models.PositiveIntegerField(help_text='In pixels.')),
                ('content_type', models.CharField(default='image/webp', max_length=40)),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='previews', to='files.file')),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('file'), models.F('width'), name='preview_once')],
            },
        ),
        migrations.AddIndex(
            model_name='sharedfile',
            index=models.Index(fields=['community', '-at'], name='shared_file_by_time'),
        ),
        migrations.AddConstraint(
            model_name='sharedfile',
            constraint=models.UniqueConstraint(condition=models.Q(('removed_at', None)), fields=('community', 'folder', 'name'), name='shared_file_once'),
        ),
        migrations.AddConstraint(
            model_name='fileversion',
            constraint=models.UniqueConstraint(models.F('shared'), models.F('number'), name='file_version_once'),
        ),
    ]
