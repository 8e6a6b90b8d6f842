import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='LineageProgress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('thing_id', models.BigIntegerField()),
                ('station', models.PositiveSmallIntegerField()),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('kind'), models.F('thing_id'), name='lineage_progress_once')],
            },
        ),
        migrations.CreateModel(
            name='Link',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_kind', models.CharField(max_length=20)),
                ('source_id', models.BigIntegerField()),
                ('target_kind', models.CharField(max_length=20)),
                ('target_id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('came_out_of', 'came out of'), ('answers', 'answers'), ('applies', 'applies'), ('replaces', 'replaces')], default='came_out_of', max_length=12)),
                ('by_id', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'indexes': [models.Index(fields=['target_kind', 'target_id'], name='link_by_target')],
                'constraints': [models.UniqueConstraint(models.F('source_kind'), models.F('source_id'), models.F('target_kind'), models.F('target_id'), models.F('kind'), name='link_once')],
            },
        ),
    ]
