import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('communities', '0001_initial'),
        ('search', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Library',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=60, unique=True)),
                ('name', models.CharField(max_length=60)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('community', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='library', to='communities.community')),
            ],
        ),
        migrations.CreateModel(
            name='Folder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('place', models.PositiveIntegerField(default=0, help_text='Its place beside its like, when it came in with one.')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='children', to='knowledge.folder', verbose_name='parent')),
                ('library', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='folders', to='knowledge.library')),
            ],
            options={
                'ordering': ['place', 'name'],
            },
        ),
        migrations.CreateModel(
            name='Article',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveIntegerField(default=0, help_text='In the contents it came in with, from 1; 0 for others.')),
                ('template', models.CharField(choices=[('plain', 'Article'), ('case', 'Case'), ('sop', 'SOP'), ('session_summary', 'Session summary'), ('faq', 'FAQ')], default='plain', max_length=16)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('archived', 'Archived')], default='draft', max_length=10)),
                ('audience', models.CharField(choices=[('library', 'Everyone who can see the library'), ('members', 'Members of the community'), ('named', 'Specific people only')], default='library', max_length=8)),
                ('title', models.CharField(max_length=120)),
                ('claim', models.CharField(blank=True, max_length=200)),
                ('html', models.TextField(blank=True)),
                ('plain', models.TextField(blank=True)),
                ('headings', models.JSONField(default=list)),
                ('draft_title', models.CharField(max_length=120)),
                ('draft_claim', models.CharField(blank=True, max_length=200)),
                ('draft_markdown', models.TextField(blank=True, max_length=400000)),
                ('version', models.PositiveIntegerField(default=1)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('published_at', models.DateTimeField(null=True)),
                ('review_on', models.DateField(blank=True, null=True)),
                ('review_told_on', models.DateField(help_text='The review date its owner was told of; each is told once.', null=True)),
                ('verified_at', models.DateTimeField(null=True)),
                ('use_count', models.PositiveIntegerField(default=0)),
                ('read_count', models.PositiveIntegerField(default=0)),
                ('authors', models.ManyToManyField(blank=True, related_name='written_articles', to=settings.AUTH_USER_MODEL)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('named_readers', models.ManyToManyField(blank=True, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='owned_articles', to=settings.AUTH_USER_MODEL)),
                ('tags', models.ManyToManyField(blank=True, related_name='articles', to='search.tag')),
                ('verified_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('folder', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='articles', to='knowledge.folder')),
                ('library', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='articles', to='knowledge.library')),
            ],
        ),
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Acknowledgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='acknowledgements', to='knowledge.publication')),
            ],
        ),
        migrations.CreateModel(
            name='Reading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='readings', to='knowledge.article')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('next_on', models.DateField(null=True)),
                ('verifies', models.BooleanField(default=False)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='knowledge.article')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('title', models.CharField(max_length=120)),
                ('claim', models.CharField(blank=True, max_length=200)),
                ('markdown', models.TextField(blank=True, max_length=400000)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='knowledge.article')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('restored_from', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='knowledge.revision')),
            ],
            options={
                'ordering': ['-number'],
            },
        ),
        migrations.AddField(
            model_name='publication',
            name='revision',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='publication', to='knowledge.revision'),
        ),
        migrations.CreateModel(
            name='Use',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('where', models.CharField(max_length=60, verbose_name='where')),
                ('outcome', models.CharField(choices=[('worked', 'It worked'), ('failed', 'It didn’t help'), ('unknown', 'No result yet')], default='unknown', max_length=8)),
                ('story', models.CharField(blank=True, max_length=500)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='uses', to='knowledge.article')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='uses', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ImportedPage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(help_text='Its path in what was brought.', max_length=500)),
                ('digest', models.CharField(blank=True, help_text='Of the document; empty while there is only room.', max_length=64)),
                ('written', models.CharField(help_text='Of the working copy as the import left it.', max_length=64)),
                ('origin', models.CharField(blank=True, help_text='What it was brought with: a top folder or a file.', max_length=200)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('article', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='imported_page', to='knowledge.article')),
                ('library', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='imported_pages', to='knowledge.library')),
            ],
            options={
                'indexes': [models.Index(fields=['library', 'origin'], name='imported_page_by_origin')],
                'constraints': [models.UniqueConstraint(models.F('library'), models.F('source'), name='imported_page_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='folder',
            constraint=models.UniqueConstraint(models.F('library'), models.F('name'), condition=models.Q(('parent', None)), name='top_folder_once'),
        ),
        migrations.AddConstraint(
            model_name='folder',
            constraint=models.UniqueConstraint(models.F('library'), models.F('parent'), models.F('name'), condition=models.Q(('parent__isnull', False)), name='folder_in_folder_once'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(fields=['library', 'state', '-changed_at'], name='article_by_time'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(fields=['review_on'], name='article_by_review'),
        ),
        migrations.AddConstraint(
            model_name='acknowledgement',
            constraint=models.UniqueConstraint(models.F('publication'), models.F('person'), name='acknowledged_once'),
        ),
        migrations.AddConstraint(
            model_name='reading',
            constraint=models.UniqueConstraint(models.F('article'), models.F('person'), models.F('day'), name='reading_once'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.UniqueConstraint(models.F('article'), models.F('number'), name='revision_once'),
        ),
        migrations.AddIndex(
            model_name='use',
            index=models.Index(fields=['article', '-at'], name='use_by_time'),
        ),
        migrations.AddConstraint(
            model_name='use',
            constraint=models.UniqueConstraint(models.F('article'), models.F('by'), models.F('where'), name='use_once'),
        ),
    ]
