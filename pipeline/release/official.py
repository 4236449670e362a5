"""A pointer to the publisher's own version of a story: what partners get where a translation would be second best.

Knows: its few words in each language. Must not know: the ledger, who decided.
"""

from __future__ import annotations

from pipeline.errors import ConfigError
from pipeline.text.languages import primary
from pipeline.types import Block, BlockKind, Draft, EngineIdentity, Span

PUBLISHER = EngineIdentity(engine="publisher", engine_version="", model="", model_sha256="", settings="")

_SENTENCES = {
    "en": ("{publisher} has published this article in English: ", "read it there."),
    "es": ("{publisher} publicó este artículo en español: ", "léalo en su sitio."),
    "fr": ("{publisher} a publié cet article en français\u00a0: ", "à lire sur son site."),
    "pt": ("{publisher} publicou este artigo em português: ", "leia no site."),
}


def pointer(*, publisher: str, language: str, headline: str, url: str) -> Draft:
    """A draft of one linked sentence under the publisher's own headline. ConfigError for a language without words.

    No engine had a hand in it, so its credit names no translator and no changes.
    """
    if primary(language) not in _SENTENCES:
        raise ConfigError(
            f"There are no words in {language!r} for a link to the publisher's own version.",
            es=f"No hay palabras en «{language}» para un enlace a la versión propia del medio.",
        )
    said, link = _SENTENCES[primary(language)]
    opening = said.format(publisher=publisher)
    anchor = Span(tag="a", start=len(opening), end=len(opening) + len(link), attributes=(("href", url),))
    block = Block(kind=BlockKind.PARAGRAPH, text=opening + link, spans=(anchor,))
    return Draft(language=language, headline=headline, standfirst=None, blocks=(block,), matches=(), engine=PUBLISHER)
