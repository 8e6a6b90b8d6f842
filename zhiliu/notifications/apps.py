from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "zhiliu.notifications"
    label = "notifications"

    def ready(self) -> None:
        from zhiliu.kit.contracts.notification_types import answered, looked_at

        from .delivery import mark_read_about, mark_read_answered

        looked_at.provide(mark_read_about)
        answered.provide(mark_read_answered)
