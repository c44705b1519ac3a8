"""Shift reports."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.dependencies import State
from api.openapi import problems
from api.report import Format, rendered
from api.report.shifts import report_of
from twin.operations.shift_report import ShiftReport

router = APIRouter(prefix="/reports", tags=["reports"])

Shift = Annotated[str | None, Query(description="Name of the shift; default: the one completed last")]
Day = Annotated[date | None, Query(description="Day on which it began, on the plant's clock; default: the last one")]


@router.get("/shift", responses=problems(503))
def get_shift_report(state: State, shift: Shift = None, day: Day = None) -> ShiftReport:
    """What happened in a shift: events and why, moves, limits passed, controlled variables, what was written down."""
    return report_of(state.twin, state.max_horizon, shift, day).found


@router.get(
    "/shift/{form}",
    response_class=Response,
    responses={**problems(500, 503), 200: {"content": {form.media_type: {} for form in Format}}},
)
def get_shift_document(state: State, form: Format, shift: Shift = None, day: Day = None) -> Response:
    """The same as a document: md, html or pdf."""
    report = report_of(state.twin, state.max_horizon, shift, day)
    headers = {"Content-Disposition": f'inline; filename="{report.name}.{form.value}"'}
    return Response(rendered(report, form), media_type=form.media_type, headers=headers)
