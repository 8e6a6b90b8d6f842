from django.urls import include, path

from zhiliu.kit.site import MARK_PATH

from .signin import views as signin
from .views import following, mailings, managing, organisation, people, structure, time

colleagues = [
    path("", people.people, name="people"),
    path("search/", people.search, name="search"),
    path("fields/<slug:key>/", people.shared_values, name="shared_values"),
    path("skills/<key:pk>/endorsement/", people.endorsement, name="endorsement"),
    path("<slug:handle>/", people.person, name="person"),
    path("<slug:handle>/card/", people.card, name="card"),
    path("<slug:handle>/follow/", following.follow, name="follow"),
    path("<slug:handle>/profile/", people.profile, name="profile"),
]

administration = [
    path("organisation/", organisation.organisation, name="organisation"),
    path("organisation/logo/removal/", organisation.logo_removal, name="logo_removal"),
    path("people/", managing.people, name="people"),
    path("people/new/", managing.person_new, name="person_new"),
    path("people/<slug:handle>/", managing.person, name="person"),
    path("people/<slug:handle>/leaving/", managing.leaving, name="leaving"),
    path("people/<slug:handle>/administrator/", managing.administrator, name="administrator"),
    path("people/<slug:handle>/link/", managing.link, name="link"),
    path("mailings/", mailings.mailings, name="mailings"),
    path("mailings/<key:pk>/", mailings.mailing, name="mailing"),
    path("mailings/<key:pk>/progress/", mailings.progress, name="mailing_progress"),
    path("mailings/<key:pk>/again/", mailings.again, name="mailing_again"),
    path("mailings/<key:pk>/links.csv", mailings.links, name="mailing_links"),
    path("departments/", structure.departments, name="departments"),
    path("departments/new/", structure.department_new, name="department_new"),
    path("departments/<key:pk>/", structure.department, name="department"),
    path("departments/<key:pk>/links.csv", structure.department_links, name="department_links"),
    path("departments/<key:pk>/mailing/", structure.department_mailing, name="department_mailing"),
    path("departments/<key:pk>/removal/", structure.department_removal, name="department_removal"),
    path("positions/", structure.positions, name="positions"),
    path("positions/new/", structure.position, name="position_new"),
    path("positions/<key:pk>/", structure.position, name="position"),
    path("positions/<key:pk>/removal/", structure.position_removal, name="position_removal"),
    path("places/", structure.places, name="places"),
    path("places/new/", structure.location, name="location_new"),
    path("places/<key:pk>/", structure.location, name="location"),
    path("places/<key:pk>/removal/", structure.location_removal, name="location_removal"),
    path("places/<key:pk>/rooms/new/", structure.room_new, name="room_new"),
    path("rooms/<key:pk>/", structure.room, name="room"),
    path("rooms/<key:pk>/removal/", structure.room_removal, name="room_removal"),
    path("fields/", structure.fields, name="fields"),
    path("fields/new/", structure.field_new, name="field_new"),
    path("fields/<key:pk>/", structure.field, name="field"),
    path("fields/<key:pk>/retirement/", structure.field_retirement, name="field_retirement"),
    path("fields/<key:pk>/up/", structure.field_up, name="field_up"),
]

urlpatterns = [
    path(MARK_PATH[1:], organisation.mark, name="mark"),
    path("organisation/logo/<str:digest>.png", organisation.logo, name="logo"),
    path("signin/", signin.signin, name="signin"),
    path("signin/demo/<slug:handle>/", signin.demo_signin, name="demo_signin"),
    path("signout/", signin.signout, name="signout"),
    path("invitations/<str:key>/", signin.entry, name="invitation"),
    path("password/", signin.password, name="password"),
    path("password/forgotten/", signin.forgotten, name="forgotten"),
    path("password/links/<str:key>/", signin.entry, name="entry"),
    path("theme/", people.theme, name="theme"),
    path("language/", people.language, name="language"),
    path("people/", include((colleagues, "directory"))),
    path("administration/", include((administration, "managing"))),
    path("working-time/", time.working_time, name="working_time"),
    path("working-time/hours/", time.hours, name="working_hours"),
    path("working-time/days/<str:date>/", time.day, name="working_day"),
    path("working-time/days/<str:date>/removal/", time.day_removal, name="working_day_removal"),
    path("working-time/<key:year>/", time.working_time, name="working_year"),
    path("working-time/<key:year>/confirmation/", time.confirmation, name="working_year_confirmation"),
    path("working-time/<key:year>/entry/", time.entry, name="working_year_entry"),
]
