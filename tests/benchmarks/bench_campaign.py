"""Campaigns of 10,000 releases while editors work: workers are killed, one is paused, and pages go on answering.

    make bench BENCH=campaign [OPTIONS="--postgres --releases N --pages"]

Two campaigns run side by side, one for each partner; with --pages it is one for everybody, which takes as long as
rendering every page. It makes an installation of its own in /tmp with a web server and a worker as real processes, asks
four pages every quarter of a second, and prints what it measured. One worker is killed while the campaign is paused. It
fails when a receiver got a version twice or not at all, when a paused campaign goes on or a resumed one does not, and
its status is 1 when a page's 95th percentile is above the limit. Processor time is that of the web server and the
workers, and holds where the machine is busy with other things.
Figures are of one machine at one time: docs/how-to/editing.md.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles

import httpx

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
PARTNERS = 'use = "N"\n[[partner]]\nslug = "la-voz"\nname = "La Voz"\nuse = "N"\n'
KILLS = 5  # while it runs; one more while it is paused
PAUSE = 5.0  # seconds: a lease runs out in them, and a new worker has begun
LIMIT_MS = 300.0


def say(what: str, value: object) -> None:
    sys.stdout.write(f"{what:<58} {value}\n")
    sys.stdout.flush()


@contextmanager
def program(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    """One of our programs; killed at the end if it still runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "workers.cli", *words], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def cookie() -> dict[str, str]:
    """The session of a chief."""
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    from desk import roles

    user, _ = User.objects.get_or_create(username="ana")
    roles.give(user, roles.Role.CHIEF)
    client = Client()
    client.force_login(user)
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}


def measure(web: httpx.Client, paths: dict[str, str], taken: dict[str, list[float]]) -> None:
    for name, path in paths.items():
        started = time.perf_counter()
        answer = web.get(path)
        taken.setdefault(name, []).append(1000 * (time.perf_counter() - started))
        assert answer.status_code == 200, (path, answer.status_code)


def bench(releases: int, *, pages: bool) -> list[str]:
    """Print what was measured; the pages that were too slow."""
    import django

    from tests.process.installation import CONFIG, free_port

    home = Path(os.environ["TORNAVOZ_HOME"])
    text = CONFIG.replace('use = "P"', PARTNERS).replace("https://eco.example", "http://127.0.0.1")
    (home / "newsroom.toml").write_text(text, encoding="utf-8")  # first: the settings read it
    os.environ["DJANGO_SETTINGS_MODULE"] = "pipeline.settings"
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from pipeline import config
    from pipeline.actions import campaign, campaign_plan
    from pipeline.ledger import campaigns, catalog
    from pipeline.ledger.choices import Choice
    from pipeline.ledger.models import Campaign, Delivery
    from pipeline.stages import CampaignVerb
    from tests import archive
    from workers.spine import newsroom

    for folder in ("public", "private", "models", "outbox", "locks"):
        (home / folder).mkdir(exist_ok=True)
    call_command("migrate", verbosity=0)
    now = lambda: datetime.now(UTC)  # noqa: E731
    catalog.apply(config.load(home / "newsroom.toml"), now=now(), actor="bench")
    started = time.perf_counter()
    archive.fill(releases, source="river", now=now())
    say(f"{releases} releases written, {connection.vendor}", f"{time.perf_counter() - started:.1f} s")
    everybody = Choice(product="es/all")
    choices = [everybody] if pages else [Choice(partner=slug) for slug in ("el-faro", "la-voz")]
    started = time.perf_counter()
    planned = campaign_plan.plan(newsroom(), CampaignVerb.SEND, everybody, now=now())
    say("dry run", f"{time.perf_counter() - started:.2f} s for {planned.going} sendings")
    port = free_port()
    paths = {
        "front page": "/desk/",
        "list of what is held": "/desk/review",
        "review of an article": "/desk/review/7/es",
        "the campaign's own page": "/desk/campaigns/1",
    }
    taken: dict[str, list[float]] = {}
    with (
        program("serve", "--port", str(port)),
        httpx.Client(base_url=f"http://127.0.0.1:{port}", cookies=cookie(), timeout=30) as web,
    ):
        until(lambda: answers(web), 30)
        alone: dict[str, list[float]] = {}
        for choice in choices:
            campaign.start(CampaignVerb.SEND, choice, reason="bench", actor="bench", now=now())
        for _ in range(10):
            measure(web, paths, alone)
        started = time.perf_counter()
        kills, kill_at = 0, [releases * (turn + 1) // (KILLS + 2) for turn in range(KILLS)]
        worker = start_worker()
        paused = False
        try:
            while Campaign.objects.exclude(state="done").exists():
                measure(web, paths, taken)
                time.sleep(0.25)
                sent = campaigns.progress(1).items.get("sent", 0)
                if kills < KILLS and sent >= kill_at[kills]:
                    worker.send_signal(signal.SIGKILL)
                    worker.wait()
                    kills += 1
                    worker = start_worker()
                if not paused and sent > releases // 2:
                    campaign.pause(1, actor="bench", now=now())
                    before = campaigns.progress(1).items["sent"]
                    worker.send_signal(signal.SIGKILL)
                    worker.wait()
                    worker = start_worker()
                    end = time.monotonic() + PAUSE
                    while time.monotonic() < end:
                        measure(web, paths, taken)
                        time.sleep(0.25)
                    assert campaigns.progress(1).items["sent"] == before, "a paused campaign goes on"
                    campaign.resume(1, actor="bench", now=now())
                    paused = True
                    say(
                        "paused, its worker killed, resumed",
                        f"with {before} of {releases} releases sent, before and after",
                    )
            seconds = time.perf_counter() - started
        finally:
            worker.kill()
            worker.wait()
    got = Counter(Delivery.objects.exclude(campaign=None).values_list("release", "partner"))
    assert paused, "it was over before it could be paused: take more releases"
    assert kills == KILLS, f"it was over after {kills} kills: take more releases"
    assert set(got.values()) == {1}, "somebody got a version twice"
    assert len(got) == 2 * releases, "somebody got nothing"
    assert campaigns.progress(1).items == {"sent": releases}
    say(f"finished, with {kills + 1} kill -9 and a pause", f"{seconds:.0f} s, {len(got) / seconds:.0f} deliveries/s")
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    say("processor time of the web server and the workers", f"{spent.ru_utime + spent.ru_stime:.0f} s")
    say("deliveries: each of 2 partners got each release once", len(got))
    slow = []
    for name, times in taken.items():
        p95 = quantiles(times, n=20)[-1]
        before = quantiles(alone[name], n=20)[-1]
        slow += [name] if p95 > LIMIT_MS else []
        say(f"{name}: p95 meanwhile (before), {len(times)} answers", f"{p95:.0f} ms ({before:.0f} ms)")
    say(f"pages with a p95 above {LIMIT_MS:g} ms meanwhile", ", ".join(slow) or "none")
    return slow


def answers(web: httpx.Client) -> bool:
    try:
        return web.get("/desk/").status_code == 200
    except httpx.HTTPError:
        return False


def start_worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "workers.cli", "run"], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def until(holds: object, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--releases", type=int, default=10_000)
    parser.add_argument("--pages", action="store_true", help="one campaign to everybody, with each page rendered again")
    given = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="tvz-bench-", dir="/tmp"))
    os.environ |= {"TORNAVOZ_HOME": str(home), "TORNAVOZ_LEASE_SECONDS": "3", "SECRET_KEY": "bench", "REDIS_URL": ""}
    os.environ.pop("DATABASE_URL", None)
    try:
        if given.postgres:
            from tests import postgres

            with postgres.server(durable=True) as url:
                os.environ["DATABASE_URL"] = url
                slow = bench(given.releases, pages=given.pages)
        else:
            slow = bench(given.releases, pages=given.pages)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
