from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "zhiliu.demo"
    label = "demo"
