"""What a unit's row says of a failure: a code, and a sentence in each language.

Knows: errors, the columns that hold them. Must not know: leases, when to try again.

The Spanish is written down with the English, when the step fails: only then are the details of the sentence known, such
as which page or which model. What no program of ours has said (an error of a library) has no Spanish; the desk shows it
as a quotation (desk/words/sentences.py).
"""

from __future__ import annotations

from pipeline.errors import PipelineError
from pipeline.ledger.models import Unit

Said = dict[str, str]

NOTHING: Said = {"error_code": "", "last_error": "", "last_error_es": ""}


def of(error: Exception) -> Said:
    """Why a step failed."""
    if isinstance(error, PipelineError):
        return {"error_code": error.code, "last_error": str(error), "last_error_es": error.spanish}
    return {"error_code": "unexpected", "last_error": str(error) or type(error).__name__, "last_error_es": ""}


def lost(unit: Unit, times: int) -> Said:
    """Why a unit is given up whose workers never came back: its last error, if it ever said one."""
    if unit.error_code:
        return {name: getattr(unit, name) for name in NOTHING}
    command = f"tornavoz retry --unit {unit.pk}"
    return {
        "error_code": "worker-lost",
        "last_error": f"its worker was lost {times} times; retry it with: {command}",
        "last_error_es": f"Su proceso se perdió {times} veces; reinténtela con: {command}",
    }
