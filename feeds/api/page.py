"""The page that explains the API to people, at /api/v1/: made from its description, with nothing from elsewhere.

Knows: HTML. Must not know: any operation. It is English, like the names it explains.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape

from django.http import HttpRequest, HttpResponse

from feeds import static
from feeds.api.application import DESCRIPTION
from feeds.api.outline import Operation, Part, Shape, operations, shapes
from feeds.api.problems import CODES
from feeds.style import STYLE


def page(request: HttpRequest) -> HttpResponse:
    """GET and HEAD only; the same for everybody."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    answer = HttpResponse(_document(), content_type="text/html; charset=utf-8")
    answer["Content-Security-Policy"] = static.POLICIES["text/html"]
    answer["Cache-Control"] = "public, max-age=300"
    return answer


@cache
def _document() -> str:
    body = "\n".join(
        (
            "<h1>Tornavoz API</h1>",
            *(f"<p>{_text(part)}</p>" for part in DESCRIPTION.split("\n\n")),
            '<p>For programs: <a href="openapi.json">openapi.json</a></p>',
            "<h2>Operations</h2>",
            *map(_operation, operations()),
            "<h2>Shapes</h2>",
            *map(_shape, shapes()),
            "<h2>Problems</h2>",
            "<p>Every error is a Problem, with one of these codes.</p>",
            *(
                f'<h3 id="problem-{code}"><code>{code}</code></h3>\n<p>{status}. {_text(meaning)}</p>'
                for code, (status, meaning) in CODES.items()
            ),
        )
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Tornavoz API</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _operation(told: Operation) -> str:
    lines = [
        f"<h3><code>{told.method} {escape(told.path)}</code></h3>",
        f"<p>Scope: <code>{told.scope}</code></p>",
        *(f"<p>{_text(part)}</p>" for part in told.text),
        _list(told.parts),
    ]
    if told.sends:
        lines.append(f"<p>Send: {_names(told.sends)} ({escape(', '.join(told.types))})</p>")
    lines.append(f"<p>Answer: {told.status}, {_names(told.gets)}</p>")
    return "\n".join(line for line in lines if line)


def _shape(told: Shape) -> str:
    text = "".join(f"<p>{_text(part)}</p>\n" for part in told.text)
    return f'<h3 id="{told.name}">{told.name}</h3>\n{text}{_list(told.fields)}'


def _list(parts: tuple[Part, ...]) -> str:
    rows = "\n".join(
        f"<li><code>{escape(part.name)}</code> {_names(part.form)}"
        f"{f' in the {part.place}' if part.place else ''}{', required' if part.required else ''}"
        f"{f': {_text(part.meaning)}' if part.meaning else ''}</li>"
        for part in parts
    )
    return f"<ul>\n{rows}\n</ul>" if rows else ""


def _names(form: str) -> str:
    """A form with links to the shapes that it names."""
    known = {shape.name for shape in shapes()}
    return re.sub(
        r"[A-Za-z]+", lambda word: f'<a href="#{word[0]}">{word[0]}</a>' if word[0] in known else word[0], _text(form)
    )


def _text(text: str) -> str:
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(text, quote=False))
