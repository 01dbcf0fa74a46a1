"""Every code that a result may hold, once, with its official Chinese term and its meaning.

The codes are the contract with notebooks and scorers, so they live in one file that documentation and
``GET /v1/vocabulary`` print; no other module spells a list of codes.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA = "gongkai.report/1"
COMPARISON_SCHEMA = "gongkai.comparison/1"


@dataclass(frozen=True, slots=True)
class Term:
    """One code: ``chinese`` is the official or customary term, ``meaning`` one line of English."""

    code: str
    chinese: str
    meaning: str


def _terms(rows: str) -> Mapping[str, Term]:
    """Parse ``code | Chinese | meaning`` lines; the order of the lines is the order of the codes."""
    split = (tuple(part.strip() for part in row.split("|")) for row in rows.strip().splitlines())
    return MappingProxyType({code: Term(code, chinese, meaning) for code, chinese, meaning in split})


SECTIONS = _terms("""
preface | 前言 | what stands before the first part
overview | 总体情况 | part one
overview.proactive | 主动公开 | proactive disclosure
overview.on_request | 依申请公开 | disclosure on request
overview.management | 政府信息管理 | management of government information
overview.platform | 平台建设 | platforms
overview.oversight | 监督保障 | oversight and support
proactive | 主动公开政府信息情况 | part two, the table of proactive disclosure
applications | 收到和处理政府信息公开申请情况 | part three, the table of requests
review_litigation | 政府信息公开行政复议、行政诉讼情况 | part four, reviews and lawsuits
problems | 存在的主要问题及改进情况 | part five
other_matters | 其他需要报告的事项 | part six
unknown | 其他章节 | a chapter of an old free form without a near code
""")

EDITIONS = _terms("""
2021 | 国办公开办函〔2021〕30号 | form in use since the report on 2021
2019 | 国办公开办函〔2019〕60号 | form of the reports on 2019 and 2020
pre2019 | 旧格式 | free form before the Regulations of 2019
""")

TABLES = _terms("""
proactive | 主动公开政府信息情况 | part two
applications | 收到和处理政府信息公开申请情况 | part three
review_litigation | 政府信息公开行政复议、行政诉讼情况 | part four
statistics | 政府信息公开情况统计表 | annexes before 2019
""")

ROWS = _terms("""
regulations | 规章 | departmental or local rules
normative_documents | 行政规范性文件 | administrative normative documents
permits | 行政许可 | administrative permits
other_services | 其他对外管理服务事项 | other services to the public
penalties | 行政处罚 | administrative penalties
coercive_measures | 行政强制 | administrative coercive measures
fees | 行政事业性收费 | administrative charges
procurement | 政府集中采购 | central government procurement
new | 本年新收政府信息公开申请数量 | requests newly received
carried_over | 上年结转政府信息公开申请数量 | requests carried over from last year
granted | 予以公开 | granted
partially_granted | 部分公开 | partially granted
refused.state_secret | 属于国家秘密 | refused: state secret
refused.law_forbids | 其他法律行政法规禁止公开 | refused: another law forbids it
refused.security_stability | 危及“三安全一稳定” | refused: security and stability
refused.third_party | 保护第三方合法权益 | refused: rights of a third party
refused.internal_affairs | 属于三类内部事务信息 | refused: internal affairs
refused.process_information | 属于四类过程性信息 | refused: process information
refused.enforcement_file | 属于行政执法案卷 | refused: enforcement file
refused.administrative_query | 属于行政查询事项 | refused: administrative query
unavailable.not_held | 本机关不掌握相关政府信息 | not held
unavailable.needs_creation | 没有现成信息需要另行制作 | would have to be made
unavailable.still_unclear | 补正后申请内容仍不明确 | unclear after correction
not_processed.petition | 信访举报投诉类申请 | petitions and complaints
not_processed.repeat | 重复申请 | repeated request
not_processed.publication | 要求提供公开出版物 | asks for a public publication
not_processed.excessive | 无正当理由大量反复申请 | excessive requests
not_processed.confirmation | 要求行政机关确认或重新出具已获取信息 | asks for confirmation of what was obtained
other.no_correction | 申请人无正当理由逾期不补正 | no correction in time
other.fee_unpaid | 申请人逾期未按收费通知要求缴纳费用 | fee not paid in time
other.other | 其他 | other result
other | 其他处理 | other results, where printed as one row
total | 总计 | total of results
carried_forward | 结转下年度继续办理 | carried forward to next year
review | 行政复议 | administrative reviews
litigation_direct | 未经复议直接起诉 | lawsuits without prior review
litigation_after_review | 复议后起诉 | lawsuits after a review
""")

COLUMNS = _terms("""
issued | 本年制发件数 | issued this year
repealed | 本年废止件数 | repealed this year
in_force | 现行有效件数 | in force
made | 本年新制作数量 | newly made this year
newly_disclosed | 本年新公开数量 | newly disclosed this year
total_disclosed | 对外公开总数量 | disclosed in all
previous_items | 上一年项目数量 | items of the year before
change | 本年增/减 | change this year
decisions | 处理决定数量 | decisions
items | 采购项目数量 | procurement items
amount_10k_yuan | 金额（万元） | amount in units of 10,000 yuan
natural_person | 自然人 | natural persons
commercial | 商业企业 | commercial enterprises
research | 科研机构 | research bodies
public_welfare | 社会公益组织 | public-welfare organisations
legal_service | 法律服务机构 | legal-service bodies
other | 其他 | others; in reviews and lawsuits: other result
total | 总计 | total
upheld | 结果维持 | upheld
corrected | 结果纠正 | corrected
pending | 尚未审结 | not yet closed
this_year | 本年度 | this year (statistics annexes)
cumulative | 历年累计 | all years (statistics annexes)
""")

CELL_STATUSES = _terms("""
number | 数值 | a printed number, 0 included
blank | 空白 | printed empty
not_applicable | 不涉及 | printed as a dash, a slash, 无 or 不涉及
text | 文字 | printed as other words
absent | 未印 | the row is not printed
unread | 未能读定 | printed, and the program is not sure
""")

CHANNEL_TYPES = _terms("""
government_website | 政府网站 | government or agency website, columns on it included
service_portal | 政务服务网 | government service portal
application_platform | 依申请公开平台 | system for requests
gazette | 政府公报 | government gazette
wechat_account | 微信公众号 | WeChat official account
wechat_mini_program | 微信小程序 | WeChat mini program
wechat_group | 微信群 | WeChat group
weibo | 微博 | microblog
short_video | 短视频号 | Douyin, Kuaishou, WeChat channels
app | 客户端 | app
other_new_media | 政务新媒体 | other or unspecified new media
newspaper | 报纸 | newspaper
broadcast | 广播电视 | radio, television, loudspeakers
news_media | 新闻媒体 | news media, unspecified, and news sites
press_conference | 新闻发布会 | press conference
event | 活动 | open days, hearings, talks for the public
notice_board | 公开栏 | notice board
screen | 电子屏 | electronic screen
printed | 宣传资料 | brochures, posters, banners
service_hall | 政务大厅 | service hall, windows
reading_room | 查阅点 | archives, libraries, reading points
hotline | 热线电话 | telephone
mailbox | 信箱留言 | mailbox, messages, interactive columns
other | 其他渠道 | anything else meant as a channel
""")

CHANNEL_STATUSES = _terms("""
used | 使用 | in use in the reporting year
planned | 计划 | only in measures
criticised | 被指不足 | named as lacking or over-used
denied | 未开通 | said not to exist
closed | 关停 | closed
""")

QUALIFIERS = _terms("""
exact | 确数 | as printed
approx | 约数 | 约, 近, 左右
at_least | 以上 | 余, 多, 以上, 超
none | 无 | a statement that there was none
""")

ROLES = _terms("""
single | 单独 | stands alone
total | 合计 | its parts are given too
part | 分项 | part of a stated total
""")

INDICATORS = _terms("""
items_disclosed | 主动公开信息 | pieces of information made public
regulations | 规章 | rules issued, disclosed or in force
normative_documents | 规范性文件 | normative documents
policy_documents | 政策文件 | other policy documents
interpretations | 政策解读 | interpretations of policy
press_conferences | 新闻发布会 | press conferences
gazette_issues | 公报期数 | issues of the gazette
service_items | 公开服务事项 | service and power items
website_columns | 栏目专栏 | columns of a website
media_accounts | 政务新媒体账号 | accounts and websites
applications_received | 收到申请 | requests received
applications_carried_over | 上年结转申请 | requests carried over
applications_answered | 办结申请 | requests answered
applications_carried_forward | 结转下年申请 | requests carried forward
applications_granted | 予以公开 | requests granted
applications_partial | 部分公开 | requests partially granted
applications_refused | 不予公开 | requests refused
applications_unavailable | 无法提供 | requests for what cannot be provided
applications_not_processed | 不予处理 | requests not processed
applications_other | 其他处理 | requests handled otherwise
reviews | 行政复议 | administrative reviews
reviews_upheld | 复议维持 | reviews: upheld
reviews_corrected | 复议纠正 | reviews: corrected
reviews_other | 复议其他结果 | reviews: other result
reviews_pending | 复议未审结 | reviews: pending
litigations | 行政诉讼 | lawsuits
litigations_upheld | 诉讼维持 | lawsuits: upheld
litigations_corrected | 诉讼纠正 | lawsuits: corrected
litigations_other | 诉讼其他结果 | lawsuits: other result
litigations_pending | 诉讼未审结 | lawsuits: pending
inquiries | 咨询留言 | inquiries and messages received or answered
proposals | 建议提案 | proposals of deputies and members
consultations | 意见征集 | public consultations
trainings | 培训场次 | trainings held
people_trained | 培训人次 | people trained
meetings | 会议 | meetings on disclosure work
inspections | 检查通报 | checks and notices on disclosure work
views | 浏览量 | views, reads, clicks
followers | 粉丝 | followers
visitors | 现场查阅接待 | visitors on site
staff | 工作人员 | full-time and part-time staff
fees | 信息处理费 | information processing fees
accountability | 责任追究 | accountability and complaints
channels | 渠道数 | a stated number of channels
rate | 比率 | a percentage
other | 其他 | any other count of disclosure work
""")

THEMES = _terms("""
timeliness | 及时性 | late, irregular updating
content | 内容 | too little, narrow, shallow content
standardisation | 规范化 | formats, columns, errors, standards
interpretation | 政策解读 | interpretation of policy
channels | 渠道平台 | forms, channels, platforms
interaction | 互动回应 | response, participation, publicity
applications | 依申请公开 | handling of requests
staff | 人员队伍 | staffing and skill
awareness | 思想认识 | attention and initiative of officials
mechanism | 机制制度 | rules, coordination, assessment
security | 保密安全 | secrecy review, personal data, records
other | 其他 | none of these
""")

PRACTICES = _terms("""
three_review | 三审三校 | three-step review
secrecy_review | 保密审查 | secrecy review
leading_group | 领导小组 | leading group, head responsible
dedicated_staff | 专人负责 | dedicated staff
training | 培训 | training
assessment | 考核评估 | assessment
social_evaluation | 社会评议 | evaluation by society
accountability | 责任追究 | accountability
public_opinion | 舆情监测与回应 | monitoring of public opinion
self_inspection | 自查巡查 | self-inspection
catalogue | 公开目录指南 | catalogue and guide updated
standardisation_catalogue | 标准化规范化 | standard catalogue of disclosure items
""")

LEDGER_STATUSES = _terms("""
fact | 事实 | a count of the result
date | 日期 | date or year
document_number | 文号 | number of a document
article | 条款 | article of a law
ordinal | 序号 | ordinal, list marker
name | 名称 | part of a name or set phrase
deadline | 期限 | deadline, frequency in time
contact | 联系方式 | telephone, address, postcode, account
quota | 指标 | quota, target, threshold
earlier_year | 往年数 | figure of an earlier year
other_work | 其他工作 | count outside disclosure work
page_furniture | 页面附属 | page number, crawler or site frame
word | 词 | part of an ordinary word
""")

RELATIONS = _terms("""
agree | 一致 | prose and cells agree
contradict | 矛盾 | cannot both be true
not_comparable | 不可比 | another quantity or scope
only_table | 仅表格 | only in the table
only_narrative | 仅正文 | only in the prose
""")

FINDINGS = _terms("""
arithmetic.flow | 勾稽关系 | new + carried_over = total + carried_forward
arithmetic.row | 行合计 | columns against the row's total
arithmetic.total | 办理结果合计 | rows of results against their total
arithmetic.review | 复议诉讼合计 | results of reviews or lawsuits against their total
narrative.table | 文表不符 | prose against table
narrative.sum | 分项不符 | parts against their stated total
narrative.channels | 渠道数不符 | stated number of channels against the list
narrative.name | 名称两类 | one account named as two kinds
meta.year | 年份不一 | years of title, body and page differ
section.missing | 缺少章节 | a part of the form is missing
section.empty | 章节为空 | a part has no text
table.missing | 缺少表格 | an official table is missing
table.unread | 表格未读定 | cells that could not be read for certain
table.unit | 单位不同 | a cell printed with another unit
fees.conflict | 收费矛盾 | no fee was charged, and an amount is stated
years.carry_over | 跨年结转 | carried forward against next year's carried over
years.in_force | 跨年有效件数 | documents in force between years
reuse.own | 沿用旧文 | text reused from the agency's own report
reuse.other | 与他人雷同 | text shared with another agency's report
""")

SEVERITIES = _terms("""
error | 错误 | cannot both be true
question | 疑问 | a person should look
note | 提示 | worth knowing
""")

LEVELS = _terms("""
national | 国家 | national
province | 省 | province
city | 市 | prefecture-level city
county | 县 | county or district
township | 乡镇 | township or subdistrict
other | 其他 | other
""")

AGENCY_TYPES = _terms("""
government | 人民政府 | people's government, administrative committee of a zone
office | 办公厅（室） | office of a government
township | 乡镇人民政府 | township government
subdistrict | 街道办事处 | subdistrict office
health_insurance | 医疗保障 | health insurance
health | 卫生健康 | health
education | 教育 | education
public_security | 公安 | public security
justice | 司法行政 | justice
finance | 财政 | finance
human_resources | 人力资源和社会保障 | human resources and social security
natural_resources | 自然资源 | natural resources
environment | 生态环境 | environment
housing | 住房和城乡建设 | housing and construction
transport | 交通运输 | transport
water | 水利 | water
agriculture | 农业农村 | agriculture
commerce | 商务 | commerce
culture | 文化旅游 | culture and tourism
emergency | 应急管理 | emergency management
audit | 审计 | audit
market_regulation | 市场监督管理 | market regulation
statistics | 统计 | statistics
tax | 税务 | tax
customs | 海关 | customs
meteorology | 气象 | meteorology
civil_affairs | 民政 | civil affairs
veterans | 退役军人事务 | veterans
administrative_approval | 行政审批 | administrative approval, government services
development_reform | 发展和改革 | development and reform
industry | 工业和信息化 | industry
science | 科学技术 | science
urban_management | 城市管理 | urban management
other | 其他 | other
""")

READERS = _terms("""
plain | 纯文本 | plain text
html | 网页 | web page
pdf | PDF | PDF with a text layer
word | 文字处理文档 | word-processor document
scan | 扫描件 | recognised from page images
""")

ABSTENTIONS = _terms("""
unsure | 把握不足 | no theme reached its threshold
novel | 与训练文本差异大 | unlike anything seen in training
disagreement | 规则与模型不一 | rules and model disagree
""")

DECIDERS = _terms("""
rule | 规则 | decided by a rule
model | 模型 | decided by the model
both | 规则与模型 | rule and model agree
person | 人工 | decided by a person
""")

GROUPS: Mapping[str, Mapping[str, Term]] = MappingProxyType(
    {
        "sections": SECTIONS,
        "editions": EDITIONS,
        "tables": TABLES,
        "rows": ROWS,
        "columns": COLUMNS,
        "cell_statuses": CELL_STATUSES,
        "channel_types": CHANNEL_TYPES,
        "channel_statuses": CHANNEL_STATUSES,
        "qualifiers": QUALIFIERS,
        "roles": ROLES,
        "indicators": INDICATORS,
        "themes": THEMES,
        "practices": PRACTICES,
        "ledger_statuses": LEDGER_STATUSES,
        "relations": RELATIONS,
        "findings": FINDINGS,
        "severities": SEVERITIES,
        "levels": LEVELS,
        "agency_types": AGENCY_TYPES,
        "readers": READERS,
        "abstentions": ABSTENTIONS,
        "deciders": DECIDERS,
    }
)
