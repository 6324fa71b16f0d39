"""Counters for whoever keeps watch: by route, with a machine's token, and never with anything of a subject."""

from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from tests.api.by_hand import MOTHER, Stage


def test_requests_are_counted_by_route_and_status(client: TestClient, stage: Stage) -> None:
    for number in range(3):
        client.get("/v1/me/home", headers=stage.bearer())
        client.get(f"/services/nothing_{number}")
    client.get("/v1/me/home")
    for number in range(2):
        client.request(f"MADEUP{number}", "/v1/me/home")
    token = stage.token(resident_id=None, scope="metrics:read", client_id="prometheus")
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
    counted = {
        (s.labels["route"], s.labels["status"]): s.value
        for family in text_string_to_metric_families(answer.text)
        for s in family.samples
        if s.name == "yidang_requests_total"
    }
    assert counted == {
        ("/v1/me/home", "200"): 3,
        ("/v1/me/home", "401"): 1,
        ("/v1/me/home", "405"): 2,
        ("/services/{service}", "404"): 3,
    }
    assert "nothing_1" not in answer.text
    assert "MADEUP" not in answer.text
    assert stage.person(MOTHER) not in answer.text


def test_counters_are_not_for_residents_nor_for_anyone_without_the_scope(client: TestClient, stage: Stage) -> None:
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers=stage.bearer()).status_code == 401
    token = stage.token(resident_id=None, scope="home:read")
    assert client.get("/metrics", headers={"Authorization": f"Bearer {token}"}).status_code == 403
