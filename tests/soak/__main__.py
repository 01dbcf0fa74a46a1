"""``make soak``: the long runs, one after another or one by name (``make soak SOAK=tables``)."""

from __future__ import annotations

import importlib
import pkgutil
import sys
import time

import tests.soak


def main() -> int:
    """Run the named soak, or all of them; the first that fails ends with its code."""
    names = sys.argv[1:] or [
        module.name for module in pkgutil.iter_modules(tests.soak.__path__) if module.name != "__main__"
    ]
    failed = 0
    for name in names:
        print(f"== {name}", flush=True)
        started = time.monotonic()
        sys.argv = [name]
        failed |= int(importlib.import_module(f"tests.soak.{name}").main() or 0)
        print(f"== {name}: {'failed' if failed else 'passed'} after {time.monotonic() - started:.0f} s", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
