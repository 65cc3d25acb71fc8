"""Our checks in Schemathesis, so that it makes what breaks them small."""

from typing import Any
from urllib.parse import urlsplit

import schemathesis

from offair.contracts.checks.catalogue import judge_exchanges
from offair.contracts.checks.check import Check
from offair.contracts.contract import Contract
from offair.contracts.exchange import Exchange


@schemathesis.check
class Promise:
    """Fails a case whose answer breaks a rule. It does nothing in a run that is not ours: there it has no contract."""

    def __init__(self, *, contract: Contract | None = None, checks: tuple[Check, ...] = ()) -> None:
        self._contract = contract
        self._checks = checks

    def after_response(self, _context: Any, response: Any, case: Any) -> bool | None:
        """Judge one answer."""
        if self._contract is None:
            return True
        parts = urlsplit(response.request.url)
        below = parts.path.removeprefix(urlsplit(case.operation.base_url).path.rstrip("/"))
        body = response.request.body or b""
        one = Exchange(
            method=case.method.upper(),
            path=self._contract.base_path + below + (f"?{parts.query}" if parts.query else ""),
            status=response.status_code,
            request_headers=dict(response.request.headers),
            request_body=body if isinstance(body, bytes) else str(body).encode(),
            response_headers={name: ", ".join(values) for name, values in response.headers.items()},
            response_body=response.content or b"",
        )
        broken = [v for v in judge_exchanges(self._contract, [one], self._checks) if v.outcome == "broken"]
        if broken:
            raise AssertionError("; ".join(f"{v.rule.name}: {v.violations[0]}" for v in broken))
        return None
