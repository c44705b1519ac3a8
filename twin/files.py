"""Small files that are never half written."""

import os
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write aside, sync and rename: `path` holds either the old content or all of the new at any moment.

    Its folder is made when it is not there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with aside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
