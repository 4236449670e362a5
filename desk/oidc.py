"""Signing in with the house's own identity provider (OpenID Connect): the one file that knows mozilla-django-oidc.

Knows: the provider's description, what an ID token has to prove, whom a claim stands for. Must not know: pages.

Off unless OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET are set. A person is found by an e-mail address that the
provider has verified, among the accounts of this newsroom; nobody is made, and nobody gets a role by it, unless
OIDC_ROLES says which value of a claim stands for which role. Then that claim decides at every sign-in, and whoever has
none of its values is not let in.

The library carries the flow (state, nonce, PKCE, exchange of the code, keys). It checks a token's signature and nonce
only; issuer, audience, times and the subject of the userinfo answer are checked here (OpenID Connect Core 1.0,
sections 3.1.3.7 and 5.3.2).
"""

from __future__ import annotations

import re
import time
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

import jwt
import requests
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from mozilla_django_oidc.auth import OIDCAuthenticationBackend
from mozilla_django_oidc.utils import import_from_settings
from mozilla_django_oidc.views import OIDCAuthenticationCallbackView, OIDCAuthenticationRequestView

from desk import people, roles
from desk.roles import BY_GROUP, Role
from pipeline.clock import now
from pipeline.errors import ConfigError, PipelineError

TIMEOUT: Final = 5  # seconds for each question to the provider; somebody waits
LEEWAY: Final = 60  # seconds by which the provider's clock may differ
ACTOR: Final = "oidc"
_DESCRIBED_FOR: Final = 3600  # seconds that the provider's description is believed
_SIGNED_WITH: Final = ("RS256", "ES256", "RS384", "ES384", "RS512", "ES512")


class Refused(Exception):
    """The provider's answer lets nobody in. The message is for the audit trail, not for whoever asks."""

    def __init__(self, message: str, *, es: str = "") -> None:
        super().__init__(message)
        self.spanish = es or message


def description() -> dict[str, Any]:
    """What the provider says of itself (OpenID Connect Discovery 1.0, section 4). Raises ConfigError."""
    return _described(settings.OIDC_ISSUER, int(time.time() // _DESCRIBED_FOR))


@lru_cache(maxsize=2)
def _described(issuer: str, _hour: int) -> dict[str, Any]:
    host = urlsplit(issuer)
    if host.scheme != "https" and host.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise ConfigError("OIDC_ISSUER must begin with https://", es="OIDC_ISSUER debe empezar por https://")
    try:
        answer = requests.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration", timeout=TIMEOUT)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise ConfigError(
            f"the identity provider {issuer} cannot be asked about itself: {error}",
            es=f"No se puede consultar al proveedor de identidad {issuer}: {error}",
        ) from error
    if found.get("issuer") != issuer:  # section 4.3: it must be exactly this
        raise ConfigError(
            f"OIDC_ISSUER is {issuer}, and the provider calls itself {found.get('issuer')}",
            es=f"OIDC_ISSUER es {issuer}, y el proveedor se llama a sí mismo {found.get('issuer')}.",
        )
    missing = {"authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"} - set(found)
    if missing:
        raise ConfigError(
            f"the identity provider {issuer} does not name its {', '.join(sorted(missing))}",
            es=f"El proveedor de identidad {issuer} no indica: {', '.join(sorted(missing))}.",
        )
    return found


def role_table() -> dict[str, Role]:
    """OIDC_ROLES ("newsroom=editor,desk-chiefs=chief"): value of the claim -> role. Raises ConfigError."""
    table: dict[str, Role] = {}
    for pair in filter(None, (each.strip() for each in settings.OIDC_ROLES.split(","))):
        value, equals, role = pair.rpartition("=")
        if not equals or role.strip() not in BY_GROUP:
            raise ConfigError(
                f"OIDC_ROLES: {pair!r} is not value=role with a role of {', '.join(BY_GROUP)}",
                es=f"OIDC_ROLES: «{pair}» no es valor=rol, con un rol de estos: {', '.join(BY_GROUP)}.",
            )
        table[value.strip()] = BY_GROUP[role.strip()]
    return table


def _setting(name: str, *default: Any) -> Any:
    """The library's settings, from the provider's description and ours."""
    said = description()
    signed = said.get("id_token_signing_alg_values_supported", ["RS256"])
    values = {
        "OIDC_OP_AUTHORIZATION_ENDPOINT": said["authorization_endpoint"],
        "OIDC_OP_TOKEN_ENDPOINT": said["token_endpoint"],
        "OIDC_OP_USER_ENDPOINT": said["userinfo_endpoint"],
        "OIDC_OP_JWKS_ENDPOINT": said["jwks_uri"],
        "OIDC_RP_CLIENT_ID": settings.OIDC_CLIENT_ID,
        "OIDC_RP_CLIENT_SECRET": settings.OIDC_CLIENT_SECRET,
        "OIDC_RP_SIGN_ALGO": next((each for each in _SIGNED_WITH if each in signed), "RS256"),
        "OIDC_RP_SCOPES": "openid email profile",
        "OIDC_USE_PKCE": True,
        "OIDC_TIMEOUT": TIMEOUT,
        # RFC 6749 section 2.3.1: every provider takes Basic, unless it says otherwise
        "OIDC_TOKEN_USE_BASIC_AUTH": "client_secret_basic"
        in said.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]),
        "OIDC_AUTHENTICATION_CALLBACK_URL": "desk:oidc-back",
        "OIDC_ALLOW_UNSECURED_JWT": False,
        "OIDC_CREATE_USER": False,
    }
    return values[name] if name in values else import_from_settings(name, *default)


class Backend(OIDCAuthenticationBackend):  # type: ignore[misc]  # the library is not typed
    """Lets in whom the provider vouches for."""

    def __init__(self) -> None:
        """Nothing is asked yet: Django makes one of each backend for a password too."""

    @staticmethod
    def get_settings(attr: str, *args: Any) -> Any:
        return _setting(attr, *args)

    def authenticate(self, request: HttpRequest | None, **kwargs: Any) -> User | None:
        if "nonce" not in kwargs:  # somebody types a password
            return None
        super().__init__()
        found: User | None = super().authenticate(request, **kwargs)
        return found

    def verify_token(self, token: str, **kwargs: Any) -> dict[str, Any]:
        """The claims of an ID token that is signed by the provider, is for us, is fresh, and answers our question."""
        claims: dict[str, Any] = jwt.decode(
            token,
            self.retrieve_matching_jwk(token),
            algorithms=[self.OIDC_RP_SIGN_ALGO],
            audience=settings.OIDC_CLIENT_ID,
            issuer=settings.OIDC_ISSUER,
            leeway=LEEWAY,
            options={"require": ["iss", "aud", "exp", "iat", "sub"]},
        )
        if claims.get("azp", settings.OIDC_CLIENT_ID) != settings.OIDC_CLIENT_ID:
            raise Refused("the token was made for another client", es="La credencial se hizo para otro cliente.")
        if not kwargs.get("nonce") or claims.get("nonce") != kwargs["nonce"]:
            raise Refused(
                "the token answers another question (nonce)", es="La credencial responde a otra pregunta (nonce)."
            )
        return claims

    def retrieve_matching_jwk(self, token: str) -> jwt.PyJWK:
        """The provider's key that signed a token, which may leave out its name where there is one (section 10.1)."""
        answer = requests.get(self.OIDC_OP_JWKS_ENDPOINT, timeout=TIMEOUT)
        answer.raise_for_status()
        name = jwt.get_unverified_header(token).get("kid")
        keys = [key for key in jwt.PyJWKSet.from_dict(answer.json()).keys if key.public_key_use in (None, "sig")]
        fitting = [key for key in keys if name is None or key.key_id == name]
        if len(fitting) != 1:
            raise Refused(
                f"the provider has {len(fitting)} keys that may have signed the token",
                es=f"El proveedor tiene {len(fitting)} claves que pudieron firmar la credencial.",
            )
        return fitting[0]

    def get_or_create_user(self, access_token: str, id_token: str, payload: dict[str, Any]) -> User:
        said = self.get_userinfo(access_token, id_token, payload)
        if said.get("sub") != payload["sub"]:
            raise Refused(
                "the provider speaks of two different people (sub)",
                es="El proveedor habla de dos personas distintas (sub).",
            )
        return person({**payload, **said})

    def get_user(self, user_id: int) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).first()


def person(claims: dict[str, Any]) -> User:
    """Whom verified claims stand for. Raises Refused."""
    email = claims.get("email")
    if not isinstance(email, str) or "@" not in email or claims.get("email_verified") is not True:
        raise Refused(
            "the provider has verified no e-mail address of this person",
            es="El proveedor no ha verificado ningún correo de esta persona.",
        )
    table = role_table()
    role = _role(claims, table) if table else None
    if table and role is None:
        raise Refused(
            f"{email}: no value of the claim {settings.OIDC_ROLES_CLAIM!r} stands for a role",
            es=f"{email}: ningún valor de «{settings.OIDC_ROLES_CLAIM}» corresponde a un rol.",
        )
    found = list(User.objects.filter(email__iexact=email)[:2])
    if len(found) > 1:
        raise Refused(
            f"{email}: several people here have this address", es=f"{email}: aquí varias personas tienen este correo."
        )
    if not found and role is None:
        raise Refused(f"{email}: nobody here has this address", es=f"{email}: aquí nadie tiene este correo.")
    user = found[0] if found else _newcomer(email, claims)
    if not user.is_active:
        raise Refused(
            f"{email}: {user.username} is switched off", es=f"{email}: la cuenta {user.username} está desactivada."
        )
    if role is not None:
        people.set_role(user, role, actor=ACTOR, now=now())
    if roles.role_of(user) is None:
        raise Refused(f"{email}: {user.username} has no role", es=f"{email}: {user.username} no tiene rol.")
    return user


def _role(claims: dict[str, Any], table: dict[str, Role]) -> Role | None:
    """The highest role that the claim's values stand for."""
    value = claims.get(settings.OIDC_ROLES_CLAIM)
    values = value if isinstance(value, list) else [value]
    return max((table[each] for each in values if isinstance(each, str) and each in table), default=None)


def _newcomer(email: str, claims: dict[str, Any]) -> User:
    """An account without a password. Its name is the one that the provider prefers, if it is free here."""
    wanted = str(claims.get("preferred_username") or email).partition("@")[0].lower()
    base = re.sub(r"[^a-z0-9._-]", "-", wanted).strip("._-")[:50] or "somebody"
    taken = set(User.objects.filter(username__startswith=base).values_list("username", flat=True))
    name = next(each for each in [base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))] if each not in taken)
    return people.add_without_password(name, email=email, actor=ACTOR, now=now())


def begin(request: HttpRequest) -> HttpResponse:
    """Off to the provider. Raises ConfigError when it cannot be asked."""
    answer: HttpResponse = _Begin.as_view()(_secure(request))
    return answer


def finish(request: HttpRequest) -> HttpResponse:
    """Back from the provider: signs the person in. Raises Refused with the reason, ConfigError."""
    try:
        answer: HttpResponse = _Finish.as_view()(_secure(request))
    except (SuspiciousOperation, jwt.PyJWTError, requests.RequestException, KeyError, TypeError, ValueError) as error:
        raise Refused(f"{type(error).__name__}: {error}"[:300]) from error
    except ConfigError:
        raise
    except PipelineError as error:
        raise Refused(str(error), es=error.spanish) from error
    return answer


class _Begin(OIDCAuthenticationRequestView):  # type: ignore[misc]
    @staticmethod
    def get_settings(attr: str, *args: Any) -> Any:
        return _setting(attr, *args)


class _Finish(OIDCAuthenticationCallbackView):  # type: ignore[misc]
    @staticmethod
    def get_settings(attr: str, *args: Any) -> Any:
        return _setting(attr, *args)

    def login_failure(self) -> HttpResponse:
        if said := str(self.request.GET.get("error") or "")[:200]:
            raise Refused(said)
        raise Refused(
            "the provider's answer belongs to no question of ours",
            es="La respuesta del proveedor no corresponde a ninguna pregunta nuestra.",
        )


def _secure(request: HttpRequest) -> HttpRequest:
    """A proxy ends TLS, so our own scheme says nothing; the provider has to lead back to the real one."""
    if settings.SECURE:
        request.META["wsgi.url_scheme"] = "https"
    return request
