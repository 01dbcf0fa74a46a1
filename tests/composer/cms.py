"""Frames as the content systems of government sites make them: each takes the report's body and gives a page's body."""

from __future__ import annotations

import html

NAMES = ("首页", "政府信息公开指南", "政府信息公开制度", "法定主动公开内容", "政府信息公开年报", "政府网站年度报表")
MENU = '<div class="nav"><ul>' + "".join(f'<li><a href="/{n}">{name}</a></li>' for n, name in enumerate(NAMES)) + "</ul></div>"  # fmt: skip
PLACE = '<div class="dqwz">当前位置：<a href="/">首页</a> &gt; <a href="/x">政府信息公开</a> &gt; <a href="/y">政府信息公开年报</a></div>'
TABLE = (
    "<table class='xxgk'><tr><td>索引号</td><td>990000014/2025-00012</td><td>组配分类</td><td>政府信息公开年报</td></tr>"
    "<tr><td>发布机构</td><td>青石县水务局</td><td>发文日期</td><td>2025-01-21</td></tr>"
    "<tr><td>文号</td><td></td><td>有效性</td><td>有效</td></tr><tr><td>名称</td><td colspan='3'>年度报告</td></tr></table>"
)
LIST = (
    '<ul class="xxgk"><li><span>索引号：</span>000/2025</li><li><span>公开方式：</span>主动公开</li>'
    "<li><span>发布日期：</span>2025-01-21</li><li><span>发布机构：</span>办公室</li></ul>"
)
FOOT = (
    '<div class="foot"><p>主办：青石县人民政府办公室　承办：青石县数据局</p><p>某ICP备05000000号-1　某公网安备99000000000001号　'
    '网站标识码：9900000001</p><p><a href="#">网站地图</a> | <a href="#">联系我们</a> | <a href="#">关于我们</a></p></div>'
)
TOOLS = (
    '<div class="share"><span>扫一扫在手机打开当前页</span><a href="javascript:window.print()">打印本页</a>'
    '<a href="javascript:window.close()">关闭窗口</a><span>分享到：</span></div>'
)
NEXT = (
    '<div class="sxp">上一篇：<a href="1.html">青石县教育局2024年政府信息公开工作年度报告</a><br>'
    '下一篇：<a href="2.html">青石县民政局2024年政府信息公开工作年度报告</a></div>'
)
FILES = '<div class="fj"><p>附件：</p><ul><li><a href="P02.docx">青石县水务局2024年政府信息公开工作年度报告.docx</a></li></ul></div>'
OTHERS = '<div class="left"><div>政府信息公开年报</div><ul>' + "".join(f'<li><a href="/n{y}.html">青石县水务局{y}年政府信息公开工作年度报告</a><span>{y + 1}-01-20</span></li>' for y in range(2015, 2024)) + "</ul></div>"  # fmt: skip
ISLAND = "<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->"


def editor(body: str) -> str:
    """An editor's division below a table about the document."""
    return (
        f"{MENU}{PLACE}<div class='main'><div>{TABLE}</div><h2>青石县水务局2024年政府信息公开工作年度报告</h2>"
        "<div>发布时间：2025-01-21 10:20　来源：县水务局　浏览次数：<span>12</span>次　字体：【<a>大</a> <a>中</a> <a>小</a>】</div>"
        f"<div id='Zoom'><div class='view TRS_UEDITOR'>{body}</div></div>{FILES}{TOOLS}{NEXT}</div>{FOOT}"
    )


def tagged(body: str) -> str:
    """Elements of the system's own around title and content."""
    return (
        f"<div id='container'>{PLACE}<table width='100%'><tr><td>{LIST}</td></tr></table><ucaptitle>年度报告</ucaptitle>"
        f"<div><span>发布日期：2025-01-21</span></div><ucapcontent><!--<$[信息内容]>begin-->{body}"
        f"<!--<$[信息内容]>end--></ucapcontent>{TOOLS}{FILES}{NEXT}</div>{FOOT}"
    )


def columns(body: str) -> str:
    """The agency's other reports beside it."""
    return (
        f"{MENU}<div>{OTHERS}<div class='right'><div>{LIST}</div><div class='newscontnet minh500'>{body}</div>"
        f"<div>【<a href='#'>打印</a>】【<a href='#'>关闭</a>】</div><div>责任编辑：张某</div>{NEXT}</div></div>{FOOT}"
    )


def tables(body: str) -> str:
    """Everything laid out by tables in tables."""
    return (
        f"<table width=1000><tr><td colspan=2>{MENU}</td></tr><tr><td width=200>{OTHERS}</td><td><table width='100%'>"
        f"<tr><td>{PLACE}</td></tr><tr><td>{TABLE}</td></tr><tr><td align=center><b>年度报告</b></td></tr><tr><td><div id='zoom'>"
        f"<table width='100%'><tr><td>{body}</td></tr></table></div></td></tr><tr><td>{NEXT}</td></tr></table></td></tr>"
        f"<tr><td colspan=2>{FOOT}</td></tr></table>"
    )


def pasted(body: str) -> str:
    """Pasted from Word: conditional comments, styles in every cell."""
    cell = '<td style="mso-border-alt:solid windowtext .5pt" width="88"'
    return editor(body.replace("<table", f"{ISLAND}<table", 1).replace("<td", cell))


def unclosed(body: str) -> str:
    """A span beyond the table's end, and rows that are never closed."""
    return tagged(body.replace('rowspan="3"', 'rowspan="30"', 1).replace("</td></tr>", "</td>"))


def broken_lines(body: str) -> str:
    """Every paragraph with a break of its own."""
    return columns(body.replace("</p>", "<br></p>"))


def in_field(body: str) -> str:
    """The body in a form's hidden field, for a script to show."""
    return f"{MENU}{PLACE}{LIST}<div id='c'></div><textarea id='t' style='display:none'>{html.escape(body)}</textarea>{FOOT}"


def in_template(body: str) -> str:
    """The body in a script of the type of a template."""
    return f"{MENU}{PLACE}{LIST}<div id='c'></div><script type='text/template' id='t'>{body}</script>{FOOT}"


SYSTEMS = {
    frame.__name__: frame
    for frame in (editor, tagged, columns, tables, pasted, unclosed, broken_lines, in_field, in_template)
}
FURNITURE = ("扫一扫", "打印", "上一篇", "下一篇", "ICP", "网站标识码", "当前位置", "索引号", "责任编辑", "浏览次数")
