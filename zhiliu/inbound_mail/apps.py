from django.apps import AppConfig


class InboundMailConfig(AppConfig):
    name = "zhiliu.inbound_mail"
    label = "inbound_mail"
