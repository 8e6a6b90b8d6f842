from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "zhiliu.governance"
    label = "governance"
