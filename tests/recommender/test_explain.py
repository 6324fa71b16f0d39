import subprocess
import sys

import pytest

from recommender import explain
from recommender.catalogue import load


@pytest.mark.parametrize(
    ("clause", "zh", "en"),
    [
        (
            "expires_within('HKM_PERMIT', 30)",
            "您持有的往来港澳通行证将于30天内到期",
            "Your permit to Hong Kong and Macau expires within 30 days",
        ),
        ("aged(62)", "您已年满62周岁", "You are 62 or over"),
        ("NOT aged(62)", "您未满62周岁", "You are under 62"),
        (
            "holds('DRIVING_LICENCE')",
            "您持有机动车驾驶证",
            "You hold this document: driving licence",
        ),
        (
            "NOT holds('TOBACCO_LICENCE')",
            "贵企业尚无烟草专卖零售许可证",
            "Your enterprise holds no tobacco retail licence",
        ),
        ("has_done('pension_check')", "您已办理养老保险待遇领取资格认证", "You have completed: Yearly pension check"),
        ("lives_in('310101', '310115')", "您居住在黄浦区或浦东新区", "You live in Huangpu or Pudong"),
        ("industry_in('6210')", "贵企业属于餐饮业", "Your enterprise is in: catering"),
        ("marital_status = 'married'", "您的婚姻状况为已婚", "Your marital status: married"),
        ("NOT tax_status = 'normal'", "贵企业的纳税状态不是正常", "Your enterprise's tax status is not: in order"),
        (
            "education IN ('master', 'doctor')",
            "您的学历为硕士研究生或博士研究生",
            "Your education is one of: master's degree or doctorate",
        ),
        (
            "pension_months >= 180",
            "您的养老保险缴费月数不低于180",
            "Your months of pension contributions: at least 180",
        ),
        ("home_since <= as_of", "您的现住房起始日期不晚于今天", "Your start of present housing: no later than today"),
        ("NOT home_since <= as_of", "您的现住房起始日期晚于今天", "Your start of present housing: after today"),
        ("scope LIKE '%餐饮%'", "贵企业的经营范围含有“餐饮”", "Your enterprise's business scope mentions: 餐饮"),
        (
            "inspection_due BETWEEN as_of AND as_of + INTERVAL 30 DAY",
            "您的机动车检验有效期至在今天至30天后之间",
            "Your vehicle inspection due lies between today and 30 days from now",
        ),
    ],
)
def test_a_clause_is_a_sentence_in_both_languages(clause: str, zh: str, en: str) -> None:
    assert (explain.sentence(clause, "zh-CN"), explain.sentence(clause, "en-GB")) == (zh, en)


def test_a_tag_is_called_by_its_name_and_speaks_to_its_kind_of_file() -> None:
    assert explain.sentence("tag('driver')", "zh") == f"您属于“{explain.tag_name('driver', 'zh')}”"
    assert explain.sentence("NOT tag('research')", "zh") == f"贵企业不属于“{explain.tag_name('research', 'zh')}”"


def test_whom_a_clause_speaks_to_can_be_said() -> None:
    clause = "expires_within('Tavern', 30)"
    assert not explain.speaks(clause, "zh")
    assert explain.sentence("any_expires_within(30)", "zh") == "您有证照将在30天内到期"
    assert explain.sentence("any_expires_within(30)", "zh", "enterprise") == "贵企业有证照将在30天内到期"


@pytest.mark.parametrize("clause", ["flies(3)", "shoe_size = 43", "holds('SPACE_PERMIT')", "tag('dragon')", "?"])
def test_what_has_no_words_is_shown_as_it_stands(clause: str) -> None:
    assert explain.sentence(clause, "zh") == clause
    assert not explain.speaks(clause, "en")


def test_a_value_of_a_file_is_said_as_its_reader_writes_it() -> None:
    assert explain.value("founded_on", "2003-07-01", "en") == "1 July 2003"
    assert explain.value("capital_yuan", "5000000.0", "zh") == "5,000,000"
    assert explain.value("pension_months", "321", "zh") == "321"
    assert explain.value("birth_date", "about 1950", "zh") == "about 1950"


def test_a_question_is_a_noun() -> None:
    reads = ("fact:birth_date", "document:HKM_PERMIT", "link:spouse", "event:moved", "case:pension_check", "tag:tenant")
    assert [explain.question(read, "zh") for read in reads] == [
        "出生日期",
        "往来港澳通行证",
        "配偶",
        "迁居情况",
        "养老保险待遇领取资格认证",
        "租房居民",
    ]
    assert explain.question("fact:shoe_size", "en") == "shoe_size"


def test_tags_and_sources_have_names() -> None:
    assert (explain.tag_name("new_parent", "en"), explain.tag_name("dragon", "en")) == ("New parent", "dragon")
    assert explain.source_name("vehicles", "zh") == "市公安局交通警察总队"
    assert explain.source_name("dragons", "zh") == "dragons"


def test_sentences_of_the_catalogue_address_their_reader() -> None:
    said = load().sentences.values()
    assert all(text.zh.startswith(("您", "贵企业")) and not text.zh.endswith("。") for text in said)
    assert all(text.en[0].isupper() and not text.en.endswith(".") for text in said)


def test_the_api_can_speak_without_loading_an_engine() -> None:
    heavy = "pyspark duckdb sqlglot sklearn lightfm great_expectations numpy scipy pandas holidays chinese_calendar"
    code = (
        "import sys\n"
        "from recommender import bundles, catalogue, duties, explain, reminders\n"
        "explain.sentence('aged(60)', 'zh')\n"
        f"print([name for name in {heavy.split()!r} if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
