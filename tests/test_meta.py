"""Who reports on which year, from titles as agencies print them."""

from __future__ import annotations

import pytest

from extractor.clean import clean
from extractor.find.meta import find_meta, guess_agency_type, guess_level, split_region
from extractor.read import read
from extractor.report import Meta, Report
from extractor.sections import find_sections

BODY = "\n一、总体情况\n全年工作平稳。\n五、存在的主要问题及改进情况\n一是公开不够。\n六、其他需要报告的事项\n无。\n"


def meta_of(head: str, body: str = BODY) -> Meta:
    return find_meta(find_sections(clean(Report(read((head + body).encode()))))).meta


TITLES = [
    ("禾川县水利局2023年政府信息公开工作年度报告", "禾川县水利局", 2023),
    ("禾川县水利局\n2023年政府信息公开工作年度报告", "禾川县水利局", 2023),
    ("禾川县水利局\n2023年政府信息公开工作\n年度报告", "禾川县水利局", 2023),
    ("禾川县水利局 2023 年度政府信息公开\n工作年度报告", "禾川县水利局", 2023),
    ("2023年度禾川县水利局政府信息公开工作年度报告", "禾川县水利局", 2023),
    ("禾川县水利局二〇二二年政府信息公开工作年度报告", "禾川县水利局", 2022),
    ("禾川县水利局2O22年政府信息公开工作年度报告", "禾川县水利局", 2022),
    ("国家税务总局禾川县税务局2021年政府信息公开工作年度报告", "国家税务总局禾川县税务局", 2021),
    ("青岚市人民政府办公室关于2020年政府信息公开工作年度报告", "青岚市人民政府办公室", 2020),
    ("白石镇人民政府2019年度政府信息公开工作报告", "白石镇人民政府", 2019),
    ("禾川县水利局2023年\n政府信息公开工作年度报告", "禾川县水利局", 2023),
    ("禾川县水利局2023年政府信息公开工作年度报告\n来源：禾川县水利局 2024-01-18", "禾川县水利局", 2023),
    ("# 白石镇2024年政府信息公开工作年度报告", "白石镇", 2024),
    ("青岚市公安局２０２３年政府信息公开工作年度报告", "青岚市公安局", 2023),
    ("澜水区政务公开2017年度报告", "澜水区", 2017),
    ("青岚市教育局2015年政府信息公开年度报告", "青岚市教育局", 2015),
]


@pytest.mark.parametrize(("title", "agency", "year"), TITLES)
def test_the_title_tells_agency_and_year(title: str, agency: str, year: int) -> None:
    meta = meta_of(title)
    assert (meta.agency, meta.year) == (agency, year)
    assert "title" in meta.evidence


def test_a_title_that_is_only_cited_is_no_title() -> None:
    meta = meta_of("根据《关于印发政府信息公开工作年度报告格式的通知》要求，禾川县水利局编制2023年度报告。")
    assert meta.title is None
    assert meta.year == 2023


NAMES = [
    ("禾川县水利局", "county", "water", ("禾川县",)),
    ("青岚市人民政府", "city", "government", ("青岚市",)),
    ("昆山市公安局", "county", "public_security", ("昆山市",)),
    ("国家税务总局禾川县税务局", "county", "tax", ("禾川县",)),
    ("江苏省人民政府办公厅", "province", "office", ("江苏省",)),
    ("上海市", "province", "government", ("上海市",)),
    ("上海市静安区民政局", "county", "civil_affairs", ("上海市", "静安区")),
    ("国家卫生健康委员会", "national", "health", ()),
    ("海关总署", "national", "customs", ()),
    ("白石镇人民政府", "township", "township", ("白石镇",)),
    ("澜水区听枫街道办事处", "township", "subdistrict", ("澜水区", "听枫街道")),
    ("凉山彝族自治州统计局", "city", "statistics", ("凉山彝族自治州",)),
    ("广州市越秀区人民政府办公室", "county", "office", ("广州市", "越秀区")),
    ("合肥高新技术产业开发区管理委员会", "other", "government", ("合肥高新技术产业开发区",)),
    ("达州市医疗保障局", "city", "health_insurance", ("达州市",)),
    ("青岚市行政审批服务局", "city", "administrative_approval", ("青岚市",)),
    ("青岚市城市管理综合行政执法局", "city", "urban_management", ("青岚市",)),
    ("县教育局", "county", "education", ()),
]


@pytest.mark.parametrize(("name", "level", "kind", "region"), NAMES)
def test_a_name_tells_level_line_of_work_and_region(name: str, level: str, kind: str, region: tuple[str, ...]) -> None:
    assert (guess_level(name), guess_agency_type(name), split_region(name)) == (level, kind, region)


def test_period_publication_and_contact_are_read() -> None:
    preface = (
        "禾川县水利局2023年政府信息公开工作年度报告\n所列数据的统计期限自2023年1月1日起至2023年12月31日止。"
        "联系地址：禾川县文华路8号；邮编：300001；电话：010-12345678；电子邮箱：slj@example.cn。"
    )
    meta = meta_of(preface, BODY + "禾川县水利局\n2024年1月20日\n")
    assert meta.period == ("2023-01-01", "2023-12-31")
    assert meta.published_on == "2024-01-20"
    assert meta.contact is not None
    assert (meta.contact.postcode, meta.contact.email) == ("300001", "slj@example.cn")
