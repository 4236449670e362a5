"""A newcomer's way, as docs/tutorial.md tells it: every command of the page is run, every step at the desk is done."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import judges
from tests.desk.browser import arguments
from tests.process.installation import PROC, ROOT, free_port
from tests.process.test_up import get
from tests.process.tutorial import Commands, Deed, Printed, deeds, read

if TYPE_CHECKING:
    from playwright.sync_api import Page

PASSWORD = "a boat that nobody has sold"
MINUTES = 10  # what the page promises, from `tornavoz up` to the first approved article


@pytest.mark.parametrize(
    "step",
    ["Click *Save*.", "Choose Save.", "Choose *Save*. Then wait.", "Write ana in *Name*.", "Open http://a.example/."],
)
def test_a_step_that_nobody_can_carry_out_is_noticed(step: str) -> None:
    with pytest.raises(ValueError, match="nobody can carry"):
        list(deeds(step))


def test_what_is_printed_is_compared() -> None:
    assert Printed("a …b\nc").there("x a 17 b c\n")
    assert not Printed("a …b\nc").there("x a 17 c\n")


class Newcomer:
    """Somebody with the repository, a shell, a second terminal and a browser that speaks English."""

    def __init__(self, folder: Path, page: Page) -> None:
        self.folder, self.page = folder, page
        self.port = free_port()  # the page's 8000 may be somebody else's here
        self.printed = ""
        self.began = 0.0
        self.took = 0.0
        self.up: subprocess.Popen[bytes] | None = None
        alien = ("TORNAVOZ_", "REDIS_URL", "DATABASE_URL", "SECRET_KEY", "VIRTUAL_ENV", "PYTHONPATH", "MAKE")
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(alien)}

    def type(self, block: str) -> None:
        """Type a block of commands. What it exports stays, as in a shell that stays open."""
        if re.search(r"^tornavoz up$", block, re.M):
            self._start(re.sub(r"^tornavoz up$", f"exec tornavoz up --port {self.port}", block, flags=re.M))
            return
        kept = self.folder / "environment"
        done = subprocess.run(
            ["bash", "-e", "-c", f"{block}\nenv -0 > {kept}"],
            cwd=self.folder,
            env=self.env,
            input=f"{PASSWORD}\n",
            check=False,
            capture_output=True,
            text=True,
            timeout=300,
        )
        self.printed = done.stdout + done.stderr
        assert done.returncode == 0, f"{block}\n{self.printed}"
        pairs = kept.read_text().rstrip("\0").split("\0")
        self.env = dict(pair.split("=", 1) for pair in pairs)

    def _start(self, block: str) -> None:
        with (self.folder / "second-terminal").open("wb") as screen:
            self.up = subprocess.Popen(
                ["bash", "-e", "-c", block],
                cwd=self.folder,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=screen,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.began = time.monotonic()
        self.until(lambda: get(self.port, "/health")[0] == 200, 60, "the server answers")

    def do(self, deed: Deed) -> None:
        """Do, or see, one thing in the browser."""
        page = self.page
        match deed:
            case Deed("open", (url,)):
                page.goto(url.replace(":8000/", f":{self.port}/"))
            case Deed("write", (text, field)):
                page.get_by_label(field, exact=True).fill(text)
            case Deed("password", (field,)):
                page.get_by_label(field, exact=True).fill(PASSWORD)
            case Deed("choose", (name,)):
                page.get_by_role("link", name=name, exact=True).or_(
                    page.get_by_role("button", name=name, exact=True)
                ).first.click()
                if name.startswith("Approve"):
                    self.took = time.monotonic() - self.began
            case Deed("first", ()):
                page.locator("[data-walk] a[data-row]").first.click()
            case Deed("see", (text,)):
                self.until(lambda: self._seen(text), 15, f"{text!r} is on {page.url}")
            case Deed("reload", (text,)):
                self.until(lambda: self._reloaded(text), 120, f"{text!r} is on {page.url}")
            case _:
                pytest.fail(f"nobody was told how to do {deed}")

    def _seen(self, text: str) -> bool:
        """Whether it is on the page, or in a frame of it."""
        return any(frame.get_by_text(text).count() for frame in self.page.frames)

    def _reloaded(self, text: str) -> bool:
        self.page.reload()
        return self._seen(text)

    def until(self, holds: Callable[[], bool], seconds: float, what: str) -> None:
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, f"not within {seconds:g} s: {what}"
            time.sleep(0.1)

    def leave(self) -> int:
        """Ctrl-C in the second terminal, if something runs there; its exit status."""
        if self.up is None:
            return 0
        if self.up.poll() is None:
            os.killpg(self.up.pid, signal.SIGINT)
        return self.up.wait(60)

    def left_behind(self) -> list[Path]:
        """Processes that still work in the folder."""
        found = []
        for process in PROC.glob("[0-9]*"):
            with suppress(OSError):  # it ended, or is somebody else's
                if (process / "cwd").resolve().is_relative_to(self.folder):
                    found.append(process)
        return found


@pytest.fixture
def newcomer() -> Iterator[Newcomer]:
    """In a folder that looks like the repository, with a `var` of its own. Its path is short, as sockets want it."""
    chromium = judges.program("chromium")
    if not (Path(sys.prefix) / "bin" / "tornavoz").exists():
        judges.absent("an environment of Tornavoz's own (make test)")
    from playwright.sync_api import sync_playwright

    folder = Path(tempfile.mkdtemp(prefix="tvz-", dir="/tmp"))
    for each in ROOT.iterdir():
        if each.name not in ("var", ".venv"):
            (folder / each.name).symlink_to(each)
    (folder / ".venv").symlink_to(sys.prefix)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=arguments())
            page = browser.new_page(locale="en-GB")
            page.set_default_timeout(15_000)
            made = Newcomer(folder, page)
            try:
                yield made
            finally:
                made.leave()
                browser.close()
    finally:
        for log in sorted(folder.glob("var/log/*.log")):
            sys.stdout.write(f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}\n")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.process
@pytest.mark.skipif(not PROC.is_dir(), reason="what is left behind is looked for in /proc")
def test_the_tutorial_can_be_followed_to_the_letter(newcomer: Newcomer) -> None:
    for part in read():
        match part:
            case Commands(text):
                newcomer.type(text)
            case Printed(text):
                assert part.there(newcomer.printed), f"the page says\n{text}\nbut what came was\n{newcomer.printed}"
            case Deed():
                newcomer.do(part)
    assert 0 < newcomer.took < MINUTES * 60
    sys.stdout.write(f"FIGURE seconds from `tornavoz up` to the approval: {newcomer.took:.0f}\n")
    assert newcomer.leave() == 0
    assert newcomer.left_behind() == []
