"""The words around an article, in each language that feeds and pages are written in.

Knows: wordings. Must not know: articles, credits (the rights package words those).
A language without words of its own gets English ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from pipeline.text.dates import long_date_en, long_date_es, long_date_fr, long_date_pt
from pipeline.text.languages import primary


@dataclass(frozen=True, slots=True)
class Words:
    """One language's wordings."""

    language: str
    skip: str
    published: str
    updated: str
    feeds: str
    keywords: str
    articles: str
    nothing_yet: str
    all_articles: str
    withdrawn: str
    gone: str
    corrected: str
    untitled: str
    rights: str
    footer: str
    for_programs: str  # to a person who opened a feed with a browser
    copy_address: str
    all_feeds: str
    about_archive: str
    newest: str
    date: Callable[[date], str]  # as a reader writes it: 26 de mayo de 2016


_SPANISH = Words(
    language="es",
    skip="Ir al contenido",
    published="Publicado",
    updated="Actualizado",
    feeds="Suscripción",
    keywords="Temas",
    articles="Artículos",
    nothing_yet="Todavía no hay artículos.",
    all_articles="Todos los artículos",
    withdrawn="Retirado",
    gone="Este artículo fue retirado y ya no está disponible.",
    corrected="corregido",
    untitled="Sin título",
    rights="Cada artículo indica su propia licencia y su fuente.",
    footer="Publicado con Tornavoz",
    for_programs="Esto es un canal: copie su dirección en un lector o en su sistema de publicación para recibir cada "
    "artículo completo.",
    copy_address="Dirección del canal",
    all_feeds="Todos los canales en una lista (OPML)",
    about_archive="Esta es una página antigua de un canal. Suscríbase al canal actual.",
    newest="Canal actual",
    date=long_date_es,
)

_ENGLISH = Words(
    language="en",
    skip="Skip to content",
    published="Published",
    updated="Updated",
    feeds="Subscribe",
    keywords="Topics",
    articles="Articles",
    nothing_yet="No articles yet.",
    all_articles="All articles",
    withdrawn="Withdrawn",
    gone="This article was withdrawn and is no longer available.",
    corrected="corrected",
    untitled="Untitled",
    rights="Each article states its own licence and source.",
    footer="Published with Tornavoz",
    for_programs="This is a feed: copy its address into a reader or a publishing system to get every article in full.",
    copy_address="Address of the feed",
    all_feeds="All feeds as one list (OPML)",
    about_archive="This is an old page of a feed. Subscribe to the current feed.",
    newest="Current feed",
    date=long_date_en,
)

_PORTUGUESE = Words(
    language="pt",
    skip="Ir para o conteúdo",
    published="Publicado",
    updated="Atualizado",
    feeds="Assinatura",
    keywords="Temas",
    articles="Artigos",
    nothing_yet="Ainda não há artigos.",
    all_articles="Todos os artigos",
    withdrawn="Retirado",
    gone="Este artigo foi retirado e não está mais disponível.",
    corrected="corrigido",
    untitled="Sem título",
    rights="Cada artigo indica a sua própria licença e a sua fonte.",
    footer="Publicado com Tornavoz",
    for_programs="Este é um canal: copie o seu endereço em um leitor ou no seu sistema de publicação para receber cada "
    "artigo completo.",
    copy_address="Endereço do canal",
    all_feeds="Todos os canais em uma lista (OPML)",
    about_archive="Esta é uma página antiga de um canal. Assine o canal atual.",
    newest="Canal atual",
    date=long_date_pt,
)

_FRENCH = Words(
    language="fr",
    skip="Aller au contenu",
    published="Publié",
    updated="Mis à jour",
    feeds="Abonnement",
    keywords="Thèmes",
    articles="Articles",
    nothing_yet="Pas encore d’articles.",
    all_articles="Tous les articles",
    withdrawn="Retiré",
    gone="Cet article a été retiré et n’est plus disponible.",
    corrected="corrigé",
    untitled="Sans titre",
    rights="Chaque article indique sa propre licence et sa source.",
    footer="Publié avec Tornavoz",
    for_programs="Ceci est un flux\u00a0: copiez son adresse dans un lecteur ou dans votre système de publication pour "
    "recevoir chaque article complet.",
    copy_address="Adresse du flux",
    all_feeds="Tous les flux en une liste (OPML)",
    about_archive="Ceci est une ancienne page d’un flux. Abonnez-vous au flux actuel.",
    newest="Flux actuel",
    date=long_date_fr,
)

_BY_LANGUAGE = {"es": _SPANISH, "en": _ENGLISH, "pt": _PORTUGUESE, "fr": _FRENCH}
_RIGHT_TO_LEFT = {"ar", "dv", "fa", "he", "ks", "ku", "ps", "sd", "ug", "ur", "yi"}


def words(language: str) -> Words:
    """The wordings for a BCP 47 tag, by its primary language."""
    return _BY_LANGUAGE.get(primary(language), _ENGLISH)


def direction(language: str) -> str:
    """ "rtl" for languages written from the right, else "ltr"; a value of HTML's `dir`."""
    return "rtl" if primary(language) in _RIGHT_TO_LEFT else "ltr"
