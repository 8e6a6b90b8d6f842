from django.urls import path

from . import views

app_name = "needs"
urlpatterns = [
    path("needs/new/", views.voice, name="voice"),
    path("needs/<int:pk>/", views.need, name="need"),
    path("needs/<int:pk>/support/", views.support, name="support"),
    path("needs/<int:pk>/edit/", views.need_edit, name="edit"),
    path("needs/<int:pk>/closure/", views.closing, name="close"),
    path("needs/<int:pk>/merge/", views.merging, name="merge"),
    path("topics/<int:pk>/", views.topic, name="topic"),
    path("topics/<int:pk>/vote/", views.topic_vote, name="topic_vote"),
    path("topics/<int:pk>/edit/", views.topic_edit, name="topic_edit"),
    path("communities/<slug:slug>/needs/", views.needs, name="list"),
    path("communities/<slug:slug>/needs/new/", views.need_new, name="new"),
    path("communities/<slug:slug>/needs/similar/", views.similar, name="similar"),
    path("communities/<slug:slug>/topics/", views.topics, name="topics"),
    path("communities/<slug:slug>/topics/new/", views.topic_new, name="topic_new"),
]
