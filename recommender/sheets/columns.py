"""The columns of a list of services: what each is called in both languages, where its cells go; it reads no file."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from recommender.catalogue import Catalogue, Service
from recommender.sheets.cells import (
    AMOUNT,
    CODES,
    DAY,
    MONTH_DAY,
    PAPERS,
    TEXT,
    THEMES,
    WHOLE,
    YES_NO,
    Cell,
    coded,
    several,
)

_AUDIENCES = {"person": "个人", "enterprise": "企业"}


@dataclass(frozen=True)
class Column:
    """One column. ``path`` is where its value stands in an entry of the catalogue's YAML."""

    zh: str
    en: str
    path: tuple[str, ...]
    cell: Cell
    required: bool = False

    @property
    def shown(self) -> str:
        """Both of its names.

        >>> Column("事项名称", "name_zh", ("name", "zh"), TEXT).shown
        '事项名称 (name_zh)'
        """
        return f"{self.zh} ({self.en})"

    def of(self, service: Service) -> str:
        """The cell of a service; "" where it has no such value."""
        value: Any = service
        for part in self.path:
            value = getattr(value, part) if value is not None else None
        return "" if value is None or value == () else self.cell.write(value)


class Columns:
    """All columns in the order of a written list, for one catalogue's codes and names."""

    def __init__(self, catalogue: Catalogue, authorities: Mapping[str, str]) -> None:
        stages = {stage: name.zh for (_, stage), name in catalogue.stages.items()}
        types = {code: name.zh for code, name in catalogue.types.items()}
        events = {code: event.name.zh for code, event in catalogue.events.items()}
        documents = {code: kind.name.zh for code, kind in catalogue.documents.items()}
        self.all = (
            Column("事项编码", "id", ("id",), TEXT, required=True),
            Column("服务对象", "audience", ("audience",), coded(_AUDIENCES), required=True),
            Column("生命周期阶段", "stage", ("stage",), coded(stages), required=True),
            Column("事项类型", "type", ("type",), coded(types), required=True),
            *_both("事项名称", "name", ("name",), required=True),
            *_both("事项说明", "description", ("description",), required=True),
            Column("实施部门", "authority", ("authority",), _authority(authorities), required=True),
            Column("主题编码", "themes", ("themes",), THEMES, required=True),
            Column("人生事件或经营事件", "events", ("events",), several(events), required=True),
            Column("办理条件", "requirement", ("requirement",), TEXT, required=True),
            Column("材料清单", "evidence", ("evidence",), PAPERS),
            *_both("办理结果", "output", ("output",), required=True),
            Column("网上办理", "online", ("channels", "online"), YES_NO, required=True),
            *_both("办理地点", "hall", ("channels", "hall")),
            *_both("办理时间", "hours", ("channels", "hours")),
            Column("咨询电话", "phone", ("channels", "phone"), TEXT),
            Column("预约网址", "appointment_url", ("channels", "appointment_url"), TEXT),
            Column("不见面办理", "contactless", ("contactless",), YES_NO),
            Column("承诺时限（工作日）", "processing_days", ("processing_days",), WHOLE, required=True),
            Column("送达时间（工作日）", "delivery_days", ("delivery_days",), WHOLE),
            Column("到现场次数", "trips", ("trips",), WHOLE),
            Column("办理环节数", "steps", ("steps",), WHOLE, required=True),
            Column("填报用时（分钟）", "minutes", ("minutes",), WHOLE),
            Column("收费（元）", "cost_yuan", ("cost_yuan",), AMOUNT),
            Column("法定时限（工作日）", "usual_days", ("usual", "days"), WHOLE, required=True),
            Column("原到现场次数", "usual_trips", ("usual", "trips"), WHOLE, required=True),
            Column("原办理环节数", "usual_steps", ("usual", "steps"), WHOLE, required=True),
            Column("原办理用时（分钟）", "usual_minutes", ("usual", "minutes"), WHOLE, required=True),
            Column("区划代码", "division", ("division",), TEXT),
            Column("通用事项", "variant_of", ("variant_of",), TEXT),
            Column("前置事项", "requires", ("requires",), CODES),
            Column("后续于事项", "follows", ("follows",), CODES),
            Column("核发证照", "issues", ("issues",), coded(documents)),
            Column("换发证照", "renews", ("renews",), coded(documents)),
            Column("重复办理周期（月）", "recurs_months", ("recurs_months",), WHOLE),
            Column("每年受理开始", "opens", ("window", "opens"), MONTH_DAY),
            Column("每年受理截止", "closes", ("window", "closes"), MONTH_DAY),
            Column("设定依据", "legal_basis", ("legal_basis", "zh"), TEXT, required=True),
            Column("施行日期", "valid_from", ("valid_from",), DAY, required=True),
            Column("失效日期", "valid_until", ("valid_until",), DAY),
        )

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """Each column by either of its names."""
        return {name: column for column in self.all for name in (column.zh, column.en)}

    def by_path(self, *path: str) -> Column:
        """The column whose value stands there."""
        return next(column for column in self.all if column.path == path)

    def other_language(self, column: Column) -> Column | None:
        """The column of the same text in the other language."""
        other = {"zh": "en", "en": "zh"}.get(column.path[-1])
        found = [one for one in self.all if one.path == (*column.path[:-1], other)]
        return found[0] if found else None


def _both(zh: str, en: str, path: tuple[str, ...], *, required: bool = False) -> tuple[Column, Column]:
    return (
        Column(zh, f"{en}_zh", (*path, "zh"), TEXT, required),
        Column(f"{zh}（英文）", f"{en}_en", (*path, "en"), TEXT, required),
    )


def _authority(names: Mapping[str, str]) -> Cell:
    by_code = coded(names)
    return Cell(by_code.read, lambda authority: by_code.write(authority.code))
