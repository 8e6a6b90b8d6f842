"""Texts used by the script of an open channel."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhiliu.kit.templatetags.ui_time import words_for_days


def phrases() -> dict[str, str]:
    """Return the texts of the island in the reader's language; the island fills in ``%s``."""
    return {
        **words_for_days(),
        "count": _("%s new messages"),
        "toEnd": _("Jump to latest"),
        "waiting": _("Sending…"),
        "failed": _("Not sent"),
        "signedOut": _("You’re signed out. Sign in again; your text is kept on this device."),
        "filesLost": _("The page was closed before the files were sent. Try again sends the text only."),
        "again": _("Try again"),
        "notPublished": _("Not published"),
        "why": pgettext("link to the record", "Why"),
        "drop": _("Discard draft"),
        "offline": _("Connection lost. Try again when it is back."),
        "typing": _("%s is writing"),
        "several": _("Several people are writing"),
        "comma": pgettext("between names", ", "),
        "colon": pgettext("after a label", ": "),
        "everybody": pgettext("after @, calls the whole channel", "everybody"),
        "everybodyHint": _("The whole channel"),
        "recording": _("Recording %s"),
        "noMicrophone": _("No microphone found. Plug one in, or record on your phone."),
        "microphoneRefused": _("The microphone is blocked. Allow it for this page in the browser, then record again."),
        "remove": _("Remove %s"),
        "picturesLost": _("Some pictures weren’t pasted. Copy and paste them one by one."),
        "copied": _("Copied"),
        "more": _("Actions for this message"),
        "kept": _("Message saved"),
        "notKept": _("Removed from saved"),
        "whenLater": _("Choose a time first."),
        "quotesLater": _("A quotation can’t be scheduled. Send it now, or remove it."),
        "filesLater": _("Files can’t be scheduled. Send them now, or remove them."),
        "asking": _("Asking the program…"),
        "noAnswer": _("The program didn’t respond. Nothing was posted to the channel."),
        "onlyYou": _("Only you see this"),
        "close": _("Close"),
        **_emoji(),
        "read": pgettext("by the other person", "Read"),
        "readBy": _("Read by %s"),
        "markedUnread": _("Marked as unread"),
    }


def _emoji() -> dict[str, str]:
    """Return the texts of the emoji picker."""
    return {
        "emoji": _("Emoji"),
        "emojiSearch": _("Search emoji"),
        "emojiGroups": _("Groups of emoji"),
        "emojiFound": pgettext("heading above emoji", "Found"),
        "emojiNone": _("No emoji found"),
        "emojiOften": pgettext("heading above emoji", "Frequently used"),
        "emojiFaces": pgettext("group of emoji", "Faces and emotions"),
        "emojiPeople": pgettext("group of emoji", "Hands and people"),
        "emojiNature": pgettext("group of emoji", "Animals and nature"),
        "emojiFood": pgettext("group of emoji", "Food and drink"),
        "emojiPlaces": pgettext("group of emoji", "Travel and places"),
        "emojiActivities": pgettext("group of emoji", "Activities"),
        "emojiObjects": pgettext("group of emoji", "Objects"),
        "emojiSymbols": pgettext("group of emoji", "Symbols"),
        "emojiFlags": pgettext("group of emoji", "Flags"),
    }
