"""The list of words begins with a few that insult wherever they stand; administrators change it."""

from django.db import migrations

STRONG = ["傻逼", "煞笔", "傻叉", "二逼", "操你妈", "王八蛋", "贱人", "婊子", "死全家", "nmsl", "asshole", "fuck you"]
WEAK = ["脑残", "智障", "白痴", "滚蛋", "去死", "狗屁", "混蛋", "草泥马", "他妈的", "cnm", "tmd", "idiot"]


def list_words(apps, schema_editor):
    Word = apps.get_model("moderation", "Word")
    Word.objects.bulk_create(
        [
            Word(text=text, folded=text, weight=weight)
            for texts, weight in ((STRONG, 2), (WEAK, 1))
            for text in texts
        ],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("moderation", "0001_first")]
    operations = [migrations.RunPython(list_words, migrations.RunPython.noop)]
