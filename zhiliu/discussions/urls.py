from django.urls import path

from .views import answering, asking, experts, posts, rota

app_name = "discussions"
urlpatterns = [
    path("questions/new/", asking.question_new, name="ask"),
    path("questions/similar/", asking.similar, name="similar"),
    path("questions/limit/", experts.limit, name="limit"),
    path("questions/<key:pk>/", asking.question, name="question"),
    path("questions/<key:pk>/edit/", asking.question_edit, name="edit"),
    path("questions/<key:pk>/follow/", asking.follow, name="follow"),
    path("questions/<key:pk>/owner/", asking.owner, name="owner"),
    path("questions/<key:pk>/duplicate/", asking.duplicate, name="duplicate"),
    path("questions/<key:pk>/withdrawal/", asking.question_withdrawal, name="question_withdraw"),
    path("questions/<key:pk>/reopening/", answering.reopening, name="reopen"),
    path("questions/<key:pk>/answers/", answering.answers, name="answers"),
    path("questions/<key:pk>/answers/export/", answering.answers_file, name="answers_file"),
    path("questions/<key:pk>/experts/", experts.experts, name="experts"),
    path("questions/<key:pk>/declining/", experts.declining, name="decline"),
    path("questions/<key:pk>/faq/", answering.faq, name="faq"),
    path("answers/<key:pk>/edit/", answering.answer_edit, name="answer_edit"),
    path("answers/<key:pk>/withdrawal/", answering.withdrawal, name="withdraw"),
    path("answers/<key:pk>/vote/", answering.vote, name="vote"),
    path("answers/<key:pk>/acceptance/", answering.acceptance, name="accept"),
    path("communities/<slug:slug>/questions/", asking.questions, name="list"),
    path("communities/<slug:slug>/questions/export/", asking.questions_file, name="questions_file"),
    path("communities/<slug:slug>/questions/new/", asking.question_new_there, name="new"),
    path("communities/<slug:slug>/questions/found/", asking.found, name="found"),
    path("communities/<slug:slug>/posts/", posts.posts, name="posts"),
    path("communities/<slug:slug>/posts/export/", posts.posts_file, name="posts_file"),
    path("communities/<slug:slug>/posts/new/", posts.post_new, name="post_new"),
    path("posts/<key:pk>/", posts.post, name="post"),
    path("posts/<key:pk>/edit/", posts.post_edit, name="post_edit"),
    path("posts/<key:pk>/vote/", posts.post_vote, name="post_vote"),
    path("posts/<key:pk>/withdrawal/", posts.post_withdrawal, name="post_withdraw"),
    path("communities/<slug:slug>/rota/", rota.rota, name="rota"),
    path("communities/<slug:slug>/rota/<key:pk>/removal/", rota.removal, name="duty_removal"),
]
