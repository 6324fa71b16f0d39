"""The city's enterprises: codes, invented names, trades, scope text, age and standing; it never employs anybody."""

from dataclasses import dataclass

import numpy as np

from jobs.city.columns import NOBODY, Column, days
from jobs.city.numbers import credit_codes
from jobs.city.places import DISTRICT_CODES, DISTRICT_NAMES, addresses, districts
from jobs.city.trades import pick, position, trades

PEOPLE_PER_ENTERPRISE = 10
CAFE = 0  # the enterprise of the persona who has just opened a café
CAFE_AGE_DAYS = 75
ACTIVE, REVOKED, CANCELLED = range(3)
STATUSES = ("active", "revoked", "cancelled")
TYPES = ("有限责任公司（自然人投资或控股）", "有限责任公司（自然人独资）", "个体工商户", "个人独资企业")
FOUNDED_LATELY = 0.22  # share founded within two years
IDLE_SHARE = 0.05  # of the older ones: still registered, but nobody works there any more

_BRANDS_FIRST = "云锦澄禾晴朗知衡拓启瀚泓沐星翎棠岚聿澜骏"
_BRANDS_SECOND = "川和屿禾航序源白途景舟木辰野溪帆"


@dataclass(frozen=True)
class Enterprises:
    """One array [E] per property; `trade` is a position in `trades()`, `weight` what share of employees it draws."""

    code: Column
    name: Column
    kind: Column
    trade: Column
    industry: Column
    scope: Column
    capital: Column
    division: Column
    address: Column
    founded: Column
    status: Column
    weight: Column

    def __len__(self) -> int:
        return len(self.founded)

    @property
    def active(self) -> Column:
        """Booleans [E]."""
        result: Column = self.status == ACTIVE
        return result


def enterprises(people: int, day: np.datetime64, rng: np.random.Generator) -> Enterprises:
    """One enterprise for ten people."""
    count, listed = people // PEOPLE_PER_ENTERPRISE, trades()
    shares = np.array([trade.share for trade in listed])
    trade = rng.choice(len(listed), count, p=shares / shares.sum())
    trade[CAFE] = position("catering")
    trade[1:5] = [position(key) for key in ("construction", "logistics", "software", "manufacturing")]
    trader = rng.random(count) < np.array([each.traders for each in listed])[trade]
    trader[CAFE:5] = False
    lately = rng.random(count) < FOUNDED_LATELY
    founded = day - days(np.where(lately, rng.uniform(4, 730, count), 730 + rng.exponential(2100, count)))
    founded = np.maximum(founded, np.datetime64("1985-01-01"))
    founded[1:5] = day - np.arange(3100, 7100, 1000).astype("m8[D]")
    status = rng.choice(3, count, p=[0.94, 0.02, 0.04])
    status[~lately & (rng.random(count) < 0.02)] = CANCELLED
    status[lately] = ACTIVE
    founded[CAFE], status[:5] = day - np.timedelta64(CAFE_AGE_DAYS, "D"), ACTIVE
    idle = ~lately & (rng.random(count) < IDLE_SHARE)
    idle[:5] = False
    industry = pick([tuple(each.industries) for each in listed], trade, rng)
    industry[CAFE] = "6232"
    division = districts(count, rng)
    size = np.array([each.size for each in listed])[trade] * rng.lognormal(0, 1.3, count)
    kind = np.where(trader, 2, rng.choice([0, 1, 3], count, p=[0.62, 0.3, 0.08]))
    capital = 10_000 * np.round(10 ** rng.normal(1.9, 0.6, count)).clip(1)
    return Enterprises(
        code=credit_codes(division, trader),
        name=_names(trade, trader, industry, division, rng),
        kind=kind,
        trade=trade,
        industry=industry,
        scope=_scopes(trade, rng),
        capital=np.where(trader, 10_000 * rng.integers(1, 20, count), capital),
        division=division,
        address=addresses(division, rng, rooms=False),
        founded=founded,
        status=status,
        weight=np.where((status == ACTIVE) & ~idle, np.where(trader, 0.3, 1.0) * size, 0.0),
    )


def _names(trade: Column, trader: Column, industry: Column, division: Column, rng: np.random.Generator) -> Column:
    count = len(trade)
    first = np.array(list(_BRANDS_FIRST), dtype=object)[rng.integers(len(_BRANDS_FIRST), size=count)]
    second = np.array(list(_BRANDS_SECOND), dtype=object)[rng.integers(len(_BRANDS_SECOND), size=count)]
    word = pick([each.words for each in trades()], trade, rng)
    word = np.where(industry == "6232", "咖啡", word)
    place = DISTRICT_NAMES[np.searchsorted(DISTRICT_CODES, division)].astype(object)
    serial = np.where(rng.random(count) < 0.3, rng.integers(2, 99, count).astype("U2"), "").astype(object)
    company = "上海" + first + second + serial + word + "有限公司"
    return np.asarray(np.where(trader, "上海市" + place + first + second + serial + word + "店", company))


def _scopes(trade: Column, rng: np.random.Generator) -> Column:
    """Business scope in the registrar's form: licensed items first, then general ones."""
    count, listed = len(trade), trades()
    text = np.full(count, "", dtype=object)
    for number, each in enumerate(listed):
        ours = np.flatnonzero(trade == number)
        licensed = _some(each.licensed, len(ours), rng)
        general = _some(each.general, len(ours), rng)
        head = "许可项目：" + licensed + "。（依法须经批准的项目，经相关部门批准后方可开展经营活动）"
        head = np.where(licensed == "", "", head)
        tail = "一般项目：" + general + "。（除依法须经批准的项目外，凭营业执照依法自主开展经营活动）"
        text[ours] = head + tail
    return text


def _some(items: tuple[str, ...], count: int, rng: np.random.Generator) -> Column:
    """The first item always and each further one more often than not, joined as the registrar does."""
    text = np.full(count, items[0] if items else "", dtype=object)
    for item in items[1:]:
        text = np.where(rng.random(count) < 0.7, text + "；" + item, text)
    return text


def representatives(firms: Enterprises, able: Column, cafe_owner: int, rng: np.random.Generator) -> Column:
    """A distinct legal representative per enterprise among the persons in `able`; -1 where there are too few."""
    chosen = rng.permutation(able[able != cafe_owner])[: len(firms) - 1]
    result = np.full(len(firms), NOBODY)
    result[CAFE] = cafe_owner
    result[1 : 1 + len(chosen)] = chosen
    return result
