"""Samples in."""

from collections import Counter
from typing import Annotated, Any

from fastapi import APIRouter, Body
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from api.dependencies import State
from api.openapi import problems
from twin.sample import Quality, Sample, SampleBatch

router = APIRouter(tags=["samples"])

MAX_SAMPLES = 100_000
QUALITIES = {quality.name.lower(): quality for quality in Quality}


class SampleIn(BaseModel):
    """One sample; `value` null (or not finite) is stored as bad quality."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tag: str = Field(min_length=1, max_length=200)
    time: AwareDatetime
    value: float | None
    quality: str = Field(default="good", pattern="^(good|uncertain|bad)$")

    def sample(self) -> Sample:
        """The value type that the pipeline takes."""
        value = float("nan") if self.value is None else self.value
        return Sample(self.tag, self.time, value, QUALITIES[self.quality])


class SamplesIn(BaseModel):
    """A batch; each sample is judged on its own, so one bad sample does not cost the others."""

    model_config = ConfigDict(extra="forbid")

    samples: Annotated[
        list[Any],
        Field(
            min_length=1,
            max_length=MAX_SAMPLES,
            json_schema_extra={"items": SampleIn.model_json_schema()},
        ),
    ]


class Accepted(BaseModel):
    """What became of the batch."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"accepted": 2, "duplicates": 0, "rejected": {"unknown tag": 1}}}
    )

    accepted: int = Field(description="Samples stored")
    duplicates: int = Field(description="Samples whose tag and time were there already; the first value stays")
    rejected: dict[str, int] = Field(description="Samples not stored, by reason")


EXAMPLES = {
    "two tags": {
        "value": {
            "samples": [
                {"tag": "reactor_pressure", "time": "2026-03-02T02:00:00Z", "value": 2705.3},
                {"tag": "reactor_level", "time": "2026-03-02T02:00:00Z", "value": 75.1, "quality": "uncertain"},
            ]
        }
    }
}


@router.post("/samples", responses=problems(503))
def post_samples(state: State, given: Annotated[SamplesIn, Body(openapi_examples=EXAMPLES)]) -> Accepted:
    """Store samples; they are committed when the answer arrives, and sending them again changes nothing."""
    samples, malformed = read_samples(given.samples)
    state.metrics.malformed.inc(malformed.total())
    intake = state.pipeline.accept(SampleBatch.of(samples))
    return Accepted(
        accepted=intake.accepted,
        duplicates=intake.duplicates,
        rejected=dict(malformed + Counter(intake.rejected)),
    )


def read_samples(items: list[Any]) -> tuple[list[Sample], Counter[str]]:
    """The samples that can be read, and how many cannot, by reason."""
    samples: list[Sample] = []
    malformed: Counter[str] = Counter()
    for item in items:
        try:
            samples.append(SampleIn.model_validate(item).sample())
        except ValidationError as error:
            first = error.errors()[0]
            malformed[f"{'.'.join(map(str, first['loc'])) or 'sample'}: {first['msg']}"] += 1
    return samples, malformed
