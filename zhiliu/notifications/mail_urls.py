from django.urls import path

from . import mail_views

app_name = "mail"
urlpatterns = [
    path("", mail_views.server, name="server"),
    path("test/", mail_views.test, name="test"),
]
