"""Write, edit, delete, vote for and accept answers."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhiliu.communities.views import frame
from zhiliu.directory.exporting import list_answer
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.errors import Refused
from zhiliu.kit.web.http import Request, fragment_or_back, wished
from zhiliu.kit.web.idempotency import once
from zhiliu.knowledge.models import Article
from zhiliu.moderation.models import HeldPost

from .. import queries
from ..answering import answer, edit_answer, say_it_helped, withdraw_answer
from ..faq import put_into_faq
from ..forms import AcceptForm, AnswerEditForm, AnswerForm
from ..resolving import accept_answer, undo_acceptance
from ..rules import can_accept, can_edit_answer
from .common import answer_or_404, answers_context, answers_order, question_or_404, waits


@require_http_methods(["GET", "POST"])
@login_required
@once
def answers(request: Request, pk: int) -> HttpResponseBase:
    """Show the answers, for an open page; a POST answers the question and redirects to the answer."""
    question = question_or_404(request, pk)
    if request.method == "GET":
        return render(
            request, "discussions/_answers.html", answers_context(question, request.user, answers_order(request))
        )
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise Refused(" ".join(str(error) for errors in form.errors.values() for error in errors))
    result = answer(question, body=form.cleaned_data["body"], by=request.user)
    return waits(request, result, question) if isinstance(result, HeldPost) else redirect(result)


@require_GET
@login_required
def answers_file(request: Request, pk: int) -> HttpResponseBase:
    """The answers to a question in the order of the address, as a file, for everybody who sees them."""
    question = question_or_404(request, pk)
    title = _("Answers to “%(title)s”") % {"title": question.title}
    lines, where = queries.answer_lines(question, order=answers_order(request)), question.community_id
    return list_answer(request, lines, title=title, file=f"answers-{pk}", community_id=where)


@require_http_methods(["GET", "POST"])
@login_required
def answer_edit(request: Request, pk: int) -> HttpResponseBase:
    """Edit one's own answer."""
    current = answer_or_404(request, pk)
    require(can_edit_answer, request.user, current)
    form = AnswerEditForm(request.POST or None, initial={"body": current.body, "version": current.version})
    theirs = None
    if request.method == "POST" and form.is_valid():
        answer = form.attempt(edit_answer, current, by=request.user, **form.cleaned_data)
        if answer is not None:
            return redirect(answer)
        current.refresh_from_db()
        theirs = form.on_top_of(current)
    community = current.question.community
    context = frame(
        request, community, "questions", question=current.question, answer=current, form=form, theirs=theirs
    )
    return render(request, "discussions/answer_edit.html", context)


@require_POST
@login_required
def withdrawal(request: Request, pk: int) -> HttpResponseBase:
    """Delete an answer."""
    answer = answer_or_404(request, pk)
    withdraw_answer(answer, by=request.user)
    return redirect(answer.question)


@require_POST
@login_required
def vote(request: Request, pk: int) -> HttpResponseBase:
    """Vote for an answer as helpful (``on=1``) or withdraw the vote; returns the button."""
    answer = answer_or_404(request, pk)
    votes = say_it_helped(answer, on=wished(request), by=request.user)
    return fragment_or_back(request, "discussions/_helped.html", {"answer": answer, "votes": votes}, answer)


@require_http_methods(["GET", "POST"])
@login_required
def acceptance(request: Request, pk: int) -> HttpResponseBase:
    """Accept an answer, with the reason and thanks."""
    answer = answer_or_404(request, pk)
    require(can_accept, request.user, answer.question)
    form = AcceptForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and form.succeeds(accept_answer, answer, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, _("Resolved. Anyone with the same question can find it now."))
        return redirect(answer)
    community, may_thank = answer.question.community, answer.by_id not in (None, request.user.pk)
    context = frame(request, community, "questions", question=answer.question, answer=answer, form=form)
    return render(request, "discussions/accept.html", {**context, "may_thank": may_thank})


@require_POST
@login_required
def reopening(request: Request, pk: int) -> HttpResponseBase:
    """Undo the acceptance."""
    question = question_or_404(request, pk)
    undo_acceptance(question, by=request.user)
    return redirect(question)


@require_POST
@login_required
def faq(request: Request, pk: int) -> HttpResponseBase:
    """Add a resolved question to the FAQ and redirect to the article."""
    question = question_or_404(request, pk)
    article = put_into_faq(question, by=request.user)
    if article.state == Article.State.DRAFT:
        messages.success(request, _("It stays a draft until someone publishes it."))
    else:
        messages.success(request, _("It is in the FAQ."))
    return redirect(article)
