"""What docs/sources.md says each source observes is what the source declares."""

import re
from pathlib import Path

from salarylab import schema, sources

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "sources.md").read_text()
FACTORS = {
    "degree": ("education",),
    "field of study": ("field_of_study",),
    "experience": ("experience_years",),
    "tenure": ("tenure_years",),
    "age": ("age",),
    "seniority": ("seniority",),
    "individual contributor or manager": ("track",),
    "role and family": ("role", "role_family"),
    "skill areas": ("skill_areas",),
    "skills and tools": ("skills",),
    "use of AI tools": ("ai_use",),
    "industry": ("industry",),
    "domain of the product": ("domains",),
    "where the work is done": ("work_mode",),
    "share of remote work": ("remote_share",),
    "country": ("country",),
    "region": ("region",),
    "size of the employer": ("org_size",),
    "kind of employer": ("org_kind",),
    "employer": ("employer",),
    "form of employment": ("employment",),
    "hours": ("hours_weekly",),
    "base, bonus, equity": ("bonus_usd", "equity_usd"),
    "range or band of pay": ("pay_low_usd",),
    "weights": ("weight",),
}


def test_the_table_marks_what_each_source_asked() -> None:
    header, _, *rows = re.findall(r"^\|(.*)\|$", PAGE, flags=re.MULTILINE)
    keys = [cell.strip(" `") for cell in header.split("|")[1:]]
    assert keys == [key for key in sorted(sources.keys()) if key not in ("demo", "own")]
    marked = {row.split("|")[0].strip(): [cell.strip() == "x" for cell in row.split("|")[1:]] for row in rows}
    asked = {key: sources.describe(key).asked for key in keys}
    assert marked == {name: [bool(set(columns) & asked[key]) for key in keys] for name, columns in FACTORS.items()}


def test_every_factor_of_the_table_is_observed_by_some_source() -> None:
    assert {name for columns in FACTORS.values() for name in columns} <= set(schema.BY_NAME)
    for name, columns in FACTORS.items():
        assert any(
            set(columns) & sources.describe(key).asked for key in sorted(sources.keys()) if key not in ("demo", "own")
        ), name
