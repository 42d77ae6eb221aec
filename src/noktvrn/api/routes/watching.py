"""What machines ask: is it alive, is it ready, how is it doing."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from noktvrn.api.metrics import MEDIA_TYPE
from noktvrn.api.problems import problem
from noktvrn.api.routes.common import BEARER, PROBLEMS, TheLabel
from noktvrn.kernel.errors import NotReady
from noktvrn.model.finding import Severity

router = APIRouter(tags=["watching"], responses={status: PROBLEMS[status] for status in (403, 500)})


@router.get("/healthz", operation_id="healthz", summary="The process lives")
def healthz() -> dict[str, str]:
    """Says nothing of what it stands on."""
    return {"status": "ok"}


@router.get("/readyz", operation_id="readyz", summary="The label can work", responses={503: PROBLEMS[503]})
def readyz(label: TheLabel) -> Response:
    """503 with the reasons when anything it stands on is broken."""
    bad = [f for f in label.house.doctor().findings if f.severity is Severity.ERROR]
    if not bad:
        return Response('{"status":"ok"}', media_type="application/json")
    # Anybody may ask, so the answer names the checks and not the paths and servers behind them.
    reasons = "; ".join(finding.rule for finding in bad)
    return problem(NotReady(reasons, code="house.not_ready").as_problem() | {"status": 503})


@router.get(
    "/metrics",
    operation_id="metrics",
    summary="Prometheus metrics",
    response_class=Response,
    responses={401: PROBLEMS[401]},
    dependencies=[BEARER],
)
def metrics(request: Request, label: TheLabel) -> Response:
    """Needs the token like everything else."""
    return Response(request.app.state.metrics.page(label.runs.every()), media_type=MEDIA_TYPE)
