from django.apps import AppConfig


class ActivityConfig(AppConfig):
    name = "zhiliu.activity"
    label = "activity"

    def ready(self) -> None:
        from zhiliu.communities.lifecycle.dormancy import alive_since
        from zhiliu.jobs.loops import loops
        from zhiliu.kit.contracts.facts import recorder

        from .consumers import follow_all
        from .recording import communities_since, record

        recorder.provide(record)
        alive_since.provide(communities_since)
        loops.register(follow_all, key="activity.followers")
