from django.urls import path

from . import lists, views

urlpatterns = [
    path("", views.home, name="home"),
    path("following/", lists.people, name="following"),
    path("following/tags/", lists.tags, name="following_tags"),
    path("following/followers/", lists.followers, name="followers"),
    path("setup/", views.setup_guide, name="setup_guide"),
    path("start/", views.start, name="start"),
    path("favicon.ico", views.favicon, name="favicon"),
]
