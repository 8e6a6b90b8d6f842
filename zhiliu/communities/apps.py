from django.apps import AppConfig


class CommunitiesConfig(AppConfig):
    name = "zhiliu.communities"
    label = "communities"

    def ready(self) -> None:
        from zhiliu.directory.reach import shares_community
        from zhiliu.directory.rules import moderates_member

        from .reach import ids_sharing_community, moderates_community_of

        shares_community.provide(ids_sharing_community)
        moderates_member.provide(moderates_community_of)
