"""The URL map: nouns of the domain, one line per app."""

from django.urls import include, path

from zhiliu.home.style_guide import gallery

urlpatterns = [
    path("", include("zhiliu.home.urls")),
    path("", include("zhiliu.directory.urls")),
    path("communities/", include("zhiliu.communities.urls")),
    path("n/", include("zhiliu.communities.short_urls")),
    path("", include("zhiliu.files.urls")),
    path("", include("zhiliu.live.urls")),
    path("inbox/", include("zhiliu.notifications.urls")),
    path("administration/mail/", include("zhiliu.notifications.mail_urls")),
    path("search/", include("zhiliu.search.urls")),
    path("", include("zhiliu.moderation.urls")),
    path("", include("zhiliu.comments.urls")),
    path("", include("zhiliu.polls.urls")),
    path("", include("zhiliu.surveys.urls")),
    path("", include("zhiliu.thanks.urls")),
    path("", include("zhiliu.needs.urls")),
    path("", include("zhiliu.knowledge.urls")),
    path("", include("zhiliu.discussions.urls")),
    path("", include("zhiliu.conversations.urls")),
    path("", include("zhiliu.gatherings.urls")),
    path("", include("zhiliu.governance.urls")),
    path("administration/imports/", include("zhiliu.transfers.urls")),
    path("administration/audit/", include("zhiliu.audit.urls")),
    path("imports/", include("zhiliu.transfers.documents.urls")),
    path("administration/", include("zhiliu.console.urls")),
    path("gallery/", gallery, name="gallery"),
]

handler400 = "zhiliu.kit.web.error_views.bad_request"
handler403 = "zhiliu.kit.web.error_views.forbidden"
handler404 = "zhiliu.kit.web.error_views.not_found"
handler500 = "zhiliu.kit.web.error_views.broken"
