"""The proof of the drift alarm: ``python -m tests.soak.drift [DRAWS]``; exit status 1 where it does not hold.

Random halves of one population must not alarm (at most 5 %), batches of twenty agencies before 2019 against reports of
2021 and later must in four of five cases. The alarm's level was chosen on the seeds from 0 (``--choose`` prints what they give at each level);
the proof is on seeds from 10,000, which no choice has seen.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence

from extractor.classify.linear import find_model
from extractor.classify.themes import ThemeCoder
from training.drift import ALARM_BELOW, Drift, compare
from training.items import Item
from training.labels import Label, project_labels

DRAWS, AGENCIES, OLD_AGENCIES = 200, 80, 20
FIRST_CHOICE, FIRST_PROOF = 0, 10_000
MOST_FALSE, LEAST_TRUE = 0.05, 0.8
NEW_FROM, OLD_UNTIL = 2021, 2018
LEVELS = (0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.08)
Groups = dict[str, list[Item]]


def by_agency(labels: Sequence[Label]) -> Groups:
    """The items of each agency."""
    groups: Groups = {}
    for label in labels:
        groups.setdefault(label.agency, []).append(Item(label.id, label.text, label.agency))
    return groups


def of(groups: Groups, names: Sequence[str]) -> list[Item]:
    """All items of some agencies."""
    return [item for name in names for item in groups[name]]


def level_of(drift: Drift) -> float:
    """The highest level at which a comparison does not alarm."""
    return min(sign.chance for sign in drift.signs) * len(drift.signs)


def main(draws: int = DRAWS, *, choose: bool = False) -> int:
    """Draw halves and old batches; 1 where alarms are false too often or true too seldom."""
    labels, coder = project_labels(), ThemeCoder(find_model())
    new = by_agency([label for label in labels if label.year and label.year >= NEW_FROM])
    old = by_agency([label for label in labels if label.year and label.year <= OLD_UNTIL])
    halves, against = [], []
    for number in range(draws):
        draw = random.Random((FIRST_CHOICE if choose else FIRST_PROOF) + number)
        names = draw.sample(sorted(new), min(AGENCIES, len(new)))
        middle = len(names) // 2
        halves.append(level_of(compare(of(new, names[:middle]), of(new, names[middle:]), coder)))
        few = draw.sample(sorted(old), min(OLD_AGENCIES, len(old)))
        against.append(level_of(compare(of(new, names), of(old, few), coder)))
    for level in LEVELS if choose else (ALARM_BELOW,):
        false, true = (sum(value < level for value in values) / draws for values in (halves, against))
        print(f"level {level}: alarms of halves {false:.1%}, of old batches {true:.1%} ({draws} draws)", flush=True)
    return 0 if choose else int(false > MOST_FALSE or true < LEAST_TRUE)


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "--choose"]
    sys.exit(main(*map(int, words), choose="--choose" in sys.argv))
