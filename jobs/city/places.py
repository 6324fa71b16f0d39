"""Where people live and come from: divisions, invented roads, postal addresses; it never holds a real address.

Division codes and names are GB/T 2260. The home counties of newcomers are ones whose code never changed, so that an
identity number that begins with it is valid for every year of birth.
"""

import numpy as np

from jobs.city.columns import Column

# code, name, share of the population (about Shanghai's), first birth year whose numbers carry the code
_DISTRICTS = (
    (310101, "黄浦区", 0.027, 0), (310104, "徐汇区", 0.045, 0), (310105, "长宁区", 0.028, 0),
    (310106, "静安区", 0.039, 0), (310107, "普陀区", 0.050, 0), (310109, "虹口区", 0.030, 0),
    (310110, "杨浦区", 0.050, 0), (310112, "闵行区", 0.107, 1982), (310113, "宝山区", 0.090, 1989),
    (310114, "嘉定区", 0.074, 1993), (310115, "浦东新区", 0.228, 1993), (310116, "金山区", 0.033, 1998),
    (310117, "松江区", 0.077, 1999), (310118, "青浦区", 0.051, 2000), (310120, "奉贤区", 0.046, 2002),
    (310151, "崇明区", 0.025, 2017),
)  # fmt: skip
_COUNTIES = (
    (340121, "安徽省长丰县", 9), (340421, "安徽省凤台县", 8), (340621, "安徽省濉溪县", 7), (330122, "浙江省桐庐县", 4),
    (330127, "浙江省淳安县", 3), (360121, "江西省南昌县", 6), (430121, "湖南省长沙县", 3), (430321, "湖南省湘潭县", 3),
    (510121, "四川省金堂县", 5), (510321, "四川省荣县", 4), (350121, "福建省闽侯县", 4), (422822, "湖北省建始县", 5),
    (422823, "湖北省巴东县", 4), (610323, "陕西省岐山县", 3), (610324, "陕西省扶风县", 3),
    (520203, "贵州省六枝特区", 3),
    (620123, "甘肃省榆中县", 2), (140121, "山西省清徐县", 2), (210726, "辽宁省黑山县", 2), (530124, "云南省富民县", 2),
)  # fmt: skip
_ROADS = (
    "和畅",
    "云栖",
    "澄江",
    "梧桐",
    "文澜",
    "晴川",
    "望潮",
    "青禾",
    "知行",
    "映月",
    "棠溪",
    "听雨",
    "怀远",
    "锦帆",
)
_ROAD_KINDS = ("路", "街", "东路", "西路")

DISTRICT_CODES = np.array([code for code, _, _, _ in _DISTRICTS])
DISTRICT_NAMES = np.array([name for _, name, _, _ in _DISTRICTS])
COUNTY_CODES = np.array([code for code, _, _ in _COUNTIES])
CENTRAL_DISTRICTS = DISTRICT_CODES[:7]

_DISTRICT_SHARES = np.array([share for _, _, share, _ in _DISTRICTS])
_DISTRICT_SINCE = np.array([since for _, _, _, since in _DISTRICTS])
_COUNTY_SHARES = np.array([share for _, _, share in _COUNTIES], dtype=float)


def districts(count: int, rng: np.random.Generator) -> Column:
    """Codes of the districts where `count` households or enterprises are."""
    return rng.choice(DISTRICT_CODES, count, p=_DISTRICT_SHARES / _DISTRICT_SHARES.sum())


def counties(count: int, rng: np.random.Generator) -> Column:
    """Codes of the counties that `count` newcomers come from."""
    return rng.choice(COUNTY_CODES, count, p=_COUNTY_SHARES / _COUNTY_SHARES.sum())


def numbering_areas(hukou: Column, birth: Column, rng: np.random.Generator) -> Column:
    """The area an identity number begins with: the hukou division, or an old central district for those born before
    the division's code existed."""
    position = np.searchsorted(DISTRICT_CODES, hukou).clip(0, len(DISTRICT_CODES) - 1)
    local = DISTRICT_CODES[position] == hukou
    year = birth.astype("M8[Y]").astype(np.int64) + 1970
    too_old = local & (year < _DISTRICT_SINCE[position])
    return np.where(too_old, rng.choice(CENTRAL_DISTRICTS, len(hukou)), hukou)


def addresses(divisions: Column, rng: np.random.Generator, rooms: bool = True) -> Column:
    """Made-up addresses in the given districts, as text; `rooms` adds the flat."""
    count = len(divisions)
    names = DISTRICT_NAMES[np.searchsorted(DISTRICT_CODES, divisions)].astype(object)
    road = np.array([a + b for a in _ROADS for b in _ROAD_KINDS], dtype=object)
    text = "上海市" + names + road[rng.integers(len(road), size=count)]
    text = text + rng.integers(1, 1500, size=count).astype(str).astype(object) + "号"
    if rooms:
        flat = rng.integers(1, 24, size=count) * 100 + rng.integers(1, 5, size=count)
        text = text + flat.astype(str).astype(object) + "室"
    return np.asarray(text)
