"""What the database knows of its own tables when it chooses an index.

Knows: SQLite's statistics (sqlite.org/lang_analyze.html). Must not know: any query. PostgreSQL's autovacuum sees to its
own.
"""

from __future__ import annotations

from django.db import connection, transaction

ENTRIES = 1000  # of each index that are looked at: some milliseconds for the whole ledger, however large
FEW = 1000  # rows; of smaller tables nothing is said


def refresh() -> None:
    """Count anew. Connections that are opened from now on plan with it.

    Of a small table no statistics are kept: one that had ten rows an hour ago may have ten thousand now, and a plan
    that reads all of them for each row of another would be the worst of all. Without any, SQLite takes it for large.
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA analysis_limit = {ENTRIES:d}")
        with transaction.atomic():
            cursor.execute("ANALYZE")
            cursor.execute("DELETE FROM sqlite_stat1 WHERE CAST(stat AS INTEGER) < %s", [FEW])
        cursor.execute("ANALYZE sqlite_schema")  # reads them again
