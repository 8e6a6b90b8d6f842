"""Facts got names of their own: what the log holds by the old ones is theirs."""

from typing import Any

from django.db import migrations

NAMES = {
    "comments.comment_put_back": "comments.comment_restored",
    "comments.comment_withdrawn": "comments.comment_deleted",
    "comments.commented": "comments.comment_posted",
    "communities.announced": "communities.announcement_published",
    "communities.home_arranged": "communities.home_changed",
    "conversations.floor_changed": "conversations.speaking_turn_changed",
    "conversations.left_out_asked": "conversations.quote_removal_requested",
    "conversations.message_put_back": "conversations.message_restored",
    "conversations.message_withdrawn": "conversations.message_deleted",
    "conversations.parts_changed": "conversations.members_changed",
    "conversations.quoted": "conversations.messages_quoted",
    "conversations.reminded": "conversations.reminder_due",
    "discussions.answer_put_back": "discussions.answer_restored",
    "discussions.answer_withdrawn": "discussions.answer_deleted",
    "discussions.newcomer_waits": "discussions.newcomer_unanswered",
    "discussions.post_put_back": "discussions.post_restored",
    "discussions.post_withdrawn": "discussions.post_deleted",
    "discussions.posted": "discussions.post_published",
    "discussions.question_put_back": "discussions.question_restored",
    "discussions.question_put_into_faq": "discussions.question_added_to_faq",
    "discussions.question_withdrawn": "discussions.question_deleted",
    "gatherings.held": "gatherings.completed",
    "knowledge.acknowledged": "knowledge.article_acknowledged",
    "knowledge.use_changed": "knowledge.article_use_changed",
    "moderation.thing_flagged": "moderation.content_flagged",
    "moderation.thing_held": "moderation.content_held",
    "moderation.thing_reported": "moderation.content_reported",
    "needs.topic_made": "needs.topic_created",
    "polls.poll_put": "polls.poll_created",
    "surveys.survey_made": "surveys.survey_created",
    "thanks.thanked": "thanks.thanks_given",
}


def rename(apps: Any, _editor: Any) -> None:
    """Give stored facts their names of now."""
    rows = apps.get_model("activity", "Activity").objects
    for before, now in NAMES.items():
        rows.filter(verb=before).update(verb=now)


class Migration(migrations.Migration):
    dependencies = [("activity", "0001_initial")]

    operations = [migrations.RunPython(rename, migrations.RunPython.noop)]
