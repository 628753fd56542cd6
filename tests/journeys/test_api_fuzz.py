"""Any request that the OpenAPI document allows, and many it does not: never a 5xx, always plain words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    status_code_conformance,
)
from tests.demos import few_files, loaded, made

from harmscape.publish.api import make_app
from harmscape.workspace import open_workspace

_CASES, _SOAK_CASES = 200, 2000
_CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
)
_QUIET = dict[str, Any](
    deadline=None,
    database=None,
    derandomize=True,
    phases=[hypothesis.Phase.generate],
    suppress_health_check=list(hypothesis.HealthCheck),
)


@pytest.fixture(scope="module")
def operations(demo_folder: Path) -> list[Any]:
    return operations_of(demo_folder)


def operations_of(folder: Path) -> list[Any]:
    app = make_app(open_workspace(folder))
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    return [found.ok() for found in schema.get_all_operations()]


def walk(operations: list[Any], cases: int) -> int:
    """At least so many requests, spread over the endpoints that take words; returns those answered."""
    answered = 0
    varied = [each for each in operations if each.query or each.body or each.path_parameters]
    for operation in operations:
        most = -(-cases // len(varied)) if operation in varied else 1

        @hypothesis.settings(max_examples=most, **_QUIET)
        @hypothesis.given(case=operation.as_strategy())
        def every_request_is_answered(case: Any) -> None:
            nonlocal answered
            # The header of the page's own writes, so that what is written is read and judged.
            case.headers = {**(case.headers or {}), "X-Harmscape": "1"}
            answer = case.call(base_url="http://127.0.0.1:8000")
            case.validate_response(answer, checks=list(_CHECKS))
            if answer.status_code >= 400:
                assert set(answer.json()) == {"error", "rule"}
            answered += 1

        every_request_is_answered()
    return answered


def test_two_hundred_requests_are_all_answered(operations: list[Any]) -> None:
    assert walk(operations, _CASES) >= _CASES


@pytest.mark.soak
def test_two_thousand_requests_are_all_answered(operations: list[Any]) -> None:
    assert walk(operations, _SOAK_CASES) >= _SOAK_CASES


@pytest.mark.soak
@pytest.mark.parametrize("domain", ["consumer", "safeguarding"])
def test_a_thousand_requests_of_another_domain_are_all_answered(
    tmp_path_factory: pytest.TempPathFactory, domain: str
) -> None:
    folder = loaded(made(tmp_path_factory.mktemp(domain) / "ws", domain, 4_000, keep=few_files))
    assert walk(operations_of(folder), _SOAK_CASES // 2) >= _SOAK_CASES // 2
