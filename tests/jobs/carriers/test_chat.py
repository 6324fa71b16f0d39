"""Chats as far as they go without their services: whom Apprise would call is seen at a proxy that lets nothing pass."""

import socket
import threading

import pytest

from jobs.carriers.chat import Chat
from jobs.carriers.parcel import Answer
from tests.jobs.carriers.by_hand import parcel


@pytest.mark.parametrize(
    ("scheme", "address", "host"),
    [
        ("wecombot", "wecombot://0123456789abcdef", "qyapi.weixin.qq.com"),
        ("dingtalk", "dingtalk://0123456789abcdef", "oapi.dingtalk.com"),
        ("feishu", "feishu://0123456789abcdef", "open.feishu.cn"),
    ],
)
def test_a_chats_own_service_is_called_and_no_answer_means_later(
    scheme: str, address: str, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as proxy:

        def refuse() -> None:
            caller, _ = proxy.accept()
            with caller:
                asked.append(caller.recv(4096).partition(b"\r\n")[0])
                caller.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=refuse, daemon=True)
        thread.start()
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        monkeypatch.setenv("NO_PROXY", "")
        assert Chat(scheme).carry(parcel(address)) == Answer("later", "not_taken")
        thread.join(5)
    assert asked == [f"CONNECT {host}:443 HTTP/1.1".encode()]


@pytest.mark.parametrize("address", ["json://127.0.0.1/", "dbus://", "feishu://x", "mailto://a@b.example", ""])
def test_no_other_service_of_apprises_is_reached(address: str) -> None:
    assert Chat("wecombot").carry(parcel(address)) == Answer("failed", "other_service")


def test_an_address_without_a_robot_is_refused() -> None:
    assert Chat("dingtalk").carry(parcel("dingtalk://")) == Answer("failed", "malformed_address")
