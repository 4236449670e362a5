"""Several real processes at one ledger: each unit is run exactly once, none is forgotten.

Runs on SQLite in a file, or on the database that DATABASE_URL names.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.process]

UNITS = 60
PROCESSES = 4

PREPARE = f"""
import django; django.setup()
from datetime import UTC, datetime
from django.core.management import call_command
from pipeline.ledger import units
from pipeline.stages import Step
call_command("migrate", verbosity=0)
from pipeline.ledger.models import Event, Unit
Unit.objects.all().delete(); Event.objects.all().delete()
for number in range({UNITS}):
    units.arm(Step.EXTRACT, f"revision:{{number}}", now=datetime.now(UTC))
"""

# Everybody sees every unit and wants them all, in another order each; the result is an event in the closing
# transaction, as the runner does it.
RACE = """
import django; django.setup()
import json, random, sys, time
from datetime import UTC, datetime
from django.db import transaction
from pipeline.ledger import audit, units
from pipeline.ledger.models import Unit
me = sys.argv[1]
now = lambda: datetime.now(UTC)
wanted = list(Unit.objects.values_list("pk", flat=True))
random.Random(me).shuffle(wanted)
print("ready", flush=True)
sys.stdin.readline()
ran = []
for pk in wanted:
    claim = units.claim(pk, now=now())
    if claim is not None:
        with transaction.atomic():
            units.close(claim, now=now())
            audit.record("result.saved", f"unit:{pk}", now=now(), actor=me)
        ran.append(pk)
    time.sleep(0.002)  # lets the others have their turn, also on one slow core
print(json.dumps(ran))
"""

COUNT = """
import django; django.setup()
import json
from pipeline.ledger.models import Event, Unit
events = list(Event.objects.values_list("subject", flat=True))
print(json.dumps([events, list(Unit.objects.values_list("state", "fence"))]))
"""


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "TORNAVOZ_HOME": str(home), "DJANGO_SETTINGS_MODULE": "pipeline.settings"}


def python(code: str, home: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(home), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_processes_that_race_for_units_run_each_exactly_once(tmp_path: Path) -> None:
    python(PREPARE, tmp_path)
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACE, f"racer-{number}"],
            env=environment(tmp_path),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(PROCESSES)
    ]
    for racer in racers:  # nobody starts before all are up
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n", racer.communicate()[1]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    ran: list[list[int]] = []
    for racer in racers:
        said, wrong = racer.communicate(timeout=120)
        assert racer.returncode == 0, wrong
        ran.append(json.loads(said))
    events, rows = json.loads(python(COUNT, tmp_path))
    everything = sorted(pk for mine in ran for pk in mine)
    assert len(everything) == len(set(everything)) == UNITS
    assert sorted(events) == sorted(f"unit:{pk}" for pk in everything)
    assert rows == [["done", 1]] * UNITS
    assert sum(bool(mine) for mine in ran) > 1, "only one process ran anything: this was no race"
