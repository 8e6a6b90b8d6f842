"""Files on other pages: a tab of communities, and the newest files on their home page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy

from zhiliu.communities.models import Community
from zhiliu.communities.queries import HomeSection, Tab, home_sections, tabs
from zhiliu.communities.role_permissions import Feature
from zhiliu.directory.models import Person
from zhiliu.kit.web.addresses import address

from .models import SharedFile

tabs.register(
    Tab("files", pgettext_lazy("tab", "Files"), lambda community: address("files:list", community.slug), Feature.FILES),
    key="files",
    weight=60,
)


def newest_files(community: Community, viewer: Person) -> dict[str, Any] | None:
    """Return the section of the newest files."""
    if not community.has(Feature.FILES):
        return None
    rows = SharedFile.objects.there().filter(community=community).select_related("community", "upload__file", "by")
    newest = list(rows.order_by("-at", "-pk")[:4])
    return {"template": "files/community_section.html", "rows": newest, "community": community} if newest else None


home_sections.register(HomeSection(gettext_lazy("New files"), newest_files), key="files.newest", weight=50)
