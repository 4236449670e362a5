"""BLEU and chrF, by sacreBLEU, so that the figures can be compared with anybody's.

Knows: sacreBLEU. Must not know: engines, test sets. sacreBLEU is no part of the running newsroom: it comes with
`pip install 'tornavoz[quality]'`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Corpus scores, 0 to 100, and the signatures that say how they were counted."""

    bleu: float
    chrf: float
    signature: str


def corpus(translations: Sequence[str], references: Sequence[str]) -> Scores:
    """Score translations against one reference each. No-break spaces count as blanks. Raises ConfigError."""
    try:
        from sacrebleu.metrics.bleu import BLEU
        from sacrebleu.metrics.chrf import CHRF
    except ImportError as error:
        raise ConfigError("sacreBLEU is not installed. Run: pip install 'tornavoz[quality]'") from error
    bleu, chrf = BLEU(), CHRF()
    made, wanted = [_plain(text) for text in translations], [[_plain(text) for text in references]]
    return Scores(
        bleu=round(bleu.corpus_score(made, wanted).score, 1),
        chrf=round(chrf.corpus_score(made, wanted).score, 1),
        signature=f"BLEU {bleu.get_signature()}; chrF {chrf.get_signature()}",
    )


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")
