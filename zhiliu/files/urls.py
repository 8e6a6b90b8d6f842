from django.urls import path

from . import views

app_name = "files"
urlpatterns = [
    path("", views.uploads, name="uploads"),
    path("<str:key>/", views.file, name="file"),
]
