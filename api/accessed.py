"""Reads of a file in words for its owner; it neither notes nor stores one."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

from api.locale import Locale
from api.schemas import Read
from recommender.access import Access, known_as
from recommender.acting import Subject

Who = Literal["you", "proxy", "mandate", "batch"]
SHANGHAI = ZoneInfo("Asia/Shanghai")

# Route -> what is read there. Every route that reads a file stands here.
WHAT: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "/": ("个人主页", "the page"),
        "/file": ("完整档案", "the whole file"),
        "/tags": ("标签", "the tags"),
        "/reminding": ("提醒方式", "how reminders come"),
        "/cases": ("办不成事的答复", "cases of help"),
        "/export": ("导出的全部信息", "everything, as an export"),
        "/erasure": ("个人主页", "the page"),
        "/v1/me/home": ("个人主页", "the page"),
        "/v1/me/outlook": ("未来两年的变化", "what will change within two years"),
        "/v1/me/documents": ("证照", "the documents"),
        "/v1/me/vacancies": ("推荐岗位", "the vacancies"),
        "/v1/me/bundles": ("一件事进度", "how far bundles have come"),
        "/v1/me/suggestions": ("推荐事项", "the suggestions"),
        "/v1/me/suggestions/{trace}/why": ("推荐事项的理由", "why a list of suggestions was as it was"),
        "/v1/me/reminders": ("到期提醒", "the reminders"),
        "/v1/me/reminders/{reminder}": ("一条到期提醒", "one reminder"),
        "/v1/me/calendar.ics": ("到期日历", "the calendar"),
        "/v1/me/cases": ("求助和差评的答复", "cases of help"),
        "/v1/me/events": ("页面更新通知", "news of the page"),
        "/v1/me/file": ("完整档案", "the whole file"),
        "/v1/me/tags": ("标签", "the tags"),
        "/v1/services/{service}/prefill": ("预填表单", "a form filled in"),
        "/v1/me/drafts": ("未填完的表单", "half-filled forms"),
        "/v1/me/choices": ("个人设置", "the choices"),
        "/v1/me/export": ("导出的全部信息", "everything, as an export"),
    }
)
_WHO: Mapping[Who, tuple[str, str]] = MappingProxyType(
    {
        "you": ("您本人", "You"),
        "proxy": ("代您办理的{name}", "{name}, acting for you,"),
        "mandate": ("获授权代办的{name}", "{name}, who may act for this enterprise,"),
        "batch": ("批量服务", "A batch service"),
    }
)
# Clients that a resident knows by another name than their own.
_THROUGH: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"yidang-page": ("本网站", "this site"), "calendar": ("日历软件", "a calendar program")}
)


def told(one: Access, reader: Subject, locale: Locale) -> Read:
    """The read as the reader of the log is told of it."""
    who, name = _who(one, reader)
    what = _say(WHAT[one.what], locale) if one.what in WHAT else one.what
    by = _say(_WHO[who], locale).format(name=name)
    through = _say(_THROUGH.get(one.client, (one.client, one.client)), locale)
    sentence = f"{by} read {what} through {through}" if locale == "en" else f"{by}通过{through}查看了{what}"
    return Read(one.moment.astimezone(SHANGHAI), what, who, name, one.client, sentence)


def _who(one: Access, reader: Subject) -> tuple[Who, str]:
    """(in which right, under which name)"""
    if one.batch:
        return "batch", one.actor
    if one.actor:
        return "proxy", one.actor
    if one.reader and one.reader != known_as(reader.person, reader.shown):
        return "mandate", one.reader
    return "you", ""


def _say(words: tuple[str, str], locale: Locale) -> str:
    return words[1] if locale == "en" else words[0]
