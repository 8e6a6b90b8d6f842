from django.urls import path

from . import views

app_name = "documents"
urlpatterns = [
    path("", views.runs, name="runs"),
    path("<key:pk>/", views.run, name="run"),
    path("<key:pk>/progress/", views.progress, name="progress"),
    path("<key:pk>/start/", views.start, name="start"),
    path("<key:pk>/pause/", views.pausing, name="pause"),
    path("<key:pk>/removal/", views.removal, name="removal"),
    path("<key:pk>/report.csv", views.report_file, name="report"),
]
