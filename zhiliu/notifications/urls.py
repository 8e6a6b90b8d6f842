from django.urls import path

from . import views

app_name = "notifications"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("read/", views.read_all, name="read_all"),
    path("badge/", views.badge, name="badge"),
    path("preferences/", views.preferences, name="preferences"),
    path("stop/<str:key>/", views.stop, name="stop"),
    path("<key:pk>/read/", views.read, name="read"),
    path("<key:pk>/", views.go, name="go"),
]
