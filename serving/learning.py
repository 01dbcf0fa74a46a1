"""Learning beside the service: trainings one after another, gates, the queue, and taking up the model that is live.

All of it runs in processes of its own (``training.process``), so that neither its time nor its memory is the
server's; they end with the server. Models are files of the data folder, the same for commands and service: who
promotes by a command is heard as well, because the name of the live model is looked at every second.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import orjson

from extractor.errors import GongkaiError
from serving.lines import problem_of
from serving.logs import log
from serving.problems import BusyError, ServiceError, error_of
from serving.store.jobs import MOST_TRIES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from serving.keeping import Keeper
    from serving.settings import Settings
    from serving.store.trainings import Training, Trainings

LOOK_SECONDS = 1.0
AWAY_SECONDS = 2.0
MOST_ASKING = 8
MOST_SECONDS = 60.0
MOST_LINE_BYTES = 64 << 20
SHIPPED = "default"


class GatesError(ServiceError):
    """A candidate that may not go live: its gates, or examples that it codes otherwise."""

    status = 409
    kind = "gates"


class Learning:
    """Runs trainings and answers questions about models; ``run`` is its background work."""

    def __init__(self, settings: Settings, keeper: Keeper, trainings: Trainings) -> None:
        self.settings = settings
        self.keeper = keeper
        self.trainings = trainings
        self.progress: dict[str, dict[str, Any]] = {}
        self.woken = asyncio.Event()
        self.refused: str | None = None
        self.renewed_for: str | None = None
        self._listed: tuple[object, Any] | None = None
        self._asking = asyncio.Semaphore(1)
        self._in_line = 0
        self._taking = asyncio.Lock()

    @property
    def models(self) -> Path:
        """The folder of the models that were trained here."""
        return self.settings.home / "models"

    def has_model(self, name: str) -> bool:
        """Whether there is such a model."""
        return (self.models / name / "card.json").is_file()

    async def run(self) -> None:
        """Train what is asked for, and take up what goes live, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._train_all())
            group.create_task(self._watch())

    async def ask(self, do: str, **asked: Any) -> Any:
        """The answer of a process of its own, one at a time. Errors: those of training, 503 where too many wait."""
        if self._in_line >= MOST_ASKING:
            raise BusyError("too many questions about models wait", found=f"{self._in_line} waiting", retry_after=5)
        self._in_line += 1
        try:
            async with (
                self._asking, asyncio.timeout(MOST_SECONDS), self._process({"do": do, **asked}) as lines
            ):  # fmt: skip
                async for line in lines:
                    if "done" in line:
                        return line["done"]
                    if "refused" in line:
                        raise problem_with(line)
        except TimeoutError:
            raise BusyError("the answer about models took too long", allowed=f"{MOST_SECONDS:g} s") from None
        except OSError as error:
            raise BusyError("no process can be started now", found=type(error).__name__) from None
        finally:
            self._in_line -= 1
        raise BusyError("the process that was asked about models ended")

    async def listed(self) -> Any:
        """All models and the record of promotions; asked for anew only where their files have changed."""
        files = await asyncio.to_thread(self._files)
        if self._listed is None or self._listed[0] != files:
            self._listed = files, await self.ask("models")
        return self._listed[1]

    def _files(self) -> tuple[tuple[str, int, int], ...]:
        """The models' files with time and size, by which a change is seen; one that goes meanwhile is none."""
        told = []
        for path in sorted((self.models / "live", self.models / "history.jsonl", *self.models.glob("*/card.json"))):
            with suppress(FileNotFoundError, NotADirectoryError):
                stat = path.stat()
                told.append((str(path), stat.st_mtime_ns, stat.st_size))
        return tuple(told)

    @asynccontextmanager
    async def _process(self, asked: dict[str, Any]) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
        """A process with its lines of answers; it is ended whatever happens."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "training.process",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=MOST_LINE_BYTES,
            env=dict(os.environ, GONGKAI_HOME=str(self.settings.home), OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1"),
            start_new_session=True,
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            with suppress(ConnectionError):
                process.stdin.write(orjson.dumps(asked) + b"\n")
                await process.stdin.drain()
            yield _lines(process.stdout)
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    # Trainings

    def wake(self) -> None:
        """A training was asked for."""
        self.woken.set()

    async def _train_all(self) -> None:
        while True:
            try:
                training = await self.keeper.database.call(self.trainings.next)
                if training is None:
                    self.woken.clear()
                    with suppress(TimeoutError):
                        async with asyncio.timeout(LOOK_SECONDS * 5):
                            await self.woken.wait()
                    continue
                state, answer = await self._train(training)
                if state is not None:
                    await self.keeper.database.call(self.trainings.answer, training.job, state, answer)
                    log.info("training ended", job=training.job, state=state)
            except (BusyError, OSError, ValueError) as error:  # also: no process to be had, or one that says nonsense
                log.warning("trainings wait", what=error.what if isinstance(error, BusyError) else type(error).__name__)
                await asyncio.sleep(AWAY_SECONDS)

    async def _train(self, training: Training) -> tuple[str | None, Any]:
        """The end of a training and its answer; no end where it was cancelled meanwhile or is tried once more."""
        if training.tries > MOST_TRIES:
            lost = BusyError("the training ended its process again and again")
            return "lost", problem_of(lost, self.keeper.pool.metrics)
        if training.tries > 1 and self.has_model(training.name):
            return "done", {"name": training.name}
        work = asyncio.create_task(self._work(training))
        try:
            while not work.done():
                await asyncio.wait({work}, timeout=LOOK_SECONDS)
                if not work.done() and not await self._is_wanted(training):
                    return None, None
            return work.result()
        finally:
            work.cancel()
            await asyncio.wait({work})
            self.progress.pop(training.job, None)
            shutil.rmtree(self.models / f".{training.name}.part", ignore_errors=True)

    async def _is_wanted(self, training: Training) -> bool:
        """Whether it was not cancelled; a store that cannot say so now ends no training."""
        with suppress(BusyError):
            return await self.keeper.database.call(self.trainings.is_wanted, training.job)
        return True

    async def _work(self, training: Training) -> tuple[str | None, Any]:
        async with self._process({"do": "train", "name": training.name, **training.asked}) as lines:
            async for line in lines:
                if "progress" in line:
                    self.progress[training.job] = line["progress"]
                elif "done" in line:
                    return "done", line["done"]
                else:
                    return "refused", problem_of(problem_with(line), self.keeper.pool.metrics)
        return None, None

    # The live model

    def live_name(self) -> str:
        """The name that the pointer file gives."""
        try:
            return (self.models / "live").read_text("utf-8").strip() or SHIPPED
        except (OSError, UnicodeDecodeError):
            return SHIPPED

    async def take_up(self) -> bool:
        """Work with the live model, where another one is in use; whether it is in use then."""
        async with self._taking:
            name, workshop = self.live_name(), self.keeper.pool.workshop
            if self.settings.model is not None or name == self.refused:
                return False
            if workshop.provenance.get("model") == name:
                return True
            try:
                await workshop.start()
            except BusyError as busy:
                log.warning("model not taken up yet", model=name, what=busy.what)
                return False
            except GongkaiError as error:
                self.refused = name
                log.error("model not taken up", model=name, what=error.what)
                return False
            self.refused = None
            self.keeper.pool.metrics.build.info(workshop.provenance)
            log.info("model taken up", model=name)
        return True

    async def _watch(self) -> None:
        """Look who is live, every second; results that another model made are made anew in the background."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            workshop = self.keeper.pool.workshop
            if not workshop.provenance or workshop.closing:
                continue
            await self.take_up()
            engine = self.keeper.engine
            try:
                if self.renewed_for not in (None, engine):
                    await self.keeper.renew()
            except BusyError as busy:
                log.warning("results wait to be made anew", what=busy.what)
                continue
            self.renewed_for = engine


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[dict[str, Any]]:
    while line := await stream.readline():
        yield orjson.loads(line)


def problem_with(line: dict[str, Any]) -> GongkaiError:
    """The error that a process told; the gates that a candidate did not pass stand in it."""
    if line["refused"] != "GatesError":
        return error_of(line)
    error = GatesError(line["what"], **line["details"])
    error.members = {"gates": line["gates"], "differences": line["differences"]}
    return error
