from django.urls import path

from . import views

app_name = "polls"
urlpatterns = [
    path("communities/<slug:slug>/polls/", views.polls, name="list"),
    path("communities/<slug:slug>/polls/new/", views.poll_new, name="new"),
    path("communities/<slug:slug>/polls/<key:pk>/", views.poll, name="poll"),
    path("communities/<slug:slug>/polls/<key:pk>/ballot/", views.ballot, name="ballot"),
    path("communities/<slug:slug>/polls/<key:pk>/closing/", views.closing, name="closing"),
]
