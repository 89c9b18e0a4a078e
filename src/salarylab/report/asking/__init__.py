"""Asking: which reports there are to be, every value checked before a kernel starts.

``parameters`` reads what a notebook declares, by ``stated``, ``typed`` and ``choices``; ``request`` is one report asked
for, by a command line or, many at once, by ``reportset``.
"""
