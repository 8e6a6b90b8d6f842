from django.urls import path

from . import installing, preferences, views, week

urlpatterns = [
    path("", views.home, name="home"),
    path("following/", preferences.people, name="following"),
    path("following/tags/", preferences.tags, name="following_tags"),
    path("following/followers/", preferences.followers, name="followers"),
    path("setup/", views.setup_guide, name="setup_guide"),
    path("week/", week.managers_week, name="week"),
    path("start/", views.start, name="start"),
    path("manifest.webmanifest", installing.manifest, name="manifest"),
    path("icon/<slug:name>.png", installing.app_icon, name="app_icon"),
    path("service-worker.js", installing.service_worker, name="service_worker"),
    path("offline/", installing.offline, name="offline"),
    path("me/", views.me, name="me"),
    path("favicon.ico", views.favicon, name="favicon"),
]
