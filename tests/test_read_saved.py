"""Pages as browsers save them, as servers garble them, and as scripts, frames and images carry them."""

from __future__ import annotations

import base64
import json
import quopri

import pytest

from extractor.errors import DocumentError
from extractor.read import read
from tests.read_pages import PARAGRAPHS, TITLE, article, exported, modern

PAGE = modern(article())
TEXT = read(PAGE.encode()).text
HEAD = 'From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="b"\r\n\r\n'
OUTER = "<html><head><title>门户</title></head><body><p>网站首页</p><iframe src='cid:1@x'></iframe></body></html>"


def part(page: bytes, way: str = "base64", charset: str = "") -> bytes:
    """A page as a part of an .mht file."""
    ways = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring, "8bit": bytes}
    kind = f"Content-Type: text/html{charset and f'; charset={charset}'}\r\nContent-Transfer-Encoding: {way}\r\n\r\n"
    return b"--b\r\n" + kind.encode() + ways[way](page) + b"\r\n"


@pytest.mark.parametrize("way", ["base64", "quoted-printable", "8bit"])
@pytest.mark.parametrize(
    ("encoding", "charset"), [("utf-8", "utf-8"), ("gb18030", "gb2312"), ("gb18030", "utf-8"), ("utf-8", "")]
)
@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_a_page_in_one_file_is_read_whatever_its_parts_say(way: str, encoding: str, charset: str, end: bytes) -> None:
    data = HEAD.encode() + part(PAGE.encode(encoding), way, charset) + b"--b--\r\n"
    document = read(data.replace(b"\r\n", end) if way != "8bit" else data)
    assert document.text == TEXT
    assert document.source.bytes == len(data.replace(b"\r\n", end) if way != "8bit" else data)


def test_of_the_frames_in_one_file_the_one_with_the_report_is_read() -> None:
    data = HEAD.encode() + part(OUTER.encode()) + part(PAGE.encode()) + part(b"<html><body>x</body></html>") + b"--b--"
    assert read(data).text == TEXT


def test_a_mail_of_one_page_is_read() -> None:
    head = b'Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    assert read(head + base64.encodebytes(PAGE.encode())).text == TEXT


@pytest.mark.parametrize(
    "before",
    [
        "<!-- saved from url=(0041)https://www.site.gov.cn/zwgk/2024/c_1.html -->\n",
        "\ufeff\ufeff",
        "<%@ page language='java' %>\n",
        "<br />\n<b>Warning</b>: x in <b>y.php</b> on line <b>3</b><br />\n",
        "\r\n \t<?xml version='1.0' encoding='gb2312'?>\n",
        "<!--[if IE 8]><html class='ie8'><![endif]-->",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_what_stands_before_a_page_does_not_hide_it(before: str, encoding: str) -> None:
    assert read((before + PAGE).encode(encoding)).text == TEXT


def test_text_that_speaks_of_marks_is_no_page() -> None:
    assert read("<附件> 用<html>和<body>写成的网页另存</body>即可。".encode()).source.reader == "plain"


@pytest.mark.parametrize(
    "carried",
    [
        "<div id=app></div><script>window.data = "
        + json.dumps({"content": exported(article())}).replace("</", "<\\/")
        + ";</script>",
        "<script>document.write("
        + json.dumps(exported(article()), ensure_ascii=False).replace("</", "<\\/")
        + ")</script>",
        "<iframe srcdoc='" + exported(article()).replace("&", "&amp;").replace("'", "&#39;") + "'></iframe>",
    ],
)
def test_a_report_that_a_script_or_a_frame_carries_is_read(carried: str) -> None:
    document = read(f"<html><head><title>门户</title></head><body>{carried}</body></html>".encode())
    assert PARAGRAPHS[1] in document.text
    assert len(document.grids) == 1


@pytest.mark.parametrize(
    ("body", "what", "found"),
    [
        (
            f"<h1>{TITLE}</h1><p><img src='W01.png'></p><p><img src='W02.png'></p>",
            "as images",
            "https://site.gov.cn/a/W01.png and 1 more",
        ),
        (
            "<img class=lazy data-original='/f/W01.jpg' src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>",
            "as images",
            "https://site.gov.cn/f/W01.jpg",
        ),
        ("<a href='/'><img src='/x1.png'></a><img src='/share_1.png'>", "holds no text", "script"),
        (
            f"<h1>{TITLE}</h1><iframe src='./b_files/saved_resource.html'></iframe>",
            "frame of its own",
            "https://site.gov.cn/a/b_files/saved_resource.html",
        ),
        (f"<h1>{TITLE}</h1><iframe src='about:blank'></iframe><p><img src='W01.png'></p>", "as images", "W01.png"),
    ],
)
def test_a_page_without_text_names_what_it_shows_instead(body: str, what: str, found: str) -> None:
    saved = "<!-- saved from url=(0027)https://site.gov.cn/a/b.html -->"
    page = f"{saved}<html><head><title>2024年政府信息公开年报</title></head><body>{body}</body></html>"
    with pytest.raises(DocumentError, match=what) as caught:
        read(page.encode())
    assert found in caught.value.found


def test_a_set_of_frames_names_them() -> None:
    page = "<html><head><title>年报</title></head><frameset cols='20%,80%'><frame src='l.html'><frame src='m.html'></frameset></html>"
    with pytest.raises(DocumentError, match="frame of its own") as caught:
        read(page.encode())
    assert "l.html and 1 more" in caught.value.found
