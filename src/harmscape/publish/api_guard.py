"""Who may write: only a page of this very server. No form or script of another site can send such a request.

Every request must name this machine as its host, so that no name on the internet can be turned to point here.
"""

from __future__ import annotations

import json
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request
from starlette.exceptions import HTTPException

HEADER = "X-Harmscape"
MOST_BODY = 64 * 1024


def is_own_host(host: str) -> bool:
    """Whether a Host header names this machine: loopback, or a bare name without a domain.

    A site on the internet has a dot in its name; one that makes its name point at this machine is refused.

    >>> is_own_host("127.0.0.1:8000"), is_own_host("desk-12"), is_own_host("evil.example:8000")
    (True, True, False)
    """
    name = _name_of(f"//{host}")
    return name is not None and (not {".", ":"} & set(name) or is_loopback(name))


def is_loopback(name: str) -> bool:
    """Whether a host's name is this machine and nothing else."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def check_writer(request: Request) -> None:
    """Refuse a write that may come from elsewhere. Raises HTTPException with the reason."""
    host = request.headers.get("host", "")
    name = _name_of(f"//{host}")
    if name is None or not is_loopback(name):
        raise HTTPException(403, "writing is for this machine alone: the host asked for is not loopback")
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
        raise HTTPException(403, "writing is refused: the request comes from another site")
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403, "writing is refused: the request comes from another site")
    if request.headers.get(HEADER) != "1":
        raise HTTPException(403, f"writing needs the header {HEADER}: 1")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415, "writing needs the content type application/json")


async def read_body(request: Request) -> dict[str, Any]:
    """The JSON object of a request, at most 64 KiB. Raises HTTPException with what is wrong."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BODY:
            raise HTTPException(413, "what is written takes up to 64 KiB")
    try:
        held = json.loads(body.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError) as fault:
        raise HTTPException(422, "what is written must be one JSON object") from fault
    if not isinstance(held, dict):
        raise HTTPException(422, "what is written must be one JSON object")
    return held


def _no_number(name: str) -> float:
    raise ValueError(name)


def _name_of(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
