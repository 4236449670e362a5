"""The audit trail in words: what was done, to what, by whom, and why.

Knows: what each action and each kind of subject is called. Must not know: who writes events (pipeline/ledger/audit.py).
The codes themselves stay in addresses and in JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from desk.words.reasons import REASONS, reason
from desk.words.sentences import because

ACTIONS: dict[str, str | Promise] = {
    "announcement.wanted": _("announced article taken"),
    "article.hurried": _("article put first"),
    "article.moved": _("article moved to another address"),
    "article.withdrawn": _("article withdrawn"),
    "campaign.started": _("campaign started"),
    "campaign.paused": _("campaign paused"),
    "campaign.resumed": _("campaign resumed"),
    "campaign.canceled": _("campaign canceled"),
    "campaign.retried": _("failures of a campaign tried again"),
    "campaign.finished": _("campaign finished"),
    "catalog.changed": _("configuration changed"),
    "courtesy.drafted": _("courtesy letter drafted"),
    "delivery.pending": _("delivery on its way"),
    "delivery.sent": _("delivery sent"),
    "delivery.refused": _("delivery refused"),
    "delivery.waiting": _("delivery to be tried again"),
    "delivery.dead": _("delivery given up"),
    "delivery.drafted": _("letter drafted"),
    "delivery.withheld": _("delivery withheld"),
    "delivery.embargo-ended": _("a partner's embargo ended"),
    "delivery.sent-again": _("delivery sent again"),
    "desk.signed-in": _("signed in"),
    "desk.signed-out": _("signed out"),
    "desk.sign-in-failed": _("sign-in failed"),
    "desk.password-asked": _("new password asked for"),
    "edition.found": _("publisher's own version found"),
    "edition.candidate": _("publisher's own version to be decided"),
    "edition.linked": _("publisher's own version linked"),
    "edition.passed-over": _("publisher's own version passed over"),
    "feed.failed": _("publisher's feed failed"),
    "feed.answers-again": _("publisher's feed answers again"),
    "feed.announced": _("articles announced"),
    "finding.waived": _("finding waived"),
    "finding.unwaived": _("waiver taken back"),
    "glossary.added": _("term added"),
    "glossary.changed": _("term changed"),
    "glossary.retired": _("term retired"),
    "glossary.restored": _("term left to the files"),
    "glossary.imported": _("terms imported"),
    "mail.sent": _("letter sent"),
    "memory.imported": _("translation memory imported"),
    "memory.exported": _("translation memory exported"),
    "memory.forgotten": _("sentences forgotten"),
    "model.installed": _("model installed"),
    "model.calibrated": _("model measured anew"),
    "output.published": _("file published"),
    "placement.reported": _("partner's page reported"),
    "placement.proved": _("credit seen on the page"),
    "placement.unclear": _("page that says nothing"),
    "placement.failed": _("credit missing on the page"),
    "placement.overdue": _("credit not mended in time"),
    "placement.removed": _("text no longer on the page"),
    "placement.refused": _("reported page refused"),
    "placement.settled": _("credit settled by an editor"),
    "receipt.sent": _("sent to a partner"),
    "receipt.seen": _("fetched by a partner"),
    "receipt.acknowledged": _("acknowledged by a partner"),
    "receipt.removed": _("copy taken down by a partner"),
    "release.created": _("release made"),
    "release.revised": _("release revised"),
    "release.kept": _("release left as it is"),
    "release.restored": _("release back in the feeds"),
    "release.withheld": _("release withheld"),
    "release.resyndicated": _("release sent again"),
    "release.embargo-ended": _("embargo ended"),
    "revision.received": _("revision received"),
    "revision.duplicate": _("received a second time"),
    "revision.retried": _("revision tried again"),
    "revision.extracted": _("revision read"),
    "revision.cleared": _("rights cleared"),
    "revision.held": _("revision held"),
    "revision.refused": _("revision refused"),
    "revision.superseded": _("revision replaced"),
    "revision.reconsidered": _("rights asked about again"),
    "rights.filed": _("rights record filed"),
    "rights.expired": _("rights record expired"),
    "rights.asked-again": _("articles asked about again"),
    "rights.checked": _("page of terms compared"),
    "rights.page-kept": _("page of terms kept"),
    "token.issued": _("token made"),
    "token.revoked": _("token revoked"),
    "translation.queued": _("translation in the queue"),
    "translation.drafted": _("translation drafted"),
    "translation.ready": _("translation ready"),
    "translation.held": _("translation held"),
    "translation.approved": _("translation approved"),
    "translation.rejected": _("translation rejected"),
    "translation.superseded": _("translation replaced"),
    "translation.kept-back": _("translation kept back"),
    "translation.retried": _("translation tried again"),
    "translation.edited": _("translation edited"),
    "translation.undone": _("sentences put back"),
    "translation.corrected": _("correction published"),
    "translation.ordered-again": _("new translation ordered"),
    "unit.failed": _("a step failed"),
    "unit.parked": _("a step stopped"),
    "unit.retried": _("a stopped step started again"),
    "user.added": _("account made"),
    "user.role-changed": _("role changed"),
    "user.password-changed": _("password changed"),
    "user.reset-mailed": _("link to a new password mailed"),
    "user.switched-on": _("account switched on"),
    "user.switched-off": _("account switched off"),
    "websub.subscribed": _("subscribed to a feed"),
    "websub.renewed": _("subscription renewed"),
    "websub.unsubscribed": _("unsubscribed"),
    "websub.not-confirmed": _("subscription not confirmed"),
    "websub.ended": _("subscription ended"),
}

GROUPS: dict[str, str | Promise] = {  # of actions: the first part of "revision.held"
    "announcement": _("Announced articles"),
    "article": _("Articles"),
    "campaign": _("Campaigns"),
    "catalog": _("Configuration"),
    "courtesy": _("Courtesy letters"),
    "delivery": _("Deliveries"),
    "desk": _("Signing in"),
    "edition": _("Publishers' own versions"),
    "feed": _("Publishers' feeds"),
    "finding": _("Findings"),
    "glossary": _("Glossary"),
    "mail": _("Letters"),
    "memory": _("Translation memory"),
    "model": _("Models"),
    "output": _("Published files"),
    "placement": _("Partners' pages"),
    "receipt": _("What partners have"),
    "release": _("Releases"),
    "revision": _("Revisions"),
    "rights": _("Rights"),
    "token": _("Tokens"),
    "translation": _("Translations"),
    "unit": _("Work of the machines"),
    "user": _("People"),
    "websub": _("Subscribers"),
}

KINDS: dict[str, str | Promise] = {  # of subjects: the first part of "revision:12"
    "announcement": _("announced article"),
    "archive": _("page of the past"),
    "article": _("article"),
    "campaign": _("campaign"),
    "delivery": _("delivery"),
    "edition": _("publisher's own version"),
    "feed": _("feed"),
    "file": _("file"),
    "mail": _("letter"),
    "model": _("model"),
    "newsroom": _("newsroom"),
    "page": _("page"),
    "partner": _("partner"),
    "placement": _("partner's page"),
    "private": _("private feed"),
    "product": _("product"),
    "release": _("release"),
    "reset": _("password letter"),
    "revision": _("revision"),
    "site": _("newsroom"),
    "source": _("source"),
    "term": _("term"),
    "topic": _("topic"),
    "translation": _("translation"),
    "unit": _("unit of work"),
    "user": _("person"),
    "verify": _("subscription to be confirmed"),
    "ping": _("notice to the hub"),
}

ACTORS: dict[str, str | Promise] = {  # processes that act by themselves
    "pipeline": _("the machines"),
    "clock": _("the clock"),
    "mail": _("the mail"),
    "hub": _("the hub"),
    "oidc": _("the identity provider"),
    "desk:nobody": _("nobody known"),
}

SAID: dict[str, str | Promise] = {  # reasons that a program gives in the same words every time
    "edited by hand": _("edited by hand"),
    "corrected by hand": _("corrected by hand"),
    "made by hand": _("made by hand"),
    "oidc": _("the identity provider"),
}


def action(code: str) -> str | Promise:
    """An action in the reader's words."""
    return ACTIONS.get(code, code)


def subject(code: str) -> str:
    """What was acted on: "revision:12" is "revision 12"."""
    kind, _colon, which = code.partition(":")
    return f"{KINDS.get(kind, kind)} {which.replace(':', ' ')}".strip()


def actor(code: str) -> str:
    """Who acted: "desk:ana" is "ana", and a program of a partner is called by its holder and token."""
    if code in ACTORS:
        return str(ACTORS[code])
    where, colon, who = code.partition(":")
    if where in ("desk", "cli") and colon:
        return who
    if where == "partner":
        return f"{KINDS['partner']} {who}"
    return f"{who.partition(':')[0]} (API)" if where == "api" else code


def actions() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every action by its group, to choose one from."""
    return [
        (str(words), [(code, str(said)) for code, said in ACTIONS.items() if code.partition(".")[0] == group])
        for group, words in GROUPS.items()
    ]


def subjects_called(words: str) -> list[str]:
    """The subjects that people call so: "revision 12" is "revision:12", and so is the code itself."""
    found = [words]
    for kind, said in KINDS.items():
        if words.lower().startswith(f"{said} ".lower()):
            which = words[len(str(said)) + 1 :].strip()
            found += [f"{kind}:{which}", f"{kind}:{which.replace(' ', ':')}"]
    return found


def actors_called(words: str) -> list[str]:
    """Whoever people call so: "ana" is "desk:ana" and "cli:ana", "the machines" are "pipeline"."""
    processes = [code for code, said in ACTORS.items() if str(said).lower() == words.lower()]
    return [words, f"desk:{words}", f"cli:{words}", *processes]


class Told(Protocol):
    """What is asked of an event."""

    action: str
    reason: str
    details: Mapping[str, Any]


def why(event: Told) -> str:
    """Why it was done. A program gives its sentence in both languages, or a code that has words in each."""
    said, details = event.reason, event.details
    if details.get("code") or details.get("reason_es"):
        return because({**details, "reason": said})
    if (found := details.get("findings")) and event.action.startswith("translation.") and said not in SAID:
        codes = dict.fromkeys(str(each).partition(":")[2] for each in found)
        return ", ".join(str(reason(code)) for code in codes)
    named = said.split(", ")
    if all(code in REASONS for code in named):
        return ", ".join(str(reason(code)) for code in named)
    return str(SAID.get(said, said))
