"""Signing in with an identity provider: a real one on the loopback, and everybody whom it must not let in."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.auth.models import User
from django.test import Client
from oidc_provider_mock import run_server_in_thread
from pytest_django import Settings

from desk import oidc, roles, throttle
from desk.roles import Role
from pipeline.errors import ConfigError
from pipeline.ledger.models import Event
from tests.desk.conftest import make_person
from tests.servers import site
from workers import doctor

BEGIN, BACK, FRONT = "/desk/sign-in/provider", "/desk/sign-in/provider/back", "/desk/"
CLIENT = "tornavoz-desk"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """An OpenID Connect provider on a port of its own."""
    with run_server_in_thread(require_nonce=True) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def configured(settings: Settings, issuer: str, db: None) -> Settings:
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = issuer, CLIENT, "s3cret"
    settings.OIDC = True
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend", "desk.oidc.Backend"]
    return settings


@pytest.fixture
def vouch(configured: Settings, issuer: str) -> Callable[..., Client]:
    """The provider says this of somebody; their browser, after it has come back here. `last` is the answer."""

    def sign_in(**claims: Any) -> Client:
        httpx.put(f"{issuer}/users/somebody", json=claims).raise_for_status()
        client = Client(headers={"Accept-Language": "en"})
        away = client.get(BEGIN, {"next": "/desk/search"})
        assert away.status_code == 302
        there = httpx.post(away["Location"], data={"sub": "somebody"})
        client.last = client.get(there.headers["Location"].removeprefix("http://testserver"))  # type: ignore[attr-defined]
        return client

    return sign_in


def ana(role: Role | None = Role.EDITOR) -> User:
    user = make_person(role, "ana")
    user.email = "Ana@eco.example"
    user.save()
    return user


def is_in(client: Client) -> bool:
    return client.get(FRONT).status_code == 200


def why() -> str:
    return Event.objects.filter(action="desk.sign-in-failed").latest("pk").reason


def test_it_is_off_unless_it_is_configured(db: None) -> None:
    client = Client(headers={"Accept-Language": "en"})
    assert "house account" not in client.get("/desk/sign-in").content.decode()
    assert client.get(BEGIN).status_code == 404
    assert client.get(BACK).status_code == 404


def test_who_is_known_by_a_verified_address_comes_in_and_it_is_on_record(vouch: Callable[..., Client]) -> None:
    user = ana()
    client = vouch(email="ana@eco.example", email_verified=True)
    assert client.last["Location"] == "/desk/search"  # type: ignore[attr-defined]
    assert client.get(FRONT).context["user"] == user
    event = Event.objects.get(action="desk.signed-in")
    assert (event.subject, event.actor, event.reason) == ("user:ana", "desk:ana", "oidc")
    assert "house account" in Client(headers={"Accept-Language": "en"}).get("/desk/sign-in").content.decode()


@pytest.mark.parametrize(
    ("claims", "reason", "spanish"),
    [
        (
            {"email": "ana@eco.example", "email_verified": False},
            "verified no e-mail address",
            "no ha verificado ningún correo",
        ),
        ({"email": "ana@eco.example"}, "verified no e-mail address", "no ha verificado ningún correo"),
        (
            {"email": "ana@eco.example", "email_verified": "true"},
            "verified no e-mail address",
            "no ha verificado ningún correo",
        ),
        (
            {"email": "eve@eco.example", "email_verified": True},
            "nobody here has this address",
            "aquí nadie tiene este correo",
        ),
        ({"email": "", "email_verified": True}, "verified no e-mail address", "no ha verificado ningún correo"),
    ],
)
def test_nobody_else_comes_in(vouch: Callable[..., Client], claims: dict[str, Any], reason: str, spanish: str) -> None:
    ana()
    client = vouch(**claims)
    assert not is_in(client)
    assert reason in why()
    assert spanish in Event.objects.filter(action="desk.sign-in-failed").latest("pk").details["reason_es"]
    assert User.objects.count() == 1, "nobody is made"
    said = client.get("/desk/sign-in").content.decode()
    assert "lets nobody in here" in said
    assert "eve@eco" not in said


def test_accounts_that_are_off_without_a_role_or_not_alone_stay_out(vouch: Callable[..., Client]) -> None:
    user = ana(None)
    assert not is_in(vouch(email="ana@eco.example", email_verified=True))
    assert "has no role" in why()
    roles.give(user, Role.EDITOR)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert not is_in(vouch(email="ana@eco.example", email_verified=True))
    assert "switched off" in why()
    User.objects.filter(pk=user.pk).update(is_active=True)
    User.objects.create(username="ana2", email="ANA@eco.example")
    assert not is_in(vouch(email="ana@eco.example", email_verified=True))
    assert "several people" in why()


def test_whoever_is_switched_off_meanwhile_is_out_with_the_next_page(vouch: Callable[..., Client]) -> None:
    user = ana()
    client = vouch(email="ana@eco.example", email_verified=True)
    assert is_in(client)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert not is_in(client)


def test_a_claim_stands_for_a_role_when_the_newsroom_says_so(
    vouch: Callable[..., Client], configured: Settings
) -> None:
    configured.OIDC_ROLES = "desk=editor, heads=chief"
    user = ana(Role.VIEWER)
    assert is_in(vouch(email="ana@eco.example", email_verified=True, groups=["desk", "heads", "other"]))
    assert roles.role_of(User.objects.get(pk=user.pk)) is Role.CHIEF
    changed = Event.objects.get(action="user.role-changed")
    assert (changed.actor, changed.details) == ("oidc", {"before": "viewer", "after": "chief"})
    assert not is_in(vouch(email="ana@eco.example", email_verified=True, groups=["other"]))
    assert "stands for a role" in why()
    assert is_in(vouch(email="leo@eco.example", email_verified=True, preferred_username="Ana", groups="desk"))
    leo = User.objects.get(email="leo@eco.example")
    assert (leo.username, roles.role_of(leo), leo.has_usable_password()) == ("ana-2", Role.EDITOR, False)


def test_the_last_admin_is_not_demoted_by_a_claim(vouch: Callable[..., Client], configured: Settings) -> None:
    configured.OIDC_ROLES = "desk=editor"
    user = ana(Role.ADMIN)
    assert not is_in(vouch(email="ana@eco.example", email_verified=True, groups=["desk"]))
    assert "only admin" in why()
    assert roles.role_of(User.objects.get(pk=user.pk)) is Role.ADMIN


def test_an_answer_to_no_question_of_ours_lets_nobody_in(configured: Settings) -> None:
    ana()
    client = Client()
    for query in ({}, {"error": "access_denied", "state": "x"}, {"code": "x", "state": "x"}):
        assert client.get(BACK, query).status_code == 302
        assert not is_in(client)
    client.get(BEGIN)
    assert client.get(BACK, {"code": "x", "state": "forged"}).status_code == 302
    assert not is_in(client)
    assert Event.objects.filter(action="desk.sign-in-failed").count() == 4


def test_a_stranger_who_fails_again_and_again_waits_alone(configured: Settings) -> None:
    def came_back(address: str) -> int:
        return Client().get(BACK, {"code": "x", "state": "x"}, REMOTE_ADDR=address).status_code

    failures = Event.objects.filter(action="desk.sign-in-failed")
    for number in range(throttle.NAME + 2):
        assert came_back(f"192.0.2.{number % 6}") == 302
    assert [came_back("192.0.2.9") for _ in range(throttle.PAIR + 3)] == [302] * throttle.PAIR + [429] * 3
    assert failures.count() == throttle.NAME + 2 + throttle.PAIR, "while one waits, nothing is written"
    assert Client().get(BEGIN, REMOTE_ADDR="192.0.2.9").status_code == 429
    assert Client().get(BEGIN, REMOTE_ADDR="192.0.2.10")["Location"].startswith(configured.OIDC_ISSUER)


@pytest.fixture
def token(configured: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Makes ID tokens as the provider would, with one thing changed."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = jwt.PyJWK(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"alg": "RS256"})
    monkeypatch.setattr(oidc.Backend, "retrieve_matching_jwk", lambda *_: public)

    def made(signer: Any = None, **changed: Any) -> str:
        now = int(time.time())
        claims = {"iss": configured.OIDC_ISSUER, "aud": CLIENT, "sub": "1", "iat": now, "exp": now + 60, "nonce": "n"}
        claims |= changed
        told = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(told, signer or key, algorithm="RS256")

    return made


def verified(text: str) -> dict[str, Any]:
    backend = oidc.Backend()
    backend.OIDC_RP_SIGN_ALGO = "RS256"
    return backend.verify_token(text, nonce="n")


def test_a_token_has_to_be_the_providers_for_us_fresh_and_an_answer(token: Callable[..., str]) -> None:
    assert verified(token())["sub"] == "1"
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    past = int(time.time()) - 3600
    wrong: list[tuple[type[Exception], dict[str, Any]]] = [
        (jwt.InvalidSignatureError, {"signer": stranger}),
        (jwt.InvalidIssuerError, {"iss": "https://evil.example"}),
        (jwt.InvalidAudienceError, {"aud": "another client"}),
        (jwt.ExpiredSignatureError, {"exp": past}),
        (jwt.MissingRequiredClaimError, {"exp": None}),
        (jwt.MissingRequiredClaimError, {"sub": None}),
        (oidc.Refused, {"aud": [CLIENT, "another client"], "azp": "another client"}),
        (oidc.Refused, {"nonce": "another"}),
        (oidc.Refused, {"nonce": None}),
    ]
    for error, changed in wrong:
        with pytest.raises(error):
            verified(token(**changed))
    with pytest.raises(jwt.InvalidTokenError):
        verified(jwt.encode({"sub": "1"}, None, algorithm="none"))


def test_the_key_is_found_by_its_name_and_never_guessed() -> None:
    keys = [rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2)]
    shown = [
        jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": f"k{at}"}
        for at, key in enumerate(keys)
    ]
    backend = oidc.Backend()
    with site() as provider:
        backend.OIDC_OP_JWKS_ENDPOINT = provider.put("/jwks", json.dumps({"keys": shown}), kind="application/json")
        named = jwt.encode({}, keys[1], algorithm="RS256", headers={"kid": "k1"})
        assert backend.retrieve_matching_jwk(named).key_id == "k1"
        for unclear in ({}, {"kid": "k7"}):
            with pytest.raises(oidc.Refused, match="keys that may have signed"):
                backend.retrieve_matching_jwk(jwt.encode({}, keys[1], algorithm="RS256", headers=unclear))


def test_the_doctor_asks_the_provider(configured: Settings, issuer: str) -> None:
    assert doctor._sign_in().says == f"by password, and with {issuer}"
    configured.OIDC_INSTALLED = False
    assert "tornavoz[oidc]" in doctor._sign_in().repair
    configured.OIDC_INSTALLED, configured.OIDC_CLIENT_SECRET = True, ""
    assert "OIDC_CLIENT_SECRET" in doctor._sign_in().says
    configured.OIDC_CLIENT_SECRET, configured.OIDC_ISSUER = "x", "http://localhost:9"
    assert "cannot be asked" in doctor._sign_in().says
    configured.OIDC_ISSUER = ""
    assert (doctor._sign_in().ok, doctor._sign_in().says) == (True, "by password")


def test_a_provider_that_is_not_what_was_configured_is_refused(configured: Settings, issuer: str) -> None:
    for wrong, said in (
        ("http://provider.example", "must begin with https"),
        (f"{issuer}/", "calls itself"),
        ("http://localhost:9", "cannot be asked"),
    ):
        configured.OIDC_ISSUER = wrong
        with pytest.raises(ConfigError, match=said):
            oidc.description()
        answer = Client().get(BEGIN, follow=True)
        assert answer.redirect_chain[-1][0] == "/desk/sign-in"
    configured.OIDC_ROLES = "desk=boss"
    with pytest.raises(ConfigError, match="'desk=boss' is not value=role"):
        oidc.role_table()


def test_behind_a_proxy_the_provider_leads_back_over_tls(configured: Settings) -> None:
    configured.SECURE = True
    away = httpx.URL(Client().get(BEGIN, headers={"Host": "desk.example"})["Location"])
    assert away.params["redirect_uri"] == f"https://desk.example{BACK}"
    assert away.params["code_challenge_method"] == "S256"
    assert away.params["nonce"]
