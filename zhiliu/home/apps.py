from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "zhiliu.home"
    label = "home"
