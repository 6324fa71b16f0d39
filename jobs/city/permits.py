"""Licences and permits of enterprises, first ones and renewals; it never decides which trade needs which."""

import numpy as np

from jobs.city.columns import NEVER, Columns, days, rows, stacked, years_after
from jobs.city.documents import Papers, first_needs
from jobs.city.enterprises import CAFE, Enterprises
from jobs.city.expiries import LOOK_BACK, renewed
from jobs.city.numbers import document_numbers
from jobs.city.response import DONE, all_needs, habits
from jobs.city.trades import trades

_ISSUERS = {
    "FOOD_PERMIT": ("市场监督管理局", "JY1310"),
    "BUSINESS_LICENCE": ("市场监督管理局", "YZ310"),
    "HYGIENE_PERMIT": ("卫生健康委员会", "WS310"),
    "MEDICAL_LICENCE": ("卫生健康委员会", "YL310"),
    "TOBACCO_LICENCE": ("烟草专卖局", "YC310"),
    "DRAINAGE_PERMIT": ("水务局", "PS310"),
    "DISCHARGE_PERMIT": ("生态环境局", "PW310"),
    "ROAD_TRANSPORT_PERMIT": ("交通委员会", "YS310"),
    "SCHOOL_PERMIT": ("教育委员会", "JX310"),
    "CONSTRUCTION_QUALIFICATION": ("住房和城乡建设管理委员会", "JZ310"),
    "WORK_SAFETY_LICENCE": ("住房和城乡建设管理委员会", "AX310"),
}


def permits(firms: Enterprises, day: np.datetime64, rng: np.random.Generator) -> Papers:
    """A business licence for each enterprise, and the permits that its trade holds, renewed or lapsed."""
    opened = np.minimum(firms.founded, day - np.timedelta64(1, "D"))
    everyone = np.arange(len(firms))
    never = np.full(len(firms), NEVER)
    licences = {"holder": everyone, "issued": opened, "expires": never, "serial": np.zeros(len(firms), dtype=np.int64)}
    parts = [Papers(_records("BUSINESS_LICENCE", licences, rng), all_needs([]))]
    terms: dict[str, dict[int, dict[str, float]]] = {}
    for number, trade in enumerate(trades()):
        for kind, figures in trade.permits.items():
            terms.setdefault(kind, {})[number] = figures
    parts += [_of_kind(kind, by_trade, firms, day, rng) for kind, by_trade in terms.items()]
    return Papers(stacked([part.records for part in parts]), all_needs([part.needs for part in parts]))


def _of_kind(
    kind: str, by_trade: dict[int, dict[str, float]], firms: Enterprises, day: np.datetime64, rng: np.random.Generator
) -> Papers:
    share, years = np.zeros(len(trades())), np.ones(len(trades()), dtype=np.int64)
    for number, figures in by_trade.items():
        share[number], years[number] = figures["share"], int(figures["years"])
    wants = firms.active & (rng.random(len(firms)) < share[firms.trade])
    wants[CAFE] = kind == "FOOD_PERMIT"
    term = years[firms.trade]
    old = day - firms.founded > np.timedelta64(LOOK_BACK, "D")
    holder = np.flatnonzero(wants & old)
    start = day - np.timedelta64(LOOK_BACK, "D")
    expires = start + days(rng.random(len(holder)) * term[holder] * 365.2425)
    issued = np.maximum(years_after(expires, -term[holder]), firms.founded[holder] + np.timedelta64(20, "D"))
    expires, needs = years_after(issued, term[holder]), []
    service = {each["grants"]: name for name, each in habits().firsts.items()}.get(kind)
    if service is not None:
        young = np.flatnonzero(wants & ~old)
        came = first_needs(service, young, firms.founded + np.timedelta64(6, "D"), day, rng, young == CAFE)
        needs.append(came)
        got = came["outcome"] == DONE
        firm = came["subject"][got]
        holder, issued = np.r_[holder, firm], np.r_[issued, came["finished_on"][got]]
        expires = np.r_[expires, years_after(came["finished_on"][got], term[firm])]
    papers = {"holder": holder, "issued": issued, "expires": expires, "serial": np.zeros(len(holder), dtype=np.int64)}
    if kind in habits().renewals:
        played = renewed(kind, holder, issued, expires, term[holder], day, rng)
        papers = played.papers
        needs.append(played.needs)
    return Papers(_records(kind, papers, rng), all_needs(needs))


def _records(kind: str, papers: Columns, rng: np.random.Generator) -> Columns:
    issuer, prefix = _ISSUERS[kind]
    count = rows(papers)
    return {
        "enterprise": papers["holder"],
        "type": np.full(count, kind, dtype=object),
        "number": document_numbers(prefix, 8, count, rng).astype(object),
        "issuer": np.full(count, "上海市" + issuer, dtype=object),
        "issuer_region": np.full(count, 310000),
        "issued_on": papers["issued"],
        "expires_on": papers["expires"],
    }
