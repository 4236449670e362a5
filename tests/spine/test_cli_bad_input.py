"""Bad input at the command line: a clear sentence, the right exit code, a row that stays, and nothing lost."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipeline.translation.models import Installed
from tests.make import NEWSROOM, OTHER_PARAGRAPHS, PARAGRAPHS, SPANISH

pytestmark = [pytest.mark.process]

ROOT = Path(__file__).parents[2]
TEXT = "Bridge opens after nine years of work\n\nBY ANA POND\n\n" + "\n\n".join(PARAGRAPHS + OTHER_PARAGRAPHS)
MARCH = ("--published", "2026-03-13", "--author", "Ana Pond", "--headline", "Bridge opens after nine years of work")


@dataclass(frozen=True)
class Installation:
    """A state folder and its command line."""

    home: Path

    def tornavoz(self, *arguments: str, exit_code: int = 0, before: Sequence[str] = ()) -> str:
        """Run a command; returns what it said on both streams. `before` are words that start it, such as a shell's."""
        environment = {name: value for name, value in os.environ.items() if name not in {"REDIS_URL", "DATABASE_URL"}}
        done = subprocess.run(
            [*before, sys.executable, "-m", "workers.cli", "--home", str(self.home), *arguments],
            cwd=ROOT,
            env={**environment, "COLUMNS": "500"},
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        said = done.stdout + done.stderr
        assert "Traceback" not in said, said
        assert done.returncode == exit_code, said
        return said

    def submit(self, payload: bytes, *arguments: str, name: str = "article.txt", exit_code: int = 0) -> str:
        path = self.home / name
        path.write_bytes(payload)
        url = () if "--no-url" in arguments else ("--url", f"https://river.example/{name}")
        rest = [argument for argument in arguments if argument != "--no-url"]
        return self.tornavoz("submit", str(path), "--source", "river-post", *url, *rest, exit_code=exit_code)

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.tornavoz("status", "--json"))
        return found

    def only_article(self) -> dict[str, Any]:
        [row] = self.status()["listed"]
        return dict(row)

    def story(self) -> str:
        with sqlite3.connect(self.home / "ledger.db") as ledger:
            [[story]] = ledger.execute("SELECT story FROM ledger_revision").fetchall()
        ledger.close()
        return str(story)

    def payloads(self) -> list[bytes | None]:
        with sqlite3.connect(self.home / "ledger.db") as ledger:
            rows = [row[0] for row in ledger.execute("SELECT body FROM ledger_payload ORDER BY rowid")]
        ledger.close()
        return rows


@pytest.fixture(scope="module")
def original(install_starter: Callable[[Path], Installed], tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    install_starter(home / "models")
    config = home / "sample.toml"
    config.write_text(NEWSROOM, encoding="utf-8")
    Installation(home).tornavoz("init", "--config", str(config))
    Installation(home).tornavoz("run", "--until-idle")
    return home


@pytest.fixture
def installed(original: Path, tmp_path: Path) -> Installation:
    """Everything in place, the starter model too."""
    return Installation(Path(shutil.copytree(original, tmp_path / "home")))


@pytest.fixture
def bare(original: Path, tmp_path: Path) -> Installation:
    """The same without any model."""
    shutil.copytree(original, tmp_path / "home", ignore=shutil.ignore_patterns("models"))
    (tmp_path / "home" / "models").mkdir()
    return Installation(tmp_path / "home")


UNREADABLE: dict[str, tuple[bytes, str | None, str]] = {
    "empty.txt": (b"", "unreadable", ""),
    "picture.txt": (bytes(range(256)) * 40, "unreadable", ""),
    "picture.html": (b"\x89PNG\r\n\x1a\n" + bytes(2000), None, ""),
    "broken.json": (b"{ not json", "unreadable", "not valid JSON"),
    "list.json": (b"[1, 2]", "unreadable", "not an object"),
    "line.txt": (b"Only one line.\n", None, ""),
}


@pytest.fixture(scope="module")
def tried(original: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], list[bytes | None]]:
    """What became of each unreadable file, by its name, and what is kept."""
    home = Installation(Path(shutil.copytree(original, tmp_path_factory.mktemp("tried") / "home")))
    for number, (name, (payload, _, _)) in enumerate(UNREADABLE.items(), 1):
        assert f"article {number}, revision 1: new" in home.submit(payload, name=name)
    home.tornavoz("run", "--until-idle")
    rows = {row["url"].rpartition("/")[2]: row for row in home.status()["listed"]}
    return rows, home.payloads()


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_held_with_the_reason_and_kept_to_the_byte(
    name: str, tried: tuple[dict[str, Any], list[bytes | None]]
) -> None:
    rows, kept = tried
    payload, code, says = UNREADABLE[name]
    assert rows[name]["state"] == "held"
    assert rows[name]["reason"]
    assert code is None or rows[name]["code"] == code
    assert says in rows[name]["reason"]
    assert payload in kept


def test_twenty_megabytes_are_refused_with_the_way_out_and_the_row_stays(bare: Installation) -> None:
    said = bare.submit(b"word " * 4_000_000, exit_code=1)
    assert "20,000,000 bytes and the limit is 5,000,000" in said
    assert "[intake] max_bytes in newsroom.toml" in said
    row = bare.only_article()
    assert (row["state"], row["code"]) == ("held", "too-large")
    config = bare.home / "newsroom.toml"
    config.write_text(f"[intake]\nmax_bytes = 30_000_000\n{NEWSROOM}", encoding="utf-8")
    assert "retried" in bare.submit(b"word " * 4_000_000)
    assert len(bare.payloads()[0] or b"") == 20_000_000


def test_without_an_address_it_is_held_and_completed_by_the_same_file_with_one(bare: Installation) -> None:
    said = bare.submit(TEXT.encode(), "--no-url", *MARCH, exit_code=1)
    assert "no canonical URL came with it; submit the same file again with --url" in said
    assert bare.only_article()["code"] == "url-missing"
    assert "article 1, revision 2: completed" in bare.submit(TEXT.encode(), *MARCH)
    assert bare.only_article()["state"] == "received"


@pytest.mark.parametrize("words", [["init"], ["up", "--port", "0"], ["status"], ["sources", "list"]])
def test_a_disk_without_room_is_named(words: list[str], bare: Installation) -> None:
    full = ("sh", "-c", 'ulimit -f 0; exec "$@"', "sh")  # files cannot grow
    ended = {"init": 1, "up": 1}.get(words[0], 2)
    said = bare.tornavoz(*words, exit_code=ended, before=full)
    assert f"see that {bare.home} can be written and has room on its disk" in said


def test_the_demo_never_takes_the_place_of_a_newsroom(bare: Installation) -> None:
    said = bare.tornavoz("demo", exit_code=2)
    assert "is the state folder of a newsroom, and the demo would take its place" in said
    assert (bare.home / "newsroom.toml").read_text(encoding="utf-8") == NEWSROOM


def test_a_configuration_that_another_one_replaces_is_put_aside(bare: Installation, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text(f"# another\n{NEWSROOM}", encoding="utf-8")
    said = bare.tornavoz("init", "--config", str(other))
    assert f"the newsroom.toml that was there is {bare.home}/newsroom.toml.before now" in said
    assert (bare.home / "newsroom.toml.before").read_text(encoding="utf-8") == NEWSROOM
    assert "before" not in bare.tornavoz("init", "--config", str(other)), "the same again replaces nothing"
    third = tmp_path / "third.toml"
    third.write_text(f"# a third\n{NEWSROOM}", encoding="utf-8")
    assert f"is {bare.home}/newsroom.toml.before1 now" in bare.tornavoz("init", "--config", str(third))
    assert (bare.home / "newsroom.toml.before").read_text(encoding="utf-8") == NEWSROOM, "the first is still there"


def test_a_file_is_judged_before_there_is_a_ledger(bare: Installation) -> None:
    (bare.home / "ledger.db").unlink()
    assert "newsroom.toml can be used" in bare.tornavoz("config", "--check")
    assert "Run: tornavoz init" in bare.tornavoz("config", exit_code=2)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "river.example/1"])
def test_an_address_that_is_none_is_held_with_the_reason(url: str, bare: Installation) -> None:
    said = bare.submit(TEXT.encode(), "--no-url", "--url", url, *MARCH, exit_code=1)
    assert "submit the same file again with a usable --url" in said
    assert bare.only_article()["code"] == "url-unusable"


def paragraphs(*extra: str) -> str:
    return "".join(f"<p>{text}</p>" for text in (*PARAGRAPHS, *OTHER_PARAGRAPHS)) + "".join(extra)


def page(body: str) -> bytes:
    head = "<!doctype html><html lang=en><head><title>Bridge opens after nine years of work</title></head>"
    return f"{head}<body><article><h1>Bridge opens after nine years of work</h1>{body}</article></body></html>".encode()


def test_a_script_in_a_link_is_not_taken_over(bare: Installation) -> None:
    trap = '<p>Read <a href="javascript:alert(1)">the report of the council</a> and <a href="/more">this page</a>.</p>'
    bare.submit(page(paragraphs(trap, "<script>alert(2)</script>")), *MARCH, name="article.html")
    bare.tornavoz("run", "--until-idle", exit_code=1)  # no model: the translation waits
    story = bare.story()
    assert "the report of the council" in story
    assert "https://river.example/more" in story
    assert "javascript:" not in story
    assert "alert" not in story


def test_unbalanced_markup_loses_no_sentence(bare: Installation) -> None:
    body = "<div><p>" + "<p><b>".join(PARAGRAPHS + OTHER_PARAGRAPHS) + "</i></div></span>"
    bare.submit(page(body), *MARCH, name="article.html")
    bare.tornavoz("run", "--until-idle", exit_code=1)
    assert bare.only_article()["state"] == "cleared"
    assert all(sentence in bare.story() for sentence in PARAGRAPHS + OTHER_PARAGRAPHS)


def test_a_control_character_is_taken_out_and_told(bare: Installation) -> None:
    bare.submit(TEXT.replace("toll", "to\x08ll\u200b").encode(), *MARCH)
    bare.tornavoz("run", "--until-idle", exit_code=1)
    assert PARAGRAPHS[2] in bare.story()
    [told] = [
        event
        for event in json.loads(bare.tornavoz("trace", "1", "--json"))["events"]
        if event["action"] == "revision.extracted"
    ]
    assert "control-characters" in told["details"]["findings"]


def test_a_text_in_spanish_is_held(bare: Installation) -> None:
    spanish = "\n\n".join(SPANISH[text] for text in PARAGRAPHS + OTHER_PARAGRAPHS)
    bare.submit(spanish.encode(), *MARCH)
    bare.tornavoz("run", "--until-idle")
    row = bare.only_article()
    assert (row["state"], row["code"]) == ("held", "wrong-language")
    assert "“es”" in row["reason"]


def test_without_a_model_the_work_waits_and_installing_one_wakes_it(bare: Installation) -> None:
    bare.submit(TEXT.encode(), *MARCH)
    said = bare.tornavoz("run", "--until-idle", exit_code=1)
    assert "1 wait for a person: tornavoz status" in said
    [parked] = bare.status()["parked"]
    assert (parked["step"], parked["code"]) == ("translate", "model-missing")
    assert "Run: tornavoz models install starter" in parked["reason"]
    assert "tornavoz models install starter" in bare.tornavoz("doctor", exit_code=1)
    assert "1 units that waited for a model are due again" in bare.tornavoz("models", "install", "starter")
    bare.tornavoz("run", "--until-idle")
    [translation] = bare.only_article()["translations"]
    assert translation["state"] in {"ready", "held"}
    assert translation["headline"]
    assert bare.status()["parked"] == []


def test_an_output_folder_that_cannot_be_written_costs_nothing_but_time(bare: Installation) -> None:
    public = bare.home / "public"
    shutil.rmtree(public)
    public.write_text("in the way")
    said = bare.tornavoz("publish", "--all", exit_code=1)
    assert "will be tried again" in said
    with sqlite3.connect(bare.home / "ledger.db") as ledger:
        waiting = ledger.execute(
            "SELECT state, error_code, last_error FROM ledger_unit WHERE subject LIKE 'feed:%'"
        ).fetchall()
    ledger.close()
    assert waiting
    for state, code, reason in waiting:
        assert (state, code) == ("ready", "publish")
        assert f"{public}" in reason
        assert "Move away the file that stands where the folder should be" in reason
    assert f"make {public}" in bare.tornavoz("doctor", exit_code=1)
    public.unlink()
    bare.tornavoz("publish", "--all")
    assert (public / "feeds/es/all/rss.xml").is_file()


def damaged(path: Path, original: Path) -> None:
    path.write_bytes(original.read_bytes()[:200_000])


def slipping(path: Path, original: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("en_es/metadata.json", '{"from_code": "en", "to_code": "es", "package_version": "9.9"}')
        archive.writestr("en_es/../../../slipped.txt", "out")


def no_package(path: Path, original: Path) -> None:
    path.write_text("hello")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (damaged, "is not a whole model package"),
        (slipping, "outside its own folder"),
        (no_package, "is not a whole model package"),
        (lambda path, original: None, "There is no file"),
    ],
)
def test_a_model_package_that_is_damaged_or_wicked_is_refused_and_the_installed_one_stays(
    make: Callable[[Path, Path], None], says: str, installed: Installation
) -> None:
    before = installed.tornavoz("models", "list")
    [starter] = (ROOT / "pipeline/translation/starter").glob("*.argosmodel")
    package = installed.home / "new.argosmodel"
    make(package, starter)
    assert says in installed.tornavoz("models", "install", str(package), exit_code=1)
    assert installed.tornavoz("models", "list") == before
    assert not list(installed.home.parent.rglob("slipped.txt"))
    assert len([path for path in (installed.home / "models").iterdir() if not path.name.startswith(".argos")]) == 1


def test_an_unknown_key_in_the_configuration_stops_intake_before_anything_is_taken(bare: Installation) -> None:
    config = bare.home / "newsroom.toml"
    config.write_text(NEWSROOM.replace('name = "Eco Sur"', 'nane = "Eco Sur"'), encoding="utf-8")
    line = NEWSROOM.splitlines().index('name = "Eco Sur"') + 1
    told = f"newsroom.toml, line {line}: unknown key 'site.nane'; did you mean 'name'?"
    for said in (
        bare.tornavoz("config", "--check", exit_code=2),
        bare.submit(TEXT.encode(), *MARCH, exit_code=2),
        bare.tornavoz("run", "--until-idle", exit_code=2),
        bare.tornavoz("doctor", "--quick", exit_code=1),
    ):
        assert told in said
    assert bare.status()["articles"] == 0
    config.write_text(NEWSROOM, encoding="utf-8")
    bare.submit(TEXT.encode(), *MARCH)
    assert bare.status()["articles"] == 1


ABOUT_NOTHING: list[tuple[tuple[str, ...], int, str]] = [
    (("submit", "nowhere.txt", "--source", "river-post"), 1, "nowhere.txt cannot be read: No such file"),
    (("submit", "README.md", "--source", "rivr-post"), 2, "no source 'rivr-post'; did you mean 'river-post'?"),
    (("submit", "README.md", "--source", "river-post", "--published", "13/3/2026"), 2, "does not match the format"),
    (("trace", "4711"), 1, "there is no article 4711"),
    (("withdraw", "4711", "--reason", "x"), 1, "there is no article 4711"),
    (("correct", "4711", "--place", "headline", "--text", "x", "--note", "x"), 1, "no translation into 'es'"),
    (("approve", "4711", "--reason", "x"), 1, "no translation into 'es'"),
    (("retry", "4711"), 1, "there is no article 4711"),
    (("resyndicate", "--reason", "x"), 1, "say what to send again"),
    (("retry",), 2, "say which article"),
]


def test_a_command_about_nothing_is_answered_in_one_sentence(bare: Installation) -> None:
    (bare.home / "README.md").write_text(TEXT, encoding="utf-8")
    for arguments, exit_code, says in ABOUT_NOTHING:
        placed = [str(bare.home / word) if word == "README.md" else word for word in arguments]
        assert says in bare.tornavoz(*placed, exit_code=exit_code)
    assert bare.status()["articles"] == 0


def test_before_init_every_command_says_so(tmp_path: Path) -> None:
    nothing = Installation(tmp_path / "new")
    for command in (("status",), ("run", "--until-idle"), ("trace", "1")):
        assert "Run: tornavoz init" in nothing.tornavoz(*command, exit_code=2)
