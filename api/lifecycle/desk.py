"""What routes, command line and schedule ask of the model's life."""

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from api.lifecycle.jobs import Jobs
from api.lifecycle.serving import Serving
from api.lifecycle.trainer import HOLD, Told, Trainer
from models.adjustment import Adjustments
from models.registry import ModelRegistry, read_card
from twin.errors import InvalidInput, StoreUnavailable
from twin.event import Feedback
from twin.lifecycle import (
    BandReport,
    DriftReport,
    GateDecision,
    Job,
    JobStatus,
    ModelStatus,
    ModelVersion,
    Promotion,
    ThresholdChange,
    TrainingRequest,
    VersionDetail,
)
from twin.protocols import Twin, WorldModel
from twin.settings import Settings
from twin.window import Window

LOOK_S = 60.0
DRIFT_EVERY = timedelta(hours=1)

log = structlog.get_logger(__name__)


class RegistryDesk:
    """Versions as the registry knows them, without any model in memory."""

    def __init__(self, settings: Settings, registry: ModelRegistry) -> None:
        self._settings, self._registry = settings, registry

    def versions(self) -> tuple[ModelVersion, ...]:
        """All of them, the newest first; first of all the file that a setting names."""
        known, file = self._registry.versions(), self._settings.checkpoint
        if file is None:
            return known
        named = ModelVersion.of(read_card(file), ModelStatus.CHAMPION, origin=str(file))
        return (named, *(_not_champion(item) for item in known if item.version != named.version))

    def detail(self, version: str) -> VersionDetail:
        """One of them with its card and history; raises NotFound."""
        known = {item.version: item for item in self.versions()}
        model, state = known.get(version) or self._registry.get(version), self._registry.state()
        file = self._settings.checkpoint
        named = file if file is not None and model.origin == str(file) else None
        return VersionDetail(
            model=model,
            card=self._registry.card(version) if named is None else read_card(named),
            promotions=tuple(made for made in state.promotions if version in (made.version, made.previous)),
            decisions=tuple(made for made in state.decisions if made.challenger.version == version),
            bands=self._registry.bands(version),
        )

    def promote(self, version: str, who: str, reason: str) -> Promotion:
        """Make it champion; raises NotFound, InvalidInput."""
        self._refuse_named_file()
        return self._registry.promote(version, who, reason)

    def rollback(self, who: str, reason: str) -> Promotion:
        """Make the champion before this one champion again; raises InvalidInput when there is none."""
        self._refuse_named_file()
        return self._registry.rollback(who, reason)

    def remove(self, version: str) -> ModelVersion:
        """Delete a version that is not champion; raises NotFound, InvalidInput."""
        return self._registry.remove(version)

    def _refuse_named_file(self) -> None:
        if self._settings.checkpoint is not None:
            raise InvalidInput(
                f"FORETELL_CHECKPOINT names {self._settings.checkpoint}: while it does, no promotion has an effect",
                field="FORETELL_CHECKPOINT",
                value=str(self._settings.checkpoint),
            )


class Desk:
    """One plant's registry, its trainings, its drift alarm and its thresholds; see the protocol `Lifecycle`."""

    def __init__(self, settings: Settings, twin: Twin, registry: ModelRegistry, serving: Serving) -> None:
        self._settings, self._twin, self._registry, self._serving = settings, twin, registry, serving
        self._known = RegistryDesk(settings, registry)
        self._trainer = Trainer(settings, twin, registry)
        self._jobs = Jobs(registry.folder, self._work, twin.clock)

    def versions(self) -> tuple[ModelVersion, ...]:
        """All of them, the newest first."""
        return self._known.versions()

    def detail(self, version: str) -> VersionDetail:
        """One of them with its card and history; raises NotFound."""
        return self._known.detail(version)

    def promote(self, version: str, who: str, reason: str, *, gate: bool = False) -> Promotion:
        """Make it champion, if asked only when it passes the gate; raises NotFound, InvalidInput."""
        if gate and not (decision := self.compare(version)).passed:
            raise InvalidInput(
                f"{version} did not pass the gate: {'; '.join(decision.reasons)}", field="version", value=version
            )
        return self._known.promote(version, who, reason)

    def rollback(self, who: str, reason: str) -> Promotion:
        """Make the champion before this one champion again; raises InvalidInput when there is none."""
        return self._known.rollback(who, reason)

    def remove(self, version: str) -> ModelVersion:
        """Delete a version that is not champion; raises NotFound, InvalidInput."""
        return self._known.remove(version)

    def compare(self, version: str) -> GateDecision:
        """Put a challenger through the gate, and keep what it said; raises NotFound, InvalidInput."""
        return self._trainer.compare(version)

    def train(self, request: TrainingRequest) -> Job:
        """Begin a training in the background; raises InvalidInput while another one runs."""
        return self._jobs.start(request)

    def jobs(self) -> tuple[Job, ...]:
        """Trainings, the newest first."""
        return self._jobs.list()

    def drift(self) -> DriftReport | None:
        """Whether the champion still describes the plant; None while nobody has looked."""
        report = self._registry.drift()
        model = self._twin.model
        return report if report is not None and model is not None and report.version == model.card.version else None

    def bands(self) -> BandReport | None:
        """What live coverage has made of the champion's bands; None while nobody has looked."""
        model = self._twin.model
        return None if model is None or self._settings.checkpoint else self._registry.bands(model.card.version)

    def judged(self, feedback: Feedback) -> tuple[ThresholdChange, ...]:
        """What a judgement, which is kept already, does to thresholds: the changes made and those taken back."""
        loaded, events = self._serving.loaded, self._twin.events
        if loaded is None:
            return ()
        adjustments = Adjustments(events.threshold_changes(), loaded.version)
        event = events.get(feedback.event_id)
        peaks = self._serving.peaks(event) if feedback.label == "false_alarm" else {}
        made = adjustments.raised(event, peaks, loaded.detector.thresholds, feedback)
        events.add_threshold_changes(made)
        withdrawn = adjustments.withdrawn_by(feedback)
        who = feedback.author or feedback.label
        return (*made, *(events.undo_threshold_change(name, who, feedback.time) for name in withdrawn))

    # -- work of threads

    def watch_drift(self, stop: threading.Event) -> None:
        """Look once an hour, until `stop` is set, whether the champion still describes the plant, bands and all."""
        while not stop.is_set():
            try:
                self._look_for_drift()
            except StoreUnavailable as error:
                log.warning("store away, drift is looked for later", detail=error.detail)
            stop.wait(LOOK_S)

    def retrain(self, stop: threading.Event) -> None:
        """Train, compare and promote as often as FORETELL_RETRAIN_EVERY says, until `stop` is set."""
        every = self._settings.retrain_every
        while every is not None and not stop.is_set():
            if self._twin.clock.now() - self._last_attempt() >= every:
                self._retrain_once()
            stop.wait(LOOK_S)

    def _retrain_once(self) -> None:
        request = TrainingRequest(hold=HOLD / timedelta(hours=1), promote=True)
        try:
            job = self._jobs.run(request)
        except InvalidInput as error:
            log.warning("no scheduled training now", detail=error.detail)
            return
        log.info(
            "scheduled training", status=job.status.value, version=job.version, passed=job.passed, error=job.error
        )

    def _last_attempt(self) -> datetime:
        made = [version.created for version in self._registry.versions()]
        tried = [job.started for job in self._jobs.list() if job.status is not JobStatus.INTERRUPTED]
        return max([*made, *tried, datetime.min.replace(tzinfo=self._twin.clock.now().tzinfo)])

    def _work(self, request: TrainingRequest, told: Told) -> tuple[str, bool | None]:
        card = self._trainer.train(request, told)
        if not request.promote:
            return card.version, None
        told.line("the gate: champion and challenger on the newest operation")
        decision = self._trainer.gate(card.version)
        return card.version, None if decision is None else decision.passed

    def _look_for_drift(self) -> None:
        from models.drift import DriftConfig, examine
        from models.recency import newest, normal_operation

        twin, before, loaded = self._twin, self.drift(), self._serving.loaded
        now = twin.clock.now()
        if loaded is None or (before is not None and now - before.time < DRIFT_EVERY):
            return
        model = loaded.model
        config = DriftConfig()
        span = newest(now, config.window + model.card.context)
        windows = normal_operation(twin.historian, twin.events, twin.plant, span, 2 * model.card.context)
        report = examine(model, windows, now, config)
        if report.drifting and (before is None or not before.drifting):
            log.warning("the world model drifts", version=report.version, reason=report.reason)
        self._registry.keep_drift(report)
        self._follow_bands(model, windows, now)

    def _follow_bands(self, model: WorldModel, windows: Sequence[Window], now: datetime) -> None:
        """Let the bands follow the newest operation; a file that a setting names keeps those of its calibration."""
        from models.adaptation import follow

        if self._settings.checkpoint is not None:
            return
        before = self._registry.bands(model.card.version)
        report = follow(before, model, windows, now)
        known = set(before.changes) if before is not None else set()
        for change in (change for change in report.changes if change not in known):
            log.info("a band follows live coverage", version=report.version, **change.model_dump(mode="json"))
        self._registry.keep_bands(report)


def _not_champion(version: ModelVersion) -> ModelVersion:
    if version.status is not ModelStatus.CHAMPION:
        return version
    return version.model_copy(update={"status": ModelStatus.RETIRED})
