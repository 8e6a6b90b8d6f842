from django.apps import AppConfig


class TransfersConfig(AppConfig):
    name = "zhiliu.transfers"
    label = "transfers"
