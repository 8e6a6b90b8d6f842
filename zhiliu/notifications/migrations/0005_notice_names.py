"""Notices are called as the facts they tell."""

from typing import Any

from django.db import migrations

NAMES = {
    "communities.announced": "communities.announcement_published",
    "conversations.quoted": "conversations.messages_quoted",
    "conversations.reminded": "conversations.reminder_due",
    "discussions.newcomer_waits": "discussions.newcomer_unanswered",
    "discussions.posted": "discussions.post_published",
    "gatherings.held": "gatherings.completed",
    "thanks.thanked": "thanks.thanks_given",
}


def rename(apps: Any, _editor: Any) -> None:
    """Give rows of inboxes the names of now."""
    rows = apps.get_model("notifications", "InboxRow").objects
    for before, now in NAMES.items():
        rows.filter(notice=before).update(notice=now)


class Migration(migrations.Migration):
    dependencies = [("notifications", "0004_mail_server")]

    operations = [migrations.RunPython(rename, migrations.RunPython.noop)]
