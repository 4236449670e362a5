"""python -m tests.labelled"""

from tests.labelled import table

print(table())  # noqa: T201
