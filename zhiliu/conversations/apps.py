from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "zhiliu.conversations"
    label = "conversations"
