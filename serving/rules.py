"""Rule files that change under a running service: noticed, proved and taken up without losing a request.

The folder of the setting ``rules`` is looked at every second. Other rules are loaded by a nursery of their own, whose
workers take the place of the present ones; a rule that fails its proof changes nothing and is told once in the log.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from extractor.errors import GongkaiError
from extractor.rulebook import lexicon_hash
from serving.logs import log
from serving.problems import BusyError

if TYPE_CHECKING:
    from pathlib import Path

    from serving.metrics import Metrics
    from serving.workshop import Workshop

LOOK_SECONDS = 1.0


async def watch_rules(folder: Path | None, workshop: Workshop, metrics: Metrics) -> None:
    """Keep the workers on the rules that stand in the user's folder; ends at once where there is none."""
    refused = ""
    while folder is not None:
        await asyncio.sleep(LOOK_SECONDS)
        if not workshop.provenance or workshop.closing:
            continue
        try:
            standing = lexicon_hash(folder)
        except OSError:  # a file that is just being replaced
            continue
        if standing in (workshop.provenance["lexicon_sha256"], refused):
            continue
        try:
            await workshop.start()
        except BusyError as busy:
            log.warning("rules not taken up yet", what=busy.what)
        except GongkaiError as error:
            refused = standing
            log.error("rules not taken up", what=error.what, **error.details())
        else:
            metrics.build.info(workshop.provenance)
            log.info("rules taken up", lexicon=standing)
