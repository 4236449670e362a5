"""Letters that wait in the outbox: to publishers whose articles were used, to partners about withdrawals.

Knows: the outbox. Must not know: wording. Sending is a person's decision, and is in the audit trail.
"""

from __future__ import annotations

import smtplib

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from desk.access import needs
from desk.roles import Role, actor
from desk.words.sentences import told
from feeds import letters, outbox
from pipeline.clock import now
from pipeline.errors import ConfigError


@needs()
def mail(request: HttpRequest) -> HttpResponse:
    """Each letter as its receiver will read it."""
    waiting = []
    for path in outbox.waiting():
        message = outbox.read(path)
        body = message.get_body(("plain",))
        text = body.get_content() if body else ""
        waiting.append({"name": path.name, "to": message["To"], "subject": message["Subject"], "text": text})
    return render(request, "desk/mail.html", {"letters": waiting, "server": bool(settings.SMTP_URL)})


@needs(None, change=Role.CHIEF)
def send(request: HttpRequest) -> HttpResponse:
    """Send one letter now."""
    wanted = request.POST.get("name", "")
    path = next((path for path in outbox.waiting() if path.name == wanted), None)
    if path is None:
        messages.error(request, gettext("There is no such letter; somebody may have sent it already."))
    else:
        try:
            letters.send(path, actor=actor(request.user), now=now())
            messages.success(request, gettext("Sent: %(name)s.") % {"name": path.name})
        except ConfigError as error:
            messages.error(request, gettext("Not sent: %(reason)s") % {"reason": told(error)})
        except (smtplib.SMTPException, OSError) as error:
            messages.error(request, gettext("Not sent: %(reason)s") % {"reason": error})
    return HttpResponseRedirect(reverse("desk:mail"))
