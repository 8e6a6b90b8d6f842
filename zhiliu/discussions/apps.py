from django.apps import AppConfig


class DiscussionsConfig(AppConfig):
    name = "zhiliu.discussions"
    label = "discussions"
