from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "zhiliu.files"
    label = "files"
