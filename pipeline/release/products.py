"""Which article belongs in which product.

Knows: a product's filters. Must not know: rights, partners, the ledger.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A product's filters; an empty one lets everything through. Comparison ignores case."""

    sources: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()  # codes

    @classmethod
    def of(cls, rules: Mapping[str, Sequence[str]]) -> Selection:
        """From a product's stored rules."""
        return cls(
            sources=tuple(rules.get("sources", ())),
            sections=tuple(rules.get("sections", ())),
            keywords=tuple(rules.get("keywords", ())),
            licences=tuple(rules.get("licences", ())),
        )

    def takes(self, *, source: str, section: str | None, keywords: Sequence[str], licence: str | None) -> bool:
        """Each filter that is set must match: the source, the section, the licence's code, at least one keyword.

        `licence` is None where a text is used by permission or on house terms: no licence that is asked for matches.
        """
        return (
            _one_of(self.sources, (source,))
            and _one_of(self.sections, (section,) if section else ())
            and _one_of(self.keywords, keywords)
            and _one_of(self.licences, (licence,) if licence else ())
        )


def _one_of(wanted: Sequence[str], found: Sequence[str]) -> bool:
    return not wanted or bool({name.casefold() for name in wanted} & {name.casefold() for name in found})
