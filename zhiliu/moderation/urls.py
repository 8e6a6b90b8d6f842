from django.urls import path

from .views import queue, reports, sanctions, settings

app_name = "moderation"
urlpatterns = [
    path("moderation/", queue.waiting, name="everywhere"),
    path("moderation/decided/", queue.decided, name="all_decided"),
    path("moderation/sanctions/", sanctions.sanctions, name="all_sanctions"),
    path("moderation/detectors/", settings.detectors, name="all_detectors"),
    path("moderation/mine/", sanctions.mine, name="mine"),
    path("moderation/reports/new/", reports.report_thing, name="report"),
    path("moderation/decisions/", queue.decisions, name="decisions"),
    path("moderation/decisions/<key:pk>/undo/", queue.undoing, name="undo"),
    path("moderation/cases/<slug:key>/", queue.case, name="case"),
    path("moderation/cases/<slug:key>/files/<str:upload>/", queue.case_file, name="case_file"),
    path("moderation/sanctions/<key:pk>/", sanctions.sanction, name="sanction"),
    path("moderation/sanctions/<key:pk>/appeal/", sanctions.appeals, name="appeal"),
    path("moderation/sanctions/<key:pk>/answer/", sanctions.answer, name="answer"),
    path("moderation/sanctions/<key:pk>/end/", sanctions.lifting, name="lift"),
    path("moderation/ready-words/<key:pk>/", settings.template, name="template"),
    path("communities/<slug:slug>/moderation/", queue.waiting, name="queue"),
    path("communities/<slug:slug>/moderation/decided/", queue.decided, name="decided"),
    path("communities/<slug:slug>/moderation/sanctions/", sanctions.sanctions, name="sanctions"),
    path("communities/<slug:slug>/moderation/sanctions/new/", sanctions.sanction_new, name="sanction_new"),
    path("communities/<slug:slug>/moderation/detectors/", settings.detectors, name="detectors"),
    path("communities/<slug:slug>/moderation/settings/", settings.settings, name="settings"),
    path("communities/<slug:slug>/moderation/ready-words/new/", settings.template_new, name="template_new"),
    path("administration/words/", settings.words, name="words"),
    path("administration/words/<key:pk>/", settings.word, name="word"),
    path("administration/ready-words/new/", settings.shared_template_new, name="shared_template_new"),
]
