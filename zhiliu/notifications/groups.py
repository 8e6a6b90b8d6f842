"""Groups of notification types, the unit of preferences."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

GROUPS = {
    "mine": _("For me: invitations, answers, requests to decide"),
    "talk": _("Messages to me, mentions and replies in conversations"),
    "gatherings": _("Gatherings I signed up for"),
    "support": _("Votes, thanks and uses of what I wrote"),
    "following": _("News from people and tags I follow"),
    "community": _("News from my communities"),
}
