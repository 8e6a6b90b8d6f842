from django.apps import AppConfig


class CommunitiesConfig(AppConfig):
    name = "zhiliu.communities"
    label = "communities"

    def ready(self) -> None:
        from zhiliu.directory.reach import shares_community

        from .reach import ids_sharing_community

        shares_community.provide(ids_sharing_community)
