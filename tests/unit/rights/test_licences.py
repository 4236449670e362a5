"""Marks of licences: what is read, what is refused, what they are called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rights import licences
from pipeline.rights.licences import is_pointer, name_in, parse, restrictions, same, single
from pipeline.types import Licence

BASE = "https://creativecommons.org/"


def every_licence() -> list[Licence]:
    marks = ["CC0", "PDM"]
    marks += [f"CC {code} {version}" for code in licences.CODES for version in licences.VERSIONS if version != "2.1"]
    marks += ["by-nc 3.0 es", "by-sa 3.0 igo", "by 2.5 scotland", "by-nc-nd 2.1 jp"]
    found = [parse(mark) for mark in marks]
    assert None not in found
    return [licence for licence in found if licence is not None]


@pytest.mark.parametrize(
    ("mark", "code", "version", "port", "url"),
    [
        ("https://creativecommons.org/licenses/by/4.0/", "by", "4.0", "", "licenses/by/4.0/"),
        ("http://creativecommons.org/licenses/by-nc/4.0", "by-nc", "4.0", "", "licenses/by-nc/4.0/"),
        ("http://www.creativecommons.org/licenses/by-sa/3.0/", "by-sa", "3.0", "", "licenses/by-sa/3.0/"),
        ("HTTPS://CreativeCommons.org/licenses/BY-NC-SA/4.0/", "by-nc-sa", "4.0", "", "licenses/by-nc-sa/4.0/"),
        ("https://creativecommons.org/licenses/by-nd/4.0/deed.es", "by-nd", "4.0", "", "licenses/by-nd/4.0/"),
        ("https://creativecommons.org/licenses/by/4.0/deed.pt-br", "by", "4.0", "", "licenses/by/4.0/"),
        ("https://creativecommons.org/licenses/by/4.0/legalcode.zh-hans", "by", "4.0", "", "licenses/by/4.0/"),
        ("https://creativecommons.org/licenses/by/4.0/legalcode.txt", "by", "4.0", "", "licenses/by/4.0/"),
        ("https://creativecommons.org/licenses/by/4.0/?ref=chooser-v1#x", "by", "4.0", "", "licenses/by/4.0/"),
        ("https://creativecommons.org/licenses/by/3.0/es/deed.ca", "by", "3.0", "es", "licenses/by/3.0/es/"),
        ("https://creativecommons.org/licenses/by/3.0/igo/", "by", "3.0", "igo", "licenses/by/3.0/igo/"),
        ("https://creativecommons.org/licenses/by-nd-nc/1.0/", "by-nc-nd", "1.0", "", "licenses/by-nd-nc/1.0/"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "cc0", "1.0", "", "publicdomain/zero/1.0/"),
        ("https://creativecommons.org/publicdomain/mark/1.0/deed.en", "pdm", "1.0", "", "publicdomain/mark/1.0/"),
        ("//creativecommons.org/licenses/by/4.0/", "by", "4.0", "", "licenses/by/4.0/"),
        ("creativecommons.org/licenses/by/4.0/", "by", "4.0", "", "licenses/by/4.0/"),
        ("CC BY-NC 4.0", "by-nc", "4.0", "", "licenses/by-nc/4.0/"),
        ("by-nc-nd-3.0", "by-nc-nd", "3.0", "", "licenses/by-nc-nd/3.0/"),
        ("CC-BY-SA-3.0-IGO", "by-sa", "3.0", "igo", "licenses/by-sa/3.0/igo/"),
        ("CC BY 3.0 ES", "by", "3.0", "es", "licenses/by/3.0/es/"),
        ("CC BY\u2011NC\u00a04.0 International", "by-nc", "4.0", "", "licenses/by-nc/4.0/"),
        ("Creative Commons Attribution-NonCommercial 4.0 International", "by-nc", "4.0", "", "licenses/by-nc/4.0/"),
        ("CC0", "cc0", "1.0", "", "publicdomain/zero/1.0/"),
        ("CC0 1.0 Universal", "cc0", "1.0", "", "publicdomain/zero/1.0/"),
        ("Public Domain Mark 1.0", "pdm", "1.0", "", "publicdomain/mark/1.0/"),
    ],
)
def test_a_mark_that_names_one_licence_is_read(mark: str, code: str, version: str, port: str, url: str) -> None:
    licence = parse(mark)
    assert licence is not None
    assert (licence.code, licence.version, licence.port, licence.url) == (code, version, port, BASE + url)


@pytest.mark.parametrize(
    "mark",
    [
        "",
        "Creative Commons",
        "CC",
        "https://creativecommons.org/",
        "https://creativecommons.org/licenses/",
        "https://creativecommons.org/licenses/by-nc/",
        "CC BY-NC",
        "by-nc",
        "CC BY 4",
        "CC BY 5.0",
        "by-by 4.0",
        "by-nd-sa 4.0",
        "nc 1.0",
        "public domain",
        "CC BY 4.0 except where noted",
        "CC BY 4.0 / CC BY-NC 4.0",
        "BABY 4.0",
        "https://creativecommons.org/licenses/by/4.0/es/",
        "https://creativecommons.org/licenses/by/2.1/",
        "https://creativecommons.org/licenses/by/3.0/atlantis/",
        "https://creativecommons.org/licenses/sampling+/1.0/",
        "https://creativecommons.org/licenses/publicdomain/",
        "https://creativecommons.org.example/licenses/by/4.0/",
        "https://example.org/creativecommons.org/licenses/by/4.0/",
        "https://creativecommons.org@example.org/licenses/by/4.0/",
        "ftp://creativecommons.org/licenses/by/4.0/",
        "https://[creativecommons.org/licenses/by/4.0/",
        "all rights reserved",
    ],
)
def test_an_incomplete_or_foreign_mark_is_not_guessed(mark: str) -> None:
    assert parse(mark) is None


@pytest.mark.parametrize("licence", every_licence(), ids=lambda licence: licence.name)
def test_address_code_and_names_read_back_as_the_same_licence(licence: Licence) -> None:
    for mark in (licence.url, licence.name, name_in(licence, "en"), name_in(licence, "es")):
        assert parse(mark) == licence


def test_names_are_the_licences_own_in_each_language() -> None:
    licence = parse("CC BY-NC-ND 4.0")
    assert licence is not None
    assert licence.name == "CC BY-NC-ND 4.0"
    assert name_in(licence, "en") == "Creative Commons Attribution-NonCommercial-NoDerivatives 4.0 International"
    assert name_in(licence, "es-MX") == "Creative Commons Atribución-NoComercial-SinDerivadas 4.0 Internacional"
    assert name_in(licence, "xx") == name_in(licence, "en")


def test_flags_follow_the_elements() -> None:
    licence = parse("by-nc-sa 4.0")
    assert licence is not None
    assert (licence.non_commercial, licence.share_alike, licence.no_derivatives) == (True, True, False)
    assert restrictions(licence) == {"by", "nc", "sa"}
    zero = parse("CC0")
    assert zero is not None
    assert restrictions(zero) == frozenset()


def test_same_means_version_and_port_too() -> None:
    first, second, third = parse("CC BY 4.0"), parse(BASE + "licenses/by/4.0/deed.fr"), parse("CC BY 3.0")
    assert first is not None
    assert second is not None
    assert third is not None
    assert same(first, second)
    assert not same(first, third)


@pytest.mark.parametrize(
    ("mark", "pointer"),
    [
        ("https://creativecommons.org/", True),
        ("http://www.creativecommons.org", True),
        ("https://creativecommons.org/licenses/by/4.0/", False),
        ("https://example.org/", False),
        ("https://[", False),
        ("", False),
    ],
)
def test_the_front_page_of_creative_commons_is_only_a_pointer(mark: str, pointer: bool) -> None:
    assert is_pointer(mark) is pointer


@pytest.mark.parametrize(
    ("marks", "code"),
    [
        ([], None),
        ([" "], None),
        (["CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/deed.es"], "by"),
        (["https://creativecommons.org/", "CC BY-SA 4.0"], "by-sa"),
    ],
)
def test_agreeing_marks_are_one_mark(marks: list[str], code: str | None) -> None:
    mark = single(marks)
    licence = parse(mark) if mark else None
    assert (licence.code if licence else None) == code


def test_disagreeing_marks_cannot_be_read_as_one() -> None:
    mark = single(["CC BY 4.0", "CC BY-NC 4.0"])
    assert mark
    assert parse(mark) is None


def test_a_lone_pointer_stays_a_pointer() -> None:
    mark = single(["https://creativecommons.org/"])
    assert mark is not None
    assert is_pointer(mark)


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    licence = parse(text)
    assert licence is None or parse(licence.url) == licence
