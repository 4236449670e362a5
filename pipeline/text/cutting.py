"""Cutting elements out of a parsed tree, whatever characters stand around them.

Knows: lxml. Must not know: which elements are worth cutting.
"""

from __future__ import annotations

from collections.abc import Iterable

import lxml.etree
import lxml.html

_CUT = "cut"  # HTML has no such element


def cut(root: lxml.html.HtmlElement, elements: Iterable[lxml.html.HtmlElement]) -> None:
    """Remove `elements` and all they hold from below `root`, in place; the text that follows each stays.

    lxml's own `drop_tree()` sets texts anew, and refuses one in which a character reference such as `&#x1f;` has left
    a control character. Here libxml2 moves its nodes, and hygiene.py takes the character out later.
    """
    for element in tuple(elements):  # all are chosen before the first is renamed
        element.tag = _CUT
    lxml.etree.strip_elements(root, _CUT, with_tail=False)
