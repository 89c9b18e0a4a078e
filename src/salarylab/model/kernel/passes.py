"""Passes: one walk over the rows, in chunks whose sums are added in order, on as many workers as there are.

Chunks do not depend on the workers, so that one worker or eight give the same bits.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from itertools import islice
from typing import Any, Protocol, Self, TypeVar

from salarylab.model.kernel.rows import Block, Source

CHUNK = 4
"""Blocks whose sums are taken by one worker at a time."""


class Sums(Protocol):
    """Add up: what a pass takes from some rows, and how it joins what others took from theirs."""

    def merge(self, other: Self) -> None:
        """Add the sums of other rows."""


S = TypeVar("S", bound=Sums)


def swept(source: Source, work: Callable[..., S], *args: Any, executor: Executor | None = None) -> S:
    """Return the sums of ``work(blocks, *args)`` over all rows; ``executor`` is any of ``concurrent.futures``."""
    chunks = _chunks(source.blocks())
    if executor is None:
        return _joined(work(chunk, *args) for chunk in chunks)
    return _joined(_in_order(executor.submit(work, chunk, *args) for chunk in chunks))


def _chunks(blocks: Iterator[Block]) -> Iterator[list[Block]]:
    while chunk := list(islice(blocks, CHUNK)):
        yield chunk


def _joined(parts: Iterator[S]) -> S:
    total = next(parts)
    for part in parts:
        total.merge(part)
    return total


def _in_order(futures: Iterator[Future[S]], ahead: int = 2) -> Iterator[S]:
    """Yield results in the order asked for, with only a few chunks of rows alive at once."""
    waiting: deque[Future[S]] = deque()
    for future in futures:
        waiting.append(future)
        if len(waiting) > ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
