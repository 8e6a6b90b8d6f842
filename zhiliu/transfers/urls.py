from django.urls import path

from . import views

app_name = "transfers"
urlpatterns = [
    path("", views.runs, name="runs"),
    path("template.xlsx", views.template, {"form": "xlsx"}, name="template"),
    path("template.csv", views.template, {"form": "csv"}, name="template_csv"),
    path("<key:pk>/", views.run, name="run"),
    path("<key:pk>/columns/", views.columns, name="columns"),
    path("<key:pk>/sheet/", views.sheet, name="sheet"),
    path("<key:pk>/lines/<key:line>/", views.line, name="line"),
    path("<key:pk>/proposals/", views.proposals, name="proposals"),
    path("<key:pk>/names/", views.names, name="names"),
    path("<key:pk>/gone/", views.gone, name="gone"),
    path("<key:pk>/links.csv", views.links, name="links"),
    path("<key:pk>/mailing/", views.mailing, name="mailing"),
    *views.ImportViews().urls(),
]
