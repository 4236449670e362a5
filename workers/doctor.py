"""Is this installation able to do its work? Each check says what it saw and, if it is wrong, the repair.

Knows: what an installation needs. Must not know: the command line.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from feeds import sealing
from feeds.agreement import disagreements
from pipeline import config, opening
from pipeline.clock import now
from pipeline.errors import PipelineError
from pipeline.ingest.http import Limits
from pipeline.ledger import pulse
from pipeline.ledger.models import Event, Product, Subscription
from pipeline.stages import Queue
from pipeline.translation import calibration, models
from pipeline.translation.checks import SENTENCE_CHECKS, off
from workers import abroad, broker, home
from workers.beat import deserted_queues
from workers.check import Check

SERVER_LIMITS = Limits(connect=3.0, read=10.0, whole=12.0, answer_bytes=200_000)  # whoever asks waits for the answer
FREE_BYTES = 500_000_000  # below this a full disk is near
SHORTEST_KEY = 32  # characters
_UNASKED = "the ledger cannot be asked"
WAL_RESET_FIXED = (3, 51, 3)  # older SQLite can, rarely, damage a WAL ledger that two processes write


def examine(*, quick: bool = False) -> list[Check]:
    """All checks; with `quick` only configuration, database and output folder."""
    checks: list[Callable[[], Check]] = [_configuration, _database, _output]
    if not quick:
        checks += [_key, _models, _calibration, _languages, _reading, _broker, _queues]
        checks += [_abroad("feeds", abroad.feeds), _abroad("terms", abroad.terms), _webhooks]
        checks += [_sign_in, _files, _clock, _disk, *([_sqlite] if connection.vendor == "sqlite" else [])]
    return [check() for check in checks]


def _configuration() -> Check:
    try:
        loaded = config.load(settings.CONFIG_FILE)
    except PipelineError as error:
        return Check(name="configuration", ok=False, says=str(error), repair="tornavoz init, or mend newsroom.toml")
    says = f"{len(loaded.source)} sources, {len(loaded.product)} products, {len(loaded.partner)} partners"
    return Check(name="configuration", ok=True, says=says)


def _database() -> Check:
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        return Check(name="database", ok=False, says=str(error), repair=home.ledger_repair())
    if waiting:
        return Check(name="database", ok=False, says=f"{len(waiting)} migrations wait", repair="tornavoz init")
    version = ".".join(map(str, connection.get_database_version()))
    return Check(name="database", ok=True, says=f"{connection.vendor} {version}, up to date")


def _output() -> Check:
    for folder in (settings.PUBLIC_DIR, settings.PRIVATE_DIR, settings.LOCKS_DIR, settings.OUTBOX_DIR):
        try:
            with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-"):
                pass
        except OSError as error:
            repair = f"make {folder} and let this user write to it"
            return Check(name="output folder", ok=False, says=f"{folder}: {error.strerror}", repair=repair)
    return Check(name="output folder", ok=True, says=f"{settings.PUBLIC_DIR} can be written")


def _key() -> Check:
    """One SECRET_KEY for every process: what one of them seals or signs, another has to open."""
    if len(settings.SECRET_KEY) < SHORTEST_KEY:
        says = f"SECRET_KEY has {len(settings.SECRET_KEY)} characters, which can be guessed"
        return Check(name="key", ok=False, says=says, repair=f"set one of {SHORTEST_KEY} random characters or more")
    if not _database().ok:
        return Check(name="key", ok=False, says=_UNASKED, repair="see: database")
    known = pulse.started_with()
    if others := sorted(program for program, key in known.items() if key != sealing.fingerprint()):
        says = f"{', '.join(others)} started with another SECRET_KEY than this command has"
        repair = "give every process the same SECRET_KEY or SECRET_KEY_FILE, and start them again"
        return Check(name="key", ok=False, says=says, repair=repair)
    sealed = Subscription.objects.exclude(secret="", address="").only("secret", "address")
    lost = sum(None in (sealing.unseal(row.secret), sealing.unseal(row.address)) for row in sealed.iterator())
    if lost:
        says = f"{lost} subscriptions of the hub were sealed under another SECRET_KEY, and end with their next push"
        return Check(name="key", ok=False, says=says, repair="give the former key back, or let them subscribe again")
    agree = f"; {', '.join(sorted(known))} started with it" if known else ""
    return Check(name="key", ok=True, says=f"one SECRET_KEY{agree}")


def _models() -> Check:
    if loaded := _served():
        return _server(loaded)
    wanted = set(Product.objects.filter(active=True).values_list("language", flat=True)) if _database().ok else set()
    found = models.installed(settings.MODELS_DIR)
    missing = sorted(wanted - {model.to_code for model in found})
    if missing or not found:
        repair = "tornavoz models install starter"
        return Check(name="model", ok=False, says=f"none for {', '.join(missing) or 'any language'}", repair=repair)
    damaged = {model.name: problems for model in found if (problems := models.verify(model))}
    if damaged:
        says = "; ".join(f"{name}: {', '.join(problems)}" for name, problems in damaged.items())
        return Check(name="model", ok=False, says=says, repair="tornavoz models install starter")
    return Check(name="model", ok=True, says=", ".join(model.name for model in found))


def _served() -> config.Config | None:
    """The configuration, if it names a translation server in the models' place."""
    loaded = config.load(settings.CONFIG_FILE) if _configuration().ok else None
    return loaded if loaded and loaded.translation.engine == "libretranslate" else None


def _calibration() -> Check:
    """Models of which it is not known what is usual for them, so that some checks are silent."""
    if _served():
        return Check(name="calibration", ok=True, says="a server tells no scores: confidence and omission are silent")
    lacking = [each for each in models.installed(settings.MODELS_DIR) if calibration.silent(each)]
    says = "; ".join(f"{each.name}: {calibration.said(each)}" for each in lacking) or "what is usual is known"
    ok = not any(map(calibration.possible, lacking))
    return Check(name="calibration", ok=ok, says=says, repair=calibration.REPAIR)


def _languages() -> Check:
    """Which checks of sentences look at each language that is published. Nothing to repair: it is to be known."""
    published = sorted(
        set(Product.objects.filter(active=True).values_list("language", flat=True)) if _database().ok else ()
    )
    says = [
        f"{language}: {len(SENTENCE_CHECKS) - len(off(language))} of {len(SENTENCE_CHECKS)}"
        + (f", off: {', '.join(off(language))}" if off(language) else "")
        for language in published
    ]
    return Check(name="checks of sentences", ok=True, says="; ".join(says) or "no product is published")


def _reading() -> Check:
    """Who reads a translation before partners do. Nothing to repair: it is the newsroom's choice, and to be known."""
    if not _configuration().ok:
        return Check(name="review", ok=False, says="the configuration cannot be read", repair="mend newsroom.toml")
    choice = config.load(settings.CONFIG_FILE).translation
    if choice.review == "always":
        return Check(name="review", ok=True, says="every translation waits for an editor")
    lenient = f", and {', '.join(choice.only_warn)} stops nothing" if choice.only_warn else ""
    return Check(name="review", ok=True, says=f"what passes the checks is published unread{lenient}")


def _server(loaded: config.Config) -> Check:
    """The translation server that takes the models' place: does it answer, know the languages, take our key?"""
    url = loaded.translation.url
    name = "translation server"
    server = opening.remote(loaded, settings.LIBRETRANSLATE_KEY, SERVER_LIMITS)
    wanted = set(Product.objects.filter(active=True).values_list("language", flat=True)) if _database().ok else set()
    try:
        offer = server.served()
        lacking = sorted(wanted - {target for _, target in offer.pairs})
        if lacking:
            says = f"{url} answers and does not translate into {', '.join(lacking)}"
            return Check(name=name, ok=False, says=says, repair="install these languages on the server")
        tried = min((pair for pair in offer.pairs if pair[1] in wanted), key=lambda pair: pair[0] != "en", default=None)
        if tried:
            server(*tried).translate(["5"])
    except PipelineError as error:
        repair = "start it, or check [translation] url and TORNAVOZ_LIBRETRANSLATE_KEY"
        return Check(name=name, ok=False, says=f"{url}: {error}", repair=repair)
    says = f"{url} answers: libretranslate {offer.version}, {len(offer.pairs)} pairs, used for everything"
    return Check(name=name, ok=True, says=says)


def _broker() -> Check:
    plan = broker.find(settings.BROKER_URL or None, settings.HOME)
    if plan.url and not broker.answers(plan.url):
        repair = "start it; until then the sweeper does the work"
        return Check(name="broker", ok=False, says=f"{plan.explanation} It does not answer.", repair=repair)
    return Check(name="broker", ok=True, says=plan.explanation)


def _queues() -> Check:
    if not _database().ok:
        return Check(name="queues", ok=False, says=_UNASKED, repair="see: database")
    deserted: set[Queue] = deserted_queues(now=now())
    if deserted:
        repair = "tornavoz up, or start the workers; tornavoz run --until-idle does the work at once"
        return Check(name="queues", ok=False, says=f"nobody serves {', '.join(sorted(deserted))}", repair=repair)
    return Check(name="queues", ok=True, says="no work waits for want of a worker")


def _abroad(name: str, look: Callable[[], Check]) -> Callable[[], Check]:
    """A check of those outside (abroad.py), if the ledger can say who they are."""
    return lambda: look() if _database().ok else Check(name=name, ok=False, says=_UNASKED, repair="see: database")


def _webhooks() -> Check:
    if not _configuration().ok:
        return Check(name="webhooks", ok=False, says="the configuration cannot be read", repair="mend newsroom.toml")
    return abroad.webhooks(config.load(settings.CONFIG_FILE))


def _sign_in() -> Check:
    """Whether people can sign in with the identity provider that is configured."""
    if not settings.OIDC_ISSUER:
        return Check(name="sign-in", ok=True, says="by password")
    lacking = [name for name in ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET") if not getattr(settings, name)]
    if lacking:
        return Check(
            name="sign-in", ok=False, says=f"{' and '.join(lacking)} not set", repair="set it beside OIDC_ISSUER"
        )
    if not settings.OIDC_INSTALLED:
        says = "OIDC_ISSUER is set, and its library is not installed"
        return Check(name="sign-in", ok=False, says=says, repair="pip install 'tornavoz[oidc]'")
    from desk import oidc

    try:
        oidc.role_table()
        oidc.description()
    except PipelineError as error:
        return Check(name="sign-in", ok=False, says=str(error), repair="mend OIDC_ISSUER or OIDC_ROLES")
    return Check(name="sign-in", ok=True, says=f"by password, and with {settings.OIDC_ISSUER}")


def _files() -> Check:
    if not (_database().ok and _configuration().ok):
        return Check(name="files", ok=False, says=_UNASKED, repair="see: database")
    wrong = disagreements(config.load(settings.CONFIG_FILE), now=now())
    if wrong:
        more = f"; and {len(wrong) - 5} more" if len(wrong) > 5 else ""
        says = "; ".join(wrong[:5]) + more
        return Check(name="files", ok=False, says=says, repair="tornavoz publish --all")
    return Check(name="files", ok=True, says="every file says what the ledger says")


def _clock() -> Check:
    """Time that ran backwards is seen in the ledger: an event of the future."""
    newest = Event.objects.order_by("-at").first() if _database().ok else None
    ahead = (newest.at - now()).total_seconds() if newest else 0.0
    if ahead > 5:
        says = f"the newest event is {ahead:.0f} s in the future"
        return Check(name="clock", ok=False, says=says, repair="set the clock: embargoes and leases depend on it")
    return Check(name="clock", ok=True, says=f"{now():%Y-%m-%d %H:%M:%S} UTC")


def _disk() -> Check:
    folder = settings.HOME if settings.HOME.exists() else Path()
    free = shutil.disk_usage(folder).free
    says = f"{free / 1e9:.1f} GB free"
    return Check(name="disk", ok=free > FREE_BYTES, says=says, repair="free some space; a full disk stops intake")


def _sqlite() -> Check:
    if sqlite3.sqlite_version_info >= WAL_RESET_FIXED:
        return Check(name="sqlite", ok=True, says=f"SQLite {sqlite3.sqlite_version}")
    says = (
        f"SQLite {sqlite3.sqlite_version} is older than 3.51.3, which mended a rare fault of WAL files with several "
        "writers; keep backups, or use PostgreSQL for more than a few workers"
    )
    return Check(name="sqlite", ok=True, says=says)
