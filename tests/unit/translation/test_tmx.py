"""TMX 1.4 in and out: what we write we read, what others write we read safely."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from pipeline.errors import FileRefused
from pipeline.translation.tmx import Unit, read, write
from pipeline.types import Span

NOW = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)
LINK = Span(tag="a", start=4, end=10, attributes=(("href", "https://river.example/?a=1&b=x"),))
UNIT = Unit(
    source="The bridge & the river.",
    target="El puente y el río.",
    source_spans=(LINK, Span(tag="em", start=4, end=10)),
    spans=(Span(tag="a", start=3, end=9, attributes=LINK.attributes), Span(tag="em", start=3, end=9)),
    by="cli:Ana Ruiz",
    at=NOW,
    article="7",
)

FOREIGN = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4">
  <header creationtool="Otro" creationtoolversion="3" segtype="sentence" o-tmf="x" adminlang="en-US" srclang="EN-US"
    datatype="rtf"/>
  <body>
    <!-- a comment -->
    <tu changedate="20250102T030405Z" changeid="LUZ" creationid="x">
      <tuv xml:lang="EN-US"><seg>The <bpt i="1">{\\b </bpt>mayor<ept i="1">}</ept> left<ph>{\\line}</ph>.</seg></tuv>
      <tuv xml:lang="ES-MX"><seg>La <hi>alcaldesa</hi> se <!-- hm -->fue.</seg></tuv>
      <tuv xml:lang="FR-FR"><seg>La maire est partie.</seg></tuv>
    </tu>
    <tu><tuv xml:lang="en"><seg>Only here.</seg></tuv></tu>
    <tu><tuv xml:lang="en"><seg> </seg></tuv><tuv xml:lang="es"><seg>Nada</seg></tuv></tu>
  </body>
</tmx>
"""


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "memory.tmx"
    assert write(path, [UNIT], "en", "es", now=NOW) == 1
    reading = read(path, "en", "es")
    assert reading.units == [UNIT]
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_written_is_tmx(tmp_path: Path) -> None:
    path = tmp_path / "memory.tmx"
    write(path, [UNIT], "en", "es", now=NOW)
    root = etree.parse(str(path)).getroot()
    assert (root.tag, root.get("version")) == ("tmx", "1.4")
    header = root.find("header")
    assert header is not None
    required = {"creationtool", "creationtoolversion", "segtype", "o-tmf", "adminlang", "srclang", "datatype"}
    assert required <= set(header.attrib)
    for segment in root.iter("seg"):
        opened = [code.get("i") for code in segment.iter("bpt")]
        closed = [code.get("i") for code in segment.iter("ept")]
        assert sorted(opened) == sorted(closed) == ["1", "2"]
        assert closed == opened[::-1]


def test_another_tools_file_is_read_for_its_text_and_its_maker(tmp_path: Path) -> None:
    path = tmp_path / "otro.tmx"
    path.write_text(FOREIGN, encoding="utf-8")
    reading = read(path, "en", "es")
    assert [(unit.source, unit.target) for unit in reading.units] == [("The mayor left.", "La alcaldesa se fue.")]
    assert (reading.units[0].by, reading.units[0].at) == ("LUZ", datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert reading.left_out == {"not in both en and es": 1, "empty": 1}


BOMB = """<?xml version="1.0"?><!DOCTYPE tmx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<tmx version="1.4"><header/><body><tu><tuv xml:lang="en"><seg>&b;</seg></tuv></tu></body></tmx>"""
SPY = """<?xml version="1.0"?><!DOCTYPE tmx [<!ENTITY f SYSTEM "file:///etc/hostname">]>
<tmx version="1.4"><header/><body><tu><tuv xml:lang="en"><seg>&f;</seg></tuv></tu></body></tmx>"""


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (BOMB, "entities of its own"),
        (SPY, "entities of its own"),
        ("<tmx><body>", "well-formed"),
        ("<html><body/></html>", "root is <html>"),
        ("", "well-formed"),
    ],
)
def test_what_is_unsafe_or_no_tmx_is_refused_with_advice(content: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.tmx"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(FileRefused, match=says):
        read(path, "en", "es")


def test_a_failed_export_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "memory.tmx"
    path.write_text("old", encoding="utf-8")

    def units() -> list[Unit]:
        raise RuntimeError("the ledger went away")

    with pytest.raises(RuntimeError):
        write(path, (unit for _ in [0] for unit in units()), "en", "es", now=NOW)
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zs", "Zl", "Zp", "Cf")), min_size=1, max_size=30)


@given(source=TEXT, target=TEXT, data=st.data())
def test_any_text_and_any_nesting_comes_back(source: str, target: str, data: st.DataObject, tmp_path_factory) -> None:  # type: ignore[no-untyped-def]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(target)), min_size=2, max_size=2, unique=True)))
    spans = (Span(tag="strong", start=cuts[0], end=cuts[1]),)
    unit = Unit(source=source, target=target, spans=spans)
    path = tmp_path_factory.mktemp("tmx") / "m.tmx"
    write(path, [unit], "en", "es", now=NOW)
    assert read(path, "en", "es").units == [unit]
