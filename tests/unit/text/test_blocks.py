"""Rules of reading HTML into blocks and writing it again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.text.blocks import from_html, inline_from_html, inline_html, sanitise, to_html
from pipeline.text.links import absolute
from pipeline.types import Block, BlockKind, Level, Span

BASE = "https://news.example/2026/story"


def kinds(html: str) -> list[tuple[str, str]]:
    return [(block.kind.value, block.text) for block in from_html(html, base_url=BASE).blocks]


# --- random trees ------------------------------------------------------------------------------------------------

WORDS = st.sampled_from(["mayor", "río", "5 <", "& so", "“yes”", '"no"', "x>y", "don’t", "&amp;", "¿qué?", "a|b", "."])
LINKS = st.builds(
    lambda href, title: (("href", href), *((("title", title),) if title else ())),
    st.sampled_from(["https://a.example/?q=1&r=<2>", "http://b.example/ñ#x", "mailto:desk@c.example"]),
    st.sampled_from(["", 'say "hi" & <go>', "título"]),
)


@st.composite
def inline_tree(draw: st.DrawFn, open_tags: frozenset[str] = frozenset(), depth: int = 0) -> tuple[str, list[Span]]:
    text, spans = "", []
    for index in range(draw(st.integers(1, 3))):
        if index:
            text += " "
        free = sorted({"a", "em", "strong", "code"} - open_tags)
        if depth < 3 and free and draw(st.booleans()):
            tag = draw(st.sampled_from(free))
            inner, below = draw(inline_tree(open_tags | {tag}, depth + 1))
            attributes = draw(LINKS) if tag == "a" else ()
            start = len(text)
            spans.append(Span(tag=tag, start=start, end=start + len(inner), attributes=attributes))
            spans.extend(
                Span(tag=s.tag, start=s.start + start, end=s.end + start, attributes=s.attributes) for s in below
            )
            text += inner
        else:
            text += draw(WORDS)
    return text, spans


@st.composite
def block(draw: st.DrawFn) -> Block:
    kind = draw(st.sampled_from(list(BlockKind)))
    text, spans = draw(inline_tree())
    if kind is BlockKind.SEE_ALSO:
        text, spans = "SEE ALSO: x", [Span(tag="a", start=10, end=11, attributes=(("href", "https://a.example/"),))]
    if kind is BlockKind.VERBATIM:
        text += "\n  indented line"
    return Block(kind=kind, text=text, spans=tuple(spans))


@settings(max_examples=200, deadline=None)
@given(st.lists(block(), max_size=6))
def test_reading_what_we_wrote_gives_the_same_blocks(blocks: list[Block]) -> None:
    html = to_html(blocks)
    read = from_html(html, base_url=None)
    assert read.blocks == tuple(blocks)
    assert read.findings == ()
    assert sanitise(html) == html


@settings(max_examples=200, deadline=None)
@given(inline_tree(), st.sampled_from(["", " ", "\u00a0", "\n"]))
def test_inline_reading_is_the_exact_inverse_of_writing(tree: tuple[str, list[Span]], tail: str) -> None:
    text, spans = tree[0] + tail, tuple(tree[1])
    html = inline_html(text, spans)
    assert inline_from_html(html) == (text, spans)
    assert sanitise(html) == html


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from(list("<>/=\"' abipulemr!-&;#x0\n"))))
def test_any_rubbish_reads_to_blocks_that_survive_their_own_writing(html: str) -> None:
    blocks = from_html(html, base_url=BASE).blocks
    again = from_html(to_html(blocks), base_url=None).blocks
    assert [b for b in blocks if b.kind is not BlockKind.SEE_ALSO] == list(again)
    assert sanitise(to_html(blocks)) == to_html(blocks)


# --- structure ---------------------------------------------------------------------------------------------------


def test_unbalanced_markup_still_gives_paragraphs() -> None:
    assert kinds("loose <b>start<p>One <i>two<p>Three</b> four</div>") == [
        ("p", "loose start"),
        ("p", "One two"),
        ("p", "Three four"),
    ]


def test_headings_fold_into_two_levels() -> None:
    assert kinds("<h1>A</h1><h2>B</h2><h3>C</h3><h5>D<br>E</h5>") == [
        ("h2", "A"), ("h2", "B"), ("h3", "C"), ("h3", "D E"),
    ]  # fmt: skip


def test_lists_nest_into_flat_items() -> None:
    html = "<ul><li>one<li><p>two</p><ul><li>deep</ul></ul><ol><li><p>first</p><p>still first</p></ol>"
    assert kinds(html) == [("ul", "one"), ("ul", "two"), ("ul", "deep"), ("ol", "first still first")]


def test_line_break_ends_the_block() -> None:
    assert kinds("<p>One.<br>Two.<br/><br>Three.</p><blockquote>Q1<br>Q2</blockquote>") == [
        ("p", "One."), ("p", "Two."), ("p", "Three."), ("blockquote", "Q1"), ("blockquote", "Q2"),
    ]  # fmt: skip


def test_a_span_over_a_line_break_goes_on_in_the_next_block() -> None:
    blocks = from_html("<p><em>One<br>two</em> three</p>", base_url=None).blocks
    assert [(b.text, b.spans) for b in blocks] == [
        ("One", (Span(tag="em", start=0, end=3),)),
        ("two three", (Span(tag="em", start=0, end=3),)),
    ]


def test_quotation_stays_a_quotation_whatever_is_inside() -> None:
    assert kinds("<blockquote><h3>H</h3><p>a</p><ul><li>b</ul></blockquote>") == [
        ("blockquote", "H"), ("blockquote", "a"), ("blockquote", "b"),
    ]  # fmt: skip
    written = to_html(from_html("<blockquote><p>a<p>b</blockquote>", base_url=None).blocks)
    assert written == "<blockquote><p>a</p><p>b</p></blockquote>"


def test_table_row_becomes_one_paragraph() -> None:
    html = "<table><tr><th>Year<th>Tonnes<tr><td><p>2015</p><td><b>3</b><br>million</table>"
    assert kinds(html) == [("p", "Year | Tonnes"), ("p", "2015 | 3 million")]


def test_layout_table_is_not_a_row_of_data() -> None:
    assert kinds("<table><tr><td><p>One.</p><p>Two.</p></table>") == [("p", "One."), ("p", "Two.")]


def test_verbatim_keeps_its_lines() -> None:
    blocks = from_html("<pre>\n\n  a  b\n\tc \n</pre>", base_url=None).blocks
    assert blocks == (Block(kind=BlockKind.VERBATIM, text="  a  b\n\tc"),)


@pytest.mark.parametrize("lead", ["SEE ALSO:", "See also:", "SEE ALSO:\u00a0"])
def test_see_also_is_recognised_and_needs_a_link(lead: str) -> None:
    plain = from_html(f"<p>{lead} Coverage</p>", base_url=BASE).blocks
    linked = from_html(f"<p>{lead} <a href='/c'>Coverage</a></p>", base_url=BASE).blocks
    assert plain[0].kind is BlockKind.SEE_ALSO
    assert to_html(plain) == ""
    assert to_html(linked).startswith('<p class="see-also">')
    assert '<a href="https://news.example/c">' in to_html(linked)


def test_translated_see_also_is_recognised_by_its_class() -> None:
    html = '<p class="see-also">LEA TAMBIÉN: <a href="https://a.example/">x</a></p>'
    assert to_html(from_html(html, base_url=None).blocks) == html


def test_scripts_comments_forms_and_their_like_leave_nothing() -> None:
    html = (
        "<!-- ad --><script>alert(1)</script><style>p{}</style><form>Subscribe</form><svg><text>s</text></svg><p>Text"
    )
    assert kinds(html) == [("p", "Text")]


def test_images_go_and_are_reported_once() -> None:
    html = "<figure><img src=a.png><figcaption>Cap</figcaption></figure><p>Text <img src=b.png> more</p>"
    read = from_html(html, base_url=BASE)
    assert [b.text for b in read.blocks] == ["Text more"]
    assert [(f.code, f.level) for f in read.findings] == [("images-left-out", Level.INFO)]


def test_figure_around_a_table_keeps_the_table() -> None:
    html = "<figure><table><tr><td>a<td>b</table><figcaption>Cap</figcaption></figure>"
    assert kinds(html) == [("p", "a | b")]


def test_a_charset_in_the_payload_has_no_say() -> None:
    assert kinds('<?xml version="1.0" encoding="latin-1"?><meta charset="latin-1"><p>Peña\ud800</p>') == [("p", "Peña")]


def test_deep_nesting_does_not_break_the_reader() -> None:
    assert kinds("<div>" * 1500 + "core" + "</div>" * 1500) == [("p", "core")]


# --- links -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("href", "base", "url"),
    [
        ("/a b", BASE, "https://news.example/a%20b"),
        ("//cdn.example/x", BASE, "https://cdn.example/x"),
        ("HTTP://Up.example/", None, "HTTP://Up.example/"),
        ("#note", BASE, BASE + "#note"),
        ("mailto:a@b.example", None, "mailto:a@b.example"),
    ],
)
def test_links_become_absolute(href: str, base: str | None, url: str) -> None:
    assert absolute(href, base).url == url


@pytest.mark.parametrize(
    ("href", "base", "scheme"),
    [
        ("javascript:alert(1)", BASE, "javascript"),
        (" java\nscript:alert(1)", BASE, "javascript"),
        ("\x01javascript:alert(1)", BASE, "javascript"),
        ("data:text/html,x", BASE, "data"),
        ("tel:+50212345678", BASE, "tel"),
        ("/relative", None, "relative"),
        ("//host.example/", None, "relative"),
        ("http://", None, "malformed"),
        ("http://[bad", None, "malformed"),
        ("http://a.example:99999/", None, "malformed"),
        ("http:no-host", None, "malformed"),
        ("mailto:", None, "malformed"),
    ],
)
def test_unsafe_link_goes_and_its_text_stays(href: str, base: str | None, scheme: str) -> None:
    assert absolute(href, base).scheme == scheme
    read = from_html(f'<p>See <a href="{href}">this page</a>.</p>', base_url=base)
    assert read.blocks == (Block(kind=BlockKind.PARAGRAPH, text="See this page."),)
    (finding,) = read.findings
    assert (finding.code, finding.level) == ("link-removed", Level.WARN)
    assert scheme in finding.reason
    assert "alert" not in finding.reason + finding.reason_es


def test_only_named_attributes_stay() -> None:
    html = (
        '<p><a HREF="https://a.example/" onclick="x()" target="_blank" title=" T " lang="es">x</a> <em class="c">y</em>'
    )
    (first, second) = from_html(html, base_url=None).blocks[0].spans
    assert first.attributes == (("href", "https://a.example/"), ("lang", "es"), ("title", "T"))
    assert second.attributes == ()


def test_inline_reading_mends_what_an_editor_left_open() -> None:
    text, spans = inline_from_html('a <em>b <a href="https://a.example/">c</em> d</a> <u>e</u><script>f</script>')
    assert text == "a b c d e"
    assert [(s.tag, text[s.start : s.end]) for s in spans] == [("em", "b c"), ("a", "c")]


@pytest.mark.parametrize("spans", [(0, 3, 2, 5), (0, 0, 1, 2), (0, 9, 1, 2)])
def test_writing_refuses_spans_that_cross_are_empty_or_leave_the_text(spans: tuple[int, int, int, int]) -> None:
    a, b, c, d = spans
    with pytest.raises(ValueError, match="spans must nest"):
        inline_html("abcdef", (Span(tag="em", start=a, end=b), Span(tag="strong", start=c, end=d)))


def test_sanitise_takes_out_everything_we_do_not_write() -> None:
    html = '<p class="x" onclick="a()">t<a href="//e.example/">l</a><a href="javascript:x">m</a>'
    html += "<script>s</script><img src=x>"
    cleaned = sanitise(html)
    assert "e.example" not in cleaned
    assert "script" not in cleaned
    assert "img" not in cleaned
    assert "onclick" not in cleaned


def test_sanitise_keeps_no_break_spaces_as_characters() -> None:
    assert sanitise("<p>15\u00a0% &amp;nbsp;</p>") == "<p>15\u00a0% &amp;nbsp;</p>"
