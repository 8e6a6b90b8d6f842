from django.db import migrations

from zhiliu.kit.text.chinese_text import has_han, initials, normalise, readings


def add_keys(apps, schema_editor):
    """People are found by the surname in full with the initials of the given name, too: linxl."""
    Person, NameKey = apps.get_model("directory", "Person"), apps.get_model("directory", "NameKey")
    rows = []
    for person_id, name in Person.objects.values_list("pk", "name").iterator(chunk_size=2000):
        name = normalise(name).replace(" ", "")
        if has_han(name) and 1 < len(name) <= 4:
            keys = {f"{surname}{rest}" for surname in readings(name[0]) for rest in initials(name[1:])}
            rows += [NameKey(person_id=person_id, key=key) for key in keys]
    NameKey.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)


class Migration(migrations.Migration):

    dependencies = [
        ("directory", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(add_keys, migrations.RunPython.noop),
    ]
