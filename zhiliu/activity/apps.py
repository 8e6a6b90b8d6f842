from django.apps import AppConfig


class ActivityConfig(AppConfig):
    name = "zhiliu.activity"
    label = "activity"

    def ready(self) -> None:
        from zhiliu.jobs.loops import loops
        from zhiliu.kit.facts import recorder

        from .following import follow_all
        from .recording import record

        recorder.fill(record)
        loops.put(follow_all, key="activity.followers")
