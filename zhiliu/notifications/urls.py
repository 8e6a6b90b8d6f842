from django.urls import path

from . import views
from .push import views as push

app_name = "notifications"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("read/", views.read_all, name="read_all"),
    path("badge/", views.badge, name="badge"),
    path("preferences/", views.preferences, name="preferences"),
    path("stop/<str:key>/", views.stop, name="stop"),
    path("push/", push.add, name="push_add"),
    path("push/remove/", push.remove, name="push_remove"),
    path("push/test/", push.test, name="push_test"),
    path("push/shown/<str:key>/", push.shown, name="push_shown"),
    path("push/devices/<key:pk>/forget/", push.forget, name="push_forget"),
    path("<key:pk>/read/", views.read, name="read"),
    path("<key:pk>/", views.go, name="go"),
]
