from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "zhiliu.search"
    label = "search"
