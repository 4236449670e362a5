"""What a browser makes of a feed: a CSS style sheet under which RSS and Atom read as a page.

Knows: how entries stand in our own feeds, and the look of our pages. Must not know: any one feed, files.

Not XSLT, which browsers give up. With CSS nothing can be clicked, so addresses are written out. Programs pass over the
pointer to it, and whatever stands in a feed stays text. A selector names an element whatever its namespace is.
"""

from __future__ import annotations

from feeds.style import PALETTE
from feeds.words import words

_SHEET = """@charset "UTF-8";
%(palette)s

:root{background:var(--paper);color:var(--ink);overflow-wrap:anywhere;
font:1.125rem/1.65 Charter,"Bitstream Charter","Source Serif 4","Noto Serif",Georgia,serif}
channel,feed{display:block;max-width:42rem;margin:0 auto;padding:1rem 1.25rem 4rem}
channel>*,feed>*,item>*,entry>*,author>*{display:none}

channel>title,feed>title{display:block;font-size:clamp(1.7rem,5.5vw,2.5rem);line-height:1.15;font-weight:700}
channel>title::after,feed>title::after{content:%(for_programs)s;display:block;margin:1rem 0;padding:.7rem 1rem;
border-radius:6px;background:var(--panel);font:400 1rem/1.5 system-ui,sans-serif}
channel:has(>archive)>title::after,feed:has(>archive)>title::after{content:%(about_archive)s}
channel>description,feed>subtitle{display:block;font-size:1.2rem;color:var(--soft)}

link{font:.85rem/1.5 system-ui,sans-serif;color:var(--soft)}
channel>link:not([rel]),item>link:not([rel]),link[rel=self],link[rel=current],link[rel=alternate]{display:block}
link[rel]::after{content:attr(href)}
channel>link:not([rel])::before,feed>link[rel=alternate]::before{content:%(all_articles)s": "}
channel>link[rel=self]::before,feed>link[rel=self]::before{content:%(copy_address)s": "}
link[rel=current]::before{content:%(newest)s": "}

item,entry{display:block;padding:1.1rem 0;border-bottom:1px solid var(--line)}
item>title,entry>title{display:block;font-size:1.35rem;line-height:1.3;font-weight:700;color:var(--link)}
item>description,entry>summary{display:block;font:.95rem/1.6 system-ui,sans-serif;color:var(--soft)}
item>updated,entry>updated{display:block;width:10ch;overflow:hidden;white-space:nowrap;
font:.85rem/1.6 ui-monospace,"Liberation Mono",monospace;color:var(--soft)}
item>creator,entry>author,author>name{display:inline-block;margin-inline-end:.75rem;
font:.95rem/1.6 system-ui,sans-serif}
channel:not(:has(>item))::after,feed:not(:has(>entry))::after{content:%(nothing_yet)s;display:block;margin-top:1.5rem}
"""


def stylesheet(language: str) -> bytes:
    """The style sheet with its wordings in this language, or in English if it has none."""
    w = words(language)
    said = {
        "about_archive": w.about_archive,
        "all_articles": w.all_articles,
        "copy_address": w.copy_address,
        "for_programs": w.for_programs,
        "newest": w.newest,
        "nothing_yet": w.nothing_yet,
    }
    return (_SHEET % {"palette": PALETTE, **{name: _string(text) for name, text in said.items()}}).encode()


def _string(text: str) -> str:
    """A string of CSS (CSS Syntax 3, §4.3.5)."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\a ") + '"'
