"""newsroom.toml read once into a frozen Config.

This is the door: `load` or `parse` it, and pass the `Config` on. What it can say is in tables.py; secrets are no part
of it: they are environment variables, read in settings.py.
"""

from pipeline.config.file import load, parse
from pipeline.config.tables import Config

__all__ = ["Config", "load", "parse"]
