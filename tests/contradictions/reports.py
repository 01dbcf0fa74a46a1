"""Reports written around a truth's tables: ``consistent(seed)``, and ``planted(seed, kinds)`` with known contradictions."""

from __future__ import annotations

import random
import re
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.composer import Truth, draw_truth, frames
from tests.composer.faults import draw_fault
from tests.composer.lines import LineStyle, print_lines
from tests.composer.marks import write_cells
from tests.composer.outline import sheets
from tests.composer.prose import HEADINGS
from tests.contradictions.figures import INDICATORS, VOICES, Voice, figures_of, other_value

_READ = tomllib.loads((Path(__file__).parent / "sentences.toml").read_text("utf-8"))
BEYOND: dict[str, list[str]] = _READ.pop("beyond")
SENTENCES: dict[str, list[str]] = _READ
FORMS = ("2021", "2021", "2021", "2021_one_other", "2019", "2019_late")
YEARS = {"2021": (2021, 2022, 2023, 2024, 2025), "2019": (2019, 2020)}
SLOT = re.compile(r"\{(\w+)(=0|~0|>0|:cn)?\}")
DIGITS = "零一二三四五六七八九"
CHANNELS = (
    "{place}{scope}人民政府网站", "“{place}发布”微信公众号", "“{place}政务”微博", "{place}日报", "{place}广播电视台",
    "政务公开栏", "电子显示屏", "便民服务中心", "“{place}在线”抖音号", "政府公报",
)  # fmt: skip
SAME = {"all": "new"}  # a figure that confirms another one where nothing was carried over
TABLE_PARTS = ("proactive", "applications", "review_litigation")


def chinese(number: int) -> str:
    """A number below 100 in Chinese: 十二, 四十."""
    tens, ones = divmod(number, 10)
    lead = "" if tens == 0 else "十" if tens == 1 else DIGITS[tens] + "十"
    return lead + (DIGITS[ones] if ones or not tens else "")


@dataclass(frozen=True, slots=True)
class Plant:
    """A contradiction: its finding code, the sentence that holds it (or the part that is touched), for a figure
    against the tables its indicator and the names in the sentence, the wrong one first."""

    code: str
    sentence: str = ""
    indicator: str = ""
    slots: tuple[str, ...] = ()


@dataclass(slots=True)
class Report:
    """A report being written. ``paragraphs`` are the overview's; ``plants`` what must be found."""

    truth: Truth
    voice: Voice
    rng: random.Random
    figures: dict[str, int]
    words: dict[str, str]
    printed: Truth
    paragraphs: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)
    plants: list[Plant] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)

    def can_say(self, sentence: str, *, false: str = "") -> bool:
        """Whether a sentence is true here, but for the figure ``false`` that is to be planted."""
        for name, mark in SLOT.findall(sentence):
            if name not in self.figures and name not in self.words:
                return False
            if mark == "=0" and (self.figures[name] != 0) != (name == false):
                return False
            if mark == "~0" and self.figures[name]:
                return False
            if mark == ">0" and not self.figures[name]:
                return False
        return True

    def fill(self, sentence: str, changed: dict[str, int] | None = None) -> str:
        """The sentence with its figures and words."""
        figures = {**self.figures, **(changed or {})}

        def value(match: re.Match[str]) -> str:
            name, mark = match.groups()
            if mark in ("=0", "~0", ">0"):
                return ""
            if name in self.words:
                return self.words[name]
            return chinese(figures[name]) if mark == ":cn" else str(figures[name])

        return SLOT.sub(value, sentence)

    def choose(self, group: str) -> str:
        """A sentence of a group that is true here, filled; nothing where there is none."""
        told = [*SENTENCES[group], *(() if self.plants else BEYOND.get(group, ()))]
        fitting = [sentence for sentence in told if self.can_say(sentence)]
        return self.fill(self.rng.choice(fitting)) if fitting else ""

    def text(self) -> str:
        """The whole report as plain text."""
        headings = HEADINGS[
            self.rng.choice(
                ("official", "reworded") if self.gone else ("official", "official", "reworded", "unnumbered")
            )
        ]
        lines = [self.words["title"], headings["overview"], *self.paragraphs]
        written, _ = write_cells(self.printed, "plain", "printed", self.rng)
        frame = self.rng.choice((_lined, _lined, frames.tabs, frames.markdown))
        for sheet in sheets(self.printed, written):
            lines.append(headings[sheet.table])
            if sheet.table not in self.gone:
                lines += [line.text for line in frame(sheet, self.rng).lines]
        parts = {"problems": self.choose("problems"), "other_matters": "".join(self.other) or "无其他需要报告的事项。"}
        for code, body in parts.items():
            lines += [headings[code]] * (code not in self.gone) + [body] * (code not in self.gone | self.emptied)
        return "\n".join(lines) + "\n"

    @property
    def emptied(self) -> set[str]:
        """Parts whose heading stands without a text."""
        return {plant.sentence for plant in self.plants if plant.code == "section.empty"}


def _lined(sheet: frames.Sheet, rng: random.Random) -> frames.Printed:
    return print_lines(sheet, LineStyle(), rng)


def begin(seed: int) -> Report:
    """A truth with its voice and figures, nothing written yet."""
    rng = random.Random(seed)
    voice = rng.choice(VOICES)
    truth = draw_truth(rng, rng.choice(FORMS))
    year = rng.choice(YEARS[truth.edition])
    truth = replace(truth, agency=voice.agency, year=year)
    words = {"us": voice.us, "scope": voice.scope, "place": voice.place, "account": f"{voice.place}发布"}
    words |= {"year": str(year), "last_year": str(year - 1), "next_year": str(year + 1)}
    words["title"] = f"{voice.agency}{year}年政府信息公开工作年度报告"
    return Report(truth, voice, rng, figures_of(truth, rng), words, truth)


def channel_list(report: Report, group: str, off: int = 0) -> str:
    """A sentence that lists channels and says how many there are, ``off`` by so many."""
    count = report.rng.randint(2, 5)
    names = [report.fill(name) for name in report.rng.sample(CHANNELS, count)]
    listed = "、".join(names[:-1]) + report.rng.choice(("、", "和", "以及")) + names[-1]
    report.words |= {"list": listed, "count": chinese(count + off)}
    return report.choose(group)


def consistent(seed: int) -> str:
    """A report in which everything is true, traps included."""
    report = begin(seed)
    write(report)
    return report.text()


def write(report: Report, *, without: frozenset[str] = frozenset()) -> None:
    """Fill the parts with true sentences, leaving out groups that a plant needs for itself."""
    rng = report.rng
    documents = "documents_2019" if report.truth.edition == "2019" else "documents_2021"
    groups = [rng.choice(("closed_sums", "open_sums", "twice")), "requests", "results", documents, "cases"]
    traps = rng.sample([s for s in SENTENCES["traps"] if report.can_say(s)], 6)
    has_fee = rng.random() < 0.2 and "no_fee" not in without
    if has_fee:
        traps = [sentence for sentence in traps if "未收取" not in sentence]
    for number, group in enumerate(groups, 1):
        told = [report.choose("plain"), report.choose(group) if group not in without else ""]
        told += [report.fill(traps.pop())] if traps and rng.random() < 0.8 and not without else []
        report.paragraphs.append(rng.choice((f"（{chinese(number)}）", "", "")) + "".join(told))
    if "channel_lists" not in without:
        report.paragraphs.append(channel_list(report, rng.choice(("channel_lists", "open_channel_lists"))))
        report.paragraphs[-1] += report.choose("one_kind")
    report.paragraphs += [report.fill(sentence) for sentence in traps if not without]
    if "no_fee" not in without:
        report.other.append(report.choose("some_fee" if has_fee else "no_fee"))
    if "period" not in without and rng.random() < 0.6:
        report.other.append(report.choose("period"))


def plant_figure(report: Report, name: str, group: str) -> bool:
    """One wrong figure against the tables; False where no sentence can hold it and no other one confirm it."""
    planted = {slot for plant in report.plants for slot in plant.slots[:1]}
    told_already = {SAME.get(slot, slot) for plant in report.plants for slot in plant.slots}
    fitting = [s for s in SENTENCES[group] if _can_hold(report, s, name, planted)]
    if not fitting or name in told_already:
        return False
    sentence = report.rng.choice(fitting)
    value = other_value(report.figures[name], report.truth, report.figures, report.rng)
    told = report.fill(sentence, {name: value})
    report.paragraphs.append(told)
    slots = (name, *(slot for slot, _ in SLOT.findall(sentence) if slot != name))
    report.plants.append(Plant("narrative.table", told, INDICATORS[name], slots))
    return True


def _can_hold(report: Report, sentence: str, name: str, planted: set[str]) -> bool:
    slots = SLOT.findall(sentence)
    is_zero = (name, "=0") in slots
    if (name, "") not in slots and not (is_zero and report.figures[name]):
        return False
    return not planted & {SAME.get(slot, slot) for slot, _ in slots} and report.can_say(
        sentence, false=name if is_zero else ""
    )


def plant_sum(report: Report) -> None:
    """A breakdown that claims to be complete and is not, or one that exceeds its total."""
    group = report.rng.choice(("closed_sums", "closed_sums", "open_sums"))
    figures = report.figures
    if group == "open_sums":
        changed = {"items": figures["a"] + figures["b"] - report.rng.randint(1, min(figures["a"], figures["b"]) - 1)}
    else:
        name = report.rng.choice(("items", "a", "b", "c"))
        changed = {name: max(1, figures[name] + report.rng.choice((-9, -3, 1, 2, 10, 100)))}
    told = report.fill(report.rng.choice(SENTENCES[group]), changed)
    report.paragraphs.append(told)
    report.plants.append(Plant("narrative.sum", told))


def plant_channels(report: Report) -> None:
    """A stated number of channels that the list beside it does not have."""
    told = channel_list(report, "channel_lists", report.rng.choice((-1, 1, 2)))
    report.paragraphs.append(told)
    report.plants.append(Plant("narrative.channels", told))


def plant_names(report: Report) -> None:
    """One account under two kinds."""
    told = report.choose("two_kinds")
    report.paragraphs.append(told)
    report.plants.append(Plant("narrative.name", told))


def plant_fees(report: Report) -> None:
    """No fee charged, and an amount."""
    none, some = report.choose("no_fee"), report.choose("some_fee")
    report.paragraphs.append(report.rng.choice((none, some)))
    report.other.append(some if report.paragraphs[-1] == none else none)
    report.plants.append(Plant("fees.conflict"))


def plant_period(report: Report) -> None:
    """A period of another year than the title's."""
    year = report.words["year"]
    report.plants.append(Plant("meta.year"))
    report.words["year"] = str(int(year) + report.rng.choice((-1, -1, 1)))
    report.other.append(report.choose("period"))
    report.words["year"] = year


def plant_year(report: Report) -> None:
    """A body that reports on another year than the title; nothing is written yet."""
    report.words["told"] = report.words["year"] = str(report.truth.year + report.rng.choice((-1, -1, 1)))
    report.paragraphs += [report.fill(sentence) for sentence in report.rng.sample(SENTENCES["body_years"], 3)]
    report.plants.append(Plant("meta.year"))


def plant_arithmetic(report: Report) -> None:
    """A slip of the pen in part three and one in part four."""
    wanted = {"applications": report.rng.choice(("arithmetic.flow", "arithmetic.total"))}
    for table in ("applications", "review_litigation"):
        fault = draw_fault(report.truth, report.rng, table)
        while wanted.get(table, "arithmetic.review") not in fault.codes:
            fault = draw_fault(report.truth, report.rng, table)
        report.printed = report.printed.changed(fault.cell, fault.printed)
        report.plants += [Plant(code) for code in sorted(fault.codes)]


def plant_gaps(report: Report) -> None:
    """A part that is missing, one that is empty, and a table that is missing."""
    lost, empty = report.rng.sample(("problems", "other_matters"), 2)
    table = report.rng.choice(TABLE_PARTS)
    report.gone |= {lost, table}
    report.plants += [Plant("section.missing", lost), Plant("section.empty", empty), Plant("table.missing", table)]


def figures_in(group: str) -> tuple[str, ...]:
    """The names that can be planted in a group of sentences, in their order."""
    slots = [name for sentence in SENTENCES[group] for name, mark in SLOT.findall(sentence) if mark in ("", "=0")]
    return tuple(dict.fromkeys(name for name in slots if name in INDICATORS))


def contradicting(seed: int) -> tuple[str, tuple[Plant, ...]]:
    """A report whose prose contradicts its tables and itself in several places."""
    report = begin(seed)
    documents = "documents_2019" if report.truth.edition == "2019" else "documents_2021"
    groups = {"requests": 3, "results": 3, "cases": 5, documents: 2}
    if seed % 8 == 0:
        plant_year(report)
        groups = dict.fromkeys(groups, 0)  # figures of another year stand against no cell
    write(report, without=frozenset({*groups, "channel_lists", "no_fee", "period"}))
    for group, many in groups.items():
        names = figures_in(group)
        for name in (names[seed % len(names)], *report.rng.sample(names, len(names))):
            many -= many > 0 and plant_figure(report, name, group)
    plant_sum(report)
    plant_channels(report)
    (plant_names, plant_fees, plant_period, plant_names)[seed % 4](report)
    return report.text(), tuple(report.plants)


def faulty(seed: int) -> tuple[str, tuple[Plant, ...]]:
    """A report with slips in its tables, or with parts missing, and otherwise little to say."""
    report = begin(seed)
    report.paragraphs.append(report.choose("plain"))
    report.other.append(report.choose("no_fee"))
    (plant_arithmetic, plant_gaps)[seed % 2](report)
    return report.text(), tuple(report.plants)
