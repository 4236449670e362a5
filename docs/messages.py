"""Gathers the desk's words, merges them into the Spanish catalogue and compiles it. Usage: make messages

Knows: where words stand (templates and Python of desk/) and GNU gettext's two file forms. Must not know: any word.
Pure Python, so neither a developer nor a server needs the gettext programs: the compiled file is kept in the repository
and a test holds it, the text and the code to each other (tests/desk/test_messages.py).

English is the language of the code, so it needs no catalogue. Entries are sorted and carry no line numbers: two people
who add words change different lines. After a merge conflict take either side and run `make messages`.
"""

from __future__ import annotations

import io
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "desk" / "locale" / "es" / "LC_MESSAGES"
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2), "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
_HEADER = "Spanish words of the desk. Written by people; entries are gathered by docs/messages.py."


def gathered() -> Catalog:
    """Every message that desk/ asks for, without translations."""
    import django
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=True)
        django.setup()
    from django.utils.translation.template import templatize

    found = Catalog(locale="es")
    for path in sorted((ROOT / "desk").rglob("*")):
        if path.suffix == ".html":
            code = templatize(path.read_text(encoding="utf-8"))
        elif path.suffix == ".py":
            code = path.read_text(encoding="utf-8")
        else:
            continue
        _read(code, found)
    return found


def _read(code: str, catalog: Catalog) -> None:
    for _, function, messages, _ in extract_python(io.BytesIO(code.encode()), list(KEYWORDS), [], {}):
        texts = (messages,) if isinstance(messages, str) else tuple(messages)
        if function is None or not texts or texts[0] is None:
            continue
        context = texts[0] if function in ("pgettext", "npgettext") else None
        texts = texts[1:] if context is not None else texts
        plural = function in ("ngettext", "ngettext_lazy", "npgettext")
        catalog.add(texts[:2] if plural else texts[0], context=context)


def merged() -> Catalog:
    """What the code asks for, with the translations on file. What it no longer asks for is dropped."""
    known = _known()
    wanted = gathered()
    made = Catalog(locale="es", project="Tornavoz", header_comment=f"# {_HEADER}", fuzzy=False)
    for message in wanted:
        if message.id:
            old = known.get(message.id, context=message.context)
            made.add(message.id, old.string if old else None, flags=message.flags, context=message.context)
    return made


def _known() -> Catalog:
    path = FOLDER / "django.po"
    if not path.exists():
        return Catalog(locale="es")
    with path.open("rb") as file:
        return read_po(file, locale="es")


def text_of(catalog: Catalog) -> bytes:
    """The .po file."""
    out = io.BytesIO()
    write_po(out, catalog, width=0, no_location=True, sort_output=True)
    lines = out.getvalue().decode().splitlines()
    # Dates would change with every run; the other headers are for teams with a translation office.
    idle = ("POT-", "PO-", "Generated-By", "Project-Id", "Report-", "Last-", "Language-Team")
    kept = [line for line in lines if not line.startswith(tuple(f'"{name}' for name in idle))]
    return ("\n".join(kept).rstrip("\n") + "\n").encode()


def compiled(text: bytes) -> bytes:
    """The .mo file of a .po file."""
    out = io.BytesIO()
    catalog = read_po(io.BytesIO(text), locale="es")
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)  # or each run would differ
    write_mo(out, catalog)
    return out.getvalue()


def untranslated(catalog: Catalog) -> list[Message]:
    """Entries without Spanish, or with only half of it."""

    def lacks(message: Message) -> bool:
        strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
        return not all(strings)

    return [message for message in catalog if message.id and lacks(message)]


def main() -> int:
    """Write both files; 1 when Spanish is missing somewhere."""
    catalog = merged()
    text = text_of(catalog)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "django.po").write_bytes(text)
    (FOLDER / "django.mo").write_bytes(compiled(text))
    missing = untranslated(catalog)
    for message in missing:
        sys.stderr.write(f"no Spanish yet: {message.id!r}\n")
    sys.stderr.write(f"{len(catalog)} messages, {len(missing)} without Spanish\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
