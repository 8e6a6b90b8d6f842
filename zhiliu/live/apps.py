from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "zhiliu.live"
    label = "live"
