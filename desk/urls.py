"""Every address of the desk, in one list. Each view carries its access (desk/access.py); a test sees to that."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from desk import assets
from desk.pages import (
    account,
    audit,
    campaigns,
    errors,
    front,
    glossary,
    hurry,
    mail,
    models,
    numbers,
    official,
    partners,
    people,
    review,
    search,
    sources,
    trace,
    versions,
    withdraw,
)

app_name = "desk"
urlpatterns: list[URLPattern] = [
    path("", front.front, name="front"),
    path("waiting/<slug:name>", front.pile, name="pile"),
    path("search", search.search, name="search"),
    path("articles/<int:article>/trace", trace.trace, name="trace"),
    path("articles/<int:article>/hurry", hurry.hurry, name="hurry"),
    path("articles/<int:article>/official/<slug:language>", official.decide, name="official"),
    path("sources", sources.sources, name="sources"),
    path("sources/<slug:slug>", sources.source, name="source"),
    path("partners", partners.partners, name="partners"),
    path("partners/<slug:slug>", partners.partner, name="partner"),
    path("partners/<slug:slug>/tokens", partners.issue, name="token-issue"),
    path("partners/<slug:slug>/tokens/revoke", partners.revoke, name="token-revoke"),
    path("products", partners.products, name="products"),
    path("models", models.models, name="models"),
    path("glossary", glossary.glossary, name="glossary"),
    path("glossary/<slug:verb>", glossary.act, name="glossary-act"),
    path("mail", mail.mail, name="mail"),
    path("mail/send", mail.send, name="mail-send"),
    path("audit", audit.audit, name="audit"),
    path("people", people.people, name="people"),
    path("people/<str:name>", people.change, name="person"),
    path("password", people.password, name="password"),
    path("sign-in", account.login, name="login"),
    path("sign-out", account.logout, name="logout"),
    path("language", account.language, name="language"),
    path("articles/<int:article>/withdraw", withdraw.withdraw, name="withdraw"),
    path("campaigns", campaigns.campaigns, name="campaigns"),
    path("campaigns/plan", campaigns.plan, name="campaign-plan"),
    path("campaigns/start", campaigns.start, name="campaign-start"),
    path("campaigns/<int:campaign>", campaigns.campaign, name="campaign"),
    path("campaigns/<int:campaign>/result.csv", campaigns.result, name="campaign-result"),
    path("campaigns/<int:campaign>/<slug:order>", campaigns.control, name="campaign-control"),
    path("numbers", numbers.numbers, name="numbers"),
    path("review", review.held, name="held"),
    path("review/<int:article>/<slug:language>", review.review, name="review"),
    path("review/<int:article>/<slug:language>/versions", versions.past, name="versions"),
    path("review/<int:article>/<slug:language>/preview", versions.preview, name="preview"),
    path("review/<int:article>/<slug:language>/preview/<slug:form>", versions.frame, name="frame"),
    path("review/<int:article>/<slug:language>/do/<slug:verb>", review.act, name="act"),
    path("assets/<slug:digest>/<str:name>", assets.asset, name="asset"),
    re_path(r"^(?P<rest>.+)$", errors.nowhere, name="nowhere"),  # last
]
