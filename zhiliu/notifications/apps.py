from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "zhiliu.notifications"
    label = "notifications"
