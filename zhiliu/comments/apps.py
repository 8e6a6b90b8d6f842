from django.apps import AppConfig


class CommentsConfig(AppConfig):
    name = "zhiliu.comments"
    label = "comments"
