"""Which part of Foretell a process plays."""

from enum import StrEnum


class Role(StrEnum):
    """One process may play one part, or all of them."""

    ALL = "all"
    API = "api"
    INGEST = "ingest"
    WORKER = "worker"

    @property
    def serves(self) -> bool:
        """Whether it answers requests."""
        return self in {Role.ALL, Role.API}

    @property
    def ingests(self) -> bool:
        """Whether it moves samples from sources to the historian."""
        return self in {Role.ALL, Role.INGEST}

    @property
    def watches(self) -> bool:
        """Whether it scores what arrives."""
        return self in {Role.ALL, Role.WORKER}
