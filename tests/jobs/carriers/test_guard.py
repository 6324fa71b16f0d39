from collections.abc import Collection

import pytest

from jobs.carriers.guard import Refused, Target, checked

KNOWN = {"portal.example", "127.0.0.1", "localhost", "10.0.0.1", "[::1]", "::1"}


def answering(*addresses: str):  # type: ignore[no-untyped-def]
    def resolve(host: str, port: int) -> Collection[str]:
        return set(addresses)

    return resolve


def test_a_known_receiver_at_a_public_address_is_called_at_the_address_that_was_checked() -> None:
    found = checked("https://portal.example/a/b?c=d", KNOWN, resolve=answering("93.184.216.34"))
    assert found == Target("93.184.216.34", 443, "portal.example", "/a/b?c=d", True)
    eight = checked("https://PORTAL.example:8443", KNOWN, resolve=answering("2606:2800:220:1:248:1893:25c8:1946"))
    assert eight == Target("2606:2800:220:1:248:1893:25c8:1946", 8443, "portal.example", "/", True)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.9", "192.168.1.1",  # this machine and its neighbours
        "169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192",  # clouds' metadata
        "224.0.0.1", "239.255.255.250", "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1",
        "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:93.184.216.34", "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b:1::a00:1",
        "2001:0:7f00:1::",
    ],
)  # fmt: skip
def test_an_address_that_is_not_a_public_one_is_refused(address: str) -> None:
    with pytest.raises(Refused, match=r"^not_public$"):
        checked("https://portal.example/", KNOWN, resolve=answering(address))


def test_one_bad_address_among_good_ones_is_enough() -> None:
    with pytest.raises(Refused, match="not_public"):
        checked("https://portal.example/", KNOWN, resolve=answering("93.184.216.34", "10.0.0.1"))
    with pytest.raises(Refused, match="not_public"):
        checked("https://portal.example/", KNOWN, resolve=answering())


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://elsewhere.example/", "unknown_receiver"),
        ("https://portal.example.evil.example/", "unknown_receiver"),
        ("https://portal.example@evil.example/", "malformed"),
        ("https://user:pw@portal.example/", "malformed"),
        ("https:///nowhere", "malformed"),
        ("https://portal.example:port/", "malformed"),
        ("http://portal.example/", "not_https"),
        ("https://portal.example:22/", "not_https"),
        ("file:///etc/passwd", "malformed"),
        ("gopher://portal.example/", "not_https"),
        ("https://2130706433/", "unknown_receiver"),
        ("https://0x7f.1/", "unknown_receiver"),
    ],
)
def test_an_address_of_another_form_or_receiver_is_refused(url: str, why: str) -> None:
    with pytest.raises(Refused, match=f"^{why}$"):
        checked(url, KNOWN, resolve=answering("93.184.216.34"))


def test_this_machine_is_called_only_where_a_setting_says_so() -> None:
    here = answering("127.0.0.1")
    assert checked("http://127.0.0.1:8080/x", KNOWN, loopback=True, resolve=here).ip == "127.0.0.1"
    for url in ("http://127.0.0.1:8080/x", "https://127.0.0.1/x", "https://localhost/"):
        with pytest.raises(Refused):
            checked(url, KNOWN, resolve=here)
    # The setting opens no other door.
    for address in ("10.0.0.1", "169.254.169.254"):
        with pytest.raises(Refused, match="not_public"):
            checked("https://portal.example/", KNOWN, loopback=True, resolve=answering(address))
