"""NamedTuples of arrays that compiled code takes by reference.

To Python they are NamedTuples. To Numba, which would pass each of their hundreds of words as an argument of its own to
every function, and take minutes to compile that, they are one pointer: to a table of the arrays' addresses and lengths.
`inputs.products[3].shelf_life` reads the same either way, and with NUMBA_DISABLE_JIT=1 nothing of this is used.

The arrays must outlive the call; whoever makes it holds the NamedTuple, and the NamedTuple holds them.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.datamodel import models, register_default
from numba.core.imputils import lower_getattr_generic
from numba.core.pythonapi import NativeValue, unbox
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import intrinsic, typeof_impl
from numba.np.arrayobj import populate_array
from numba.np.numpy_support import as_dtype, from_dtype

if TYPE_CHECKING:
    from ...models.problem import Integers

Group = TypeVar("Group", bound=tuple[Any, ...])

INTEGERS = types.Array(types.int64, 1, "C")
FLOATS = types.Array(types.float64, 1, "C")
_WORD = ir.IntType(64)

_TYPES: "dict[type, Reference]" = {}


def array_of(kind: "np.dtype[Any] | type", dimensions: int = 1) -> types.Array:
    """Return the compiled type of an array of numbers or records, contiguous in memory."""
    return types.Array(from_dtype(np.dtype(kind)), dimensions, "C")


class Reference(types.Type):
    """The compiled type of a NamedTuple of arrays."""

    def __init__(self, name: str, fields: tuple[tuple[str, types.Type], ...]) -> None:
        self.fields: dict[str, Any] = dict(fields)
        # Numba takes long to find out what NumPy's type of an array is in its own terms; the other way round, once.
        self.dtypes = {field: as_dtype(kind.dtype) for field, kind in fields if isinstance(kind, types.Array)}
        self.slots = {}
        slot = 0
        for field, kind in fields:
            self.slots[field] = slot
            slot += 1 + (kind.ndim if isinstance(kind, types.Array) else 0)
        # The sources of all layouts are part of the name of the folder for compiled code: a name is enough.
        super().__init__(name=f"Reference({name})")

    def __reduce__(self) -> Any:
        return _known, (self.name,)


def _known(name: str) -> Reference:
    """Return the one type of a name, for compiled code that comes from disk."""
    return next(kind for kind in _TYPES.values() if kind.name == name)


def type_of(group: type) -> Reference:
    """Return the compiled type of a NamedTuple that compiled code takes by reference."""
    return _TYPES[group]


def reference(group: Any) -> Any:
    """Return what Python passes to an `entrance` in place of a NamedTuple: the table alone, which Numba knows fast."""
    return group if numba.config.DISABLE_JIT else group.table


def reader(group: type) -> Any:
    """Return the compiled function that finds a NamedTuple by its `reference`."""
    if numba.config.DISABLE_JIT:
        return lambda found: found

    @intrinsic
    def read(_context: Any, _table: Any) -> Any:
        def point(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return context.make_array(signature.args[0])(context, builder, arguments[0]).data

        return _TYPES[group](INTEGERS), point

    return read


def by_reference(**fields: "types.Type | type") -> Callable[[type[Group]], type[Group]]:
    """Let compiled code take a NamedTuple by reference.

    Parameters
    ----------
    **fields
        For each field but the last two, in their order, the type of its array, or another such NamedTuple. The last two
        must be `table` and `address`; `assembled` fills them.
    """

    def register(group: type[Group]) -> type[Group]:
        kinds = tuple((name, kind if isinstance(kind, types.Type) else _TYPES[kind]) for name, kind in fields.items())
        names = getattr(group, "_fields", ())
        assert names == (*fields, "table", "address"), f"{group.__name__}: {names} are not {tuple(fields)}"
        _TYPES[group] = Reference(group.__name__, kinds)
        # A copy, in another process or in this one, has its arrays elsewhere.
        group.__reduce_ex__ = _reduced  # type: ignore[method-assign]
        typeof_impl.register(group)(lambda _value, _context: _TYPES[group])
        return group

    return register


def _reduced(group: Any, _protocol: Any) -> tuple[Any, tuple[Any, ...]]:
    kind = type(group)
    return _reassembled, (kind, {name: getattr(group, name) for name in _TYPES[kind].fields})


def _reassembled(group: type[Group], values: dict[str, Any]) -> Group:
    return assembled(group, **values)


def assembled(group: type[Group], **values: Any) -> Group:
    """Return a NamedTuple of arrays with the table of their addresses.

    Raises
    ------
    TypeError
        If an array is not of the type that the group declares: compiled code would read something else.
    """
    words: list[int] = []
    for name, kind in _TYPES[group].fields.items():
        value = values[name]
        if isinstance(kind, Reference):
            words.append(value.address)
            continue
        same = value.dtype == _TYPES[group].dtypes[name]
        if not (same and value.ndim == kind.ndim and value.flags.c_contiguous):
            raise TypeError(f"{group.__name__}.{name}: {value.dtype}, {value.ndim} dimensions, is not {kind}")
        words.append(value.ctypes.data)
        words.extend(value.shape)
    table: Integers = np.array(words, dtype=np.int64)
    make: Any = group
    return cast("Group", make(**values, table=table, address=int(table.ctypes.data)))


def changed(group: Group, **values: Any) -> Group:
    """Return the same NamedTuple with some arrays replaced, and a table of its own."""
    kept = {name: getattr(group, name) for name in _TYPES[type(group)].fields}
    return assembled(type(group), **{**kept, **values})


@register_default(Reference)
class _ReferenceModel(models.PrimitiveModel):
    """A pointer to words."""

    def __init__(self, manager: Any, kind: Reference) -> None:
        super().__init__(manager, kind, _WORD.as_pointer())


@unbox(Reference)
def _unbox(_kind: Reference, value: Any, context: Any) -> NativeValue:
    """Take the address out of the Python object."""
    number = context.pyapi.object_getattr_string(value, "address")
    address = context.pyapi.long_as_longlong(number)
    context.pyapi.decref(number)
    pointer = context.builder.inttoptr(address, _WORD.as_pointer())
    return NativeValue(pointer, is_error=cgutils.is_not_null(context.builder, context.pyapi.err_occurred()))


@infer_getattr
class _ReferenceAttributes(AttributeTemplate):
    key = Reference

    def generic_resolve(self, kind: Reference, name: str) -> types.Type | None:
        """Return the type of a field."""
        return kind.fields.get(name)


@lower_getattr_generic(Reference)
def _get(context: Any, builder: Any, kind: Reference, value: Any, name: str) -> Any:
    """Read a field: another reference, or an array made from its address and shape."""

    def word(slot: int) -> Any:
        load = builder.load(builder.gep(value, [ir.Constant(_WORD, slot)]))
        # Compiled code writes into arrays, never into tables: one look at a table is enough, whatever is written.
        load.set_metadata("invariant.load", builder.module.add_metadata([]))
        return load

    field, slot = kind.fields[name], kind.slots[name]
    if isinstance(field, Reference):
        return builder.inttoptr(word(slot), _WORD.as_pointer())
    array = context.make_array(field)(context, builder)
    item_size = context.get_abi_sizeof(context.get_data_type(field.dtype))
    shape = [word(slot + 1 + dimension) for dimension in range(field.ndim)]
    strides = [ir.Constant(_WORD, item_size)]
    for length in reversed(shape[1:]):
        strides.insert(0, builder.mul(strides[0], length))
    populate_array(
        array,
        data=builder.inttoptr(word(slot), array.data.type),
        shape=cgutils.pack_array(builder, shape, ty=_WORD),
        strides=cgutils.pack_array(builder, strides, ty=_WORD),
        itemsize=ir.Constant(_WORD, item_size),
        meminfo=None,
    )
    return array._getvalue()
