"""Lists of services written by hand: one sound row, and what a test changes about it."""

import csv
import io
from types import MappingProxyType

from profiles.model import KINDS
from recommender.catalogue import authorities_of, load
from recommender.sheets.imported import Office
from tagging import registry

OFFICE = Office(load(), authorities_of(), {kind: registry.load().rules(kind) for kind in KINDS})

ROW = MappingProxyType(
    {
        "事项编码": "nursing_bed",
        "服务对象": "个人",
        "生命周期阶段": "养老",
        "事项类型": "行政给付",
        "事项名称": "家庭照护床位申请",
        "事项名称（英文）": "A nursing bed at home",
        "事项说明": "高龄老人可申请家庭照护床位，由社区上门服务。",
        "事项说明（英文）": "The very old may have a nursing bed at home, looked after by the community.",
        "实施部门": "市公安局",
        "主题编码": "5、75",
        "人生事件或经营事件": "新生儿出生、renting",
        "办理条件": "aged(80)",
        "材料清单": "居民身份证 | Identity card | document:ID_CARD\n体检报告 | Medical report | | 可容缺",
        "办理结果": "床位确认书",
        "办理结果（英文）": "Confirmation",
        "网上办理": "是",
        "不见面办理": "是",
        "承诺时限（工作日）": "5",
        "到现场次数": "0",
        "办理环节数": "1",
        "收费（元）": "12.50",
        "法定时限（工作日）": "20",
        "原到现场次数": "2",
        "原办理环节数": "4",
        "原办理用时（分钟）": "60",
        "每年受理开始": "5-1",
        "每年受理截止": "05月31日",
        "设定依据": "《上海市养老服务条例》",
        "施行日期": "2026/1/1",
    }
)


def sheet(*rows: dict[str, str]) -> bytes:
    """Rows as a CSV file in UTF-8, under the columns of the first."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def sound(**changes: str) -> dict[str, str]:
    """The sound row with some cells changed."""
    return {**ROW, **changes}
