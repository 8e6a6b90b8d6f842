from django.urls import path

from .views import keeping, libraries, reading, tags, writing

app_name = "knowledge"
urlpatterns = [
    path("knowledge/", libraries.home, name="home"),
    path("knowledge/new/", writing.new, name="new"),
    path("knowledge/<slug:slug>/", libraries.library, name="library"),
    path("knowledge/<slug:slug>/uses/export/", libraries.uses_file, name="library_uses_file"),
    path("tags/<key:pk>/", tags.tag, name="tag"),
    path("tags/<key:pk>/follow/", tags.follow, name="follow_tag"),
    path("articles/pictures/", writing.pictures, name="pictures"),
    path("articles/<key:pk>/", reading.article, name="article"),
    path("articles/<key:pk>/share/", reading.share, name="share"),
    path("a/<key:pk>/", reading.short, name="short"),
    path("articles/<key:pk>/uses/", reading.uses, name="uses"),
    path("articles/<key:pk>/uses/export/", reading.uses_file, name="uses_file"),
    path("articles/<key:pk>/acknowledgement/", reading.acknowledgement, name="acknowledgement"),
    path("articles/<key:pk>/history/", reading.history, name="history"),
    path("articles/<key:pk>/history/<key:number>/", reading.revision, name="revision"),
    path("articles/<key:pk>/restoration/", reading.restoration, name="restoration"),
    path("articles/<key:pk>/edit/", writing.edit, name="edit"),
    path("articles/<key:pk>/people/", writing.people, name="people"),
    path("articles/<key:pk>/writers/", writing.writers, name="writers"),
    path("articles/<key:pk>/publication/", writing.publication, name="publication"),
    path("articles/<key:pk>/settings/", keeping.settings, name="settings"),
    path("articles/<key:pk>/library/", keeping.move, name="move"),
    path("articles/<key:pk>/review/", keeping.review, name="review"),
    path("articles/<key:pk>/pin/", keeping.pin, name="pin"),
    path("articles/<key:pk>/archive/", keeping.archive, name="archive"),
]
