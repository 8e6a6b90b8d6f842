from django.urls import path

from . import views

app_name = "comments"
urlpatterns = [
    path("comments/<key:pk>/", views.one, name="comment"),
    path("comments/<slug:kind>/<key:thing_id>/", views.comments, name="comments"),
]
