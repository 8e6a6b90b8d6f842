from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps

OFFERS = (
    "facts",
    "audit_labels",
    "rules",
    "object_types",
    "moderated_types",
    "notification_types",
    "indexers",
    "community_content",
    "ui_extensions",
    "todos",
    "receivers",
    "tasks",
    "conversions",
    "slash_commands",
    "community_news",
    "importers",
    "reply_handlers",
)


class KitConfig(AppConfig):
    name = "zhiliu.kit"
    label = "kit"

    def ready(self) -> None:
        """Import the modules named in ``OFFERS`` from every app, so that a file registers its items by its name
        alone.
        """
        import_module("zhiliu.kit.web.converters")
        import_module("zhiliu.kit.checks")
        for config in apps.get_app_configs():
            if config.name.startswith("zhiliu."):
                for offer in OFFERS:
                    if find_spec(f"{config.name}.{offer}"):
                        import_module(f"{config.name}.{offer}")
