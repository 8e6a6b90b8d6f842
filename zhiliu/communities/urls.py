from django.urls import path

from . import views

app_name = "communities"
urlpatterns = [
    path("", views.communities, name="list"),
    path("new/", views.start, name="start"),
    path("<slug:slug>/", views.home, name="home"),
    path("<slug:slug>/membership/", views.membership, name="join"),
    path("<slug:slug>/departure/", views.departure, name="leave"),
    path("<slug:slug>/involvement/", views.involvement, name="involvement"),
    path("<slug:slug>/members/", views.members, name="members"),
    path("<slug:slug>/members/new/", views.invitations, name="invite"),
    path("<slug:slug>/members/<key:pk>/role/", views.role, name="role"),
    path("<slug:slug>/requests/<key:pk>/decision/", views.request_decision, name="request_decision"),
    path("<slug:slug>/settings/", views.settings, name="settings"),
    path("<slug:slug>/rules/", views.rulebook, name="rulebook"),
    path("<slug:slug>/rules/edit/", views.rulebook_edit, name="rulebook_edit"),
    path("<slug:slug>/rules/consent/", views.consent, name="consent"),
    path("<slug:slug>/announcements/", views.announcements, name="announcements"),
    path("<slug:slug>/announcements/new/", views.announcement_new, name="announcement_new"),
    path("<slug:slug>/announcements/<key:pk>/", views.announcement, name="announcement"),
    path("<slug:slug>/announcements/<key:pk>/reminder/", views.reminder, name="reminder"),
]
