"""``python -m training.process``: one piece of learning in a process of its own, for who must not wait beside it.

A request is one line of JSON on standard input; answers are lines of JSON: ``progress`` while it goes on, then ``done``
or ``refused`` with the parts of the error. When standard input closes, whoever asked has gone, and the process ends.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from threading import Thread
from typing import Any

import numpy as np

from extractor.classify.linear import find_model
from extractor.classify.themes import ThemeCoder
from extractor.errors import GongkaiError
from training.candidate import train_candidate
from training.gates import Check
from training.intake import take_lines
from training.items import Item
from training.promote import GatesError, history, list_models, promote, rollback
from training.queue import rank
from training.train import read_reference

NICE = 10
Asked = dict[str, Any]


def say(answer: dict[str, Any]) -> None:
    """One line."""
    sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def do_train(asked: Asked) -> Any:
    """A candidate from lines of labels."""
    taken = take_lines("\n".join(asked["lines"]).encode(), "labels")
    if taken.refused:
        raise taken.refused[0][1]
    return train_candidate(
        asked["name"], taken, with_project=asked["with_project"],
        progress=lambda share, step: say({"progress": {"share": share, "step": step}}),
    )  # fmt: skip


def do_models(_: Asked) -> Any:
    """All models and the record of promotions."""
    return {"models": [asdict(model) for model in list_models()], "history": history()}


def do_promote(asked: Asked) -> Any:
    """The candidate goes live."""
    check = promote(**asked)
    return {"live": asked["name"], **told(check)}


def do_rollback(asked: Asked) -> Any:
    """The model before goes live."""
    return {"live": rollback(**asked)}


def do_queue(asked: Asked) -> Any:
    """The places of the items to label next, in order, with the parts of their worth."""
    model = find_model()
    labelled = np.array(list(model.card()["labels"]["first_themes"].values()), dtype=float)
    known = [item.text for item in read_reference(model)]
    items = [Item(str(place), item["text"], item["group"]) for place, item in enumerate(asked["items"])]
    rows = rank(items, ThemeCoder(model), asked["most"], labelled, known)
    return [
        {"place": int(row.item.id), "worth": row.worth, "doubt": row.doubt, "disagreement": row.disagreement,
         "novelty": row.novelty, "themes": row.themes}
        for row in rows
    ]  # fmt: skip


WORK: dict[str, Callable[[Asked], Any]] = {
    "train": do_train, "models": do_models, "promote": do_promote, "rollback": do_rollback, "queue": do_queue,
}  # fmt: skip


def told(check: Check) -> dict[str, Any]:
    """Gates and differences as data."""
    return asdict(check)


def main() -> None:
    """Answer one request."""
    os.nice(NICE)
    asked = json.loads(sys.stdin.buffer.readline())
    Thread(target=_end_with_caller, daemon=True).start()
    try:
        say({"done": WORK[asked.pop("do")](asked)})
    except GatesError as error:
        say({"refused": "GatesError", "what": error.what, "details": error.details(), **told(error.check)})
    except GongkaiError as error:
        say({"refused": type(error).__name__, "what": error.what, "details": error.details()})


def _end_with_caller() -> None:
    """Standard input says nothing more; its end is the caller's."""
    sys.stdin.buffer.read()
    os._exit(1)


if __name__ == "__main__":
    main()
