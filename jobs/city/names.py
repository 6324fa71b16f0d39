"""Made-up names of people and telephone numbers that no operator gives out; it never copies a real person's."""

import numpy as np

from jobs.city.columns import Column

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾萧田董潘袁蔡蒋余于杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_MALE = "伟强磊军勇杰涛明超亮刚平辉鹏华飞鑫波斌宇浩凯健俊帆瑞博文轩泽睿晨阳志远航嘉诚天佑子涵铭哲"
_FEMALE = "芳娜敏静丽艳娟霞秀燕玲桂兰萍红英梅琴云莉婷雪慧颖琳洁倩欣怡佳悦雯诗涵梓萱雨桐若曦思琪婉清"


def surnames(count: int, rng: np.random.Generator) -> Column:
    """Surnames, the common ones more often."""
    weights = 1 / (np.arange(len(_SURNAMES)) + 6)
    return np.array(list(_SURNAMES), dtype=object)[rng.choice(len(_SURNAMES), count, p=weights / weights.sum())]


def given_names(male: Column, rng: np.random.Generator) -> Column:
    """Given names of one or two characters that go with the sex."""
    count = len(male)
    drawn = []
    for _ in range(2):
        his = np.array(list(_MALE), dtype=object)[rng.integers(len(_MALE), size=count)]
        hers = np.array(list(_FEMALE), dtype=object)[rng.integers(len(_FEMALE), size=count)]
        drawn.append(np.where(male, his, hers))
    return np.where(rng.random(count) < 0.2, drawn[0], drawn[0] + drawn[1])


def telephones(count: int, rng: np.random.Generator) -> Column:
    """Eleven digits beginning 154, a range that no operator uses."""
    return np.char.add("154", np.char.zfill(rng.integers(10**8, size=count).astype("U8"), 8))
