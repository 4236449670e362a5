"""Django settings, computed from newsroom.toml and the environment.

Knows: where state lives and which environment variables exist (each also as NAME_FILE, for mounted secrets).
Must not know: what any of it is used for.

TORNAVOZ_HOME        state folder: newsroom.toml, ledger, models, published files. Default: ./var
DATABASE_URL         default: SQLite in the state folder
REDIS_URL            broker; without it an embedded one may be started, or the sweeper runs the steps
SECRET_KEY           default: made once and kept in the state folder
SMTP_URL             smtp://user:password@host:587 ; without it courtesy mail is only drafted
TORNAVOZ_LEASE_SECONDS  how long a worker that fell silent keeps its unit. Default: 120; the same for every process
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

import dj_database_url


def env(name: str, default: str | None = None) -> str | None:
    """An environment variable, or the content of the file that NAME_FILE points to."""
    file = os.environ.get(f"{name}_FILE")
    if file:
        return Path(file).read_text(encoding="utf-8").strip()
    return os.environ.get(name, default)


HOME = Path(env("TORNAVOZ_HOME") or "var").resolve()
CONFIG_FILE = HOME / "newsroom.toml"
PUBLIC_DIR = HOME / "public"  # what any web server may serve
PRIVATE_DIR = HOME / "private"  # partners' own feeds, served only against a token
MODELS_DIR = HOME / "models"
OUTBOX_DIR = HOME / "outbox"
LOCKS_DIR = HOME / "locks"


def _secret_key() -> str:
    configured = env("SECRET_KEY")
    if configured:
        return configured
    file = HOME / "secret-key"
    if file.exists():
        return file.read_text(encoding="ascii").strip()
    key = secrets.token_urlsafe(48)
    if HOME.exists():  # before `tornavoz init` a passing key is enough
        file.touch(mode=0o600)
        file.write_text(key, encoding="ascii")
    return key


def _database() -> dict[str, Any]:
    url = env("DATABASE_URL")
    if url and not url.startswith("sqlite"):
        return {**dj_database_url.parse(url, conn_max_age=600, conn_health_checks=True)}
    base = dj_database_url.parse(url) if url else {"ENGINE": "django.db.backends.sqlite3", "NAME": HOME / "ledger.db"}
    return {
        **base,
        "OPTIONS": {
            # Read-then-write under DEFERRED fails at once when another process writes; IMMEDIATE waits its turn.
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            # FULL: an accepted article survives a power cut, which NORMAL does not promise in WAL mode.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA mmap_size=0;",
        },
        # A file, so that the threads of one test run and its child processes see the same tables.
        "TEST": {"NAME": env("TORNAVOZ_TEST_DATABASE") or None},
    }


SECRET_KEY = _secret_key()
DEBUG = False
ALLOWED_HOSTS = (env("ALLOWED_HOSTS") or "*").split(",")
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["pipeline.ledger"]
ROOT_URLCONF = "feeds.urls"
WSGI_APPLICATION = "feeds.wsgi.application"
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "django.middleware.clickjacking.XFrameOptionsMiddleware"]
SECURE_CONTENT_TYPE_NOSNIFF = True
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "es"
LOGGING_CONFIG = None  # telemetry.py sets up logging, for every process alike
CONFIGURED_BROKER_URL = env("REDIS_URL") or ""


def _broker() -> str:
    """The configured broker, or the one that `tornavoz up` runs for this state folder at the moment."""
    running = HOME / "broker" / "url"
    return CONFIGURED_BROKER_URL or (running.read_text(encoding="utf-8").strip() if running.exists() else "")


BROKER_URL = _broker()
SMTP_URL = env("SMTP_URL") or ""
LEASE_SECONDS = float(env("TORNAVOZ_LEASE_SECONDS") or 120)
