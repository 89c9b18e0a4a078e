"""Two groups: the design of the rows at two levels of a factor, one asked about and one compared with."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from salarylab.model.building import build
from salarylab.model.compared import categorical, refuse_levels
from salarylab.model.design import Design


def of_two(design: Design, factor: str, level: str, base: str | None) -> Design:
    """Return the design of the rows at two levels of a factor, ``base`` its base; other rows are lost by name.

    Raises ``ModelError`` for a factor or level that is not in the equation, and a level compared with itself.
    """
    block = categorical(design, factor)
    base = block.base if base is None else base
    refuse_levels(block, level, base)
    outside = ~pl.Series(block.codes).is_in([block.levels.index(name) for name in (level, base)])
    reason = f"neither {block.told(level)} nor {block.told(base)}: {factor}"
    spec = replace(design.spec, bases={**design.spec.bases, factor: base})
    return build(spec, design.sample.without(pl.lit(outside), reason))
