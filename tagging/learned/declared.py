"""The learned tags that officials declare in ``registry/learned.yaml``, read and checked; it learns nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from profiles.errors import RegistryError
from profiles.model import KINDS, Kind
from tagging.origins import feeds_behind
from tagging.registry import Registry, read_yaml
from tagging.rules import Rule, parse, to_spark

_FILE = "learned.yaml"
_KEYS = ("id", "kind", "name", "target", "among", "horizon_days", "lift", "least_auc", "owner", "sources")


@dataclass(frozen=True)
class LearnedTag:
    """What is to be foreseen.

    ``target`` is a rule that comes true within ``horizon_days`` for some of those of whom ``among`` is true. The tag is
    given where its calibrated probability is at least ``lift`` times that of all of them together, and only by weights
    that reach ``least_auc`` on days they have not seen.
    """

    id: str
    kind: Kind
    zh: str
    en: str
    target: Rule
    among: Rule
    horizon_days: int
    lift: float
    least_auc: float
    owner: str
    sources: tuple[str, ...]

    def name(self, locale: str) -> str:
        """The tag's name; English for any locale that is not Chinese."""
        return self.zh if locale.startswith("zh") else self.en


def outcome(tag: LearnedTag, asked: str) -> str:
    """Spark SQL, on the day when the horizon ends: 1 where it came true, 0 where not, -1 for those who were not asked.

    ``asked`` is a column that says of whom ``among`` was true when the horizon began.
    """
    return f"CASE WHEN {asked} THEN CAST(coalesce({to_spark(tag.target)}, FALSE) AS INT) ELSE -1 END"


def load_learned(registry: Registry, folder: Traversable | None = None) -> tuple[LearnedTag, ...]:
    """Every learned tag, by id.

    Raises RegistryError where the file is malformed or two tags have one id, RuleError where a rule does not parse.
    """
    said = read_yaml(folder or files("tagging").joinpath("registry"), _FILE)
    listed = said.get("tags") if isinstance(said, dict) else None
    if not isinstance(listed, list):
        raise RegistryError(f"{_FILE}: expected a list `tags:`")
    found: dict[str, LearnedTag] = {}
    known = {tag.id for tag in registry.tags}
    for number, one in enumerate(listed, start=1):
        tag = _learned(one, f"{_FILE}, tag {number}", registry)
        if tag.id in found or tag.id in known:
            raise RegistryError(f"{_FILE}, tag {number}: there is a tag {tag.id} already; give it another id")
        found[tag.id] = tag
    return tuple(found[name] for name in sorted(found))


def misdeclared(learned: LearnedTag, vocabulary: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    """What is wrong with a learned tag besides its form, one sentence each."""
    where = f"{_FILE}, tag {learned.id}"
    if learned.owner not in vocabulary["departments"]:
        yield f"{where}: the owner {learned.owner!r} is not a department of vocabulary.yaml"
    reads = [read for rule in (learned.target, learned.among) for atom in rule.atoms for read in atom.reads]
    behind = {feed for read in reads for feed in feeds_behind(read, learned.kind)}
    for feed in sorted({*learned.sources} - behind):
        yield f"{where}: the source {feed} stands behind nothing that target and among read; remove it"
    for read in reads:
        if not {*feeds_behind(read, learned.kind)} & {*learned.sources}:
            yield f"{where}: reads {read}, so sources should name {' or '.join(feeds_behind(read, learned.kind))}"


def _learned(said: object, where: str, registry: Registry) -> LearnedTag:
    if not isinstance(said, dict) or set(said) != {*_KEYS}:
        raise RegistryError(f"{where}: expected the keys {', '.join(_KEYS)}")
    name, kind = said["name"], said["kind"]
    if not isinstance(name, dict) or not all(isinstance(name.get(locale), str) for locale in ("zh", "en")):
        raise RegistryError(f"{where}: name needs both zh and en")
    if kind not in KINDS:
        raise RegistryError(f"{where}: kind should be {' or '.join(KINDS)}, not {kind!r}")
    days, lift, auc = said["horizon_days"], said["lift"], said["least_auc"]
    if not isinstance(days, int) or not 1 <= days <= 366:
        raise RegistryError(f"{where}: horizon_days should be 1 to 366 days, not {days!r}")
    if not isinstance(lift, int | float) or lift <= 1:
        raise RegistryError(f"{where}: lift should be above 1, not {lift!r}")
    if not isinstance(auc, int | float) or not 0.5 < auc < 1:
        raise RegistryError(f"{where}: least_auc should lie between 0.5 and 1, not {auc!r}")
    if not isinstance(said["sources"], list) or not said["sources"]:
        raise RegistryError(f"{where}: sources should list the feeds that target and among read")
    rules = [
        parse(str(said[key]), kind, where=f"{where}, {key}", tags=registry.rules(kind)) for key in ("target", "among")
    ]
    return LearnedTag(
        id=str(said["id"]),
        kind=kind,
        zh=name["zh"],
        en=name["en"],
        target=rules[0],
        among=rules[1],
        horizon_days=days,
        lift=float(lift),
        least_auc=float(auc),
        owner=str(said["owner"]),
        sources=tuple(map(str, said["sources"])),
    )
