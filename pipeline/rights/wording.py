"""The credit's wording, one pack per language, as data.

Knows: sentences with named slots, names of languages, how names are listed. Must not know: HTML, records, what is true
of an article. Slots are filled by `lines.fill`; a filled value is never read as a template again.

To add a language: one more `Wording` in `_PACKS`. A language without a pack is an error, never English by default,
because the credit must be readable where the text is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from pipeline.errors import ConfigError
from pipeline.text.dates import long_date_en, long_date_es, long_date_fr, long_date_pt


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Sentences of the credit in one language; every `{slot}` is explained where it is filled (`attribution`)."""

    byline: str
    byline_publisher: str
    translator: str
    translator_bare: str  # neither outlet nor engine is known
    maker: str
    edited_on: str
    edited: str
    unreviewed: str
    first_published: str
    in_language: str
    on_date: str
    changes: str
    original: str
    licence: str
    text_only: str
    house_terms: str
    terms_label: str
    non_commercial: str
    share_alike: str
    permission: str
    permission_reference: str
    media: str
    correction: str
    contact: str
    withdrawn_title: str
    withdrawn: str
    credit_removed: str
    languages: Mapping[str, str]
    conjunction: Callable[[str], str]  # the "and" before a name
    long_date: Callable[[date], str]

    def language(self, tag: str) -> str:
        """A language's name in running text; the tag itself when the pack has no name for it."""
        return self.languages.get(tag.lower().split("-", maxsplit=1)[0], tag)

    def listed(self, names: Sequence[str]) -> str:
        """Names as a list in running text: "Ana, Luis e Inés"."""
        if len(names) < 2:
            return "".join(names)
        return f"{', '.join(names[:-1])} {self.conjunction(names[-1])} {names[-1]}"


# "y" becomes "e" before the sound i, save where i opens a diphthong (Orthography of the RAE, "y").
_SOUNDS_I: Final = re.compile(r"(?:h?[ií](?![aeouáéóú])|y(?![aeiouáéíóú]))", re.IGNORECASE)


def _spanish_and(name: str) -> str:
    return "e" if _SOUNDS_I.match(name) else "y"


def _english_and(_name: str) -> str:
    return "and"


def _portuguese_and(_name: str) -> str:
    return "e"


def _french_and(_name: str) -> str:
    return "et"


_SPANISH: Final = Wording(
    byline="Por {author}, {publisher}",
    byline_publisher="Por {publisher}",
    translator="Traducción automática: {maker} · {review}",
    translator_bare="Traducción automática · {review}",
    maker="{outlet} con {engine}",
    edited_on="revisada por {name}, {date}",
    edited="revisada por {name}",
    unreviewed="sin revisión humana",
    first_published="Publicado primero{language} por {publisher}{date}: {title}",
    in_language=" en {language}",
    on_date=" el {date}",
    changes="Cambios: traducido del {source} al {target}; se omitieron imágenes y elementos de la página{others}. "
    "{publisher} no ha revisado ni aprobado esta versión. Si hay diferencias, vale el texto en {source}.",
    original="Lea el original en {publisher}: {url}",
    licence="Texto: {publisher}, {licence}.",
    text_only="Texto: {publisher}.",
    house_terms="Texto: {publisher}. Reproducción permitida según las {terms}; más información en {site}.",
    terms_label="condiciones de ese medio",
    non_commercial="Solo para uso no comercial.",
    share_alike="Esta traducción se ofrece con la misma licencia.",
    permission="Usado con permiso de {publisher}.",
    permission_reference="Usado con permiso de {publisher} ({reference}).",
    media="Las fotos y los gráficos no están incluidos.",
    correction="Corregido el {date}: {what}",
    contact="Consultas: {contact}",
    withdrawn_title="Retirado",
    withdrawn="Retirado el {date}. Elimine su copia, por favor.",
    credit_removed="Crédito retirado a petición del titular.",
    languages={
        "en": "inglés",
        "es": "español",
        "pt": "portugués",
        "fr": "francés",
        "de": "alemán",
        "it": "italiano",
        "ca": "catalán",
        "gl": "gallego",
        "nl": "neerlandés",
        "ru": "ruso",
        "ar": "árabe",
    },
    conjunction=_spanish_and,
    long_date=long_date_es,
)

_ENGLISH: Final = Wording(
    byline="By {author}, {publisher}",
    byline_publisher="By {publisher}",
    translator="Machine translation: {maker} · {review}",
    translator_bare="Machine translation · {review}",
    maker="{outlet} with {engine}",
    edited_on="edited by {name}, {date}",
    edited="edited by {name}",
    unreviewed="not reviewed by a person",
    first_published="First published{language} by {publisher}{date}: {title}",
    in_language=" in {language}",
    on_date=" on {date}",
    changes="Changes made: translated from {source} into {target}; images and page furniture left out{others}. "
    "{publisher} has neither reviewed nor approved this version. If they differ, follow the {source} text.",
    original="Read the original at {publisher}: {url}",
    licence="Text: {publisher}, {licence}.",
    text_only="Text: {publisher}.",
    house_terms="Text: {publisher}. Republication permitted under {terms}; more at {site}.",
    terms_label="the publisher’s terms",
    non_commercial="For non-commercial use only.",
    share_alike="This translation is offered under the same licence.",
    permission="Used with permission of {publisher}.",
    permission_reference="Used with permission of {publisher} ({reference}).",
    media="Photos and graphics are not covered.",
    correction="Corrected on {date}: {what}",
    contact="Questions: {contact}",
    withdrawn_title="Withdrawn",
    withdrawn="Withdrawn on {date}. Please remove your copy.",
    credit_removed="Credit removed at the licensor’s request.",
    languages={
        "en": "English",
        "es": "Spanish",
        "pt": "Portuguese",
        "fr": "French",
        "de": "German",
        "it": "Italian",
        "ca": "Catalan",
        "gl": "Galician",
        "nl": "Dutch",
        "ru": "Russian",
        "ar": "Arabic",
    },
    conjunction=_english_and,
    long_date=long_date_en,
)

_PORTUGUESE: Final = Wording(
    byline="Por {author}, {publisher}",
    byline_publisher="Por {publisher}",
    translator="Tradução automática: {maker} · {review}",
    translator_bare="Tradução automática · {review}",
    maker="{outlet} com {engine}",
    edited_on="revisada por {name}, {date}",
    edited="revisada por {name}",
    unreviewed="sem revisão humana",
    first_published="Publicado primeiro{language} por {publisher}{date}: {title}",
    in_language=" em {language}",
    on_date=" em {date}",
    changes="Alterações: traduzido do {source} para o {target}; imagens e elementos da página foram omitidos{others}. "
    "{publisher} não revisou nem aprovou esta versão. Em caso de diferença, vale o texto em {source}.",
    original="Leia o original em {publisher}: {url}",
    licence="Texto: {publisher}, {licence}.",
    text_only="Texto: {publisher}.",
    house_terms="Texto: {publisher}. Reprodução permitida segundo as {terms}; mais informações em {site}.",
    terms_label="condições desse veículo",
    non_commercial="Somente para uso não comercial.",
    share_alike="Esta tradução é oferecida sob a mesma licença.",
    permission="Usado com permissão de {publisher}.",
    permission_reference="Usado com permissão de {publisher} ({reference}).",
    media="Fotos e gráficos não estão incluídos.",
    correction="Corrigido em {date}: {what}",
    contact="Contato: {contact}",
    withdrawn_title="Retirado",
    withdrawn="Retirado em {date}. Por favor, remova a sua cópia.",
    credit_removed="Crédito retirado a pedido do titular.",
    languages={
        "en": "inglês",
        "es": "espanhol",
        "pt": "português",
        "fr": "francês",
        "de": "alemão",
        "it": "italiano",
        "ca": "catalão",
        "gl": "galego",
        "nl": "holandês",
        "ru": "russo",
        "ar": "árabe",
    },
    conjunction=_portuguese_and,
    long_date=long_date_pt,
)

# A colon and a semicolon stand after a no-break space in French.
_FRENCH: Final = Wording(
    byline="Par {author}, {publisher}",
    byline_publisher="Par {publisher}",
    translator="Traduction automatique\u00a0: {maker} · {review}",
    translator_bare="Traduction automatique · {review}",
    maker="{outlet} avec {engine}",
    edited_on="relue par {name}, {date}",
    edited="relue par {name}",
    unreviewed="sans relecture humaine",
    first_published="Publié d’abord{language} par {publisher}{date}\u00a0: {title}",
    in_language=" en {language}",
    on_date=" le {date}",
    changes="Modifications\u00a0: traduit en {target} à partir du texte en {source}\u00a0; images et éléments de la "
    "page omis{others}. {publisher} n’a ni relu ni approuvé cette version. En cas de différence, le texte en {source} "
    "fait foi.",
    original="Lire l’original sur {publisher}\u00a0: {url}",
    licence="Texte\u00a0: {publisher}, {licence}.",
    text_only="Texte\u00a0: {publisher}.",
    house_terms="Texte\u00a0: {publisher}. Reproduction autorisée selon les {terms}\u00a0; plus d’informations sur "
    "{site}.",
    terms_label="conditions de ce média",
    non_commercial="Uniquement pour un usage non commercial.",
    share_alike="Cette traduction est proposée sous la même licence.",
    permission="Utilisé avec l’autorisation de {publisher}.",
    permission_reference="Utilisé avec l’autorisation de {publisher} ({reference}).",
    media="Les photos et les graphiques ne sont pas compris.",
    correction="Corrigé le {date}\u00a0: {what}",
    contact="Contact\u00a0: {contact}",
    withdrawn_title="Retiré",
    withdrawn="Retiré le {date}. Merci de supprimer votre copie.",
    credit_removed="Crédit retiré à la demande du titulaire des droits.",
    languages={
        "en": "anglais",
        "es": "espagnol",
        "pt": "portugais",
        "fr": "français",
        "de": "allemand",
        "it": "italien",
        "ca": "catalan",
        "gl": "galicien",
        "nl": "néerlandais",
        "ru": "russe",
        "ar": "arabe",
    },
    conjunction=_french_and,
    long_date=long_date_fr,
)

_PACKS: Final[dict[str, Wording]] = {"es": _SPANISH, "en": _ENGLISH, "pt": _PORTUGUESE, "fr": _FRENCH}
LANGUAGES: Final = tuple(_PACKS)


def wording(language: str) -> Wording:
    """The pack for a BCP 47 tag, by its primary language; ConfigError when there is none."""
    try:
        return _PACKS[language.lower().split("-", maxsplit=1)[0]]
    except KeyError:
        known = ", ".join(LANGUAGES)
        raise ConfigError(
            f"The credit has no wording in {language!r}; it is written in: {known}.",
            es=f"El crédito no está redactado en «{language}»; lo está en: {known}.",
        ) from None
