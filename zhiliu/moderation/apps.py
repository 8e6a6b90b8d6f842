from django.apps import AppConfig


class ModerationConfig(AppConfig):
    name = "zhiliu.moderation"
    label = "moderation"
