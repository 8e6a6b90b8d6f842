from django.urls import path

from . import views

app_name = "documents"
urlpatterns = [
    path("", views.runs, name="runs"),
    path("<key:pk>/", views.run, name="run"),
    *views.DocumentImportViews().urls(),
]
