"""Pages of the outgoing mail server: settings, test mail, and failed mails."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhiliu.directory.rules import is_admin
from zhiliu.directory.throttling import may_try
from zhiliu.kit.contracts.mail import why_no_mail
from zhiliu.kit.contracts.rules import require
from zhiliu.kit.web.http import Request
from zhiliu.kit.web.paging import page_of

from .mail_forms import MailServerForm
from .mail_server import change_server, current_server, send_test_mail
from .models import MailServer, UndeliveredMail

TESTS_AN_HOUR = 20


@require_http_methods(["GET", "POST"])
@login_required
def server(request: Request) -> HttpResponseBase:
    """Set the server; below, list mails that were not sent."""
    require(is_admin, request.user)
    row = MailServer.objects.filter(pk=1).first()
    form = MailServerForm(request.POST or None, row=row)
    if (
        request.method == "POST"
        and form.is_valid()
        and form.succeeds(change_server, form.server(), version=form.cleaned_data["version"] or 0, by=request.user)
    ):
        messages.success(request, _("Saved. Now send yourself a test email."))
        return redirect("mail:server")
    context = {
        "form": form,
        "server": current_server(),
        "obstacle": why_no_mail(),
        "page": page_of(UndeliveredMail.objects.all(), request, by="-at"),
    }
    return render(request, "notifications/mail_server.html", context)


@require_POST
@login_required
def test(request: Request) -> HttpResponseBase:
    """Send a test mail, and show the server's response."""
    require(is_admin, request.user)
    to = request.POST.get("to", "").strip()[:200] or request.user.email or ""
    if "@" not in to:
        messages.error(request, _("Enter an email address for the test."))
    elif not may_try("test mail", request.user.pk, limit=TESTS_AN_HOUR, minutes=60):
        messages.error(request, _("Too many attempts. Try again in an hour."))
    elif error := send_test_mail(to, by=request.user):
        messages.error(request, _("The email wasn’t sent. The server said: %(said)s") % {"said": error})
    else:
        messages.success(request, _("The server accepted the email for %(to)s. Check that it arrives.") % {"to": to})
    return redirect("mail:server")
