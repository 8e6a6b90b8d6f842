from django.urls import include, path

from . import views
from .signin import views as signin

people = [
    path("", views.people, name="people"),
    path("search/", views.search, name="search"),
    path("skills/<key:pk>/endorsement/", views.endorsement, name="endorsement"),
    path("<slug:handle>/", views.person, name="person"),
    path("<slug:handle>/profile/", views.profile, name="profile"),
]

urlpatterns = [
    path("signin/", signin.signin, name="signin"),
    path("signin/demo/<slug:handle>/", signin.demo_signin, name="demo_signin"),
    path("signout/", signin.signout, name="signout"),
    path("invitations/<str:key>/", signin.invitation, name="invitation"),
    path("theme/", views.theme, name="theme"),
    path("language/", views.language, name="language"),
    path("people/", include((people, "directory"))),
]
