"""Objects of the host in programs: the answer of http(), say."""

from __future__ import annotations

from typing import ClassVar


class Exposed:
    """An object whose attributes and methods named in `names`, and no others, programs may read and call.

    Methods get plain values and answer plain values or other such objects. An operator works on the object where its
    special name stands among the names (`__sub__`, `__lt__`, `__getitem__`, `__len__`, `__iter__`, `__contains__`,
    `__str__`, `__bool__`); programs cannot read that name itself.
    """

    names: ClassVar[frozenset[str]] = frozenset()
