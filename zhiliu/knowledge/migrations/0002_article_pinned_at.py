from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='article',
            name='pinned_at',
            field=models.DateTimeField(help_text='Since when it stands at the top of its library.', null=True),
        ),
    ]
