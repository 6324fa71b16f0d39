"""The few made-up people whom the demo signs in as: their households and their lines; it never touches a table.

Each exists in every city by construction: the n-th role lives in the n-th household, and the rooms that make jobs,
documents, homes and enterprises settle them by key. Ages are years before the day of the city.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Role:
    """One persona: `ages` of the six places of the household (grandparents, couple, children), `place` is its own."""

    key: str
    form: str
    ages: tuple[float | None, ...]
    place: int
    male: bool
    zh: str
    en: str
    newcomer: bool = False


CAST = (
    Role(
        "new_mother", "parents", (None, None, 33.2, 31.4, 0.12, None), 3, False,
        "新手妈妈，往来港澳通行证29天后到期", "A new mother whose permit to Hong Kong and Macau expires in 29 days",
    ),
    Role(
        "retiree", "elder_couple", (75.3, 73.1, None, None, None, None), 0, True,
        "75岁退休职工，养老金资格认证即将到期", "A retired worker of 75 whose yearly pension check is due",
    ),
    Role(
        "cafe_owner", "couple", (None, None, 36.7, 34.9, None, None), 3, False,
        "新开咖啡馆的店主，尚未取得食品经营许可证", "She has just opened a café that has no food permit yet",
    ),
    Role(
        "migrant_worker", "parents", (None, None, 38.4, 35.8, 6.1, None), 2, True,
        "来沪建筑工人，居住证18天后到期，孩子6岁，待入学",
        "A builder from another province: residence permit expires in 18 days, a child of 6 before school", True,
    ),
    Role(
        "laid_off_engineer", "parents", (None, None, 42.6, 40.2, 12.3, None), 2, True,
        "刚失业的软件工程师", "A software engineer who has just lost his job",
    ),
    Role(
        "new_graduate", "woman", (None, None, None, 22.5, None, None), 3, False,
        "应届毕业、正在求职的大学生", "A fresh university graduate, looking for work",
    ),
    Role(
        "newly_wed", "couple", (None, None, 30.3, 29.1, None, None), 2, True,
        "新婚，刚买了第一套房", "Newly wed, and the couple have just bought their first home",
    ),
    Role(
        "driver", "parents", (None, None, 45.5, 43.0, 15.4, None), 2, True,
        "货车司机，驾驶证21天后到期", "A lorry driver whose licence expires in 21 days",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Partner:
    """Somebody else of a persona's household as whom the demo signs in too: `of` whom, at which `place` of the six, and
    the service that they `did` for both after the birth of the child."""

    key: str
    of: str
    place: int
    did: str
    zh: str
    en: str


PARTNERS = (
    Partner(
        "new_father", "new_mother", 2, "birth_registration",
        "新手爸爸，已为孩子办好出生医学证明", "Her husband, a new father who has had the birth certificate made",
    ),
)  # fmt: skip
