"""Creative Commons marks: reading them, their canonical address, their names.

Knows: the licence suite of creativecommons.org. Must not know: sources, partners, or what a licence permits
(`table`), nor any wording other than the licences' own names.

Which marks are accepted: only those that name exactly one licence. A mark without a version ("CC BY-NC"), the bare
words "Creative Commons", the address of the Creative Commons site, a range of marks, the retired licences without BY
and ports that never existed (there is no ported 4.0) all give None: the gate holds, nobody guesses. CC0 and the
Public Domain Mark exist in one version, so for them the version may be missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from pipeline.text.accents import unaccented
from pipeline.types import Licence

SITE: Final = "https://creativecommons.org/"
CODES: Final = ("by", "by-sa", "by-nc", "by-nc-sa", "by-nd", "by-nc-nd")
VERSIONS: Final = ("1.0", "2.0", "2.1", "2.5", "3.0", "4.0")

_HOSTS: Final = ("creativecommons.org", "www.creativecommons.org")
_ORDER: Final = ("by", "nc", "nd", "sa")
_PORT: Final = re.compile(r"[a-z]{2}|igo|scotland")
_PAGE: Final = re.compile(r"(?:deed|legalcode)(?:[.\-_][a-z]{2,4}(?:[-_][a-z]{2,4})?)?|rdf")
_PUBLIC_DOMAIN: Final = {"zero": "cc0", "mark": "pdm"}

_ELEMENTS: Final = {
    "by": r"by|attribution|atribucion|reconocimiento",
    "nc": r"nc|non ?commercial|no ?comercial",
    "nd": r"nd|no ?deriv(?:ative)?s?(?: works?)?|sin ?derivadas|sin ?obra ?derivada",
    "sa": r"sa|share ?alike|compartir ?igual",
}
_ELEMENT: Final = re.compile("|".join(f"(?P<{element}>{words})" for element, words in _ELEMENTS.items()))
_CODE: Final = re.compile(
    r"(?:(?:cc|creative commons) )?"
    rf"(?P<elements>(?:(?:{'|'.join(_ELEMENTS.values())})\b ?)+)"
    r"v?(?P<version>\d\.\d)"
    r"(?: (?:international|internacional|unported|no portada|generic|generica|(?P<port>[a-z]{2}|igo|scotland)))?"
    r"(?: licen[cs]e| deed)?"
)
_ZERO: Final = re.compile(r"(?:(?:cc|creative commons) )?(?:cc0|cc zero|zero)(?: v?1\.0)?(?: universal)?")
_MARK: Final = re.compile(r"(?:cc |creative commons )?(?:pdm|public domain mark|marca de dominio publico)(?: v?1\.0)?")

_NAMES: Final = {
    "en": {
        "by": "Attribution",
        "nc": "NonCommercial",
        "nd": "NoDerivatives",
        "sa": "ShareAlike",
        "4.0": "International",
        "3.0": "Unported",
        "generic": "Generic",
        "cc0": "CC0 1.0 Universal",
        "pdm": "Public Domain Mark 1.0",
    },
    "es": {
        "by": "Atribución",
        "nc": "NoComercial",
        "nd": "SinDerivadas",
        "sa": "CompartirIgual",
        "4.0": "Internacional",
        "3.0": "No portada",
        "generic": "Genérica",
        "cc0": "CC0 1.0 Universal",
        "pdm": "Marca de Dominio Público 1.0",
    },
    "pt": {
        "by": "Atribuição",
        "nc": "NãoComercial",
        "nd": "SemDerivações",
        "sa": "CompartilhaIgual",
        "4.0": "Internacional",
        "3.0": "Não Adaptada",
        "generic": "Genérica",
        "cc0": "CC0 1.0 Universal",
        "pdm": "Marca de Domínio Público 1.0",
    },
    "fr": {
        "by": "Attribution",
        "nc": "Pas d’Utilisation Commerciale",
        "nd": "Pas de Modification",
        "sa": "Partage dans les Mêmes Conditions",
        "4.0": "International",
        "3.0": "non transposé",
        "generic": "Générique",
        "cc0": "CC0 1.0 universel",
        "pdm": "Marque du Domaine Public 1.0",
    },
}


def parse(mark: str) -> Licence | None:
    """Read a licence address or code ("CC BY-NC 4.0", "by-nc-nd-3.0", "CC0"); None unless it names one licence."""
    text = mark.strip()
    lowered = text.lower()
    if "://" in text or lowered.startswith(("//", *_HOSTS)):
        return _from_address(text)
    return _from_code(text)


def same(first: Licence, second: Licence) -> bool:
    """Whether two marks name the very same licence, version and port included."""
    return first.url == second.url


def restrictions(licence: Licence) -> frozenset[str]:
    """What the licence asks or forbids, as its elements: {} for CC0 and the mark, {"by", "nc"} for BY-NC."""
    return frozenset() if licence.code in ("cc0", "pdm") else frozenset(licence.code.split("-"))


def is_pointer(mark: str) -> bool:
    """Whether the mark is only the front page of Creative Commons, which house terms like to point to."""
    try:
        parts = urlsplit(mark.strip())
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.netloc.lower() in _HOSTS and parts.path in ("", "/")


def single(marks: Iterable[str]) -> str | None:
    """The one mark that all marks of an article amount to; several different ones are joined, which no parser reads.

    So an article with two licences, perhaps a photograph's beside the text's, is held as "variant-unknown". Pointers
    to the Creative Commons front page count only when there is nothing else.
    """
    given = [mark.strip() for mark in marks if mark.strip()]
    telling = [mark for mark in given if not is_pointer(mark)] or given[:1]
    parsed = {mark: parse(mark) for mark in telling}
    addresses = {licence.url if licence else mark for mark, licence in parsed.items()}
    if len(addresses) > 1:
        return " | ".join(sorted(addresses))
    return next(iter(addresses), None)


def name_in(licence: Licence, language: str) -> str:
    """The licence's full name; English where this module has no names in the language."""
    names = _NAMES.get(language.split("-", maxsplit=1)[0].lower(), _NAMES["en"])
    if licence.code in ("cc0", "pdm"):
        return names[licence.code]
    words = [names[element] for element in licence.code.split("-")]
    elements = (" - " if any(" " in word for word in words) else "-").join(words)
    if licence.port:
        scope = licence.port.upper() if len(licence.port) <= 3 else licence.port.title()
    else:
        scope = names.get(licence.version, names["generic"])
    return f"Creative Commons {elements} {licence.version} {scope}"


def _from_address(text: str) -> Licence | None:
    try:
        parts = urlsplit(text if "://" in text else "https://" + text.removeprefix("//"))
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or parts.netloc.lower() not in _HOSTS:
        return None
    steps = [step for step in parts.path.lower().split("/") if step]
    if steps and _PAGE.fullmatch(steps[-1]):
        steps.pop()
    match steps:
        case ["licenses", elements, version]:
            return _build(elements.split("-"), version, "")
        case ["licenses", elements, version, port]:
            return _build(elements.split("-"), version, port)
        case ["publicdomain", tool, "1.0"] if tool in _PUBLIC_DOMAIN:
            return _public_domain(_PUBLIC_DOMAIN[tool])
    return None


def _from_code(text: str) -> Licence | None:
    plain = unaccented(text).lower()
    plain = re.sub(r"[\s_\-\u2010-\u2015/]+", " ", plain).strip()
    if _ZERO.fullmatch(plain):
        return _public_domain("cc0")
    if _MARK.fullmatch(plain):
        return _public_domain("pdm")
    found = _CODE.fullmatch(plain)
    if found is None:
        return None
    elements = [element.lastgroup or "" for element in _ELEMENT.finditer(found["elements"])]
    return _build(elements, found["version"], found["port"] or "")


def _build(elements: list[str], version: str, port: str) -> Licence | None:
    code = "-".join(sorted(elements, key=lambda element: _ORDER.index(element) if element in _ORDER else len(_ORDER)))
    if code not in CODES or version not in VERSIONS:
        return None
    if port and (version == "4.0" or not _PORT.fullmatch(port)):
        return None
    if version == "2.1" and not port:  # only ever issued for Australia, Canada, Japan and Spain
        return None
    # Version 1.0 put ND before NC in the address.
    path = "by-nd-nc" if (code, version) == ("by-nc-nd", "1.0") else code
    shown = port.upper() if len(port) <= 3 else port.title()
    return Licence(
        code=code,
        version=version,
        port=port,
        url=f"{SITE}licenses/{path}/{version}/" + (f"{port}/" if port else ""),
        name=f"CC {code.upper()} {version} {shown}".strip(),
    )


def _public_domain(code: str) -> Licence:
    tool, name = ("zero", "CC0 1.0") if code == "cc0" else ("mark", "Public Domain Mark 1.0")
    return Licence(code=code, version="1.0", url=f"{SITE}publicdomain/{tool}/1.0/", name=name)
