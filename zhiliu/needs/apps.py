from django.apps import AppConfig


class NeedsConfig(AppConfig):
    name = "zhiliu.needs"
    label = "needs"
