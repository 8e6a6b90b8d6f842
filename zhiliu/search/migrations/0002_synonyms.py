import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('search', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Synonym',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(max_length=30)),
                ('key', models.CharField(max_length=60, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='SynonymGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='SynonymSuggestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('before', models.CharField(max_length=30)),
                ('after', models.CharField(max_length=30)),
                ('count', models.PositiveIntegerField(default=0)),
                ('is_dismissed', models.BooleanField(default=False)),
            ],
        ),
        migrations.AddField(
            model_name='gapsearch',
            name='at',
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddField(
            model_name='gapsearch',
            name='is_followed',
            field=models.BooleanField(default=False, help_text='Whether a search that found something came after it.'),
        ),
        migrations.AddIndex(
            model_name='gapsearch',
            index=models.Index(fields=['person', '-at'], name='gap_search_by_person'),
        ),
        migrations.AddField(
            model_name='synonymgroup',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='synonym',
            name='group',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='synonyms', to='search.synonymgroup'),
        ),
        migrations.AddConstraint(
            model_name='synonymsuggestion',
            constraint=models.UniqueConstraint(models.F('before'), models.F('after'), name='synonym_suggestion_once'),
        ),
    ]
