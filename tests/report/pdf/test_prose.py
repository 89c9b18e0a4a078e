"""Prose in print: Markdown as Typst, and nothing that reads, runs or breaks out."""

from __future__ import annotations

import pytest

from salarylab.report.pdf.printing import compiled
from salarylab.report.pdf.prose import prose

START = '#set document(title: "t")\n#set text(lang: "en")\n#let horizontalrule = line()\n= Title\n'


def one(markdown: str) -> str:
    (told,) = prose([markdown])
    return told.strip()


@pytest.mark.parametrize(
    ("markdown", "typst"),
    [
        ("*a* **b** `c`", "#emph[a] #strong[b] `c`"),
        ("- a\n- b", "- a\n- b"),
        ("1. a\n2. b", "+ a\n+ b"),
        ("[a](https://example.org)", '#link("https://example.org")[a]'),
        ("[a](#part) [b](file.csv) [c](javascript:x)", "a b c"),
        ("![a *plot*](plot.png)", "#emph[a #emph[plot]]"),
        ("a <b onclick=x>b</b>\n\n<script>c</script>", "a b"),
        ("from $5 to $6", "from \\$5 to \\$6"),
        ("$\\alpha$", '#{ set math.equation(alt: "\\\\alpha"); $alpha$ }'),
        ("$$\nx\n$$", '#{ set math.equation(alt: "\\nx\\n"); $ x $ }'),
        ("$\\unknown{x}$", "`\\unknown{x}`"),
        ("### deep\n\n# top", "== deep\n== top"),
        ("> said", "#quote(block: true)[\nsaid\n]"),
        ("Who it is:", "#block(sticky: true)[\nWho it is:\n\n]"),
    ],
)
def test_markdown_becomes_typst(markdown: str, typst: str) -> None:
    assert one(markdown) == typst


def test_cells_are_one_text() -> None:
    told = prose(["Pay[^1]", "## Section\n\n#### Too deep", "[^1]: an hour", ""])
    assert [part.strip() for part in told] == ["Pay#footnote[an hour]", "== Section\n=== Too deep", "", ""]


@pytest.mark.parametrize("open_end", ["```\nnever closed", "<!-- never closed", "a\n\n<!-- next cell -->\n\nb"])
def test_a_cell_keeps_to_itself(open_end: str) -> None:
    told = prose(["first", open_end, "*last*"])
    assert len(told) == 3
    assert (told[0].strip(), told[2].strip()) == ("first", "#emph[last]")


def test_a_table_of_the_prose_takes_no_number() -> None:
    told = one("| a | b |\n|---|--:|\n| 1 | #x |")
    assert "[1], [\\#x]," in told
    assert "kind: table" not in told
    assert 'kind: "prose"' in told


@pytest.mark.parametrize(
    "plant",
    [
        '#panic("ran")',
        '#read("/etc/passwd")',
        '```{=typst}\n#panic("ran")\n```',
        '`#panic("ran")`{=typst}',
        '```a]#panic("ran")\nx\n```',
        '] #panic("ran") [',
        '$\\text{a" #panic("ran") "}$',
        "$#panic(1)$ and $\\mathrm{\\#panic}$",
        '[a](https://example.org/"\\)#panic("ran"\\))',
        '[a"]: x\n\n\\#panic("ran") \\\\#panic("ran")',
        '| a |\n|---|\n| ] #panic("ran") |',
        '<div title="#panic(1)">\n\n#panic("ran")\n\n</div>',
        "// next cell\n#panic(1)",
        '[^1]\n\n[^1]: ] #panic("ran")',
        '## ] #panic("ran") <x>',
        '@x <x> /* // = #import "@preview/x:0.1.0"',
    ],
)
def test_what_looks_like_code_is_text(plant: str) -> None:
    assert compiled(START + "\n".join(prose([plant, "end"]))).startswith(b"%PDF")
