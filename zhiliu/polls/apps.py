from django.apps import AppConfig


class PollsConfig(AppConfig):
    name = "zhiliu.polls"
    label = "polls"
