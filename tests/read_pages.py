"""Web pages as agencies' systems make them: one article inside several sites' frames."""

from __future__ import annotations

ROWS = "".join(
    f"<tr><td>{'（一）予以公开' if n % 2 else '（二）部分公开'}</td>"
    + "".join(f"<td>&nbsp;{n * 7 + c}&nbsp;</td>" for c in range(7))
    + "</tr>"
    for n in range(1, 4)
)
TABLE = (
    '<table border="1"><tbody><tr><td rowspan="3">（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）</td>'
    '<td colspan="7">申请人情况</td></tr><tr><td rowspan="2"><p>自然人</p></td><td colspan="5">法人或其他组织</td>'
    '<td rowspan="2">总计</td></tr><tr><td><p>商业</p><p>企业</p></td><td>科研<br>机构</td><td>社会公益组织</td>'
    f"<td>法律服务机构</td><td>其他</td></tr>{ROWS}</tbody></table>"
)
PARAGRAPHS = (
    "本报告根据《中华人民共和国政府信息公开条例》编制，所列数据的统计期限自1月1日至12月31日。",
    "一、总体情况",
    "（一）主动公开。全年通过门户网站公开政府信息１２３条，其中政策文件45条，较上年有所增加。",
    "（二）依申请公开。全年收到申请6件，均已按时办结。",
    "三、收到和处理政府信息公开申请情况",
)
CLOSING = ("五、存在的主要问题及改进情况", "一是公开内容不够丰富；二是培训次数偏少。下一步将加强培训，丰富内容。")
TITLE = "青石县水务局2024年政府信息公开工作年度报告"


def article(table: str = TABLE) -> str:
    """The report's own mark-up."""
    before = "".join(f'<p style="text-indent:2em">&nbsp;&nbsp;{text}</p>\n' for text in PARAGRAPHS)
    return before + table + "".join(f"<p>　　{text}</p>" for text in CLOSING)


MENU = "<ul>" + "".join(f'<li><a href="/col{n}/">政务公开栏目{n}</a></li>' for n in range(30)) + "</ul>"
METADATA = (
    "<table><tr><td>索 引 号：</td><td>0123-2025-001</td><td>主题分类：</td><td>政府信息公开工作年度报告</td></tr>"
    "<tr><td>发布机构：</td><td>县水务局</td><td>生成日期：</td><td>2025-01-20</td></tr></table>"
)
FOOT = "<div>主办单位：青石县人民政府 版权所有</div><div>网站标识码：1234567890</div><div>地址：人民路1号</div>"
STYLE = "<style>p.MsoNormal{mso-style-name:正文;}</style>"


def modern(body: str) -> str:
    """Divisions, an article class, tools and neighbours."""
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{TITLE}-青石县人民政府</title>'
        f'<meta name="ArticleTitle" content="{TITLE}"><meta name="PubDate" content="2025-01-20 09:30">{STYLE}</head><body>'
        f"<script>var a='政府信息公开';</script><div class=nav>{MENU}</div><div class=main><div>当前位置：<a>首页</a>&gt;<a>年报</a></div>"
        f"{METADATA}<h1>{TITLE}</h1><div class=info><span>发布时间：2025-01-20</span><span>来源：县水务局</span>"
        f"<span>字体：[<a>大</a> <a>中</a> <a>小</a>]</span></div><div id=zoom><!-- 正文 -->{body}</div>"
        f"<div>【<a>打印本页</a>】【<a>关闭窗口</a>】</div><div>上一篇：<a>没有了</a></div></div>{FOOT}</body></html>"
    )


def tabled(body: str) -> str:
    """Layout tables in layout tables, upper case, the style sheet of Word pasted as text."""
    pasted = '<P>@font-face{font-family:"Times New Roman";}p.MsoNormal{mso-style-parent:"";margin:0pt;text-indent:21.0pt;}</P>'
    return (
        f"<HTML><HEAD><META http-equiv=Content-Type content='text/html; charset=gb2312'><TITLE>青石县人民政府  {TITLE}</TITLE></HEAD><BODY>"
        f"<TABLE width=980><TR><TD>{MENU}</TD></TR><TR><TD><TABLE><TR><TD width=200>{MENU}</TD><TD><TABLE><TR><TD align=center>"
        f"<B>{TITLE}</B></TD></TR><TR><TD>发布日期：2025-01-20 浏览次数：<span>12</span>次</TD></TR><TR><TD>{pasted}{body}</TD></TR>"
        f"<TR><TD>【打印】 【关闭】</TD></TR></TABLE></TD></TR></TABLE></TD></TR><TR><TD>{FOOT}</TD></TR></TABLE></BODY></HTML>"
    )


def exported(body: str) -> str:
    """Word's own export, conditional comments and islands of XML, everything in one form."""
    return (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta name=Generator content="Microsoft Word 15">'
        "<!--[if gte mso 9]><xml><o:OfficeDocumentSettings/></xml><![endif]--></head><body><form id=aspnetForm>"
        f'<input type=hidden value="{"x" * 500}"><div class=WordSection1><p align=center><b>{TITLE}<o:p></o:p></b></p>{body}'
        f"<p><o:p>&nbsp;</o:p></p></div><xml><w:WordDocument>100</w:WordDocument></xml></form></body></html>"
    )


FRAMES = {"modern": modern, "tabled": tabled, "exported": exported}
