"""Compared: a factor of an equation and its levels as they are asked about, or refused by name."""

from __future__ import annotations

from salarylab.errors import Fault, ModelError, unknown
from salarylab.model.blocks import Levels
from salarylab.model.design import Design
from salarylab.model.factor import FACTORS, SKILL


def categorical(design: Design, factor: str) -> Levels:
    """Return a categorical factor of an equation; raises ``ModelError`` for any other name."""
    blocks = {name: block for name, block in design.blocks.items() if isinstance(block, Levels)}
    if factor not in blocks:
        raise ModelError(unknown("categorical factor of this equation", factor, blocks))
    return blocks[factor]


def partners(design: Design, factor: str) -> set[str]:
    """Return the factors that interact with a factor."""
    crossed = [term.split(":") for term in design.spec.factors if ":" in term]
    return {name for names in crossed if factor in names for name in names} - {factor}


def given(design: Design, *compared: str) -> str:
    """Return in words what an equation holds equal beside the factors compared; empty where that is nothing."""
    names = [name for name in design.spec.factors if ":" not in name and name not in compared]
    labels = [design.blocks[name].factor.label for name in names]
    absorbed = design.spec.absorbed
    return ", ".join([*labels, *([FACTORS[absorbed].label if absorbed in FACTORS else absorbed] if absorbed else [])])


def compared_words(design: Design, block: Levels, level: str, base: str) -> tuple[str, str]:
    """Return two levels of a factor as a sentence compares them: a skill's yes and no name the skill."""
    if not block.factor.name.startswith(SKILL):
        return block.told(level), block.told(base)
    posted = design.sample.table["observation"].unique().to_list() == ["posting"]
    who, those = ("postings that", "those that do") if posted else ("people who", "those who do")
    skill = block.factor.label.removeprefix("naming ")
    return (f"{who} name {skill}", f"{those} not") if level == "yes" else (f"{who} do not name {skill}", those)


def level_faults(block: Levels, level: str, base: str) -> list[Fault]:
    """Return the faults of two levels that cannot be compared: one that the sample does not have, or the same twice."""
    name = block.factor.name
    strays = [end for end in dict.fromkeys((level, base)) if end not in block.levels]
    if strays or level != base:
        return [unknown(f"level of {name} in this sample:", end, block.named) for end in strays]
    return [
        Fault(
            f"{name} at two levels",
            f"{level!r} with itself" + (" (it is the base category)" if level == block.base else ""),
            "two different levels: a level's premium over itself is zero by construction",
            f"compare with one of: {', '.join(other for other in block.named if other != level)}",
        )
    ]


def refuse_unknown(block: Levels, level: str) -> None:
    """Raise ``ModelError`` for a level that the sample does not have."""
    if level not in block.levels:
        raise ModelError(unknown(f"level of {block.factor.name} in this sample:", level, block.named))


def refuse_levels(block: Levels, level: str, base: str) -> None:
    """Raise ``ModelError`` for a level that the sample does not have, or one compared with itself."""
    faults = level_faults(block, level, base)
    if faults:
        raise ModelError(*faults)
