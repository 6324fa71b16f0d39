"""Every refusal of the API as one shape (RFC 9457), in the reader's language; none quotes a token, a row or a name.

``type`` is stable and meant for programs, ``title`` and ``detail`` for people, ``request_id`` for whoever searches the
logs. An unexpected failure says no more than its request id.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi_problem.error import Problem
from fastapi_problem.handler import ExceptionHandler, add_exception_handler, new_exception_handler
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from api.locale import Locale, negotiate
from profiles.errors import KeyReused, StoreUnavailable

logger = logging.getLogger("yidang.api")

RETRY_AFTER_SECONDS = 2


@dataclass(frozen=True)
class Kind:
    """One kind of refusal: its stable name (or the address of a registered one), its status, and its words."""

    name: str
    status: int
    title: Mapping[Locale, str]
    detail: Mapping[Locale, str]


def _kind(name: str, status: int, title_zh: str, title_en: str, zh: str, en: str) -> Kind:
    return Kind(name, status, {"zh": title_zh, "en": title_en}, {"zh": zh, "en": en})


NO_TOKEN = _kind(
    "no-token", 401, "请先登录", "Sign in first",
    "请求没有带访问令牌：请在 Authorization 请求头中以 Bearer 方式提供。",
    "The request carries no access token: send one in the Authorization header as Bearer.",
)  # fmt: skip
TOKEN_REFUSED = _kind(
    "token-refused", 401, "登录已失效", "This sign-in is not valid",
    "访问令牌未通过验证（签名、颁发者、受众或有效期），请重新登录。",
    "The access token was not accepted (signature, issuer, audience or time): sign in again.",
)  # fmt: skip
NO_MANDATE = _kind(
    "no-mandate", 403, "没有代办授权", "No mandate for this enterprise",
    "您目前没有代表该企业办事的授权。可用的授权见您个人主页的 mandates。",
    "You hold no mandate to act for this enterprise. Those you hold are listed as mandates on your own home.",
)  # fmt: skip
MISSING_SCOPE = _kind(
    "missing-scope", 403, "授权范围不足", "This token is not good for that",
    "访问令牌不含此操作所需的授权范围，见 WWW-Authenticate 响应头。",
    "The access token lacks the scope that this takes; the WWW-Authenticate header names it.",
)  # fmt: skip
TOO_MANY = _kind(
    "https://iana.org/assignments/http-problem-types#quota-exceeded", 429, "请求过于频繁", "Too many requests",
    "请在 Retry-After 响应头所示的秒数之后再试。", "Try again after the seconds that the Retry-After header says.",
)  # fmt: skip
TOO_MANY_OPEN = _kind(
    "too-many-open", 429, "打开的连接过多", "Too many connections are open",
    "请关闭其他页面，或稍后再试。", "Close other pages, or try again later.",
)  # fmt: skip
KEYS_AWAY = _kind(
    "signers-unavailable", 503, "暂时无法核验登录", "Sign-ins cannot be checked for a moment",
    "暂时无法取得统一认证的公钥，请稍候再试。",
    "The sign-in's public keys cannot be had. Please try again in a moment.",
)  # fmt: skip
BAD_HANDLE = _kind(
    "bad-acting-for", 400, "Acting-For 请求头有误", "The Acting-For header is malformed",
    "请使用个人主页 mandates 中的 handle（32 位十六进制）。",
    "Use a handle from mandates on your own home (32 hexadecimal digits).",
)  # fmt: skip
UNKNOWN_SERVICE = _kind(
    "unknown-service", 404, "没有这个事项", "There is no such service",
    "事项目录中没有这个编号。", "No service of the catalogue has this id.",
)  # fmt: skip
OTHER_AUDIENCE = _kind(
    "other-audience", 404, "该事项不面向此类主体", "This service is for another kind of subject",
    "个人事项请以本人身份、企业事项请以企业身份（Acting-For）办理。",
    "Ask for a person's service as yourself, and for an enterprise's with Acting-For.",
)  # fmt: skip
UNCONFIRMED = _kind(
    "unconfirmed", 428, "请确认删除", "Confirm the erasure",
    "删除全部档案不可撤销：请在请求头中加入 Confirm: erase。",
    "Erasing the whole file cannot be undone: send the header Confirm: erase.",
)  # fmt: skip
PERSONS_ALONE = _kind(
    "persons-alone", 403, "仅限本人档案", "For a person's own file alone",
    "企业档案依法登记公示，不能在此删除。",
    "An enterprise's file is registered by law and cannot be erased here.",
)  # fmt: skip
UNKNOWN_TAG = _kind(
    "unknown-tag", 404, "没有这个标签", "There is no such tag",
    "标签目录中没有适用于此类档案的这个标签。", "No tag of this id is for this kind of file.",
)  # fmt: skip
UNKNOWN_VACANCY = _kind(
    "unknown-vacancy", 404, "没有这个岗位", "There is no such vacancy",
    "您的页面上没有推荐过这个岗位。", "No vacancy of this number was offered on your page.",
)  # fmt: skip
UNKNOWN_ITEM = _kind(
    "unknown-item", 404, "没有这项信息", "There is no such item",
    "档案中没有可以更正的这项信息。", "Nothing of this name in a file can be corrected.",
)  # fmt: skip
BAD_REQUEST = _kind(
    "bad-request", 422, "请求内容有误", "The request is not as expected",
    "请按接口说明检查下列字段。", "Check the fields named below against the API description.",
)  # fmt: skip
TOO_LARGE = _kind(
    "too-large", 413, "请求内容过大", "The request is too large",
    "请求正文不得超过 8 KB。", "A request body may hold 8 KB.",
)  # fmt: skip
TOO_SLOW = _kind(
    "too-slow", 408, "请求发送过慢", "The request came too slowly",
    "请在 10 秒内发完请求正文。", "Send the whole body within 10 seconds.",
)  # fmt: skip
KEY_REUSED = _kind(
    "key-reused", 422, "重复使用了请求键", "The Idempotency-Key was used before",
    "此 Idempotency-Key 一天内已用于另一请求，请换用新的。",
    "This Idempotency-Key was used for another request within a day: take a new one.",
)  # fmt: skip
TOO_MANY_DRAFTS = _kind(
    "too-many-drafts", 409, "保存的表单过多", "Too many forms are kept",
    "最多保存20份未填完的表单，请先删除一份。", "Twenty half-filled forms may be kept: drop one first.",
)  # fmt: skip
CURSOR_OVER = _kind(
    "cursor-over", 410, "列表已更新", "The list has changed since",
    "请从第一页重新读取。", "Read the list from its beginning again.",
)  # fmt: skip
UNKNOWN_REMINDER = _kind(
    "unknown-reminder", 404, "没有这条提醒", "There is no such reminder",
    "目前没有这条到期提醒。", "Nothing of this name falls due at present.",
)  # fmt: skip
UNKNOWN_TRACE = _kind(
    "unknown-trace", 404, "没有这份推荐清单", "There is no such list",
    "近几日没有向您展示过这份清单。", "No list of the last days with this trace was yours.",
)  # fmt: skip
STORE_AWAY = _kind(
    "store-unavailable", 503, "服务暂时不可用", "The service is away for a moment",
    "没有改动任何内容，请稍候再试。", "Nothing was changed. Please try again in a moment.",
)  # fmt: skip
FAILED = _kind(
    "failed", 500, "出现意外错误", "Something went wrong on our side",
    "请稍后再试；如需帮助，请提供请求编号。", "Please try again later; quote the request id if you ask for help.",
)  # fmt: skip
_BY_STATUS: Mapping[int, tuple[str, str]] = {
    404: ("没有这个地址", "There is nothing at this address"),
    405: ("不支持这种请求方法", "This address does not take that method"),
}


class Refusal(Exception):
    """Raised by any endpoint; the one handler turns it into a problem."""

    def __init__(
        self, kind: Kind, headers: Mapping[str, str] | None = None, more: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(kind.name)
        self.kind = kind
        self.headers = dict(headers or {})
        self.more = dict(more or {})


def problem(kind: Kind, locale: Locale, request_id: str, headers: Mapping[str, str] | None = None) -> Problem:
    """The problem of that kind in words of that language."""
    own = dict(headers or {})
    if kind.status == 401:
        own["WWW-Authenticate"] = "Bearer" if kind is NO_TOKEN else 'Bearer error="invalid_token"'
    if kind.status == 503:
        own["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return Problem(
        title=kind.title[locale],
        type_=kind.name if kind.name.startswith("https:") else f"urn:yidang:problem:{kind.name}",
        detail=kind.detail[locale],
        status=kind.status,
        headers={**own, "Content-Language": locale, "Cache-Control": "no-store"},
        request_id=request_id,
    )


def response(kind: Kind, request: Request) -> JSONResponse:
    """The problem as a response, where there is no endpoint to raise it from."""
    told = problem(kind, negotiate(request.headers.get("accept-language", "")), _id(request))
    headers = {**(told.headers or {}), "content-type": "application/problem+json"}
    return JSONResponse(told.marshal(), told.status, headers)


def install(app: FastAPI) -> None:
    """Let every exception of the app end as a problem."""
    handler = new_exception_handler(
        handlers={Refusal: _refused, StoreUnavailable: _store_away, KeyReused: _key_reused},
        http_exception_handler=_http,
        request_validation_handler=_invalid,
    )
    add_exception_handler(app, handler, generic_swagger_defaults=False)
    app.add_exception_handler(Refusal, handler)
    app.add_exception_handler(KeyReused, handler)
    app.add_exception_handler(StoreUnavailable, handler)


def _id(request: Request) -> str:
    return str(request.scope.get("request_id", ""))


def _locale(request: Request) -> Locale:
    return negotiate(request.headers.get("accept-language", ""))


def _refused(_: ExceptionHandler, request: Request, error: Refusal) -> Problem:
    told = problem(error.kind, _locale(request), _id(request), error.headers)
    told.extras.update(error.more)
    return told


def _store_away(_: ExceptionHandler, request: Request, error: Exception) -> Problem:
    logger.error("request %s: %s", _id(request), error)
    return problem(STORE_AWAY, _locale(request), _id(request))


def _key_reused(_: ExceptionHandler, request: Request, __: Exception) -> Problem:
    return problem(KEY_REUSED, _locale(request), _id(request))


def log_failure(request: Request, error: Exception) -> None:
    """Say where an unexpected failure happened; its message stays out of the log, for it may quote a subject."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else "an unknown place"
    logger.error("request %s failed with %s at %s", _id(request), type(error).__name__, place)


def _http(_: ExceptionHandler, request: Request, error: HTTPException) -> Problem:
    zh, en = _BY_STATUS.get(error.status_code, ("请求未能完成", "The request could not be met"))
    kind = _kind(f"http-{error.status_code}", error.status_code, zh, en, zh, en)
    return problem(kind, _locale(request), _id(request), error.headers)


def _invalid(_: ExceptionHandler, request: Request, error: RequestValidationError) -> Problem:
    """Names the fields and what is wrong with them, never the values that came."""
    told = problem(BAD_REQUEST, _locale(request), _id(request))
    told.extras["errors"] = [
        {
            "field": ".".join(str(part) for part in fault["loc"] if part != "body"),
            "message": fault["msg"].removeprefix("Value error, "),
        }
        for fault in error.errors()
    ]
    return told
