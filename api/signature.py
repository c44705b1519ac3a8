"""Signatures of Grafana's webhook contact point: who may send alerts, instead of the API key.

Grafana signs `TIMESTAMP:BODY` with HMAC-SHA256 and sends the digest as lower-case hex, the time as Unix seconds in
the header that its contact point names. A message without the time is refused: it could be sent again for ever.
"""

import hashlib
import hmac
from datetime import datetime

from starlette.datastructures import Headers

from twin.errors import SignatureRefused

SIGNATURE_HEADER = "X-Grafana-Alerting-Signature"
TIMESTAMP_HEADER = "X-Grafana-Alerting-Timestamp"
WINDOW_S = 300
"""How far the sender's clock may be from ours, either way."""


def check_signature(headers: Headers, body: bytes, secret: str, now: datetime) -> None:
    """Raise SignatureRefused unless `body` was signed with `secret`, and lately."""
    time = headers.get(TIMESTAMP_HEADER, "")
    expected = hmac.new(secret.encode(), time.encode("latin-1") + b":" + body, hashlib.sha256).hexdigest()
    fits = hmac.compare_digest(headers.get(SIGNATURE_HEADER, "").encode("latin-1"), expected.encode())
    if not (fits and time.isascii() and time.isdecimal()):
        raise SignatureRefused(
            f"{SIGNATURE_HEADER} is not the HMAC-SHA256 of {TIMESTAMP_HEADER}, a colon and the body under "
            "FORETELL_ALERT_SECRET",
            field=SIGNATURE_HEADER,
        )
    age = now.timestamp() - int(time)
    if abs(age) > WINDOW_S:
        raise SignatureRefused(
            f"the message was signed {age:.0f} s ago, the limit is {WINDOW_S} s either way: compare the clocks",
            field=TIMESTAMP_HEADER,
            value=int(time),
            limit=WINDOW_S,
            unit="s",
        )
