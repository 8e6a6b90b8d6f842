from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "zhiliu.console"
    label = "console"
