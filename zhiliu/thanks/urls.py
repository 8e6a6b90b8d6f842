from django.urls import path

from . import views

app_name = "thanks"
urlpatterns = [path("people/<slug:handle>/thanks/", views.new, name="new")]
