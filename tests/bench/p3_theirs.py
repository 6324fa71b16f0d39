"""What P3 measures against: FastAPI with a redis-py GET, and an ASGI app that answers the same bytes from memory."""

import redis
import redis.asyncio
from fastapi import FastAPI, Response
from starlette.types import Receive, Scope, Send

from tests.bench.p3_page import KEY, STORE

app = FastAPI()
_client = redis.asyncio.Redis.from_url(STORE)
_body: list[bytes] = []


@app.get("/v1/me/home")
async def home() -> Response:
    return Response(await _client.get(KEY), media_type="application/json")


async def bare(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        return
    if not _body:
        with redis.Redis.from_url(STORE) as store:
            _body.append(store.get(KEY) or b"")  # type: ignore[arg-type]
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(_body[0])).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": _body[0]})
