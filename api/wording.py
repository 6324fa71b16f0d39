"""The few sentences of a home that depend on a number of days or a role, in both languages."""

from api.locale import Locale

_ROLES = {
    "legal_representative": ("法定代表人", "legal representative"),
    "agent": ("代理人", "agent"),
    "finance": ("财务负责人", "finance officer"),
}


def role(code: str, locale: Locale) -> str:
    """What a mandate's role is called; a role of another supplier is called by its own text.

    >>> role("agent", "zh")
    '代理人'
    """
    zh, en = _ROLES.get(code, (code, code))
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
        return f"{whose}{name}已到期{-days_left}天"
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


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def falls_due(name: str, locale: Locale) -> str:
    """What a calendar calls the day on which something expires or is due.

    >>> falls_due("往来港澳通行证", "zh"), falls_due("yearly pension check", "en")
    ('往来港澳通行证：最后一天', 'Last day: yearly pension check')
    """
    return f"Last day: {name}" if locale == "en" else f"{name}：最后一天"
