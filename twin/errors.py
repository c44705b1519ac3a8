"""Everything that can go wrong, one class per thing the caller can do about it.

Every error carries a sentence for a person, and the fields that problem JSON needs: the thing that is
wrong, its value, the limit it broke and the unit of both.
"""

from collections.abc import Sequence


class ForetellError(Exception):
    """Base of the tree; `slug` names the kind of error in problem JSON."""

    slug = "error"
    title = "Something went wrong"

    def __init__(
        self,
        detail: str,
        *,
        field: str | None = None,
        value: object = None,
        limit: object = None,
        unit: str | None = None,
        candidates: Sequence[str] = (),
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field
        self.value = value
        self.limit = limit
        self.unit = unit
        self.candidates = tuple(candidates)


class InvalidInput(ForetellError):
    """Correct the request and send it again."""

    slug = "invalid-input"
    title = "The input does not fit"


class UnknownTag(InvalidInput):
    """No such tag; `candidates` holds the nearest names."""

    slug = "unknown-tag"
    title = "Unknown tag"


class AmbiguousTag(InvalidInput):
    """Several tags answer to that name; `candidates` holds them, ask the person which."""

    slug = "ambiguous-tag"
    title = "Ambiguous tag"


class UnitMismatch(InvalidInput):
    """The unit given does not convert to the tag's engineering unit."""

    slug = "unit-mismatch"
    title = "The unit does not fit the tag"


class OutsideLimits(InvalidInput):
    """A value beyond what the plant file allows for the tag."""

    slug = "outside-limits"
    title = "Outside the limits"


class HorizonTooLong(InvalidInput):
    """The horizon goes past what the model or the API accepts."""

    slug = "horizon-too-long"
    title = "The horizon is too long"


class OutsideData(InvalidInput):
    """The time asked for lies in the future or outside what the historian holds."""

    slug = "outside-data"
    title = "Outside the data"


class OutsideRetention(OutsideData):
    """The time asked for lies before the oldest sample that the historian still holds."""

    slug = "outside-retention"
    title = "Outside retention"


class NothingThere(InvalidInput):
    """No event or logged move fits what the time was told by; the detail names the nearest."""

    slug = "nothing-there"
    title = "Nothing fits"


class AmbiguousTime(InvalidInput):
    """Several days, events or moves fit; `candidates` holds their times, ask the person which."""

    slug = "ambiguous-time"
    title = "Ambiguous time"


class EmptyWindow(InvalidInput):
    """The window holds no instant, or no sample."""

    slug = "empty-window"
    title = "Empty window"


class TooLarge(InvalidInput):
    """Send it in smaller parts."""

    slug = "too-large"
    title = "Too large"


class UnsupportedMedia(InvalidInput):
    """Send it in one of the forms that are read."""

    slug = "unsupported-media"
    title = "A form that is not read"


class NotFound(ForetellError):
    """The thing named by an id is not there."""

    slug = "not-found"
    title = "Not found"


class Unauthorized(ForetellError):
    """Send the API key."""

    slug = "unauthorized"
    title = "The API key is missing or wrong"


class SignatureRefused(Unauthorized):
    """Sign the message with the shared secret, and send it at once."""

    slug = "signature"
    title = "The signature does not fit"


class SwitchedOff(ForetellError):
    """This part of Foretell is not used here; the detail names the setting that switches it on."""

    slug = "switched-off"
    title = "This is switched off"


class GrafanaUnavailable(ForetellError):
    """Grafana does not answer, or what answers is no Grafana: look at its address, and try again later."""

    slug = "grafana-unavailable"
    title = "Grafana is not reachable"


class GrafanaRefused(ForetellError):
    """Grafana did not do it: give its token the right that is missing, or correct what it names."""

    slug = "grafana-refused"
    title = "Grafana refuses"


class PlantFileError(ForetellError):
    """Correct the plant file; `field` is the path inside it, the detail names file and line."""

    slug = "plant-file"
    title = "The plant file has an error"


class IngestFileError(ForetellError):
    """Correct the ingest file; `field` is the path inside it, the detail names file and line."""

    slug = "ingest-file"
    title = "The ingest file has an error"


class ConfigurationError(ForetellError):
    """Correct a setting, for example a port that is in use."""

    slug = "configuration"
    title = "A setting does not work"


class NoJournal(ForetellError):
    """This twin keeps no journal: nothing that was written down, asked or tried can be searched."""

    slug = "no-journal"
    title = "There is no journal"


class StoreUnavailable(ForetellError):
    """The database is unreachable: try again later, nothing was lost."""

    slug = "store-unavailable"
    title = "The historian is not reachable"


class SpoolUnavailable(ForetellError):
    """The disk that shall keep samples while the historian is away takes no more: free space, nothing was lost."""

    slug = "spool-unavailable"
    title = "The spool takes no more"


class SchemaMismatch(ForetellError):
    """The database schema is newer than this Foretell: upgrade Foretell."""

    slug = "schema-mismatch"
    title = "The database schema does not fit this version"


class ModelNotReady(ForetellError):
    """No world model is loaded, or it has not seen enough data yet: try again later."""

    slug = "model-not-ready"
    title = "The world model is not ready"


class CheckpointError(ForetellError):
    """The checkpoint is damaged or belongs to another plant: train or load another one."""

    slug = "checkpoint"
    title = "The checkpoint cannot be used"


class LanguageModelUnavailable(ForetellError):
    """The language model server is away, slow or answered nonsense: the grammar goes on alone."""

    slug = "language-model-unavailable"
    title = "The language model is not reachable"


class TooManyQuestions(ForetellError):
    """As many questions wait as may wait: try again in a few seconds."""

    slug = "too-many-questions"
    title = "Too many questions at once"
