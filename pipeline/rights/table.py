"""The rights decision table as data: what each situation allows, and the reason for every answer.

Knows: situations, use classes, reason codes and their wordings. Must not know: how a situation is recognised (`gate`),
records, dates or languages.

A cell holds a reason code, and each code has one ruling. Sources of the rules: CC 4.0 §2(a)(1) (NC and ND scope),
§3(a) and (b); CC 3.0 §1(b), §3 and §4 (no adaptations under ND); everything else is the publisher's own terms.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from pipeline.types import Ruling, UseClass


class Reason(NamedTuple):
    """A reason code's ruling and its sentence for editors in both languages."""

    ruling: Ruling
    english: str
    spanish: str


class Uses(NamedTuple):
    """A code for each use class; `listed` replaces it for a class that the record itself names, "" if it cannot."""

    non_commercial: str
    ads: str
    paid: str
    listed: str = ""

    def code(self, use: UseClass, *, listed: bool) -> str:
        """The code for a use; `listed` says whether the record names this use class."""
        if listed and self.listed:
            return self.listed
        by_class = {
            UseClass.NON_COMMERCIAL: self.non_commercial,
            UseClass.ADS: self.ads,
            UseClass.PAID: self.paid,
        }
        return by_class[use]


class Row(NamedTuple):
    """One situation: making a translation, sharing it, and sharing an unchanged copy of the original."""

    translate: str
    translation: Uses
    copy: Uses


def _all(code: str) -> Uses:
    return Uses(code, code, code)


_NC: Final = Uses("nc-use", "nc-ads-use", "nc-paid-use", listed="nc-ads-accepted")
_HOUSE: Final = Uses(
    "house-terms-use-unlisted", "house-terms-ads-use", "house-terms-paid-use", listed="house-terms-declared"
)
_HOUSE_COPY: Final = _HOUSE._replace(listed="house-terms")
_VERBATIM: Final = _all("verbatim-permitted")

TABLE: Final[dict[str, Row]] = {
    #                   translate                translation shared                 unchanged copy shared
    "public-domain": Row("public-domain", _all("public-domain"), _all("public-domain")),
    "by": Row("licence-permits", _all("licence-permits"), _all("licence-permits")),
    "by-sa": Row("share-alike", _all("share-alike"), _all("share-alike")),
    "by-nc": Row("nc-use", _NC, _NC),
    "by-nc-sa": Row("nc-use", _NC, _NC),
    "by-nd 4.0": Row("nd-no-sharing", _all("nd-no-sharing"), _VERBATIM),
    "by-nc-nd 4.0": Row("nd-no-sharing", _all("nd-no-sharing"), _NC),
    "by-nd to 3.0": Row("nd-no-adaptation", _all("nd-no-adaptation"), _VERBATIM),
    "by-nc-nd to 3.0": Row("nd-no-adaptation", _all("nd-no-adaptation"), _NC),
    "variant unknown": Row("variant-unknown", _all("variant-unknown"), _all("variant-unknown")),
    "house terms, silent": Row(
        "house-terms-silent-on-translation", _all("house-terms-silent-on-translation"), _HOUSE_COPY
    ),
    "house terms, unsigned": Row("declaration-unsigned", _all("declaration-unsigned"), _HOUSE_COPY),
    "house terms, declared": Row("house-terms-declared", _HOUSE, _HOUSE_COPY),
    "permission": Row(
        "permission",
        _all("permission-use")._replace(listed="permission"),
        _all("permission-use")._replace(listed="permission"),
    ),
    "all rights reserved": Row("all-rights-reserved", _all("all-rights-reserved"), _all("all-rights-reserved")),
}

_ALLOW, _HOLD, _REFUSE = Ruling.ALLOW, Ruling.HOLD, Ruling.REFUSE

REASONS: Final[dict[str, Reason]] = {
    # yes
    "public-domain": Reason(
        _ALLOW,
        "The text is in the public domain or was released with CC0.",
        "El texto es de dominio público o se publicó con CC0.",
    ),
    "licence-permits": Reason(
        _ALLOW,
        "The licence permits translation and every use, with credit.",
        "La licencia permite traducir y cualquier uso, con atribución.",
    ),
    "share-alike": Reason(
        _ALLOW,
        "The licence permits it; the translation must stay under the same licence.",
        "La licencia lo permite; la traducción debe mantener la misma licencia.",
    ),
    "nc-use": Reason(
        _ALLOW,
        "The licence permits it for non-commercial use.",
        "La licencia lo permite para uso no comercial.",
    ),
    "nc-ads-accepted": Reason(
        _ALLOW,
        "The licence is non-commercial; the publisher accepts advertisements on the page, as noted on file.",
        "La licencia es no comercial; consta que el medio acepta anuncios en la página.",
    ),
    "verbatim-permitted": Reason(
        _ALLOW,
        "The licence permits unchanged copies for every use.",
        "La licencia permite copias sin cambios para cualquier uso.",
    ),
    "house-terms": Reason(
        _ALLOW,
        "The publisher's own terms permit unchanged copies for this use.",
        "Las condiciones del medio permiten copias sin cambios para este uso.",
    ),
    "house-terms-declared": Reason(
        _ALLOW,
        "The publisher's own terms apply; an operator declared on file that they cover translation for this use.",
        "Rigen las condiciones del medio; consta la declaración de que cubren la traducción para este uso.",
    ),
    "permission": Reason(
        _ALLOW,
        "A written permission covers this.",
        "Hay un permiso escrito que lo cubre.",
    ),
    # not yet
    "rights-unknown": Reason(
        _HOLD,
        "No rights are on file for this source. Record a licence, the publisher's terms or a permission.",
        "No constan derechos para esta fuente. Registre una licencia, las condiciones del medio o un permiso.",
    ),
    "variant-unknown": Reason(
        _HOLD,
        "Creative Commons is named, but not which licence and version. Record the licence's address.",
        "Se menciona Creative Commons, pero no qué licencia ni versión. Registre la dirección de la licencia.",
    ),
    "rights-conflict": Reason(
        _HOLD,
        "The article carries a licence that does not fit the source's record. Decide which applies and record it.",
        "El artículo lleva una licencia que no concuerda con el registro de la fuente. Decida cuál vale y regístrela.",
    ),
    "record-expired": Reason(
        _HOLD,
        "The rights record is past its date. Check the source's terms again and renew it.",
        "El registro de derechos está vencido. Revise de nuevo las condiciones de la fuente y renuévelo.",
    ),
    "permission-expired": Reason(
        _HOLD,
        "The written permission has run out. Ask the publisher to renew it.",
        "El permiso escrito ha vencido. Pida al medio que lo renueve.",
    ),
    "nc-ads-use": Reason(
        _HOLD,
        "The licence is non-commercial and this use carries advertisements. Ask the publisher and note the answer.",
        "La licencia es no comercial y este uso lleva anuncios. Consulte al medio y anote la respuesta.",
    ),
    "house-terms-silent-on-translation": Reason(
        _HOLD,
        "The publisher's terms do not mention translation. Ask, or declare on file what they cover.",
        "Las condiciones del medio no mencionan la traducción. Consulte, o declare en el registro qué cubren.",
    ),
    "declaration-unsigned": Reason(
        _HOLD,
        "The record says that translation is covered, but neither who declared it nor that the publisher confirmed it.",
        "El registro dice que la traducción está cubierta, pero no quién lo declaró ni que el medio lo confirmara.",
    ),
    "house-forbids-systematic": Reason(
        _HOLD,
        "The publisher's terms bar systematic republication: an editor approves each article.",
        "Las condiciones del medio no permiten la republicación sistemática: un editor aprueba cada artículo.",
    ),
    "house-terms-use-unlisted": Reason(
        _HOLD,
        "The record of the publisher's terms lists no such use. Check the terms and add the use classes they cover.",
        "El registro de las condiciones del medio no incluye este uso. Revíselas y añada los usos que cubren.",
    ),
    "house-terms-ads-use": Reason(
        _HOLD,
        "The publisher's terms on file do not cover pages with advertisements. Ask and note the answer.",
        "Las condiciones del medio que constan no cubren páginas con anuncios. Consulte y anote la respuesta.",
    ),
    # no
    "all-rights-reserved": Reason(
        _REFUSE,
        "All rights are reserved: headline and link only.",
        "Todos los derechos reservados: solo título y enlace.",
    ),
    "nd-no-adaptation": Reason(
        _REFUSE,
        "The licence (NoDerivatives, up to 3.0) forbids making a translation at all.",
        "La licencia (SinDerivadas, hasta la 3.0) prohíbe incluso hacer una traducción.",
    ),
    "nd-no-sharing": Reason(
        _REFUSE,
        "The licence (NoDerivatives 4.0) forbids sharing a translation, so none is made.",
        "La licencia (SinDerivadas 4.0) prohíbe compartir una traducción, así que no se hace.",
    ),
    "nc-paid-use": Reason(
        _REFUSE,
        "The licence is non-commercial: no pay wall, resale or print sale.",
        "La licencia es no comercial: ni muro de pago, ni reventa, ni venta impresa.",
    ),
    "house-forbids-translation": Reason(
        _REFUSE,
        "The publisher's terms forbid translation.",
        "Las condiciones del medio prohíben traducir.",
    ),
    "house-terms-paid-use": Reason(
        _REFUSE,
        "The publisher's terms on file do not cover pay walls, resale or print sale.",
        "Las condiciones del medio que constan no cubren muros de pago, reventa ni venta impresa.",
    ),
    "permission-language": Reason(
        _REFUSE,
        "The written permission does not cover this language.",
        "El permiso escrito no cubre este idioma.",
    ),
    "permission-use": Reason(
        _REFUSE,
        "The written permission does not cover this use.",
        "El permiso escrito no cubre este uso.",
    ),
}
