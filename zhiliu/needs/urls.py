from django.urls import path

from . import views

app_name = "needs"
urlpatterns = [
    path("needs/new/", views.need_new, name="voice"),
    path("needs/similar/", views.similar, name="similar"),
    path("needs/<key:pk>/", views.need, name="need"),
    path("needs/<key:pk>/support/", views.support, name="support"),
    path("needs/<key:pk>/edit/", views.need_edit, name="edit"),
    path("needs/<key:pk>/closure/", views.closing, name="close"),
    path("needs/<key:pk>/merge/", views.merging, name="merge"),
    path("topics/<key:pk>/", views.topic, name="topic"),
    path("topics/<key:pk>/vote/", views.topic_vote, name="topic_vote"),
    path("topics/<key:pk>/edit/", views.topic_edit, name="topic_edit"),
    path("communities/<slug:slug>/needs/", views.needs, name="list"),
    path("communities/<slug:slug>/needs/export/", views.needs_file, name="needs_file"),
    path("communities/<slug:slug>/needs/new/", views.need_new_there, name="new"),
    path("communities/<slug:slug>/topics/", views.topics, name="topics"),
    path("communities/<slug:slug>/topics/export/", views.topics_file, name="topics_file"),
    path("communities/<slug:slug>/topics/new/", views.topic_new, name="topic_new"),
]
