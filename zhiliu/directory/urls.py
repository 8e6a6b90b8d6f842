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
    path("invitations/<str:key>/", signin.entry, name="invitation"),
    path("password/", signin.password, name="password"),
    path("password/forgotten/", signin.forgotten, name="forgotten"),
    path("password/links/<str:key>/", signin.entry, name="entry"),
    path("theme/", views.theme, name="theme"),
    path("language/", views.language, name="language"),
    path("people/", include((people, "directory"))),
]
