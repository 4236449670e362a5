"""Licence addresses as they stand in a text or in markup.

Knows: what a Creative Commons address looks like. Must not know: what a licence allows, or whose it is.
Only addresses at creativecommons.org that name a licence and its version count: a link that merely calls itself a
licence, or one to the front page of that site, says nothing that the rights gate could use.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_LICENCE = re.compile(
    r"(?:https?:)?//(?:www\.)?creativecommons\.org/"
    r"(?:licenses/(?:by|by-sa|by-nc|by-nd|by-nc-sa|by-nc-nd|by-nd-nc|sa|nd|nc|nc-sa|nd-nc)/\d\.\d(?:/[a-z]{2,5})?"
    r"|publicdomain/(?:zero|mark)/1\.0|licenses/publicdomain)"
    r"(?:/(?:deed(?:\.[A-Za-z_-]{2,10})?|legalcode(?:\.[A-Za-z_-]{2,10})?)?)?",
)


def licence_address(href: str) -> str | None:
    """The address itself, with its scheme, if it is a Creative Commons licence's; otherwise None."""
    href = href.strip()
    if _LICENCE.fullmatch(href.partition("#")[0].partition("?")[0]) is None:
        return None
    return f"https:{href}" if href.startswith("//") else href


def licence_addresses(text: str) -> tuple[str, ...]:
    """Every licence address written out in a text, in order, each once."""
    return distinct(match.group() for match in re.finditer(r"https?://[^\s<>\"'()]+", text))


def distinct(hrefs: Iterable[str]) -> tuple[str, ...]:
    """The licence addresses among some addresses, in order, each once."""
    found = (licence_address(href.rstrip(".,;")) for href in hrefs)
    return tuple(dict.fromkeys(address for address in found if address))
