"""Addresses of streams; the stream itself, /live/, is served beside Django or by nginx."""

from django.urls import path

from . import views

app_name = "live"
urlpatterns = [
    path("admission/", views.admission, name="admission"),
    path("missed/", views.missed, name="missed"),
]
