from django.urls import path

from .views import serving, sharing

app_name = "files"
urlpatterns = [
    path("files/", serving.uploads, name="uploads"),
    path("files/<str:key>/", serving.file, name="file"),
    path("communities/<slug:slug>/files/", sharing.files, name="list"),
    path("communities/<slug:slug>/files/new/", sharing.file_new, name="new"),
    path("communities/<slug:slug>/files/<key:pk>/", sharing.shared_file, name="shared"),
    path("communities/<slug:slug>/files/<key:pk>/edit/", sharing.file_edit, name="edit"),
    path("communities/<slug:slug>/files/<key:pk>/removal/", sharing.file_removal, name="removal"),
]
