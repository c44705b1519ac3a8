"""Bodies of HTTP requests: content type to decoder, and compressed ones unpacked within a limit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pyarrow as pa

from ingest.formats.arrow import decode_ipc, decode_parquet
from ingest.formats.decoded import Decoded
from ingest.formats.delimited import decode_csv
from ingest.formats.influx import decode_lines
from ingest.formats.json_samples import decode_json, decode_ndjson
from ingest.formats.times import PRECISIONS
from twin.errors import InvalidInput, TooLarge, UnsupportedMedia

MAX_BYTES = 32 << 20
"""Bytes of a body, as it comes and unpacked."""

_ENCODINGS: Mapping[str, str | None] = {"": None, "identity": None, "gzip": "gzip", "x-gzip": "gzip", "zstd": "zstd"}


@dataclass(frozen=True, slots=True)
class BodyOptions:
    """What a request states beside its body.

    Attributes:
        precision: unit of times that are numbers (ns, us, ms, s); None: that of the format.
        address: template of addresses for line protocol, such as "{measurement}.{field}".
    """

    precision: str | None = None
    address: str | None = None


_DECODERS: Mapping[str, Callable[[bytes, BodyOptions], Decoded]] = {
    "application/json": lambda body, options: decode_json(body, options.precision),
    "application/x-ndjson": lambda body, options: decode_ndjson(body, options.precision),
    "text/plain": lambda body, options: decode_lines(body, options.precision or "ns", options.address),
    "application/vnd.influx": lambda body, options: decode_lines(body, options.precision or "ns", options.address),
    "application/vnd.apache.arrow.stream": lambda body, options: decode_ipc(body, MAX_BYTES),
    "application/vnd.apache.arrow.file": lambda body, options: decode_ipc(body, MAX_BYTES),
    "application/vnd.apache.parquet": lambda body, options: decode_parquet(body, MAX_BYTES),
    "text/csv": lambda body, options: decode_csv(body),
}


class Bodies:
    """Reads request bodies."""

    max_bytes = MAX_BYTES
    media_types = tuple(_DECODERS)

    def check(self, media_type: str, encoding: str) -> None:
        """Raise UnsupportedMedia unless a body of that content type and content encoding can be read."""
        for given, known, name in (
            (media_type, self.media_types, "Content-Type"),
            (encoding, tuple(_ENCODINGS), "Content-Encoding"),
        ):
            if given not in known:
                choice = tuple(item for item in known if item)
                raise UnsupportedMedia(
                    f"{name} {given or 'none'} is not read; one of {', '.join(choice)} is",
                    field=name,
                    value=given,
                    candidates=choice,
                )

    def decode(
        self,
        body: bytes,
        media_type: str,
        encoding: str = "",
        *,
        precision: str | None = None,
        address: str | None = None,
    ) -> Decoded:
        """The body's samples. Raises UnsupportedMedia, TooLarge, and InvalidInput for a body that cannot be read."""
        self.check(media_type, encoding)
        if precision is not None and precision not in PRECISIONS:
            raise InvalidInput(
                f"precision {precision} is not one of {', '.join(PRECISIONS)}",
                field="precision",
                value=precision,
                candidates=tuple(PRECISIONS),
            )
        options = BodyOptions(precision and PRECISIONS[precision], address)
        return _DECODERS[media_type](unpacked(body, _ENCODINGS[encoding]), options)


def unpacked(body: bytes, codec: str | None, limit: int = MAX_BYTES) -> bytes:
    """The body without its compression; raises TooLarge as soon as it grows past `limit` bytes."""
    if codec is None:
        return body
    try:
        with pa.CompressedInputStream(pa.BufferReader(body), codec) as stream:
            plain: bytes = stream.read(limit + 1)
    except (OSError, pa.ArrowException) as error:
        raise InvalidInput(f"the body is not {codec}: {error}", field="Content-Encoding", value=codec) from error
    if len(plain) > limit:
        raise TooLarge(
            f"the body unpacks to more than {limit} bytes: send it in parts",
            field="body",
            value=f"more than {limit}",
            limit=limit,
            unit="bytes",
        )
    return plain
