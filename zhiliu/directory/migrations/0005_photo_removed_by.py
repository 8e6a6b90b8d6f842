
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0004_shows_reading'),
    ]

    operations = [
        migrations.AddField(
            model_name='photo',
            name='removed_by',
            field=models.ForeignKey(help_text='Nobody where another photo replaced it.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
    ]
