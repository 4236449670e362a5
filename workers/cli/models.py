"""models: what translates."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workers.cli.common import actor, json_option, open_newsroom, out, print_json, talk

if TYPE_CHECKING:
    from pipeline.translation.models import Installed


_NONE = "none; run: tornavoz models install starter"


@click.group()
def models() -> None:
    """Installed Argos packages."""


@models.command(name="list")
@json_option
def list_models(as_json: bool) -> None:
    """Installed models, the one in use last for each pair; and the translation server, if one is used instead."""
    open_newsroom()
    from django.conf import settings

    from pipeline.translation.models import installed

    rows = [
        {
            "name": model.name,
            "from": model.from_code,
            "to": model.to_code,
            "origin": model.origin,
            "installed_at": model.installed_at,
            "sha256": model.sha256,
            "path": model.path,
        }
        for model in installed(settings.MODELS_DIR)
    ]
    server = _server()
    if as_json:
        print_json([*rows, *([server] if server else [])])
        return
    if server:
        out.print(f"{server['name']}  {server['origin']}  {server['says']}", soft_wrap=True)
        if rows:
            out.print("these are installed and not used:")
    for row in rows:
        out.print(f"{row['name']}  {row['from']}→{row['to']}  {row['origin']}  sha256 {row['sha256']}", soft_wrap=True)
        out.print(f"  card: {row['path']}/README.md", soft_wrap=True)
    if not rows and not server:
        out.print(_NONE)


def _server() -> dict[str, object] | None:
    """The translation server in the models' place, if newsroom.toml names one, and what it answers."""
    from django.conf import settings

    from pipeline import config, opening
    from pipeline.errors import PipelineError
    from workers.doctor import SERVER_LIMITS

    try:
        loaded = config.load(settings.CONFIG_FILE)
    except PipelineError:  # what is wrong with it is for doctor to say; the models are there all the same
        return None
    if loaded.translation.engine != "libretranslate":
        return None
    row: dict[str, object] = {"name": loaded.translation.server_models, "origin": loaded.translation.url}
    try:
        offer = opening.remote(loaded, settings.LIBRETRANSLATE_KEY, SERVER_LIMITS).served()
    except PipelineError as error:
        return {**row, "answers": False, "says": str(error), "pairs": []}
    pairs = sorted(f"{source}-{target}" for source, target in offer.pairs)
    return {
        **row,
        "answers": True,
        "says": f"answers: libretranslate {offer.version}, {', '.join(pairs)}",
        "pairs": pairs,
    }


@models.command()
@click.argument("package")
def install(package: str) -> None:
    """Install PACKAGE: starter, the path of an .argosmodel file, or a pair such as en-es from the Argos index."""
    open_newsroom()
    from django.conf import settings
    from django.db import OperationalError

    from pipeline.clock import now
    from pipeline.errors import ModelMissing
    from pipeline.ledger import audit, units
    from pipeline.ledger.models import Unit
    from pipeline.translation.models import install as install_model

    with talk.status("unpacking, checking, trying a sentence"):
        made = install_model(package, settings.MODELS_DIR, now())
    out.print(f"{made.name} installed; sha256 {made.sha256}", soft_wrap=True)
    try:
        audit.record("model.installed", f"model:{made.name}"[:80], now=now(), actor=actor(), reason=made.sha256)
        woken = units.wake(Unit.objects.filter(error_code__in=[ModelMissing.code, "model-damaged"]), now=now())
    except OperationalError:
        talk.print("there is no ledger yet; run: tornavoz init")
        return
    if woken:
        out.print(f"{woken} units that waited for a model are due again")


@models.command()
def verify() -> None:
    """Compare every installed file with its recorded digest, and say whether the model is calibrated."""
    open_newsroom()
    from django.conf import settings

    from pipeline.errors import ModelDamaged
    from pipeline.translation import calibration
    from pipeline.translation.models import installed
    from pipeline.translation.models import verify as verify_model

    damaged = []
    for model in installed(settings.MODELS_DIR):
        problems = verify_model(model)
        damaged += [f"{model.name}: {problem}" for problem in problems]
        out.print(f"{'FAIL' if problems else 'ok  '} {model.name}")
        if said := calibration.said(model):
            advice = f"; run: {calibration.REPAIR}" if calibration.possible(model) else ""
            out.print(f"     {said}{advice}", soft_wrap=True)
    if damaged:
        raise ModelDamaged("; ".join(damaged) + ". Install it again: tornavoz models install starter")


@models.command()
@click.argument("model", required=False)
def calibrate(model: str | None) -> None:
    """Measure anew what is usual for MODEL; without a name, for every model that lacks it.

    Checks that doubt what is unusual (confidence, omission) say nothing until that is known. It is measured at
    installation; a model from an older Tornavoz may lack a measure. No word that it writes changes.
    """
    open_newsroom()
    from django.conf import settings
    from django.db import OperationalError

    from pipeline.clock import now
    from pipeline.ledger import audit
    from pipeline.translation import calibration
    from pipeline.translation.models import installed

    found = installed(settings.MODELS_DIR)
    wanted = [_called(model, settings.MODELS_DIR)] if model else [each for each in found if _lacks(each)]
    for each in wanted:
        with talk.status(f"measuring {each.name} on our own sentences"):
            made = calibration.calibrate(each)
        before, after = ({"doubt_below": one.doubt_below, "faint_below": one.faint_below} for one in (each, made))
        out.print(f"{made.name} calibrated: doubt_below {made.doubt_below}, faint_below {made.faint_below}")
        try:
            details = {"before": before, "after": after}
            subject = f"model:{made.name}"[:80]
            audit.record("model.calibrated", subject, now=now(), actor=actor(), reason=made.sha256, details=details)
        except OperationalError:
            talk.print("there is no ledger yet; run: tornavoz init")
    if not wanted:
        out.print("every model that can be calibrated is; name one to measure it anew" if found else _NONE)


def _lacks(model: Installed) -> bool:
    from pipeline.translation import calibration

    return bool(calibration.silent(model)) and calibration.possible(model)


@models.command()
@click.argument("one")
@click.argument("other")
@click.option("--pairs", type=click.Path(dir_okay=False, path_type=Path), help="A test set of your own; see docs.")
@click.option("--samples", default=5, show_default=True, help="Sentences to show that the two translate differently.")
@json_option
def compare(one: str, other: str, pairs: Path | None, samples: int, as_json: bool) -> None:
    """Score two installed models on the same sentences, side by side."""
    open_newsroom()
    from dataclasses import asdict

    from django.conf import settings

    from pipeline.translation.pairs import SHIPPED, read
    from pipeline.translation.quality import differing, measure_model, table

    given, _ = read(pairs or SHIPPED)
    found = [_called(name, settings.MODELS_DIR) for name in (one, other)]
    with talk.status(f"translating {len(given)} sentences with each"):
        measured = [measure_model(model, given, threads=os.cpu_count() or 1) for model in found]
    if as_json:
        print_json([asdict(each) for each in measured])
        return
    for name, first, second in table(*measured):
        out.print(f"{name:42}{first:>24}{second:>24}", markup=False, soft_wrap=True)
    different = differing(*measured)
    for source, reference, first, second in different[:samples]:
        out.print(f"\n  {source}\n= {reference}\n1 {first}\n2 {second}", markup=False, soft_wrap=True)
    out.print(
        f"\n{len(different)} of {len(given)} sentences differ; shown: {min(samples, len(different))}", markup=False
    )


def _called(name: str, folder: Path) -> Installed:
    """The installed model of a name, or of a folder's name where two versions share one. Raises ModelMissing."""
    from pipeline.errors import ModelMissing
    from pipeline.translation.models import installed

    there = installed(folder)
    fitting = [model for model in there if name in (model.name, model.path.name)]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(repr(model.path.name) for model in fitting or there) or "none"
    what = "Several models are called" if fitting else "No model is called"
    raise ModelMissing(f"{what} {name!r}. Give one of: {names}.")


COMMANDS = [models]
