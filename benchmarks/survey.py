"""An invented survey file of the shape and weight of Stack Overflow's 2025: 170 columns, lists, text over lines."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from pathlib import Path

from salarylab.sources import stackoverflow as so

YEAR = 2025
COLUMNS = 170
SEED = 20_250_729
LANGUAGES = ("Ada", "C", "Erlang", "Forth", "Fortran", "Haskell", "Lisp", "OCaml", "Prolog", "Rust", "Scheme", "Zig")
CURRENCIES = {"Namibia": "NAD Namibian dollar", "Iceland": "ISK Icelandic krona", "Chile": "CLP Chilean peso"}
PROSE = (
    'It depends: on small things yes, on "big" ones no.\nI would rather read, then write.',
    "Not sure, ask me again",
    "Reviews, tests, drafts of mails,\n\nand nothing else",
)


def write(path: Path, size: int, seed: int = SEED) -> int:
    """Write at least ``size`` bytes of invented answers; return the number of records."""
    draw = random.Random(seed)
    wave = so.WAVES[YEAR]
    known = ["ResponseId", *wave.questions.values(), *wave.skills]
    fillers = [f"Question_{number}" for number in range(COLUMNS - len(known))]
    rest = [_quoted([_filler(draw, position) for position in range(len(fillers))]) for _ in range(500)]
    records = 0
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(",".join([*known, *fillers]) + "\n")
        while out.tell() < size:
            lines = []
            for _ in range(1_000):
                records += 1
                answers = _answers(draw, wave)
                lines.append(f"{_quoted([str(records), *answers])},{draw.choice(rest)}\n")
            out.write("".join(lines))
    return records


def _answers(draw: random.Random, wave: so.Wave) -> Iterator[str]:
    """Yield one invented person's answers, in the order of the wave's questions, then of its skills."""
    country = draw.choice(tuple(CURRENCIES))
    usd = round(draw.lognormvariate(11, 0.6))
    typed = {
        "country": country,
        "age": "25-34 years old",
        "employment": "Employed",
        "role": draw.choice([label for label in so.ROLE if label.startswith("Developer,")]),
        "pay_usd": str(usd),
        "pay_local": str(usd * 18),
        "currency": CURRENCIES[country],
        "total": str(draw.randint(1, 45)),
    }
    for question in wave.questions:
        told = typed.get(question) or draw.choice(tuple(so.LABELS.get(question, ("",))))
        yield "NA" if draw.random() < 0.2 else told
    for _ in wave.skills:
        yield ";".join(draw.sample(LANGUAGES, draw.randint(1, 7)))


def _filler(draw: random.Random, position: int) -> str:
    """Return an answer that cleaning doesn't use: prose over lines, a list, a rank, or nothing."""
    if position % 12 == 0:
        return " ".join(draw.choices(PROSE, k=draw.randint(0, 6)))
    if position % 3 == 0:
        return ";".join(draw.sample(LANGUAGES, draw.randint(1, 9)))
    return draw.choice(("NA", "NA", str(draw.randint(1, 15)), "Somewhat agree", ""))


def _quoted(cells: Iterator[str] | list[str]) -> str:
    """Return cells as a line of csv, quoted where they must be."""
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()
