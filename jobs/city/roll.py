"""A school roll that names pupils without identity numbers, with the slips of those who wrote it; it makes no resident.

=============  =====  =========================================================================
what           share  how the row differs from the register of residents
=============  =====  =========================================================================
name slip        5 %  two characters swapped, one missing, or one that sounds the same
birth slip       4 %  day and month swapped, or one digit wrong
phone changed    8 %  a number that no parent has any more
phone missing    3 %  none
elsewhere        5 %  a child who is no resident of the city
namesake         3 %  no resident either, with the name of another pupil
twin             1 %  no resident either: a pupil's birth date, family name and parent's phone
=============  =====  =========================================================================

The first four are shares of the residents' rows and may come together, the others of all rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from jobs.city.cast import CAST
from jobs.city.columns import NOBODY, Column, Columns, days, stacked, taken
from jobs.city.feeds import changed
from jobs.city.kin import Kin
from jobs.city.names import given_names, surnames, telephones
from jobs.city.numbers import document_numbers
from jobs.city.people import People
from jobs.city.schooling import Schooling

STAGES = ("kindergarten", "primary", "junior", "senior", "vocational")
SHARE = 0.6  # of the pupils of these stages
NAME_SLIPS, BIRTH_SLIPS, PHONE_CHANGED, PHONE_MISSING = 0.05, 0.04, 0.08, 0.03
ELSEWHERE, NAMESAKES, TWINS = 0.05, 0.03, 0.01

_SOUND_ALIKE = (
    "伟玮 军君 勇永 杰洁 涛滔 明铭 亮靓 鹏朋 华桦 飞菲 波播 斌彬 宇雨 浩皓 凯恺 健建 俊峻 瑞睿 博伯 文雯 轩宣 晨辰"
    " 阳杨 志至 嘉佳 诚承 佑右 子梓 涵晗 哲喆 芳方 娜纳 敏闵 静婧 丽莉 艳燕 娟涓 霞侠 秀绣 玲灵 兰蓝 萍平 红虹 英瑛"
    " 梅玫 琴芹 云芸 婷庭 雪学 慧惠 颖影 琳林 洁杰 倩茜 欣心 怡宜 悦月 诗思 萱宣 桐童 若偌 曦夕 琪淇 婉晚 清青"
)
_SOUNDS = {pair[0]: pair[1] for pair in _SOUND_ALIKE.split()}


@dataclass(frozen=True)
class Roll:
    """One entry per row [R]: the roll `number`, the `resident` it is about (a person's position, or -1), the `slips`
    in words; `columns` are the feed's, where `person` is the position of the number."""

    number: Column
    resident: Column
    slips: Column
    columns: Columns

    def __len__(self) -> int:
        return len(self.number)


def school_roll(city: People, kin: Kin, learned: Schooling, rng: np.random.Generator) -> Roll:
    """The roll of a share of the pupils outside the personas' households, and of children from elsewhere."""
    records = learned.records
    listed = np.isin(records["stage"], STAGES) & (records["until"] > city.day)
    listed &= city.household[records["person"]] >= len(CAST)
    at = np.flatnonzero(listed & (rng.random(len(listed)) < SHARE))
    pupils = _pupils(city, kin, taken(records, at), rng)
    everybody = stacked([_with_slips(pupils, city.day, rng), *_strangers(pupils, city.day, rng)])
    count = len(everybody["resident"])
    everybody = taken(everybody, rng.permutation(count))
    columns = {name: everybody[name] for name in ("name", "birth_date", "parent_phone", "school", "stage", "since")}
    columns |= {"until": everybody["until"], "as_of": changed(city.day, rng, everybody["since"])}
    number = document_numbers("XJ", 9, count, rng)
    return Roll(number, everybody["resident"], everybody["slips"], {"person": np.arange(count), **columns})


def _pupils(city: People, kin: Kin, records: Columns, rng: np.random.Generator) -> Columns:
    """The rows as they should be."""
    child = records["person"]
    one, other = kin.mother[child], kin.father[child]
    asked = np.where((rng.random(len(child)) < 0.6) & (one >= 0) | (other < 0), one, other)
    return {
        "resident": child,
        "slips": np.full(len(child), "", dtype=object),
        "name": city.name[child],
        "birth_date": city.birth[child],
        "parent_phone": np.where(asked >= 0, city.phone[asked], "").astype(object),
        **{name: records[name] for name in ("school", "stage", "since", "until")},
    }


def _with_slips(pupils: Columns, day: np.datetime64, rng: np.random.Generator) -> Columns:
    name, birth = pupils["name"].copy(), pupils["birth_date"].copy()
    phone, slips = pupils["parent_phone"].copy(), pupils["slips"].copy()
    for row in np.flatnonzero(rng.random(len(name)) < NAME_SLIPS):
        name[row] = _misspelt(name[row], int(rng.integers(3)))
        slips[row] += "name "
    for row in np.flatnonzero(rng.random(len(name)) < BIRTH_SLIPS):
        wrong = list(_misdated(birth[row].astype(date), (day - np.timedelta64(900, "D")).astype(date)))
        birth[row] = wrong[0] if rng.random() < 0.5 else wrong[int(rng.integers(len(wrong)))]
        slips[row] += "birth_date "
    chance, new = rng.random(len(name)), telephones(len(name), rng)
    changed_, missing = chance < PHONE_CHANGED, chance > 1 - PHONE_MISSING
    phone[changed_], phone[missing] = new[changed_], ""
    slips[changed_ | missing] += "parent_phone "
    return {**pupils, "name": name, "birth_date": birth, "parent_phone": phone, "slips": slips}


def _misspelt(name: str, how: int) -> str:
    swapped = name[:-2] + name[-1] + name[-2]
    if how == 0 and swapped != name:
        return swapped
    heard = next((name[:at] + _SOUNDS[sign] + name[at + 1 :] for at, sign in enumerate(name) if sign in _SOUNDS), name)
    if heard != name and (how == 2 or len(name) == 2):
        return heard
    return name[:-1] if len(name) > 2 else swapped


def _misdated(birth: date, latest: date) -> Iterator[date]:
    """Day and month swapped where that is a date, then the dates with one digit of day or year wrong."""
    text = birth.strftime("%Y%m%d")
    wrong = [text[:4] + text[6:] + text[4:6]]
    wrong += [text[:at] + digit + text[at + 1 :] for at in (7, 6, 3) for digit in "0123456789"]
    for form in wrong:
        try:
            read = date(int(form[:4]), int(form[4:6]), int(form[6:]))
        except ValueError:
            continue
        if read != birth and read <= latest:
            yield read


def _strangers(pupils: Columns, day: np.datetime64, rng: np.random.Generator) -> Iterator[Columns]:
    """Children who are no residents of the city, modelled on pupils so that nothing gives them away."""
    count = len(pupils["name"])
    for kind, share in (("elsewhere", ELSEWHERE), ("namesake", NAMESAKES), ("twin", TWINS)):
        model = taken(pupils, rng.integers(count, size=max(1, round(share * count))))
        wanted = len(model["name"])
        apart = days(rng.uniform(40, 300, wanted)) * rng.choice([-1, 1], wanted)
        birth, phone = model["birth_date"] + apart, telephones(wanted, rng).astype(object)
        new = given_names(rng.random(wanted) < 0.5, rng)
        name = surnames(wanted, rng) + new
        if kind == "namesake":
            name = model["name"]
        elif kind == "twin":
            name = np.array([one[0] + _unlike(one[1:], other) for one, other in zip(model["name"], new, strict=True)])
            birth, phone = model["birth_date"], model["parent_phone"]
        yield {
            **model,
            "resident": np.full(wanted, NOBODY),
            "slips": np.full(wanted, kind, dtype=object),
            "name": name.astype(object),
            "birth_date": np.minimum(birth, day - np.timedelta64(900, "D")),
            "parent_phone": phone,
        }


def _unlike(name: str, new: str) -> str:
    return new if new != name else new + new
