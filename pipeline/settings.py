"""Django settings, computed from newsroom.toml and the environment.

Knows: where state lives and which environment variables exist (each also as NAME_FILE, for mounted secrets).
Must not know: what any of it is used for.

What cannot be used is a ConfigError that names the variable and never repeats its value, which may be a secret.

TORNAVOZ_HOME        state folder: newsroom.toml, ledger, models, published files. Default: ./var
DATABASE_URL         default: SQLite in the state folder
REDIS_URL            broker; without it an embedded one may be started, or the sweeper runs the steps
SECRET_KEY           default: made once and kept in the state folder
SMTP_URL             smtp://user:password@host:587 ; without it courtesy mail is only drafted
TRUSTED_PROXIES      addresses or networks, with commas, whose X-Forwarded-For is believed. Default: none
TORNAVOZ_LIBRETRANSLATE_KEY  API key of the LibreTranslate server that newsroom.toml names, if it wants one
OIDC_ISSUER          address of the house's identity provider; with the next two, people may sign in with it
OIDC_CLIENT_ID       what the provider calls this desk
OIDC_CLIENT_SECRET   and its secret there
OIDC_ROLES           value=role, with commas: which value of the claim stands for which role. Default: none
OIDC_ROLES_CLAIM     the claim that OIDC_ROLES speaks of. Default: groups
TORNAVOZ_LEASE_SECONDS  how long a worker that fell silent keeps its unit. Default: 120; the same for every process
TORNAVOZ_RETRY_SECONDS  the first pause after a failure; each further one is twice as long, up to an hour. Default: 30
"""

from __future__ import annotations

import math
import os
import secrets
import tomllib
from contextlib import suppress
from importlib.util import find_spec
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url

from pipeline.errors import ConfigError


def env(name: str, default: str | None = None) -> str | None:
    """An environment variable, or the content of the file that NAME_FILE points to."""
    file = os.environ.get(f"{name}_FILE")
    if not file:
        return os.environ.get(name, default)
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise ConfigError(
            f"{name}_FILE names {file}, which cannot be read ({why}). Mend the path or the file"
        ) from None


def _listed(name: str) -> list[str]:
    """What stands between the commas, without the blanks around it."""
    return [each.strip() for each in (env(name) or "").split(",") if each.strip()]


def _seconds(name: str, default: float) -> float:
    given = env(name)
    try:
        seconds = float(given) if given else default
    except ValueError:
        seconds = math.nan
    if not (seconds > 0 and math.isfinite(seconds)):
        raise ConfigError(f"{name} must be a number of seconds above 0, such as {default:g}")
    return seconds


def _networks(name: str) -> list[str]:
    listed = _listed(name)
    for each in listed:
        try:
            ip_network(each, strict=False)
        except ValueError:
            raise ConfigError(f"{name}: {each!r} is no address or network, such as 10.0.0.0/8") from None
    return listed


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


def _site_origin() -> str:
    """Scheme and host of [site] url. A file that cannot be read is reported by whoever loads it, not here."""
    with suppress(OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, AttributeError):
        site = tomllib.loads(CONFIG_FILE.read_text(encoding="utf-8")).get("site", {})
        parts = urlsplit(str(site.get("url", "")))
        return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else ""
    return ""


def _database() -> dict[str, Any]:
    url = env("DATABASE_URL")
    if url and not url.startswith("sqlite"):
        return _postgresql(url)
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


def _postgresql(url: str) -> dict[str, Any]:
    form = (
        "DATABASE_URL must read postgres://USER:PASSWORD@HOST:5432/NAME; in the password write / as %2F, # as %23, "
        "@ as %40. Without it the ledger is SQLite, in the state folder"
    )
    try:
        parsed = {**dj_database_url.parse(url, conn_max_age=600, conn_health_checks=True)}
    except ValueError:  # what it says may repeat the address, and that holds a password
        raise ConfigError(form) from None
    if parsed["ENGINE"] != "django.db.backends.postgresql" or not parsed["NAME"]:
        raise ConfigError(form)
    if find_spec("psycopg") is None:
        raise ConfigError("DATABASE_URL names PostgreSQL, whose driver is missing: pip install 'tornavoz[postgres]'")
    return parsed


SECRET_KEY = _secret_key()
DEBUG = False
ALLOWED_HOSTS = _listed("ALLOWED_HOSTS") or ["*"]
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "pipeline.ledger",
    "desk",
]
ROOT_URLCONF = "workers.urls"
WSGI_APPLICATION = "workers.wsgi.application"
MIDDLEWARE = [
    "feeds.api.edge.Edge",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "desk.middleware.Desk",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "desk.navigation.context",
            ]
        },
    }
]
TRUSTED_PROXIES = _networks("TRUSTED_PROXIES")
SITE_ORIGIN = _site_origin()
SECURE = SITE_ORIGIN.startswith("https://")  # then cookies travel over TLS only, and for this very host
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [SITE_ORIGIN] if SITE_ORIGIN else []  # a proxy ends TLS, so our own scheme says nothing
CSRF_COOKIE_NAME = "__Host-tornavoz-csrf" if SECURE else "tornavoz-csrf"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "desk.pages.errors.forged"
SESSION_COOKIE_NAME = "__Host-tornavoz" if SECURE else "tornavoz"
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_AGE = 12 * 3600  # seconds without a request; desk/middleware.py moves the end along
SESSION_EXPIRE_AT_BROWSER_CLOSE = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
    )
]
PASSWORD_RESET_TIMEOUT = 3600  # seconds that a link sent by mail works
OIDC_ISSUER = env("OIDC_ISSUER") or ""
OIDC_CLIENT_ID = env("OIDC_CLIENT_ID") or ""
OIDC_CLIENT_SECRET = env("OIDC_CLIENT_SECRET") or ""
OIDC_ROLES = env("OIDC_ROLES") or ""
OIDC_ROLES_CLAIM = env("OIDC_ROLES_CLAIM") or "groups"
OIDC_INSTALLED = find_spec("mozilla_django_oidc") is not None  # pip install 'tornavoz[oidc]'
OIDC = bool(OIDC_ISSUER and OIDC_CLIENT_ID and OIDC_CLIENT_SECRET and OIDC_INSTALLED)
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend", *(["desk.oidc.Backend"] if OIDC else [])]
LOGIN_URL = "desk:login"
LOGIN_REDIRECT_URL = "desk:front"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "es"
LANGUAGES = [("es", "Español"), ("en", "English")]  # of the desk; feeds have the language of their product
LANGUAGE_COOKIE_NAME = "tornavoz-language"
LANGUAGE_COOKIE_AGE = 365 * 86400
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
LOGGING_CONFIG = None  # telemetry.py sets up logging, for every process alike
CONFIGURED_BROKER_URL = env("REDIS_URL") or ""


def _broker() -> str:
    """The configured broker, or the one that `tornavoz up` runs for this state folder at the moment."""
    running = HOME / "broker" / "url"
    return CONFIGURED_BROKER_URL or (running.read_text(encoding="utf-8").strip() if running.exists() else "")


BROKER_URL = _broker()
SMTP_URL = env("SMTP_URL") or ""
LIBRETRANSLATE_KEY = env("TORNAVOZ_LIBRETRANSLATE_KEY") or ""
LEASE_SECONDS = _seconds("TORNAVOZ_LEASE_SECONDS", 120)
RETRY_SECONDS = _seconds("TORNAVOZ_RETRY_SECONDS", 30)
