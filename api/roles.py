"""Which part of Foretell a process plays."""

from enum import StrEnum


class Role(StrEnum):
    """One process may play one part, or all of them."""

    ALL = "all"
    API = "api"
    INGEST = "ingest"
    WORKER = "worker"

    @property
    def answers(self) -> bool:
        """Whether it answers questions about the plant; every role answers for its own health."""
        return self in {Role.ALL, Role.API}

    @property
    def knows(self) -> bool:
        """Whether it needs the world model."""
        return self is not Role.INGEST

    @property
    def port_offset(self) -> int:
        """Distance of its port from FORETELL_PORT, so that all roles can run beside one another."""
        return {Role.INGEST: 1, Role.WORKER: 2}.get(self, 0)

    @property
    def run_file(self) -> str:
        """Where it says in the data folder how to reach it."""
        return "run.json" if self.answers else f"{self.value}.json"

    @property
    def ingests(self) -> bool:
        """Whether it moves samples from sources to the historian."""
        return self in {Role.ALL, Role.INGEST}

    @property
    def watches(self) -> bool:
        """Whether it scores what arrives."""
        return self in {Role.ALL, Role.WORKER}
