"""The shipped model comes from the project's own labels and nothing else: fitted again, it is the same, byte for byte."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from training.refit import SHIPPED, refit


def main() -> int:
    """Fit again into a folder of its own; 1 where a file differs."""
    with TemporaryDirectory() as work:
        fresh = Path(work) / "default"
        refit(fresh)
        files = sorted(path.name for path in {*fresh.iterdir(), *SHIPPED.iterdir()})
        names = list(dict.fromkeys(files))
        other = [name for name in names if not _same(fresh / name, SHIPPED / name)]
    print(f"{len(names)} files, differing: {', '.join(other) or 'none'}")
    return 1 if other else 0


def _same(fresh: Path, shipped: Path) -> bool:
    return fresh.is_file() and shipped.is_file() and fresh.read_bytes() == shipped.read_bytes()


if __name__ == "__main__":
    sys.exit(main())
