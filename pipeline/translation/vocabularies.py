"""Words by which the checks recognise doubt, denial and saying in a translation, one vocabulary for each language.

Knows: words of the languages that checks can read. Must not know: what is done with them. A language without a
vocabulary gets the checks that read no words (checks.py says which those are).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.translation.speech import DENYING_ES, SAYING_ES
from pipeline.translation.words import HEDGES_ES, NEGATION_ES


def _words(alternatives: str) -> re.Pattern[str]:
    return re.compile(alternatives, re.I)


# the conditional by which news says that it does not know; spelt out, for many nouns end alike (história, portrait)
_PERHAPS_PT = r"\b(?:te|se|esta|have|pode|deve)ria[ms]?\b|\bter(?:á|ão)\b"
_PERHAPS_FR = r"\b(?:au|se|pour|dev|viend|tiend)rai(?:t|ent)\b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Patterns of one target language. `hedges` stand in the order of words.HEDGES_EN."""

    hedges: tuple[re.Pattern[str], ...]
    negation: re.Pattern[str]
    guilty: re.Pattern[str]
    innocent: re.Pattern[str]
    saying: re.Pattern[str]
    denying: re.Pattern[str]
    percent: re.Pattern[str]
    false_billion: re.Pattern[str]  # looks like "billion" and is a thousand times more
    false_trillion: re.Pattern[str]
    billion: str  # how to write it
    trillion: str
    currencies: dict[str, str]
    see_also: str  # before a pointer to other stories


SPANISH = Vocabulary(
    hedges=HEDGES_ES,
    negation=NEGATION_ES,
    guilty=_words(r"\bculpab"),
    innocent=_words(r"\binocen|\babsol|\bexoner|\bexculp"),
    saying=SAYING_ES,
    denying=DENYING_ES,
    percent=_words(r"%|por\s?cient|por cien\b|porcent|punto"),
    false_billion=_words(r"\bbill(?:ón|on|ones)\b"),
    false_trillion=_words(r"\btrill(?:ón|on|ones)\b"),
    billion="mil millones",
    trillion="billón",
    currencies={"$": r"\$|\bd[óo]lar|\bpesos?\b|\bUSD\b", "€": r"€|\beuros?\b", "£": r"£|\blibras?\b"},
    see_also="Lea también:",
)

PORTUGUESE = Vocabulary(
    hedges=(
        _words(
            r"supost|presum|alega|acus|denunci|aponta|imput|suspeit|\bsegundo\b|conform|de acordo com|afirm"
            rf"|{_PERHAPS_PT}"
        ),
        _words(r"suspei|supost|presum|desconfi|possíve|aparente|acredita"),
        _words(r"acus|imput|apont|denunci|process|indici|incrimin|réus?\b|rés?\b"),
        _words(
            r"ao que parece|\bsegundo\b|conforme|de acordo com|aparente|relat|inform|supost|parec|presum|dizem|diz-se"
            rf"|{_PERHAPS_PT}"
        ),
    ),
    negation=_words(
        r"\b(?:não|nunca|jamais|nem|sem|nada|ninguém|nenhum|nenhuma|nenhuns|nenhumas|tampouco|neg\w+|carec\w+|falt\w+"
        r"|impossív\w+|incapa\w+|imped\w+|evit\w+|exceto|salvo|deix(?:ou|aram) de)\b"
    ),
    guilty=_words(r"\bculpad"),
    innocent=_words(r"\binocen|\babsolv|\bexoner|\bilib"),
    saying=_words(
        r"\b(?:diss|diz|dizi|dir[áií]|segundo\b|conform|de acordo com|explic|acrescent|assinal|afirm|assegur|declar"
        r"|manifest|coment|apont|indic|sustent|expres|inform|anunci|advert|alert|neg|confirm|insist|sublinh|salient|precis|cont[oa]"
        r"|relat|mencion|admit|reconhec|respond|pergunt|ped|exig|reclam|acus|revel|report|testemunh|argument|aleg|descrev"
        r"|observ|not[oa]u|denunci|esclarec|ressalt|destac|orden|comunic|consider|estim|reiter|promet|garant|na opinião"
        r"|nas palavras|acredit)"
    ),
    denying=_words(r"\b(?:neg|desment|rejeit|recus|refut|repudi)"),
    percent=_words(r"%|por\s?cento|porcent|percent|pontos?\b"),
    false_billion=_words(r"\bbili(?:ão|ões)\b"),
    false_trillion=_words(r"\btrili(?:ão|ões)\b"),
    billion="mil milhões (Brasil: bilhão)",
    trillion="bilião (Brasil: trilhão)",
    currencies={"$": r"\$|\bd[óo]lar|\bpesos?\b|\bUSD\b", "€": r"€|\beuros?\b", "£": r"£|\blibras?\b"},
    see_also="Leia também:",
)

FRENCH = Vocabulary(
    hedges=(
        _words(
            r"présum|suppos|prétend|allég|accus|dénonc|soupçon|selon|d['’]après|affirm|imput|suspect"
            rf"|{_PERHAPS_FR}"
        ),
        _words(r"soupçon|suspect|présum|méfi|possible|apparem|suppos|pens(?:e|ent) que|croi(?:t|ent)\b"),
        _words(r"accus|mis[es]* en cause|mis[es]* en examen|inculp|imput|dénonc|poursuivi|prévenu"),
        _words(
            r"semble|apparem|selon|d['’]après|suppos|présum|rapport|inform|dit[- ]on|paraît|prétend"
            rf"|{_PERHAPS_FR}"
        ),
    ),
    negation=_words(
        r"\b(?:ne|non|ni|sans|jamais|rien|personne ne|aucun|aucune|nul|nulle|pas|ni[ea]\w*|démen\w+|manqu\w+"
        r"|impossib\w+|incapab\w+|empêch\w+|évit\w+|sauf|excepté|refus\w+|cess\w+ de)\b|\bn['’]"
    ),
    guilty=_words(r"\bcoupable"),
    innocent=_words(r"\binnocen|\bacquitt|\brelax|\bdisculp"),
    saying=_words(
        r"\b(?:dit|dis|disai|dir[ao]|selon|d['’]après|expliqu|ajout|affirm|assur|déclar|indiqu|soutien|souten|soutin"
        r"|exprim|inform|annonc|avert|prévien|préven|ni[ea]|confirm|insist|soulign|précis|racont|relat|mentionn|admet|admis"
        r"|reconn|répond|répondu|demand|exig|réclam|accus|alert|révél|rapport|témoign|argument|allèg|allég|décri|not[ea]"
        r"|observ|dénonc|rappel|relev|ordonn|communiqu|consid|estim|réitér|promi|promet|à en croire|de l['’]avis"
        r"|aux dires|prétend|évoqu|fait savoir|fait état)"
    ),
    denying=_words(r"\b(?:ni[ea]|dément|démenti|rejet|réfut|récus|refus|contest)"),
    percent=_words(r"%|pour\s?cent|pourcent|points?\b"),
    false_billion=_words(r"\bbillions?\b"),
    false_trillion=_words(r"\btrillions?\b"),
    billion="milliard",
    trillion="billion (mille milliards)",
    currencies={"$": r"\$|\bdollars?\b|\bpesos?\b|\bUSD\b", "€": r"€|\beuros?\b", "£": r"£|\blivres?\b"},
    see_also="À lire aussi\u00a0:",
)

VOCABULARIES = {"es": SPANISH, "pt": PORTUGUESE, "fr": FRENCH}
