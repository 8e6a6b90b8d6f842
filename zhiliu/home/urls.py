from django.urls import path

from . import preferences, views

urlpatterns = [
    path("", views.home, name="home"),
    path("following/", preferences.people, name="following"),
    path("following/tags/", preferences.tags, name="following_tags"),
    path("following/followers/", preferences.followers, name="followers"),
    path("setup/", views.setup_guide, name="setup_guide"),
    path("start/", views.start, name="start"),
    path("favicon.ico", views.favicon, name="favicon"),
]
