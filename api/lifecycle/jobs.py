"""Trainings in the background: one at a time, listed, remembered after a restart."""

import threading
import uuid
from collections.abc import Callable
from pathlib import Path

import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from api.lifecycle.trainer import Told, someone_trains
from twin.clock import Clock
from twin.errors import ForetellError, InvalidInput
from twin.files import write_whole
from twin.lifecycle import Job, JobStatus, TrainingRequest

FILE = "jobs.json"
KEPT = 50

Outcome = tuple[str, bool | None]
Work = Callable[[TrainingRequest, Told], Outcome]

log = structlog.get_logger(__name__)


class _Listed(BaseModel):
    model_config = ConfigDict(frozen=True)

    jobs: tuple[Job, ...] = ()


class Jobs:
    """Runs `work`, which gives the new version and what the gate said, and keeps a list of its runs in a folder."""

    def __init__(self, folder: Path, work: Work, clock: Clock) -> None:
        self._path, self._work, self._clock = folder / FILE, work, clock
        self._own: dict[str, Job] = {}
        self._lock = threading.Lock()

    def list(self) -> tuple[Job, ...]:
        """All of them, the newest first; one whose process ended is interrupted."""
        alive = someone_trains(self._path.parent)
        known = {job.id: job for job in self._stored()} | self._own
        jobs = [job if alive or job.id in self._own else _ended(job) for job in known.values()]
        return tuple(sorted(jobs, key=lambda job: job.started, reverse=True))

    def start(self, request: TrainingRequest) -> Job:
        """Begin in a thread; raises InvalidInput while another training runs."""
        job = self._new(request)
        threading.Thread(target=self._run, args=(job,), name="training", daemon=True).start()
        return job

    def run(self, request: TrainingRequest) -> Job:
        """Do it now, and give how it ended; raises InvalidInput while another training runs."""
        job = self._new(request)
        self._run(job)
        return self._own[job.id]

    def _new(self, request: TrainingRequest) -> Job:
        with self._lock:
            running = any(job.status is JobStatus.RUNNING for job in self._own.values())
            if running or someone_trains(self._path.parent):
                raise InvalidInput("another training runs", field="train")
            job = Job(id=uuid.uuid4().hex[:12], request=request, status=JobStatus.RUNNING, started=self._clock.now())
            self._own[job.id] = job
        self._store(job)
        return job

    def _run(self, job: Job) -> None:
        told = Told(lambda share: self._update(job.id, share=share), lambda line: self._say(job.id, line))
        try:
            version, passed = self._work(job.request, told)
        except ForetellError as error:
            self._end(job.id, JobStatus.FAILED, error=error.detail)
        except Exception as error:
            log.exception("training failed", job=job.id)
            self._end(job.id, JobStatus.FAILED, error=f"{type(error).__name__}: {error}")
        else:
            self._end(job.id, JobStatus.DONE, share=1.0, version=version, passed=passed)

    def _say(self, job_id: str, line: str) -> None:
        self._update(job_id, line=line)
        self._store(self._own[job_id])

    def _end(self, job_id: str, status: JobStatus, **fields: object) -> None:
        ended = self._own[job_id].model_copy(update={"status": status, "ended": self._clock.now(), **fields})
        self._store(ended)
        self._own[job_id] = ended

    def _update(self, job_id: str, **fields: object) -> None:
        self._own[job_id] = self._own[job_id].model_copy(update=fields)

    def _stored(self) -> tuple[Job, ...]:
        try:
            return _Listed.model_validate_json(self._path.read_bytes()).jobs
        except (FileNotFoundError, ValidationError):
            return ()

    def _store(self, job: Job) -> None:
        with self._lock:
            others = [other for other in self._stored() if other.id != job.id]
            kept = sorted([*others, job], key=lambda item: item.started)[-KEPT:]
            write_whole(self._path, _Listed(jobs=tuple(kept)).model_dump_json(indent=1).encode())


def _ended(job: Job) -> Job:
    return job.model_copy(update={"status": JobStatus.INTERRUPTED}) if job.status is JobStatus.RUNNING else job
