"""The body of POST /v1/samples, for the OpenAPI document."""

from typing import Any

_TIME = {"type": "string", "format": "date-time", "description": "ISO 8601 with a zone, or a number with `precision`"}
_VALUE = {"type": ["number", "boolean", "null"], "description": "null (or no finite number) is stored as bad"}
_QUALITY = {"type": "string", "enum": ["good", "uncertain", "bad"], "default": "good"}

_SAMPLE: dict[str, Any] = {
    "title": "Sample",
    "type": "object",
    "additionalProperties": False,
    "required": ["tag", "time", "value"],
    "properties": {
        "tag": {"type": "string", "minLength": 1, "maxLength": 200},
        "time": _TIME,
        "value": _VALUE,
        "quality": _QUALITY,
    },
}
_ROW: dict[str, Any] = {
    "title": "Row",
    "description": "Values of one instant",
    "type": "object",
    "additionalProperties": False,
    "required": ["time", "values"],
    "properties": {
        "time": _TIME,
        "values": {"type": "object", "additionalProperties": _VALUE},
        "quality": _QUALITY,
    },
}
_ITEM = {"anyOf": [_SAMPLE, _ROW]}
_LIST = {"type": "array", "items": _ITEM, "minItems": 1}
_SAMPLES = {
    "title": "Samples",
    "type": "object",
    "additionalProperties": False,
    "required": ["samples"],
    "properties": {"samples": _LIST},
}

_TABLE = "time,reactor_pressure,reactor_level\n2026-03-02T02:00:00Z,2705.3,75.1\n"
_LINES = (
    "reactor_pressure value=2705.3 1772416800000000000\nreactor,quality=uncertain level=75.1 1772416800000000000\n"
)
_TWO_TAGS = [
    {"tag": "reactor_pressure", "time": "2026-03-02T02:00:00Z", "value": 2705.3},
    {"tag": "reactor_level", "time": "2026-03-02T02:00:00Z", "value": 75.1, "quality": "uncertain"},
]
_WHOLE_UNIT = {"time": "2026-03-02T02:00:00Z", "values": {"reactor_pressure": 2705.3, "reactor_level": 75.1}}
_BINARY = {"type": "string", "format": "binary"}

REQUEST_BODY: dict[str, Any] = {
    "required": True,
    "description": "Samples: one by one (tag, time, value, quality), or rows of one instant (time, a value per tag)",
    "content": {
        "application/json": {
            "schema": {"anyOf": [_SAMPLES, _LIST, _SAMPLE, _ROW]},
            "examples": {
                "two tags": {"value": {"samples": _TWO_TAGS}},
                "a whole unit": {"value": {"samples": [_WHOLE_UNIT]}},
            },
        },
        "application/x-ndjson": {"schema": _ITEM, "example": _TWO_TAGS[0]},
        "text/plain": {"schema": {"type": "string"}, "example": _LINES},
        "application/vnd.influx": {"schema": {"type": "string"}, "example": _LINES},
        "text/csv": {"schema": {"type": "string"}, "example": _TABLE},
        "application/vnd.apache.arrow.stream": {"schema": _BINARY},
        "application/vnd.apache.arrow.file": {"schema": _BINARY},
        "application/vnd.apache.parquet": {"schema": _BINARY},
    },
}
