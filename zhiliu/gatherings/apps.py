from django.apps import AppConfig


class GatheringsConfig(AppConfig):
    name = "zhiliu.gatherings"
    label = "gatherings"
