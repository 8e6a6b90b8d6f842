"""Addresses of streams; /live/ itself is served beside Django or by nginx."""

from django.urls import path

from . import views

app_name = "live"
urlpatterns = [
    path("live/admission/", views.admission, name="admission"),
    path("live/missed/", views.missed, name="missed"),
    path("presence/", views.presence, name="presence"),
]
