from django.urls import path

from . import views

app_name = "comments"
urlpatterns = [
    path("comments/<int:pk>/", views.one, name="comment"),
    path("comments/<slug:kind>/<int:thing_id>/", views.comments, name="comments"),
]
