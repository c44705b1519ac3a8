"""The write addresses of InfluxDB 1 and 2, so that Telegraf and its like can point here."""

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from api.dependencies import State
from api.routes.samples import Address, Precision, store_body

router = APIRouter(include_in_schema=False)

LINE_PROTOCOL = "application/vnd.influx"


@router.post("/api/v2/write")
@router.post("/write")
async def write_lines(
    state: State, request: Request, precision: Precision = None, address: Address = None
) -> Response:
    """Store line protocol, whatever the content type says: 204, or 400 when a part was not stored, as InfluxDB does.

    `org`, `bucket` and `db` are not looked at.
    """
    stored = await store_body(state, request, LINE_PROTOCOL, precision=precision or "ns", address=address)
    if not stored.rejected:
        return Response(status_code=204)
    reasons = ", ".join(f"{number} {reason}" for reason, number in stored.rejected.items())
    first = stored.rejections[0]
    message = f"partial write: {reasons}; first: {first.detail or f'{first.place}: {first.tag}: {first.reason}'}"
    error = f"{message} dropped={sum(stored.rejected.values())}"
    return JSONResponse({"code": "invalid", "message": message, "error": error}, 400)
