"""Find the story inside HTML: parse, choose the node that holds it, cut away what never belongs to it.

Knows: lxml and how news pages are built. Must not know: publishers, the envelope, blocks' inner workings.
The parser reads no network. Size is bounded by the caller; depth here, so that no page can make work grow with its
square.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml import etree, html

from pipeline.errors import UnreadablePayload
from pipeline.ingest.marks import distinct
from pipeline.text.cutting import cut

_CONTAINERS = (
    "//*[@itemprop='articleBody']",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' entry-content ')]",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' post-content ')]",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' article-body ')]",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' article__body ')]",
    "//article",
    "//main",
)
_NEVER = frozenset(  # pictures and players are left to text.blocks, which tells the editor that it left them out
    {
        "script",
        "style",
        "noscript",
        "template",
        "nav",
        "aside",
        "footer",
        "form",
        "button",
        "select",
        "input",
        "textarea",
    }
    | {"dialog", "svg", "math", "canvas", "link", "meta"}
)
_ROLES = frozenset({"navigation", "complementary", "banner", "contentinfo", "search", "dialog"})
_FURNITURE_CLASS = re.compile(
    r"(?:^|[-_])(?:shar(?:e|ing)|social|related|relatedposts|newsletter|donat(?:e|ion)|subscribe|breadcrumbs?"
    r"|comments?|advert(?:isement)?|promo|byline|caption)(?:$|[-_])|^(?:sharedaddy|addtoany.*|wp-embedded-content)$",
    re.IGNORECASE,
)
_INLINE = frozenset({"a", "abbr", "b", "em", "font", "i", "mark", "small", "span", "strong", "u"})
_UNSEEN = frozenset({"script", "style", "noscript", "template", "title"})
_NEARBY = 400  # characters; a longer neighbour is a text of its own, whose links speak of other things
DEEPEST = 500  # elements inside each other; real pages stay below 100
_MOST = 0.5  # an element that holds more of the story than this is its wrapper, whatever its class says


def parsed(text: str) -> html.HtmlElement:
    """The document's root. Raises UnreadablePayload when there is no markup to read."""
    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise UnreadablePayload(
            "The payload holds no HTML that can be read. Send the page's source.",
            es="Lo recibido no contiene HTML que se pueda leer. Envíe el código de la página.",
        ) from error
    _refuse_depth(root)
    return root


def _refuse_depth(root: html.HtmlElement) -> None:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > DEEPEST:
            raise UnreadablePayload(
                f"The HTML nests more than {DEEPEST} elements, as no page does. Send only the article's own text.",
                es=f"El HTML anida más de {DEEPEST} elementos, como no hace ninguna página. Envíe solo el texto "
                "del artículo.",
            )


def story_node(root: html.HtmlElement) -> html.HtmlElement:
    """The element that holds the story: by the marks sites put there, else the one whose own paragraphs are longest."""
    weights = _weights(root)
    for path in _CONTAINERS:
        best = max(_elements(root.xpath(path)), key=lambda node: weights[node], default=None)
        if best is not None and weights[best]:
            return best
    own: dict[html.HtmlElement, int] = {}
    for paragraph in root.iter("p"):
        parent = paragraph.getparent()
        if parent is not None:
            own[parent] = own.get(parent, 0) + weights[paragraph]
    best = max(own, key=lambda node: own[node], default=root)
    return best if own.get(best) else root


def prune(node: html.HtmlElement) -> None:
    """Cut furniture out of a story's element, in place."""
    weights = _weights(node)
    small = _MOST * weights[node]
    cut(
        node,
        (
            element
            for element in node.iterdescendants(etree.Element)
            if element.tag in _NEVER or (_is_furniture(element) and weights[element] <= small)
        ),
    )


def serialised(node: html.HtmlElement) -> str:
    """An element's inner HTML with itself around it."""
    return str(html.tostring(node, encoding="unicode", with_tail=False))


def text_of(node: html.HtmlElement) -> str:
    """Visible text, white space collapsed."""
    return " ".join(str(node.text_content()).split())


def declared_licences(root: html.HtmlElement) -> tuple[str, ...]:
    """Licence addresses that a page states as its own; a figure's own licence speaks of the picture only."""
    hrefs = [
        str(element.get("href", ""))
        for element in _elements(root.xpath("//*[@rel and @href]"))
        if "license" in str(element.get("rel", "")).lower().split() and not _is_within_figure(element)
    ]
    metas = _elements(root.xpath("//meta[@content and @name]"))
    names = {"dc.rights", "dcterms.rights", "dcterms.license", "dc.rights.license"}
    hrefs += [str(meta.get("content", "")) for meta in metas if str(meta.get("name", "")).lower() in names]
    return distinct(hrefs)


def licences_near(element: html.HtmlElement) -> tuple[str, ...]:
    """Licence addresses linked inside an element or in short elements right before and after it."""
    beside = [node for node in (element.getprevious(), element.getnext()) if node is not None]
    near = [element, *(node for node in beside if len(text_of(node)) <= _NEARBY)]
    return distinct(str(link.get("href", "")) for node in near for link in node.iter("a"))


def block_starting(root: html.HtmlElement, starts: Iterable[str]) -> html.HtmlElement | None:
    """The first innermost block on the page whose text begins with one of some words."""
    wanted = tuple(start.casefold() for start in starts if start)
    for element in root.iter():
        if element.tag in _UNSEEN or not element.text:
            continue
        head = " ".join(element.text[:200].split()).casefold()
        # words in <b> or <a> may be only the beginning, so either may be the longer one
        if not any(head.startswith(start) or (len(head) >= 8 and start.startswith(head)) for start in wanted):
            continue
        block = _block_around(element)
        if text_of(block).casefold().startswith(wanted):
            return block
    return None


def _block_around(element: html.HtmlElement) -> html.HtmlElement:
    while element.tag in _INLINE and (parent := element.getparent()) is not None:
        element = parent
    return element


def _weights(node: html.HtmlElement) -> dict[html.HtmlElement, int]:
    """Characters of visible text in an element and each of its descendants; none inside what never belongs."""
    weights: dict[html.HtmlElement, int] = {}
    sums = [0]  # text so far, of each element that is open
    hidden = 0
    for event, element in etree.iterwalk(node, events=("start", "end")):
        if event == "start":
            hidden += element.tag in _NEVER
            sums.append(len((element.text or "").strip()))
            continue
        total = sums.pop()
        weights[element] = 0 if hidden else total
        hidden -= element.tag in _NEVER
        sums[-1] += weights[element] + len((element.tail or "").strip())
    return weights


def _is_furniture(element: html.HtmlElement) -> bool:
    if element.get("hidden") is not None or element.get("aria-hidden") == "true" or element.get("role") in _ROLES:
        return True
    return any(_FURNITURE_CLASS.search(name) for name in str(element.get("class", "")).split())


def _is_within_figure(element: html.HtmlElement) -> bool:
    return any(
        ancestor.tag in {"figure", "figcaption"} or "caption" in str(ancestor.get("class", ""))
        for ancestor in element.iterancestors()
    )


def _elements(found: object) -> Iterator[html.HtmlElement]:
    for item in found if isinstance(found, list) else []:
        if isinstance(item, html.HtmlElement):
            yield item
