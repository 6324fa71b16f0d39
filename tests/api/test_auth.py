"""Only a token that our issuer signed, for us, valid now, opens anything; every refusal has one shape."""

import asyncio
import base64
import hmac
import json
import time
from collections.abc import Callable
from typing import Literal

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey
from starlette.testclient import TestClient

from api.app import create_app
from api.problems import Refusal
from api.settings import ApiSettings
from api.tokens import Verifier
from profiles.errors import KeyMaterialError, SettingsError
from tests.api.by_hand import MOTHER, Stage


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def claims(stage: Stage) -> dict[str, object]:
    now = int(stage.settings.now().timestamp())
    client = {"client_id": "portal", "scope": "home:read", "resident_id": MOTHER}
    return {"iss": "yidang-demo", "aud": "yidang", "iat": now, "exp": now + 600, **client}


def signed(stage: Stage, by: ECKey, kid: str | None, typ: str = "at+jwt") -> str:
    return jwt.encode({"typ": typ, "alg": "ES256", "kid": kid}, claims(stage), by, algorithms=["ES256"])


def unsigned(stage: Stage) -> str:
    return f"{part({'alg': 'none', 'typ': 'at+jwt', 'kid': stage.signing.kid})}.{part(claims(stage))}."


def signed_with_the_public_key_as_a_secret(stage: Stage) -> str:
    """The classic confusion: the verifier's public key used as an HMAC secret."""
    told = f"{part({'alg': 'HS256', 'typ': 'at+jwt', 'kid': stage.signing.kid})}.{part(claims(stage))}"
    digest = hmac.digest(stage.signing.as_pem(private=False), told.encode(), "sha256")
    return f"{told}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def signed_by_a_stranger(stage: Stage) -> str:
    return signed(stage, ECKey.generate_key("P-256"), stage.signing.kid)


def an_id_token(stage: Stage) -> str:
    """Rightly signed, and of another type: RFC 9068 keeps the two apart."""
    return signed(stage, stage.signing, stage.signing.kid, typ="JWT")


def signed_by_rsa(stage: Stage) -> str:
    header = {"typ": "at+jwt", "alg": "RS256", "kid": stage.signing.kid}
    return jwt.encode(header, claims(stage), RSAKey.generate_key(2048), algorithms=["RS256"])


def with_another_payload(stage: Stage) -> str:
    head, _, signature = stage.token().split(".")
    return f"{head}.{part({**claims(stage), 'resident_id': '310199195105060013'})}.{signature}"


def soon(stage: Stage, seconds: int) -> int:
    return int(stage.settings.now().timestamp()) + seconds


BAD_TOKENS: dict[str, Callable[[Stage], str]] = {
    "not a token": lambda _: "abc",
    "two dots and nothing": lambda _: "..",
    "longer than any of ours": lambda _: "a" * 5000,
    "unsigned, alg none": unsigned,
    "public key as HMAC secret": signed_with_the_public_key_as_a_secret,
    "signed by a stranger with our kid": signed_by_a_stranger,
    "signed by RSA": signed_by_rsa,
    "an id token": an_id_token,
    "with a key that nobody has": lambda stage: signed(stage, stage.signing, "unknown"),
    "payload swapped": with_another_payload,
    "expired": lambda stage: stage.token(exp=soon(stage, -120)),
    "without expiry": lambda stage: stage.token(exp=None),
    "not valid yet": lambda stage: stage.token(nbf=soon(stage, 600)),
    "of another issuer": lambda stage: stage.token(iss="somebody-else"),
    "without issuer": lambda stage: stage.token(iss=None),
    "for another audience": lambda stage: stage.token(aud="another-service"),
    "without audience": lambda stage: stage.token(aud=None),
    "without a resident": lambda stage: stage.token(resident_id=None),
    "with an empty resident": lambda stage: stage.token(resident_id=""),
    "with a number for a resident": lambda stage: stage.token(resident_id=310199199203140028),
    "without a client": lambda stage: stage.token(client_id=None),
    "without a time of issue": lambda stage: stage.token(iat=None),
    "issued in the future": lambda stage: stage.token(iat=soon(stage, 600)),
    "with a scope that is no text": lambda stage: stage.token(scope=["home:read"]),
    "acted for by nobody": lambda stage: stage.token(act={}),
}


@pytest.mark.parametrize("name", BAD_TOKENS)
def test_a_bad_token_is_refused_with_one_shape(client: TestClient, stage: Stage, name: str) -> None:
    answer = client.get("/v1/me/home", headers={"Authorization": f"Bearer {BAD_TOKENS[name](stage)}"})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert answer.json() == {
        "type": "urn:yidang:problem:token-refused",
        "title": "登录已失效",
        "status": 401,
        "detail": "访问令牌未通过验证（签名、颁发者、受众或有效期），请重新登录。",
        "request_id": answer.headers["x-request-id"],
    }


@pytest.mark.parametrize(
    "header", [{}, {"Authorization": ""}, {"Authorization": "Bearer "}, {"Authorization": "Basic eDp5"}]
)
def test_without_a_bearer_token_one_is_asked_for(client: TestClient, header: dict[str, str]) -> None:
    answer = client.get("/v1/me/home", headers={**header, "Accept-Language": "en"})
    assert (answer.status_code, answer.json()["title"]) == (401, "Sign in first")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("algorithm", "key"), [("PS256", RSAKey.generate_key(2048)), ("Ed25519", OKPKey.generate_key("Ed25519"))]
)
def test_another_algorithm_is_believed_where_it_is_set_and_only_there(
    client: TestClient, stage: Stage, algorithm: Literal["PS256", "Ed25519"], key: RSAKey | OKPKey
) -> None:
    assert stage.settings.token_jwks is not None
    key.ensure_kid()
    both = [stage.signing.as_dict(private=False), key.as_dict(private=False)]
    stage.settings.token_jwks.write_text(json.dumps({"keys": both}))
    head = {"typ": "at+jwt", "alg": algorithm, "kid": key.kid}
    header = {"Authorization": f"Bearer {jwt.encode(head, claims(stage), key, algorithms=[algorithm])}"}
    assert client.get("/v1/me/home", headers=header).status_code == 401
    more = stage.settings.model_copy(update={"token_algorithms": ("ES256", algorithm)})
    with TestClient(create_app(more)) as other:
        assert other.get("/v1/me/home", headers=header).status_code == 200
        assert other.get("/v1/me/home", headers=stage.bearer()).status_code == 200
        confused = signed_with_the_public_key_as_a_secret(stage)
        assert other.get("/v1/me/home", headers={"Authorization": f"Bearer {confused}"}).status_code == 401


def test_a_new_signing_key_is_taken_without_a_restart(client: TestClient, stage: Stage) -> None:
    new = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
    header = {"Authorization": f"Bearer {signed(stage, new, new.kid)}"}
    assert client.get("/v1/me/home", headers=header).status_code == 401
    assert stage.settings.token_jwks is not None
    both = [stage.signing.as_dict(private=False), new.as_dict(private=False)]
    stage.settings.token_jwks.write_text(json.dumps({"keys": both}))
    assert client.get("/v1/me/home", headers=header).status_code == 200
    assert client.get("/v1/me/home", headers=stage.bearer()).status_code == 200


def test_a_token_that_was_good_is_refused_once_it_expires_or_its_key_is_gone(
    client: TestClient, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = stage.bearer()
    assert [client.get("/v1/me/home", headers=header).status_code for _ in range(2)] == [200, 200]
    late = time.time() + 700
    with monkeypatch.context() as later:
        later.setattr("time.time", lambda: late)
        assert client.get("/v1/me/home", headers=header).status_code == 401
    assert client.get("/v1/me/home", headers=header).status_code == 200
    assert stage.settings.token_jwks is not None
    new = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
    stage.settings.token_jwks.write_text(json.dumps({"keys": [new.as_dict(private=False)]}))
    assert client.get("/v1/me/home", headers=header).status_code == 401


def test_a_key_file_with_a_private_key_in_it_stops_the_start(stage: Stage) -> None:
    assert stage.settings.token_jwks is not None
    stage.settings.token_jwks.write_text(json.dumps({"keys": [stage.signing.as_dict(private=True)]}))
    with pytest.raises(SettingsError, match="not a JWKS file of public keys"):
        create_app(stage.settings)


def test_a_refusal_never_carries_the_token_or_the_number(stage: Stage) -> None:
    verifier = Verifier(stage.settings, stage.keys)
    token = stage.token(exp=1)
    with pytest.raises(Refusal) as raised:
        asyncio.run(verifier.caller(token))
    chain = f"{raised.value!r} {raised.value.__cause__!r}"
    assert token not in chain
    assert MOTHER not in chain


def test_missing_settings_are_one_sentence_that_says_what_to_set(stage: Stage) -> None:
    with pytest.raises(SettingsError, match="YIDANG_TOKEN_JWKS and YIDANG_TOKEN_JWKS_URL must be set"):
        ApiSettings.load()
    with pytest.raises(SettingsError, match="stand together"):
        ApiSettings.load(token_jwks=stage.settings.token_jwks, demo_personas=stage.settings.demo_personas)
    with pytest.raises(SettingsError, match="YIDANG_STORE_TIMEOUT is not usable"):
        ApiSettings.load(store_timeout="soon")
    with pytest.raises(SettingsError, match="YIDANG_RATE_RESIDENT is not usable"):
        ApiSettings.load(rate_resident="now and then")
    with pytest.raises(SettingsError, match="YIDANG_TOKEN_ALGORITHMS is not usable"):
        ApiSettings.load(token_algorithms="HS256")
    assert ApiSettings.load(token_jwks=stage.settings.token_jwks, token_algorithms="ES256, PS256").token_algorithms == (
        "ES256",
        "PS256",
    )
    with pytest.raises(KeyMaterialError, match="YIDANG_PSEUDONYM_KEY"):
        create_app(ApiSettings.load(token_jwks=stage.settings.token_jwks))
