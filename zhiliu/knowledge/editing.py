"""Labels and insert commands of the editor, in the reader's language."""

from __future__ import annotations

import json

from django.utils.translation import get_language, override, pgettext
from django.utils.translation import gettext as _

from zhiliu.kit.text.chinese_text import has_han, normalise
from zhiliu.kit.text.pinyin_tables import pypinyin


def editor_words() -> str:
    """Return the editor's labels as JSON for an attribute."""
    labels = {
        "unsaved": _("Not saved yet"),
        "saving": _("Saving"),
        "failed": pgettext("editor", "Not saved: connection lost. Your text is still here."),
        "signed_out": _("Not saved: you’re signed out. Your text is kept on this device."),
        "retry": _("Try again"),
        "restored": _("Your unsaved text is back"),
        "conflict": _("Someone saved a newer version"),
        "text": _("Text"),
        "task": _("Task"),
        "opaque": _("Kept as written"),
        "not_opened": _("This text can’t be shown in the editor. Continue in plain text."),
        "begin": _("Write here; / inserts headings, lists, tables, pictures"),
        "insert": _("Insert by name"),
        "mention": _("Mention a colleague, who is notified when this is published"),
        "uploading": _("Uploading"),
        "pictures_lost": _("Some pictures weren’t pasted. Copy them one by one, or drop their files here."),
        "picture_link": _("Picture kept as a link."),
        "upload_failed": _("The file wasn’t received. Try again."),
    }
    return json.dumps(labels, ensure_ascii=False)


# Command, icon, and an additional English search word.
_INSERTS = (
    ("heading2", "heading-2", "heading"),
    ("heading3", "heading-3", "small heading"),
    ("bullet", "list", "list"),
    ("ordered", "list-ordered", "numbered list"),
    ("task", "list-todo", "tasks"),
    ("table", "table", "table"),
    ("picture", "image", "picture"),
    ("quote", "quote", "quote"),
    ("codeblock", "code", "code"),
    ("rule", "minus", "dividing line"),
    ("link", "link", "link"),
)


def _names() -> dict[str, str]:
    return {
        "heading2": pgettext("insert", "Heading"),
        "heading3": pgettext("insert", "Small heading"),
        "bullet": pgettext("insert", "List"),
        "ordered": pgettext("insert", "Numbered list"),
        "task": pgettext("insert", "Tasks"),
        "table": pgettext("insert", "Table"),
        "picture": pgettext("insert", "Picture or file"),
        "quote": pgettext("insert", "Quote"),
        "codeblock": pgettext("insert", "Code"),
        "rule": pgettext("insert", "Dividing line"),
        "link": pgettext("insert", "Link"),
    }


def editor_choices() -> str:
    """Return the slash menu, searchable by Chinese, pinyin, initials and English, as JSON for an attribute."""
    shown = _names()
    with override("zh-hans"):
        chinese = _names()
    offered = [
        {"key": key, "name": shown[key], "icon": icon, "find": _ways(shown[key], chinese[key], english)}
        for key, icon, english in _INSERTS
    ]
    return json.dumps(offered, ensure_ascii=False)


def _ways(name: str, chinese: str, english: str) -> list[str]:
    ways = [*_pinyin(chinese), normalise(chinese), normalise(name), english, english.replace(" ", "")]
    if not (get_language() or "").startswith("zh"):
        ways = [english, *ways]
    return list(dict.fromkeys(way for way in ways if way))


def _pinyin(name: str) -> list[str]:
    """Return pinyin with spaces, without spaces, and the initials."""
    if not has_han(name):
        return []
    syllables = pypinyin().lazy_pinyin(name)
    return [" ".join(syllables), "".join(syllables), "".join(syllable[0] for syllable in syllables)]
