from django.apps import AppConfig


class LineageConfig(AppConfig):
    name = "zhiliu.lineage"
    label = "lineage"
