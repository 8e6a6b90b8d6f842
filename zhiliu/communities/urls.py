from django.urls import path

from .views import admission, announcements, arranging, calendar, members, pages, rulebooks

app_name = "communities"
urlpatterns = [
    path("", pages.communities, name="list"),
    path("new/", pages.start, name="start"),
    path("<slug:slug>/", pages.home, name="home"),
    path("<slug:slug>/membership/", members.membership, name="join"),
    path("<slug:slug>/departure/", members.departure, name="leave"),
    path("<slug:slug>/involvement/", members.involvement, name="involvement"),
    path("<slug:slug>/members/", members.members, name="members"),
    path("<slug:slug>/members/new/", members.invitations, name="invite"),
    path("<slug:slug>/members/<key:pk>/role/", members.role, name="role"),
    path("<slug:slug>/requests/<key:pk>/decision/", members.request_decision, name="request_decision"),
    path("<slug:slug>/admission/rule/", admission.rule, name="rule"),
    path("<slug:slug>/admission/rule/people/", admission.rule_people, name="rule_people"),
    path("<slug:slug>/admission/moves/", admission.moves, name="moves"),
    path("<slug:slug>/settings/", pages.settings, name="settings"),
    path("<slug:slug>/rules/", rulebooks.rulebook, name="rulebook"),
    path("<slug:slug>/rules/edit/", rulebooks.rulebook_edit, name="rulebook_edit"),
    path("<slug:slug>/rules/consent/", rulebooks.consent, name="consent"),
    path("<slug:slug>/home/", arranging.arrange, name="arrange"),
    path("<slug:slug>/home/<key:pk>/", arranging.block, name="block"),
    path("<slug:slug>/home/texts/new/", arranging.text_new, name="text_new"),
    path("<slug:slug>/home/texts/<key:pk>/", arranging.text, name="text"),
    path("<slug:slug>/home/texts/<key:pk>/removal/", arranging.text_removal, name="text_removal"),
    path("<slug:slug>/calendar/", calendar.month, name="calendar"),
    path("<slug:slug>/calendar/new/", calendar.occasion_new, name="occasion_new"),
    path("<slug:slug>/calendar/<key:pk>/", calendar.occasion, name="occasion"),
    path("<slug:slug>/calendar/<key:pk>/removal/", calendar.occasion_removal, name="occasion_removal"),
    path("<slug:slug>/announcements/", announcements.announcements, name="announcements"),
    path("<slug:slug>/announcements/new/", announcements.announcement_new, name="announcement_new"),
    path("<slug:slug>/announcements/<key:pk>/", announcements.announcement, name="announcement"),
    path("<slug:slug>/announcements/<key:pk>/reminder/", announcements.reminder, name="reminder"),
]
