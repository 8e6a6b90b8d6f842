from django.apps import AppConfig


class ThanksConfig(AppConfig):
    name = "zhiliu.thanks"
    label = "thanks"
