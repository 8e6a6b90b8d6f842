from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "zhiliu.jobs"
    label = "jobs"

    def ready(self) -> None:
        from django_tasks.signals import task_finished

        from .retrying import try_again

        task_finished.connect(try_again, dispatch_uid="zhiliu.jobs.try_again")
