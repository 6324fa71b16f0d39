"""Keys fetched from the one address that is set: kept, fetched anew for a new key, and never from elsewhere."""

import asyncio
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from joserfc.jwk import ECKey
from starlette.testclient import TestClient

from api import signers
from api.app import create_app
from api.problems import Refusal
from api.signers import SignersAddress, kids
from profiles.errors import SettingsError
from tests.api.by_hand import Stage
from tests.api.test_auth import signed


@dataclass
class SignIn:
    """A sign-in's key address, which counts who asked."""

    keys: list[ECKey] = field(default_factory=list)
    status: int = 200
    asked: int = 0
    url: str = ""


@pytest.fixture
def sign_in() -> Iterator[SignIn]:
    held = SignIn()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            held.asked += 1
            self.send_response(held.status)
            self.send_header("Location", held.url + "?again")
            self.end_headers()
            self.wfile.write(json.dumps({"keys": [key.as_dict(private=False) for key in held.keys]}).encode())

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    held.url = f"http://127.0.0.1:{server.server_address[1]}/jwks"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield held
    server.shutdown()
    server.server_close()


def new_key() -> ECKey:
    return ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)


def test_tokens_are_checked_with_keys_from_the_address(sign_in: SignIn, stage: Stage) -> None:
    sign_in.keys = [stage.signing]
    settings = stage.settings.model_copy(update={"token_jwks": None, "token_jwks_url": sign_in.url})
    with TestClient(create_app(settings)) as client:
        for _ in range(3):
            assert client.get("/v1/me/home", headers=stage.bearer()).status_code == 200
        assert sign_in.asked == 1
        new = new_key()
        forged = {"Authorization": f"Bearer {signed(stage, new, new.kid)}"}
        for _ in range(5):
            assert client.get("/v1/me/home", headers=forged).status_code == 401
    assert sign_in.asked == 1, "tokens with unknown keys must not make us ask on and on"


def test_a_new_key_is_fetched_once_the_pause_is_over(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = new_key(), new_key()
    sign_in.keys = [old]

    async def ask() -> None:
        address = SignersAddress(sign_in.url)
        assert kids(await address.holding(str(old.kid))) == {old.kid}
        sign_in.keys = [old, new]
        assert kids(await address.holding(str(new.kid))) == {old.kid}
        monkeypatch.setattr(signers, "PAUSE_SECONDS", 0.0)
        assert kids(await address.holding(str(new.kid))) == {old.kid, new.kid}
        await address.holding(str(new.kid))
        assert sign_in.asked == 2
        sign_in.status = 500
        assert kids(await address.holding("another")) == {old.kid, new.kid}, "old keys hold while the address is away"

    asyncio.run(ask())


def test_without_keys_the_answer_is_503_and_not_a_refusal_of_the_token(sign_in: SignIn, stage: Stage) -> None:
    sign_in.status = 302  # redirects are not followed
    settings = stage.settings.model_copy(update={"token_jwks": None, "token_jwks_url": sign_in.url})
    with TestClient(create_app(settings)) as client:
        answer = client.get("/v1/me/home", headers=stage.bearer())
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:yidang:problem:signers-unavailable")
    assert answer.headers["retry-after"] == "2"
    assert sign_in.asked == 1


def test_a_shared_secret_among_the_keys_is_refused(sign_in: SignIn) -> None:
    with pytest.raises(ValueError, match="private or shared key"):
        signers.parsed(json.dumps({"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}).encode())
    with pytest.raises(Refusal):
        asyncio.run(SignersAddress(sign_in.url).holding("any"))


@pytest.mark.parametrize("url", ["http://169.254.169.254/latest", "file:///etc/passwd", "ftp://example.org/keys"])
def test_an_address_that_is_not_https_stops_the_start(stage: Stage, url: str) -> None:
    settings = stage.settings.model_copy(update={"token_jwks": None, "token_jwks_url": url})
    with pytest.raises(SettingsError, match="YIDANG_TOKEN_JWKS_URL must be an https address"):
        create_app(settings)
