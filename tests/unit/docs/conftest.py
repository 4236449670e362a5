"""Makes docs/build.py and its neighbours importable: they are a program, not a package."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "docs"))
