"""Glossaries as files: TOML (ours), CSV, and TBX as terminology tools write it; and the one that is shipped.

Knows: the three forms, and how to say what is wrong in one. Must not know: what a term is for.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any, cast

from lxml import etree

from pipeline.errors import FileRefused
from pipeline.translation.glossary import Gender, Glossary, Term

SHIPPED = Path(__file__).parent / "terms"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_FIELDS = {field.name for field in fields(Term)} - {"group"}
_LISTS = ("also", "variants")
_FLAGS = ("keep", "choose", "off")
_GENDERS = ("", "m", "f", "mp", "fp")
_LARGEST = 20_000_000


@cache
def shipped(source_language: str, language: str) -> tuple[Term, ...]:
    """The terms that come with the program for this pair; none for most pairs."""
    paths = sorted(SHIPPED.glob(f"*.{source_language}-{language}.toml"))
    return tuple(term for path in paths for term in read(path, source_language, language))


def nothing(source_language: str, language: str) -> tuple[Term, ...]:
    """What a desk has added that nobody works at."""
    return ()


@dataclass(frozen=True, slots=True)
class Layer:
    """Terms of one place. `name` is the file's as newsroom.toml has it, or one of SHIPPED_TERMS and DESK_TERMS."""

    name: str
    terms: tuple[Term, ...]


SHIPPED_TERMS, DESK_TERMS = "shipped", "desk"


class Glossaries:
    """The glossary of each source: shipped terms, the newsroom's files, the desk's, the source's own; the last wins.

    Files are read again when they change. Their paths are relative to `folder`. `added` gives the desk's terms of a
    pair of languages.
    """

    def __init__(
        self,
        folder: Path,
        files: Iterable[str],
        by_source: Mapping[str, Iterable[str]],
        *,
        with_shipped: bool = True,
        expand_acronyms: bool = False,
        added: Callable[[str, str], tuple[Term, ...]] = nothing,
    ) -> None:
        self._folder = folder
        self._files = tuple(files)
        self._by_source = {slug: tuple(each) for slug, each in by_source.items()}
        self._with_shipped = with_shipped
        self._expand = expand_acronyms
        self._added = added
        self._read: dict[tuple[Path, str, str], tuple[int, tuple[Term, ...]]] = {}
        self._made: dict[tuple[str, str, str], tuple[list[Layer], Glossary]] = {}

    def __call__(self, source: str, source_language: str, language: str) -> Glossary:
        """The glossary for articles of this source. Raises FileRefused."""
        key = (source, source_language, language)
        layers = self.layers(*key)
        if key not in self._made or self._made[key][0] != layers:
            terms = [term for layer in layers for term in layer.terms]
            self._made[key] = (layers, Glossary(terms, expand_acronyms=self._expand))
        return self._made[key][1]

    def layers(self, source: str, source_language: str, language: str) -> list[Layer]:
        """Where its terms come from, the last one winning. Raises FileRefused."""
        own = self._by_source.get(source, ())
        pair = (source_language, language)
        return [
            *([Layer(SHIPPED_TERMS, shipped(*pair))] if self._with_shipped else []),
            *(Layer(name, self._terms(self._folder / name, *pair)) for name in self._files),
            Layer(DESK_TERMS, self._added(*pair)),
            *(Layer(name, self._terms(self._folder / name, *pair)) for name in own),
        ]

    def _terms(self, path: Path, source_language: str, language: str) -> tuple[Term, ...]:
        try:
            stamp = path.stat().st_mtime_ns
        except OSError as error:
            raise FileRefused(
                f"the glossary {error.filename} cannot be read: {error.strerror}",
                es=f"No se puede leer el glosario {error.filename}: {error.strerror}",
            ) from error
        key = (path, source_language, language)
        if key not in self._read or self._read[key][0] != stamp:
            self._read[key] = (stamp, tuple(read(path, source_language, language)))
        return self._read[key][1]


def read(path: Path, source_language: str, language: str) -> list[Term]:
    """Terms of a .toml, .csv or .tbx file. Raises FileRefused, which names the entry and what is wrong with it."""
    readers = {".toml": _toml, ".csv": _csv, ".tbx": _tbx, ".xml": _tbx}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise FileRefused(
            f"{path} is no glossary we know. Give a .toml, .csv or .tbx file.",
            es=f"{path} no es un glosario que conozcamos. Use un archivo .toml, .csv o .tbx.",
        )
    try:
        if path.stat().st_size > _LARGEST:
            raise FileRefused(
                f"{path} is larger than {_LARGEST // 1_000_000} MB. Is it a glossary?",
                es=f"{path} pasa de {_LARGEST // 1_000_000} MB. ¿Es un glosario?",
            )
        return list(reader(path, source_language, language))
    except (OSError, UnicodeDecodeError) as error:
        raise FileRefused(f"{path} cannot be read: {error}", es=f"No se puede leer {path}: {error}") from error


def _toml(path: Path, source_language: str, language: str) -> Iterator[Term]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise FileRefused(f"{path} is not valid TOML: {error}", es=f"{path} no es TOML válido: {error}") from error
    if document.get("languages", [source_language, language]) != [source_language, language]:
        return
    for group, entries in document.items():
        if isinstance(entries, list) and group != "languages":
            for place, entry in enumerate(entries, 1):
                if not isinstance(entry, dict):
                    raise FileRefused(
                        f"{path}: {group}, entry {place}: must be a table with source and target",
                        es=f"{path}: {group}, entrada {place}: debe ser una tabla con source y target.",
                    )
                where, spanish = (f"{path}: {group}, {word} {place}" for word in ("entry", "entrada"))
                yield term_of(entry, where, group, where_es=spanish)


def term_of(entry: Mapping[str, Any], where: str, group: str = "", *, where_es: str = "") -> Term:
    """A term from our own keys, all but `source` optional. Raises FileRefused, which begins with `where`."""
    there = where_es or where
    unknown = set(entry) - _FIELDS
    if unknown:
        raise FileRefused(
            f"{where}: unknown key {sorted(unknown)[0]!r}; keys are {', '.join(sorted(_FIELDS))}",
            es=f"{there}: no existe la clave «{sorted(unknown)[0]}»; las que hay son: {', '.join(sorted(_FIELDS))}.",
        )
    values: dict[str, Any] = dict(entry)
    for name in _FIELDS & set(values):
        wanted: type | tuple[type, ...] = bool if name in _FLAGS else (list, tuple) if name in _LISTS else str
        if not isinstance(values[name], wanted):
            raise FileRefused(f"{where}: {name} has the wrong type", es=f"{there}: «{name}» no es del tipo debido.")
    for name in _LISTS:
        values[name] = tuple(str(each).strip() for each in values.get(name, ()) if str(each).strip())
    term = Term(**{**values, "group": group})
    if not term.source.strip():
        raise FileRefused(f"{where}: source is missing", es=f"{there}: falta el original (source).")
    if term.gender not in _GENDERS:
        raise FileRefused(
            f"{where}: gender must be m, f, mp or fp, not {term.gender!r}",
            es=f"{there}: el género debe ser m, f, mp o fp, y no «{term.gender}».",
        )
    if not (term.target or term.keep or term.off):
        raise FileRefused(
            f"{where}: {term.source!r} needs a target, or keep = true",
            es=f"{there}: «{term.source}» necesita una traducción (target), o que nunca se traduzca (keep = true).",
        )
    return term


def _csv(path: Path, source_language: str, language: str) -> Iterator[Term]:
    """A heading row that names our keys; lists are separated by "|", flags are yes or empty."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        sample = file.read(4096)
        file.seek(0)
        rows = csv.DictReader(file, delimiter=";" if sample.count(";") > sample.count(",") else ",", strict=True)
        if "source" not in (rows.fieldnames or ()):
            raise FileRefused(
                f"{path}: the first row must name the columns, source and target among them",
                es=f"{path}: la primera fila debe nombrar las columnas, entre ellas source y target.",
            )
        try:
            for row in rows:
                where, spanish = (f"{path}, {word} {rows.line_num}" for word in ("line", "línea"))
                yield term_of(_cells(row), where, where_es=spanish)
        except csv.Error as error:
            raise FileRefused(
                f"{path}, line {rows.line_num}: {error}", es=f"{path}, línea {rows.line_num}: {error}"
            ) from error


def _cells(row: Mapping[str | Any, Any]) -> dict[str, Any]:
    cells: dict[str, Any] = {}
    for name, value in row.items():
        text = (value or "").strip() if isinstance(value, str) else ""
        if not text:
            continue
        if name in _LISTS:
            cells[name] = text.split("|")
        elif name in _FLAGS:
            cells[name] = text.lower() in {"yes", "true", "1", "x", "sí", "si"}
        else:
            cells[str(name)] = text
    return cells


def _tbx(path: Path, source_language: str, language: str) -> Iterator[Term]:
    """TBX (ISO 30042), old and new names alike: the first term of each language, the others as variants."""
    try:
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
        )
        root = etree.parse(str(path), parser).getroot()
    except etree.XMLSyntaxError as error:
        raise FileRefused(
            f"{path} is no well-formed XML: {error}", es=f"{path} no es XML bien formado: {error}"
        ) from error
    if next(root.iter(etree.Entity), None) is not None:
        raise FileRefused(
            f"{path} uses entities of its own. Export it without a DTD.",
            es=f"{path} usa entidades propias. Expórtelo sin DTD.",
        )
    if _name(root) not in {"martif", "tbx"}:
        raise FileRefused(
            f"{path} is no TBX file: its root is <{_name(root)}>",
            es=f"{path} no es un archivo TBX: su raíz es <{_name(root)}>.",
        )
    for entry in (each for each in root.iter() if _name(each) in {"termEntry", "conceptEntry"}):
        given, made = (list(_terms(entry, code)) for code in (source_language, language))
        if given and made:
            (source, *also), (target, *variants) = given, made
            note = " ".join((each.text or "").strip() for each in entry.iter() if _name(each) == "note")
            gender = next((each.text or "" for each in entry.iter() if each.get("type") == "grammaticalGender"), "")
            yield replace(
                term_of({"source": source, "target": target}, f"{path}: {source!r}"),
                also=tuple(also),
                variants=tuple(variants),
                note=note,
                gender=cast("Gender", {"masculine": "m", "feminine": "f"}.get(gender.strip(), "")),
                keep=source == target,
            )


def _terms(entry: etree._Element, language: str) -> Iterator[str]:
    for section in entry.iter():
        told = section.get(_LANG, "").lower().replace("_", "-").split("-")[0]
        if _name(section) in {"langSet", "langSec"} and told == language:
            for term in section.iter():
                if _name(term) == "term" and (text := "".join(term.itertext()).strip()):
                    yield text


def _name(element: etree._Element) -> str:
    return str(etree.QName(element).localname) if isinstance(element.tag, str) else ""
