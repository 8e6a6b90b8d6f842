from django.urls import path

from .views import desk, goals, proposals, reports

app_name = "governance"
C = "communities/<slug:slug>/"
urlpatterns = [
    path("goals/", goals.goals, name="goals"),
    path("goals/new/", goals.goal_new, name="goal_new"),
    path("goals/<key:pk>/", goals.goal, name="goal"),
    path("goals/<key:pk>/edit/", goals.goal_edit, name="goal_edit"),
    path("goals/<key:pk>/closure/", goals.closure, name="goal_closure"),
    path("goals/services/<slug:kind>/<key:key>/", goals.service, name="service"),
    path(f"{C}sponsor/", desk.desk, name="desk"),
    path(f"{C}sponsor/lines/new/", desk.line_new, name="line_new"),
    path(f"{C}sponsor/lines/<key:pk>/", desk.line_edit, name="line"),
    path(f"{C}sponsor/spending/new/", desk.spending_new, name="spending_new"),
    path(f"{C}sponsor/spending/<key:pk>/receipt/", desk.receipt, name="receipt"),
    path(f"{C}sponsor/spending/<key:pk>/removal/", desk.removal, name="spending_removal"),
    path(f"{C}sponsor/plan/", reports.plan, name="report_plan"),
    path(f"{C}sponsor/reports/<key:pk>/", reports.report, name="report"),
    path(f"{C}sponsor/reports/<key:pk>/pdf/", reports.pdf, name="report_pdf"),
    path(f"{C}sponsor/reports/now/", reports.so_far, name="so_far"),
    path(f"{C}proposals/", proposals.proposals, name="proposals"),
    path(f"{C}proposals/new/", proposals.proposal_new, name="proposal_new"),
    path(f"{C}proposals/<key:pk>/", proposals.proposal, name="proposal"),
    path(f"{C}proposals/<key:pk>/vote/", proposals.vote, name="proposal_vote"),
    path(f"{C}proposals/<key:pk>/withdrawal/", proposals.withdrawal, name="withdrawal"),
    path(f"{C}proposals/<key:pk>/follows/", proposals.follows, name="follows"),
]
