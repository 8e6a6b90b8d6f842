from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "zhiliu.surveys"
    label = "surveys"
