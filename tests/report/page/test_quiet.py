"""Spec: markup that could act, or ask the network, is told from markup that shows."""

from __future__ import annotations

import pytest

from salarylab.report.page import quiet


@pytest.mark.parametrize(
    ("markup", "shows"),
    [
        ("<style>#x{color:red}</style><table id=x><td colspan=2>1 &lt; 2</td></table>", True),
        ('<a href="https://example.org/">x</a><a href="#part">y</a>', True),
        ('<img src="data:image/png;base64,AA">', True),
        ('<img src="https://example.org/x.png">', False),
        ('<a href="JaVaScRiPt:alert(1)">x</a>', False),
        ('<a href=" javascript:alert(1)">x</a>', False),
        ("<p onclick=alert(1)>x</p>", False),
        ("<P ONCLICK=alert(1)>x</P>", False),
        ("<iframe srcdoc=x></iframe>", False),
        ("<ScRiPt>x", False),
        ("<form action=x>", False),
        ("text</script>", False),
        ("<math><mi>x</mi></math>", False),
        ("<svg><path/></svg>", False),
        ("<textarea>swallows what follows", False),
        ('<p style="color: red">x</p>', True),
        ('<p style="background: URL (https://example.org/x)">x</p>', False),
        (r'<p style="background: \75rl(https://example.org/x)">x</p>', False),
        ("<style>@import 'https://example.org/x.css'</style>", False),
        ("<style>p { background: url(https://example.org/x) }</style>", False),
        ("<!-- a note --><p>fish & chips, 1 < 2</p>", True),
        ("<!--><meta http-equiv=refresh>-->", False),  # browsers end this comment at once, Python at the arrow
        ("<!-- --!><meta http-equiv=refresh> -->", False),
        ("<![CDATA[><meta http-equiv=refresh>]]>", False),
        ("<noembed><b title='</noembed><meta http-equiv=refresh>'>x</b></noembed>", False),
        ("<style>", False),  # left open, it swallows what follows
        ("<!-- x", False),
        ('x <b title="', False),
    ],
)
def test_markup_that_could_act_is_told_from_markup_that_shows(markup: str, shows: bool) -> None:
    assert quiet.quiet(markup) is shows
