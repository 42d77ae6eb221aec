"""What `make run` installs: time from nothing (the package cache as it is) and size on disk."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent


def main() -> None:
    """Copies the checkout and installs it as a newcomer would."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "noktvrn"
        ignore = shutil.ignore_patterns(".venv", ".git", "demo", "*cache*")
        shutil.copytree(ROOT, clone, ignore=ignore)
        started = time.monotonic()
        subprocess.run(["make", "--quiet", "--directory", str(clone), ".venv/.run"], check=True)
        took = time.monotonic() - started
        files = [path for path in (clone / ".venv").rglob("*") if path.is_file() and not path.is_symlink()]
        size = sum(path.stat().st_size for path in files)
    print(f"installed in {took:.0f} s, {size / (1 << 20):.0f} MB, {len(files)} files")


if __name__ == "__main__":
    main()
