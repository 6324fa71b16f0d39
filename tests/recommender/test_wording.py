from recommender.catalogue import Text
from recommender.wording import wording


def test_a_code_goes_by_its_longest_known_prefix() -> None:
    words = wording()
    assert words.name("industries", "6210") == Text(zh="餐饮业", en="catering")
    assert words.name("divisions", "310115001") == Text(zh="浦东新区", en="Pudong")
    assert words.name("divisions", "310199") == Text(zh="上海市", en="Shanghai")
    assert words.name("divisions", "11") is None


def test_a_plain_key_goes_by_itself_alone() -> None:
    words = wording()
    assert words.name("links", "spouse") == Text(zh="配偶", en="a spouse")
    assert words.name("links", "spouses") is None
    assert words.name("values", "sex=female") == Text(zh="女", en="female")
    assert words.name("columns", "birth_date") == Text(zh="出生日期", en="date of birth")


def test_documents_services_and_tags_are_called_as_where_they_are_kept() -> None:
    words = wording()
    assert words.name("documents", "PASSPORT") == Text(zh="普通护照", en="passport")
    assert words.name("services", "pension_check") == Text(zh="养老保险待遇领取资格认证", en="Yearly pension check")
    assert words.tags["catering"][0] == "enterprise"
    assert words.name("tags", "dragon") is None


def test_a_template_speaks_to_its_kind_and_says_no_where_it_fails() -> None:
    words = wording()
    assert words.template("holds", "person", holds=True) == Text(zh="您持有{0}", en="you hold this document: {0}")
    failing = words.template("holds", "enterprise", holds=False)
    assert failing is not None
    assert failing.zh == "贵企业没有有效的{0}"
    # A word of persons alone has no other sentence for enterprises.
    assert words.template("aged", "enterprise", holds=True) == words.template("aged", "person", holds=True)
    assert words.template("flies", "person", holds=True) is None
