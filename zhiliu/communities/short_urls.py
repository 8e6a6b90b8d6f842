"""Short links of announcements, for other chats."""

from django.urls import path

from .views import announcements

app_name = "announcements"
urlpatterns = [path("<key:pk>/", announcements.short, name="short")]
