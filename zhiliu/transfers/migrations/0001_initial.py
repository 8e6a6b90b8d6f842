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
            name='DocumentRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='Of the file.', max_length=200)),
                ('path', models.CharField(blank=True, help_text='Where the storage keeps it, until it is done with.', max_length=200)),
                ('total', models.PositiveIntegerField(default=0, help_text='How many rows this round brings in.')),
                ('state', models.CharField(choices=[('looking', 'Looking at the file'), ('columns', 'Columns need you'), ('staging', 'Reading'), ('checking', 'Checking'), ('rechecking', 'Checking'), ('ready', 'Checked, not imported'), ('applying', 'Importing'), ('paused', 'Paused'), ('done', 'Imported'), ('unreadable', 'Can’t be read')], default='looking', max_length=10)),
                ('error', models.CharField(blank=True, help_text='Why the file cannot be read.', max_length=40)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('phase_at', models.DateTimeField(default=django.utils.timezone.now, help_text='When the present state began.')),
                ('finished_at', models.DateTimeField(null=True)),
                ('tally', models.JSONField(default=dict, help_text='Rows of each outcome, once the rows are forgotten.')),
                ('place', models.BigIntegerField(help_text='Key of where they go; the receiver knows it.')),
                ('folder', models.CharField(blank=True, help_text='The folder there under which all lies.', max_length=200)),
                ('publishes', models.BooleanField(default=True, help_text='Readers see the pages at once; else they are drafts.')),
                ('looked', models.PositiveIntegerField(default=0, help_text='How many files were looked at.')),
                ('files', models.PositiveIntegerField(default=0, help_text='How many there are.')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='DocumentFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(help_text='Its place in the order of the files, from 1.')),
                ('source', models.CharField(help_text='Its path in what was brought.', max_length=500)),
                ('title', models.CharField(blank=True, max_length=120)),
                ('folder', models.JSONField(default=list, help_text='Names of the folders it goes into, from the top.')),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('outcome', models.CharField(choices=[('new', 'New'), ('changed', 'Changed'), ('same', 'Unchanged'), ('left', 'Edited here, left unchanged'), ('refused', 'Rejected'), ('gone', 'No longer in the source')], max_length=8)),
                ('reason', models.CharField(blank=True, help_text='Why it is refused.', max_length=20)),
                ('notes', models.JSONField(default=list, help_text='[kind, detail] of links and pictures that lead nowhere.')),
                ('targets', models.JSONField(default=list, help_text='Sources of the pages it links to.')),
                ('spots', models.JSONField(default=list, help_text='[end, source] of its links to a place in another page.')),
                ('waiting', models.BooleanField(default=False, help_text='Is to come in with the next batches.')),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='transfers.documentrun')),
            ],
        ),
        migrations.CreateModel(
            name='ImportRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='Of the file.', max_length=200)),
                ('path', models.CharField(blank=True, help_text='Where the storage keeps it, until it is done with.', max_length=200)),
                ('total', models.PositiveIntegerField(default=0, help_text='How many rows this round brings in.')),
                ('state', models.CharField(choices=[('looking', 'Looking at the file'), ('columns', 'Columns need you'), ('staging', 'Reading'), ('checking', 'Checking'), ('rechecking', 'Checking'), ('ready', 'Checked, not imported'), ('applying', 'Importing'), ('paused', 'Paused'), ('done', 'Imported'), ('unreadable', 'Can’t be read')], default='looking', max_length=10)),
                ('error', models.CharField(blank=True, help_text='Why the file cannot be read.', max_length=40)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('phase_at', models.DateTimeField(default=django.utils.timezone.now, help_text='When the present state began.')),
                ('finished_at', models.DateTimeField(null=True)),
                ('tally', models.JSONField(default=dict, help_text='Rows of each outcome, once the rows are forgotten.')),
                ('kind', models.CharField(help_text='Key of the importer.', max_length=40)),
                ('format', models.CharField(max_length=4)),
                ('encoding', models.CharField(blank=True, max_length=20)),
                ('delimiter', models.CharField(blank=True, max_length=1)),
                ('full', models.BooleanField(default=False, help_text='The file is the full list: who is missing may have left.')),
                ('headers', models.JSONField(default=list)),
                ('samples', models.JSONField(default=list)),
                ('columns', models.JSONField(default=list, help_text="Key of a field for each column, '' for none.")),
                ('meant', models.JSONField(default=dict, help_text='By field, the existing name that is meant by a written one.')),
                ('settled', models.JSONField(default=dict, help_text='The same, where all lines together show what is meant.')),
                ('asked', models.JSONField(default=dict, help_text='By field, written names somebody has to explain, with choices.')),
                ('sheet', models.CharField(blank=True, help_text='Of a workbook, the one that is read.', max_length=80)),
                ('sheets', models.JSONField(default=list, help_text='Sheets that may be meant, where there are several.')),
                ('usual_cells', models.PositiveIntegerField(default=0, help_text='A line with fewer cells is broken; 0: not known.')),
                ('notes', models.JSONField(default=list, help_text='[kind, detail] of what was noticed about the file.')),
                ('header_line', models.PositiveIntegerField(default=1)),
                ('lines', models.PositiveIntegerField(default=0, help_text='About how many there are.')),
                ('staged', models.PositiveIntegerField(default=0, help_text='How many records of the file were read.')),
                ('recheck', models.BooleanField(default=False, help_text='Something was mended since all lines were checked.')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ImportRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.PositiveIntegerField(help_text='In the file, from 1.')),
                ('key', models.CharField(blank=True, help_text='What tells it from the others.', max_length=80)),
                ('values', models.JSONField(default=dict)),
                ('outcome', models.CharField(choices=[('new', 'New'), ('changed', 'Changed'), ('same', 'Unchanged'), ('wrong', 'Needs you'), ('skipped', 'Skipped'), ('later', 'Imported, manager missing')], max_length=8)),
                ('problems', models.JSONField(default=list)),
                ('depth', models.PositiveIntegerField(default=0, help_text='Comes in after lines with a smaller number.')),
                ('waiting', models.BooleanField(default=False, help_text='Is to come in with the next batches.')),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='transfers.importrun')),
            ],
        ),
        migrations.AddIndex(
            model_name='documentrun',
            index=models.Index(fields=['place', '-at', '-id'], name='document_import_by_time'),
        ),
        migrations.AddIndex(
            model_name='documentfile',
            index=models.Index(fields=['run', 'outcome', 'number'], name='document_by_outcome'),
        ),
        migrations.AddIndex(
            model_name='documentfile',
            index=models.Index(condition=models.Q(('waiting', True)), fields=['run', 'number'], name='document_waiting'),
        ),
        migrations.AddConstraint(
            model_name='documentfile',
            constraint=models.UniqueConstraint(models.F('run'), models.F('number'), name='document_file_once'),
        ),
        migrations.AddIndex(
            model_name='importrun',
            index=models.Index(fields=['-at', '-id'], name='import_by_time'),
        ),
        migrations.AddIndex(
            model_name='importrow',
            index=models.Index(fields=['run', 'outcome', 'line'], name='import_row_by_outcome'),
        ),
        migrations.AddIndex(
            model_name='importrow',
            index=models.Index(fields=['run', 'key'], name='import_row_by_key'),
        ),
        migrations.AddIndex(
            model_name='importrow',
            index=models.Index(condition=models.Q(('waiting', True)), fields=['run', 'depth', 'line'], name='import_row_waiting'),
        ),
        migrations.AddConstraint(
            model_name='importrow',
            constraint=models.UniqueConstraint(models.F('run'), models.F('line'), name='import_line_once'),
        ),
    ]
