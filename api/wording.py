"""The few sentences of a home that depend on a number of days or a role, in both languages."""

from datetime import date

from api.locale import Locale
from recommender.days import in_words

_SOON_DAYS = 14  # from then on days are counted down
_ROLES = {
    "legal_representative": ("法定代表人", "legal representative"),
    "agent": ("代理人", "agent"),
    "finance": ("财务负责人", "finance officer"),
}
_SENSITIVITIES = {
    "public": ("公开", "public"),
    "internal": ("内部使用", "for public authorities alone"),
    "restricted": ("敏感，加密保存，仅向您本人展示", "sensitive: sealed, shown to you alone"),
}
_CASE_STATUSES = {
    "in_progress": ("办理中", "in progress"),
    "done": ("已办结", "done"),
    "failed": ("未办成", "not granted"),
    "withdrawn": ("已撤回", "withdrawn"),
}


def role(code: str, locale: Locale) -> str:
    """What a mandate's role is called; a role of another supplier is called by its own text.

    >>> role("agent", "zh")
    '代理人'
    """
    zh, en = _ROLES.get(code, (code, code))
    return en if locale == "en" else zh


def sensitivity(code: str, locale: Locale) -> str:
    """How sensitive a value is, by the class of its contract.

    >>> sensitivity("restricted", "en"), sensitivity("public", "zh")
    ('sensitive: sealed, shown to you alone', '公开')
    """
    zh, en = _SENSITIVITIES[code]
    return en if locale == "en" else zh


def case_status(code: str, locale: Locale) -> str:
    """How far an application has come; a status of another supplier is called by its own text.

    >>> case_status("in_progress", "zh"), case_status("withdrawn", "en")
    ('办理中', 'withdrawn')
    """
    zh, en = _CASE_STATUSES.get(code, (code, code))
    return en if locale == "en" else zh


def expiry(name: str, days_left: int, locale: Locale, *, enterprise: bool = False) -> str:
    """When a document runs out, as one sentence.

    >>> expiry("往来港澳通行证", 29, "zh")
    '您的往来港澳通行证将于29天后到期'
    >>> expiry("permit to Hong Kong and Macau", 29, "en")
    'Your permit to Hong Kong and Macau expires in 29 days'
    """
    if locale == "en":
        whose = "The enterprise's" if enterprise else "Your"
        if days_left < 0:
            return f"{whose} {name} expired {_days(-days_left)} ago"
        return f"{whose} {name} expires {'today' if days_left == 0 else 'in ' + _days(days_left)}"
    whose = "贵单位的" if enterprise else "您的"
    if days_left < 0:
        return f"{whose}{name}已过期{-days_left}天"
    return f"{whose}{name}今天到期" if days_left == 0 else f"{whose}{name}将于{days_left}天后到期"


def duty(name: str, days_left: int, locale: Locale, *, enterprise: bool = False) -> str:
    """When a duty is due, as one sentence.

    >>> duty("养老金领取资格年度认证", 29, "zh")
    '您的养老金领取资格年度认证还有29天截止'
    >>> duty("yearly pension check", 1, "en")
    'Your yearly pension check is due in 1 day'
    """
    if locale == "en":
        whose = "The enterprise's" if enterprise else "Your"
        if days_left < 0:
            return f"{whose} {name} is {_days(-days_left)} overdue"
        return f"{whose} {name} is due {'today' if days_left == 0 else 'in ' + _days(days_left)}"
    whose = "贵单位的" if enterprise else "您的"
    if days_left < 0:
        return f"{whose}{name}已逾期{-days_left}天"
    return f"{whose}{name}今天截止" if days_left == 0 else f"{whose}{name}还有{days_left}天截止"


def window(name: str, opens_on: date, closes_on: date, today: date, locale: Locale) -> str:
    """When one may apply for a service that has a window, as one sentence.

    >>> may = date(2027, 5, 1), date(2027, 5, 31)
    >>> window("适龄幼儿入园信息登记", *may, date(2027, 4, 20), "zh")
    '适龄幼儿入园信息登记将于5月1日开始，5月31日截止'
    >>> window("Register your child for kindergarten", *may, date(2027, 5, 29), "en")
    'Register your child for kindergarten: closes in 2 days'
    """
    days_left = (closes_on - today).days
    opens, closes = (_day(day, today, locale) for day in (opens_on, closes_on))
    if locale == "en":
        if today < opens_on:
            return f"{name}: open from {opens} to {closes}"
        if days_left > _SOON_DAYS:
            return f"{name}: open until {closes}"
        return f"{name}: closes {'today' if days_left == 0 else 'in ' + _days(days_left)}"
    if today < opens_on:
        return f"{name}将于{opens}开始，{closes}截止"
    if days_left > _SOON_DAYS:
        return f"{name}已开始，{closes}截止"
    return f"{name}今天截止" if days_left == 0 else f"{name}还有{days_left}天截止"


def estimate(year: int, locale: Locale) -> str:
    """That the working days of a year are not certain yet.

    >>> estimate(2027, "zh")
    '2027年节假日安排尚未公布，工作日按周末和法定节假日估算'
    """
    if locale == "en":
        return f"The holidays of {year} are not published yet: working days are estimated"
    return f"{year}年节假日安排尚未公布，工作日按周末和法定节假日估算"


def _day(day: date, today: date, locale: Locale) -> str:
    """A day of this year without its year.

    >>> _day(date(2027, 2, 28), date(2026, 11, 22), "en"), _day(date(2026, 12, 1), date(2026, 11, 22), "zh")
    ('28 February 2027', '12月1日')
    """
    return in_words(day, locale, year=day.year != today.year)


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def falls_due(name: str, locale: Locale) -> str:
    """What a calendar calls the day on which something expires or is due.

    >>> falls_due("往来港澳通行证", "zh"), falls_due("yearly pension check", "en")
    ('往来港澳通行证：最后一天', 'Last day: yearly pension check')
    """
    return f"Last day: {name}" if locale == "en" else f"{name}：最后一天"
