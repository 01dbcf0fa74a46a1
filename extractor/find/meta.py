"""Who reports on which year: title, agency, level, line of work, region, period, dates and contact line.

The report's own title comes first, a page's headline only where the body prints none. Facts about places and lines
of work are rows in ``places.toml`` and ``agencies.toml``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from extractor.report import Contact, Meta
from extractor.rulebook import read_toml

if TYPE_CHECKING:
    from extractor.report import Report, Span

YEAR = re.compile(
    r"(?:(?P<digits>[2２][0Oo〇○零][\dOoIl]{2})|(?P<chinese>二[〇○零0Oo][〇○零一二三四五六七八九0Oo]{2}))\s?(?=年)"
)
TITLE_TAIL = r"(?:政府信[息急]公[开幵]|政务公[开幵]|信[息急]公[开幵])(?:工作)?(?:20\d{2}年?)?(?:年?度|情况)?(?:工作)?(?:年度|情况)?(?:的)?报[告吿]"
TITLE = re.compile(rf"[^\n。；：:，]{{2,60}}?{TITLE_TAIL}")
PERIOD = re.compile(
    r"(?:自|从)?(?P<y1>20\d{2})年(?P<m1>\d{1,2})月(?P<d1>\d{1,2})日(?:起)?(?:至|到|—+|-+|~)(?:(?P<y2>20\d{2})年)?(?P<m2>\d{1,2})月(?P<d2>\d{1,2})日"
)
DATE = re.compile(r"(?P<year>20\d{2})\s?[年./-]\s?(?P<month>\d{1,2})\s?[月./-]\s?(?P<day>\d{1,2})日?")
CHINESE_DATE = re.compile(
    r"(?P<year>二[〇零][〇零一二三四五六七八九]{2})年(?P<month>[一二三四五六七八九十]{1,3})月(?P<day>[一二三四五六七八九十]{1,3})日"
)
PUBLISHED = re.compile(
    r"(?:发布时间|发布日期|发文日期|成文日期|生成日期|时间|日期)[:：]\s?(?P<date>20\d{2}[-年./]\d{1,2}[-月./]\d{1,2})"
)
HEADLINE = re.compile(rf"(?:标题|名称)[:：]\s?(?P<title>[^\n]{{4,80}}?{TITLE_TAIL})")
CONTACT = {
    "address": re.compile(r"地址(?:为|是|[:：])\s?([^；;，,。\n）)]{4,60})"),
    "postcode": re.compile(r"(?:邮政编码|邮\s?编)(?:为|是|[:：])?\s?(\d{6})"),
    "phone": re.compile(r"电\s?话(?:/传真|号码)?(?:为|是|[:：])?\s?(\(?（?0?\d{2,4}[)）]?[-—]?\d{7,8}|\d{7,11})"),
    "email": re.compile(
        r"(?:电子邮[箱件]|邮箱|e-?mail)(?:地址)?(?:为|是|[:：])?\s?([\w.+-]+@[\w-]+(?:\.[\w-]+)+)", re.IGNORECASE
    ),
}
AGENCY = re.compile(
    r"(?:[\u4e00-\u9fff]{2,24}?(?:省|市|县|区|旗|州|盟|镇|乡|街道))?[\u4e00-\u9fff]{1,16}?(?:人民政府(?:办公[厅室])?|管理?委员会|管委会|委员会|局|厅|办公室|街道办事处|海关|法院|检察院)"
)
NAME_LINE = re.compile(r"(?:年度?|局|[省市县区]|政府|委员?会|办公室|[镇乡厅处部院校]|街道|中心|公司)$")
NO_NAME = re.compile(
    r"通过|依托|按照|根据|全年|年度|[本我各该将向等为由在于即]|有关|关于|认真|落实|贯彻|印发|要求|上级|全体|领导|以及|部门"
)
NATIONAL = re.compile(
    r"^(?:国家[\u4e00-\u9fff]{2,8}?(?:总局|局)(?=[\u4e00-\u9fff]{3,}(?:局|队|办|中心)$)|中华人民共和国|国家(?=税务总局))"
)
PLACE = re.compile(
    r"(?!城市|城镇|城乡)[\u4e00-\u9fff]{1,9}?(?:自治州|自治县|自治旗|地区|林区|特区|综合实验区|开发区|高新区|示范区|新区|园区|街道"
    r"|[省县旗盟镇乡]|州(?![市省])|市(?![场容政])|(?<![社小辖市])区(?!域))(?!人员|企业|建设)"
)
DIGITS = str.maketrans("〇○零一二三四五六七八九OoIl２", "000123456789001" + "1" + "2")


@dataclass(frozen=True, slots=True)
class Places:
    """Facts of the administrative division, compiled for search."""

    provinces: tuple[str, ...]
    municipalities: tuple[str, ...]
    new_areas: tuple[str, ...]
    province_of: dict[str, str]
    county_cities: frozenset[str]


@cache
def places() -> Places:
    """The gazetteer."""
    data = read_toml("places.toml")
    province_of = {city: province for province, names in data["cities"].items() for city in names.split()}
    return Places(
        tuple(data["provinces"]),
        tuple(data["municipalities"]),
        tuple(data["new_areas"]),
        province_of,
        _words(data["county_cities"]),
    )


def _words(rows: dict[str, str]) -> frozenset[str]:
    return frozenset(name for names in rows.values() for name in names.split())


@cache
def _types() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((row["code"], re.compile(row["words"])) for row in read_toml("agencies.toml")["type"])


def read_year(text: str) -> int | None:
    """The first year of a text, in Arabic or Chinese numerals, misread letters (2O24) included."""
    match = YEAR.search(text)
    return int((match["digits"] or match["chinese"]).translate(DIGITS)) if match else None


def guess_agency_type(agency: str) -> str:
    """The line of work of an agency's name; a place alone is its government."""
    bare = re.sub(r"^(?:国家税务总局(?=.))", "税务", agency)
    return next((code for code, pattern in _types() if pattern.search(bare)), "other")


def split_region(agency: str) -> tuple[str, ...]:
    """The place names that an agency's name begins with, widest first."""
    rest = NATIONAL.sub("", agency)
    found: list[str] = []
    facts = places()
    province = next((p for p in (*facts.provinces, *facts.municipalities) if rest.startswith(p)), None)
    if province and (match := re.match(rf"{province}(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区)", rest)):
        found.append(match.group())
        rest = rest[match.end() :]
    while match := PLACE.match(rest):
        found.append(match.group())
        rest = rest[match.end() :]
    return tuple(found)


def guess_level(agency: str) -> str:
    """A code of ``vocabulary.LEVELS`` from an agency's name."""
    facts = places()
    if any(area in agency for area in facts.new_areas) or "综合实验区" in agency:
        return "city" if not re.search(r"浦东新区|滨海新区", agency) else "county"
    region = split_region(agency)
    rest = agency
    for name in region:
        rest = rest.partition(name)[2]
    if re.search(r"[镇乡]$|街道$|苏木$", "".join(region[-1:])) or re.match(r"街道|[镇乡]人民政府", rest):
        return "township"
    if region:
        return _level_of_place(region[-1], agency)
    if re.match(r"[市县区旗省州][\u4e00-\u9fff]", agency):
        return {"市": "city", "省": "province", "州": "city"}.get(agency[0], "county")
    local = NATIONAL.sub("", agency)
    if local != agency and local.endswith("队"):
        return _level_of_team(local)
    if re.match(r"国家|中华人民共和国|国务院|中国|全国|海关总署|[\u4e00-\u9fff]{2,8}部(?:$|办公厅)", agency):
        return "national"
    bare = next((p for p in (*facts.provinces, *facts.municipalities) if agency.startswith(p)), None)
    if bare:
        return "province"
    return "city" if any(agency.startswith(city) for city in facts.province_of) else "other"


def _level_of_team(team: str) -> str:
    """A survey team (调查总队, 调查队) of the state is of its place's level."""
    if team.endswith("总队"):
        return "province"
    return "county" if re.sub(r"(?:市|县|区)?调查队$", "", team) in places().county_cities else "city"


def _level_of_place(last: str, agency: str) -> str:
    """The level of an agency whose name's narrowest place is ``last``; a city is of county level when it is on that list."""
    facts = places()
    name = last.removesuffix("市")
    if re.search(r"(?:开发区|高新区|示范区|新区|实验区|工业园区|风景区|度假区|保税区)$", last):
        return "other" if re.search(r"管委会|管理委员会|开发区|园区", agency) else "county"
    if last.endswith("省") or (last.endswith("自治区") and len(last) > 3):
        return "province"
    if last.endswith("市"):
        if name in facts.municipalities:
            return "province"
        return "county" if name in facts.county_cities else "city"
    if last.endswith(("自治州", "州", "盟", "地区")):
        return "city"
    return "county"


def _title(report: Report, start: int, first: int) -> tuple[str, int, int] | None:
    """The title between the body's start and its first heading: text, and its place in prose."""
    assert report.cleaned is not None
    prose = report.cleaned.prose
    for match in TITLE.finditer(prose, start, first):
        line_start = max(prose.rfind("\n", 0, match.start()) + 1, start)
        begin = match.start()
        if match.start() - line_start > 2 or re.search(r"[《》“”<]|根据|按照|编制|要求|关于.{0,6}通知", match.group()):
            continue
        begun = YEAR.match(prose, begin) is not None
        if (begun or match.group().startswith(("政府信息", "政务", "信息"))) and line_start > start:
            above = max(prose.rfind("\n", 0, line_start - 1) + 1, start)
            name = prose[above : line_start - 1]
            if 2 <= len(name) <= 30 and not re.search(r"[，。：；:]", name) and (begun or NAME_LINE.search(name)):
                begin = above
        return prose[begin : match.end()].replace("\n", ""), begin, match.end()
    return None


def _title_above(report: Report, start: int) -> tuple[str, int, int] | None:
    """The headline above the lines of source and date that the body begins behind."""
    found = _title(report, 0, start)
    return found if found is not None and YEAR.search(found[0]) and not re.search(r"[>＞|]", found[0]) else None


def _agency_of(title: str) -> str | None:
    """The agency as a title prints it: up to the year, or between the year and 政府信息公开."""
    match = YEAR.search(title)
    if match is None:
        name = re.split(r"政府信[息急]公|政务公|信[息急]公", title)[0]
    elif match.start() >= 2:
        name = re.sub(r"(?:政府信息|政务|信息)公开(?:工作)?$", "", title[: match.start()])
    else:
        name = re.split(
            r"政府信[息急]公|政务公|信[息急]公", title[match.end() :].removeprefix("年度").removeprefix("年")
        )[0]
    name = re.sub(r"^(?:关于|中共)|(?:关于|工作|[（(]\d*[)）]?)$", "", name.strip(" —-·:：《》“”"))
    return name if len(name) >= 2 else None


def _fallback_agency(prose: str, start: int) -> tuple[str, int] | None:
    """The first agency that begins a clause of the body, where no title tells it."""
    for match in AGENCY.finditer(prose, start, start + 1500):
        before = prose[match.start() - 1] if match.start() > start else "\n"
        if before in "，。；：\n“ " and not NO_NAME.search(match.group()):
            return match.group(), match.start()
    return None


def _iso(year: str, month: str, day: str) -> str | None:
    y, m, d = int(year), int(month), int(day)
    return f"{y:04d}-{m:02d}-{d:02d}" if 1 <= m <= 12 and 1 <= d <= 31 else None


def _period(prose: str) -> tuple[tuple[str, str], int, int] | None:
    for match in PERIOD.finditer(prose):
        begin = _iso(match["y1"], match["m1"], match["d1"])
        end = _iso(match["y2"] or match["y1"], match["m2"], match["d2"])
        if begin and end and begin < end and int(match["m2"]) - int(match["m1"]) >= 10:
            return (begin, end), match.start(), match.end()
    return None


def _published(prose: str, year: int | None) -> str | None:
    """The date of a page's frame, or the date that stands alone as the report's signature."""
    match = PUBLISHED.search(prose, 0, 3000)
    if match and (date := DATE.search(match["date"] + "日")):
        return _iso(date["year"], date["month"], date["day"])
    for line in reversed(prose.splitlines()[-12:]):
        if len(line) <= 14 and (date := DATE.search(line)):
            return _iso(date["year"], date["month"], date["day"])
        if len(line) <= 14 and (date := CHINESE_DATE.search(line)):
            return _iso(date["year"].translate(DIGITS), str(_small(date["month"])), str(_small(date["day"])))
    signed = CHINESE_DATE.search(prose)
    if signed and year and int(signed["year"].translate(DIGITS)) == year + 1:
        return _iso(signed["year"].translate(DIGITS), str(_small(signed["month"])), str(_small(signed["day"])))
    return None


def _small(numeral: str) -> int:
    """A Chinese numeral up to ninety-nine."""
    tens, ten, ones = numeral.rpartition("十")
    value = "一二三四五六七八九".find(ones) + 1 if ones else 0
    return value + (10 * ("一二三四五六七八九".find(tens) + 1 if tens else 1) if ten else 0)


def _contact(prose: str, start: int, end: int) -> Contact | None:
    kinds = CONTACT if "@" in prose else {key: pattern for key, pattern in CONTACT.items() if key != "email"}
    found = {key: match[1].strip() for key, pattern in kinds.items() if (match := pattern.search(prose, start, end))}
    return Contact(**found) if "phone" in found or "email" in found or "postcode" in found else None


def guess_edition(report: Report, year: int | None) -> str:
    """The form's edition: as the tables are printed, else by the year."""
    tables = (report.tables.applications, report.tables.proactive, report.tables.review_litigation)
    printed = next((table.edition for table in tables if table is not None), None)
    if year is not None and year < 2019 and printed is None:
        return "pre2019"
    if printed is not None:
        return printed
    return (
        "pre2019"
        if year is None and report.tables.statistics
        else ("2019" if year in (2019, 2020) else "2021" if year else "pre2019")
    )


def find_meta(report: Report) -> Report:
    """Write ``meta`` with the places that show it."""
    cleaned = report.cleaned
    assert cleaned is not None
    prose = cleaned.prose
    start = cleaned.prose_offset(report.sections[0].start) if report.sections else 0
    first = next(
        (cleaned.prose_offset(s.start) for s in report.sections if s.heading is not None), min(len(prose), 3000)
    )
    evidence: dict[str, Span] = {}
    printed = _title(report, start, first) or _title_above(report, start)
    title: str | None = None
    if printed is not None:
        title = printed[0]
        evidence["title"] = report.span(*cleaned.source_range(printed[1], printed[2]))
    elif (match := HEADLINE.search(prose, 0, 1500)) is not None:
        title = match["title"]
        evidence["title"] = report.span(*cleaned.source_range(match.start("title"), match.end("title")))
    elif report.document.headline and (found := TITLE.search(report.document.headline)):
        title = found.group()
    agency = _agency_of(title) if title else None
    if agency is None and (other := _fallback_agency(prose, start)) is not None:
        agency = other[0]
        evidence["agency"] = report.span(*cleaned.source_range(other[1], other[1] + len(agency)))
    period = _period(prose)
    year = (
        (read_year(title) if title else None)
        or (int(period[0][1][:4]) if period else None)
        or read_year(prose[start : start + 2000])
    )
    if period is not None:
        evidence["period"] = report.span(*cleaned.source_range(period[1], period[2]))
    meta = Meta(
        title=title, agency=agency, agency_type=guess_agency_type(agency) if agency else None,
        level=guess_level(agency) if agency else None, region=split_region(agency) if agency else (),
        year=year, edition=guess_edition(report, year), period=period[0] if period else None,
        published_on=_published(prose, year) or report.document.published_on, contact=_contact(prose, start, len(prose)), evidence=evidence,
    )  # fmt: skip
    return replace(report, meta=meta)
