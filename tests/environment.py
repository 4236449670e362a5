"""Loaded before anything else of the test run: gives it a state folder of its own."""

import os
import tempfile
from pathlib import Path

_folder = tempfile.TemporaryDirectory(prefix="tornavoz-tests-")
os.environ["TORNAVOZ_HOME"] = str(Path(_folder.name))
os.environ.setdefault("SECRET_KEY", "only-for-tests")
os.environ.pop("REDIS_URL", None)
# A file, not memory: a live server's threads and the test see the same ledger, in the way of a real installation.
os.environ.setdefault("TORNAVOZ_TEST_DATABASE", str(Path(_folder.name) / "ledger-tests.db"))
# As with the tests' PostgreSQL server: no test can cut the power, and most would wait for the disk. Child processes,
# which are run as in production, still write through.
os.fsync = lambda handle: None
