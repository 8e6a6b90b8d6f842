from django.urls import path
from django.views.generic import RedirectView

app_name = "knowledge"
urlpatterns = [
    path("knowledge/<slug:slug>/", RedirectView.as_view(url="/"), name="library"),
    path("articles/<int:pk>/", RedirectView.as_view(url="/"), name="article"),
]
