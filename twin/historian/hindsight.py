"""Rules for history as it was known at a moment."""

from datetime import UTC, datetime

from twin.errors import InvalidInput, OutsideData


def refuse_future(moment: datetime) -> None:
    """Raise OutsideData for a moment that has not come yet."""
    if moment > datetime.now(UTC):
        at = moment.isoformat()
        raise OutsideData(f"what will be known at {at} is not known yet", field="as_of", value=at)


def only_read(moment: datetime) -> InvalidInput:
    """What writing to such a history is answered with."""
    at = moment.isoformat()
    return InvalidInput(f"history as it was known at {at} is only read", field="as_of", value=at)
