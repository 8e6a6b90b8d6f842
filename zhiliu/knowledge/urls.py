from django.urls import path

from .views import keeping, libraries, reading, writing

app_name = "knowledge"
urlpatterns = [
    path("knowledge/", libraries.home, name="home"),
    path("knowledge/new/", writing.new, name="new"),
    path("knowledge/<slug:slug>/", libraries.library, name="library"),
    path("articles/<int:pk>/", reading.article, name="article"),
    path("articles/<int:pk>/uses/", reading.uses, name="uses"),
    path("articles/<int:pk>/acknowledgement/", reading.acknowledgement, name="acknowledgement"),
    path("articles/<int:pk>/history/", reading.history, name="history"),
    path("articles/<int:pk>/history/<int:number>/", reading.revision, name="revision"),
    path("articles/<int:pk>/restoration/", reading.restoration, name="restoration"),
    path("articles/<int:pk>/edit/", writing.edit, name="edit"),
    path("articles/<int:pk>/publication/", writing.publication, name="publication"),
    path("articles/<int:pk>/settings/", keeping.settings, name="settings"),
    path("articles/<int:pk>/review/", keeping.review, name="review"),
    path("articles/<int:pk>/archive/", keeping.archive, name="archive"),
]
