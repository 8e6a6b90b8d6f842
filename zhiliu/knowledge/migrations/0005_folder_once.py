from django.db import migrations, models


def tell_apart(apps, schema_editor):
    """Until now SQLite let two folders of one name stand at the top of a library."""
    Folder = apps.get_model("knowledge", "Folder")
    taken = set()
    for folder in Folder.objects.order_by("pk"):
        name, number = folder.name, 1
        while (folder.library_id, folder.parent_id, name) in taken:
            number += 1
            mark = f" ({number})"
            name = f"{folder.name[: 80 - len(mark)]}{mark}"
        taken.add((folder.library_id, folder.parent_id, name))
        if name != folder.name:
            Folder.objects.filter(pk=folder.pk).update(name=name)


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0004_import_origin")]

    operations = [
        migrations.RunPython(tell_apart, migrations.RunPython.noop, elidable=True),
        migrations.RemoveConstraint("folder", "folder_once"),
        migrations.AddConstraint(
            "folder",
            models.UniqueConstraint("library", "name", condition=models.Q(parent=None), name="top_folder_once"),
        ),
        migrations.AddConstraint(
            "folder",
            models.UniqueConstraint(
                "library",
                "parent",
                "name",
                condition=models.Q(parent__isnull=False),
                name="folder_in_folder_once",
            ),
        ),
    ]
