"""Fifty articles as a busy week brings them: every shape of text that our feeds carry, among them the nasty ones.

Invented, and the same each time: what varies is length, structure, markup, credit, dates and characters.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Final

from pipeline.rights.licences import parse
from pipeline.types import Attribution, Correction, Entry, FeedDocument, Status

COUNT: Final = 50
START: Final = datetime(2026, 3, 14, 18, tzinfo=UTC)

_WHO = ("La alcaldesa", "El gremio de barqueros", "Una vecina de Valverde", "El Instituto de Aguas", "La maestra rural")
_DID = ("anunció", "negó", "pidió por carta", "recordó ante el pleno", "celebró sin aspavientos")
_WHAT = (
    "la apertura del puente",
    "un censo de pozos",
    "otra línea de autobús",
    "el cierre del vado",
    "la cosecha tardía",
)
_WHEN = ("el lunes", "tras nueve años", "en plena crecida", "antes del amanecer", "por segunda vez este mes")
_MORE = (
    "Nadie en el pueblo recuerda una espera tan larga.",
    "La obra costó 41 millones de pesos, un 12 % más de lo previsto.",
    "«No lo creeré hasta cruzarlo», dijo un pastor de 83 años.",
    "El informe, de 214 páginas, se hizo público a las 18:30.",
    "¿Quién paga? Por ahora, nadie; ¡y que dure!",
    "Según tres testigos, el presunto responsable salió del país en 2017.",
    "El río Arroyo bajó 3,4 metros en una noche.",
)
_LICENCES = ("CC BY 4.0", "CC BY-SA 4.0", "CC BY-NC 4.0", "CC BY-NC-SA 4.0", "CC BY 3.0", "CC0 1.0")

# headline, body, changes to the entry: what has broken somebody's feed before
_NASTY: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("Con\x00troles\x0b fuera\x1f", "<p>Nada\x00 de esto\ufffe se ve\ud83d.</p><p>Ni esto.</p>", {"section": "\x01"}),
    ("El final ]]> no es el final", "<p>Quien escribe ]]&gt; no rompe nada.</p><p>Y ]]> tampoco.</p>", {}),
    ("Fiesta 🎉 en la plaza 👩‍🚒", "<p>Hubo música 🎶 hasta tarde 🏳️‍🌈.</p><p>Luego llovió ☔.</p>", {}),
    (
        "Qué hace <script>alert(1)</script> en una página",
        "<p>Se escribe &lt;script&gt;alert(1)&lt;/script&gt; y se lee.</p><p>Sin que pase nada.</p>",
        {"keywords": ('<b>"uno"</b>', "dos, tres")},
    ),
    ("Un titular larguísimo " + "que sigue y sigue " * 16, "<p>El cuerpo, en cambio, es breve.</p>", {}),
    (
        "Una voz en árabe: «\u2067مرحبا بالعالم\u2069» y vuelta",
        '<p dir="rtl" lang="ar">\u200fمرحبا بالعالم\u200f</p><p>Así saludó \u202bالكاتبة\u202c en el pleno.</p>',
        {},
    ),
    (
        "Agua & luz: «3 < 5» &amp; otras cuentas",
        "<p>Agua &amp; luz bajan si 3 &lt; 5 y 7 &gt; 2.</p><p>Y &amp;amp;.</p>",
        {},
    ),
    ("«¿Por qué?», preguntó", "<p>—No lo sé —dijo—. ¡Qué más da!</p><p>Costó 1\u00a0000\u00a0€.</p>", {}),
)


def fifty(base: str = "https://eco.example/") -> tuple[Entry, ...]:
    """The articles, newest first, the nasty ones spread among the others. The pages stand below `base`."""
    return tuple(_entry(number, base) for number in range(COUNT))


def full_feed(base: str = "https://eco.example/", entries: tuple[Entry, ...] | None = None) -> FeedDocument:
    """The feed of these articles; its own addresses stand below `base`."""
    shown = fifty() if entries is None else entries
    return FeedDocument(
        id="tag:eco.example,2026:feed/es/todo",
        title="Eco Sur: todo",
        subtitle="Noticias libres en español",
        language="es",
        home_url="https://eco.example/es/",
        urls=feed_at(base),
        updated=max(entry.updated for entry in shown),
        publisher="Eco Sur",
        contact="redaccion@eco.example",
        entries=shown,
    )


def feed_at(base: str) -> dict[str, str]:
    """Addresses of a document in every format."""
    return {"rss": f"{base}rss.xml", "atom": f"{base}atom.xml", "json": f"{base}feed.json"}


def corrected(entry: Entry, *, at: datetime) -> Entry:
    """The next version of an article, with the note that readers see."""
    note = Correction(on=at.date(), note="La obra costó 14 millones, no 41.")
    return replace(entry, version=entry.version + 1, updated=at, corrections=(*entry.corrections, note))


def withdrawn(entry: Entry, *, at: datetime) -> Entry:
    """The article taken back."""
    return replace(
        entry, version=entry.version + 1, updated=at, status=Status.CANCELED, withdrawn_on=at.date(), corrections=()
    )


def _entry(number: int, base: str) -> Entry:
    random = Random(number)  # noqa: S311  variety, not secrecy
    nasty = _NASTY[number // 6] if number % 6 == 3 and number // 6 < len(_NASTY) else None
    sentence = f"{random.choice(_WHO)} {random.choice(_DID)} {random.choice(_WHAT)} {random.choice(_WHEN)}"
    headline, body, changes = nasty or (f"{sentence} ({number})", _body(sentence, number, random), {})
    published = START - timedelta(minutes=11 * number)
    entry = Entry(
        guid=f"tag:eco.example,2026:article/{1000 + number}/es",
        version=1,
        status=Status.USABLE,
        url=f"{base}es/articles/{1000 + number}.html",
        language="es",
        headline=headline,
        summary=random.choice(_MORE),
        body=body,
        attribution=_credit(number, random),
        published=published,
        updated=published + timedelta(minutes=random.choice((0, 0, 0, 3))),
        section=random.choice((None, "Obras", "Política & agua", "Cultura")),
        keywords=tuple(random.sample(("puentes", "ríos", "escuela", "año 2017"), random.randrange(4))),
    )
    return replace(entry, **changes)


def _body(sentence: str, number: int, random: Random) -> str:
    """From a brief of two paragraphs to a long read of sixty, with what an editor may use in between."""
    parts = [f"<p>{sentence}, según supo esta redacción en su nota {number}.</p>"]
    for turn in range(random.choice((1, 4, 9, 60))):
        text = " ".join(random.sample(_MORE, 3))
        parts.append(
            random.choice(
                (
                    f"<p>{text}</p>",
                    f'<p>{text} <a href="https://fuente.example/doc?id={turn}&amp;n={number}">El documento</a>.</p>',
                    f"<p><strong>{turn + 1}.</strong> {text} <em>Así consta.</em></p>",
                    f"<h2>Lo que viene: parte {turn + 1}</h2><p>{text}</p>",
                    f"<blockquote>{text}</blockquote>",
                    f"<ul><li>{text}</li><li>Nada más</li></ul>",
                    f"<ol><li>Primero</li><li>{text}</li></ol>",
                )
            )
        )
    return "".join([*parts, f"<p>Fin de la nota {number}.</p>"])


def _credit(number: int, random: Random) -> Attribution:
    return Attribution(
        publisher=random.choice(("The River Post", "Harbor Wire", "Frontera & Friends Review")),
        publisher_url="https://river.example/",
        original_url=f"https://river.example/2026/03/story-{number}/?id={number}&view=full",
        original_title=random.choice(("Bridge & tunnel: <open> at last", 'It\'s "done"', "A plain title")),
        original_language="en",
        language="es",
        authors=random.choice(((), ("Ana Pond",), ("Ana Pond", "Léa O'Hara"), ("María José Ñáñez",))),
        original_date=date(2026, 3, 1 + number % 12),
        licence=parse(_LICENCES[number % len(_LICENCES)]),
        contact="redaccion@eco.example",
        outlet="Eco Sur",
        engine="Argos",
        model="translate-en_es 0.1",
        reviewer=random.choice((None, "Ana Prieto")),
        reviewed_on=date(2026, 3, 13),
    )
