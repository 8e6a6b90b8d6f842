from django.apps import AppConfig


class PostroomConfig(AppConfig):
    name = "zhiliu.postroom"
    label = "postroom"
