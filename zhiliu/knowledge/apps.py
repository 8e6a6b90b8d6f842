from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    name = "zhiliu.knowledge"
    label = "knowledge"
