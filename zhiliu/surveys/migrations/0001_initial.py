import django.db.models.deletion
import django.utils.timezone
import zhiliu.surveys.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Survey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(help_text='Kind of the thing it belongs to.', max_length=20)),
                ('thing_id', models.BigIntegerField()),
                ('purpose', models.CharField(help_text='What it is for, e.g. feedback.', max_length=20)),
                ('title', models.CharField(max_length=80)),
                ('is_anonymous', models.BooleanField(default=False)),
                ('closes_at', models.DateTimeField(null=True)),
                ('community_id', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('answered_count', models.PositiveIntegerField(default=0)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Response',
            fields=[
                ('id', models.BigAutoField(default=zhiliu.surveys.models.random_key, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(null=True)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='responses', to='surveys.survey')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('scale', 'Scale 1 to 5'), ('choice', 'Choice'), ('text', 'Text'), ('scored', 'Choice with points')], max_length=6)),
                ('text', models.CharField(max_length=200)),
                ('options', models.JSONField(default=list)),
                ('right', models.JSONField(default=list)),
                ('points', models.PositiveSmallIntegerField(default=1)),
                ('required', models.BooleanField(default=True)),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='surveys.survey')),
            ],
            options={
                'ordering': ['order'],
            },
        ),
        migrations.CreateModel(
            name='Answered',
            fields=[
                ('id', models.BigAutoField(default=zhiliu.surveys.models.random_key, editable=False, primary_key=True, serialize=False)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answered', to='surveys.survey')),
            ],
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(default=zhiliu.surveys.models.random_key, editable=False, primary_key=True, serialize=False)),
                ('number', models.SmallIntegerField(null=True)),
                ('text', models.CharField(blank=True, max_length=1000)),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='surveys.question')),
                ('response', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='surveys.response')),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('response'), models.F('question'), name='answer_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='survey',
            constraint=models.UniqueConstraint(models.F('kind'), models.F('thing_id'), models.F('purpose'), name='survey_once'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.UniqueConstraint(models.F('survey'), models.F('order'), name='survey_question_once'),
        ),
        migrations.AddConstraint(
            model_name='answered',
            constraint=models.UniqueConstraint(models.F('survey'), models.F('person'), name='answered_once'),
        ),
    ]
