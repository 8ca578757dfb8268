from __future__ import annotations

import re

from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from tests.service.conftest import Bearer
from tests.service.fake_desk import FakeDesk


def samples(client: FlaskClient) -> dict[tuple[str, ...], float]:
    """Read /metrics: (name, label values in order of their names) → value."""
    text = client.get("/metrics").text
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_before_a_model_is_published_the_service_is_alive_and_not_ready(
    client: FlaskClient, desk: FakeDesk
) -> None:
    desk.model = None
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"ready": False, "database": "ok", "model": "none"}
    assert samples(client)[("placement_model_version",)] == 0


def test_ready_names_the_model(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {"ready": True, "database": "ok", "model": "v7 (model)"}


def test_alive(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"alive": True}


def test_requests_are_counted_by_route_and_status(client: FlaskClient, bearer: Bearer) -> None:
    headers = bearer()
    for graduate_id in ("G-1", "G-1", "nobody"):
        client.get(f"/api/v1/graduates/{graduate_id}/ranking", headers=headers)
    client.get("/no/such/address")
    found = samples(client)
    route = "/api/v1/graduates/<path:graduate_id>/ranking"
    assert found["placement_requests_total", route, "GET", "200"] == 2
    assert found["placement_requests_total", route, "GET", "404"] == 1
    assert found["placement_requests_total", "unmatched", "GET", "404"] == 1
    assert found["placement_request_seconds_count", route] == 3
    assert found["placement_request_seconds_bucket", route, "+Inf"] == 3
    assert found["placement_model_version",] == 7


def test_no_id_and_no_invented_method_becomes_a_label(client: FlaskClient, bearer: Bearer) -> None:
    client.get("/api/v1/graduates/G-1/ranking", headers=bearer())
    client.open("/", method="BREW")
    text = client.get("/metrics").text
    assert "G-1" not in text
    assert "BREW" not in text
    assert re.search(r'placement_requests_total{[^}]*method="other"', text)
