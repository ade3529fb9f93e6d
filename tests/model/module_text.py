"""Writes a module's specification as the Python text that its author would have written.

Every value that an op gives is a text: the step, the output, the run's tag `run`, and what it was
given. Of what was given the text holds the head and a checksum, so that it does not grow with the
depth and still differs when anything above it was another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import treadle
from tests.model.modules import (
    ArgRead,
    BlockSpec,
    Decorator,
    GraphSpec,
    ModuleSpec,
    NodeSpec,
    OpSpec,
    OutSpec,
    Read,
    Ref,
    Yields,
)

_PRELUDE = """\
import zlib

from treadle import NAMES


def short(value):
    if isinstance(value, list):
        return f"[{', '.join(map(short, value))}]"
    text = "not loaded" if type(value).__name__ == "NotLoaded" else str(value)
    return f"{text.split('(')[0]}#{zlib.crc32(text.encode()):08x}"


def term(context, out, **arguments):
    given = ", ".join(f"{name}={short(value)}" for name, value in arguments.items())
    return f"{context.step_key}.{out}@{context.get_tag('run')}({given})"


def see(context):
    outs = " ".join(sorted(context.selected_output_names))
    keys = " ".join(sorted(key.to_user_string() for key in context.selected_asset_keys))
    context.log.warning(f"selected {outs} of {keys}")
"""


def module_text(spec: ModuleSpec, order: Iterable[str] | None = None) -> str:
    """Return the text. `order` are block names: in this order they are defined."""
    by_name = {block.name: block for block in spec.blocks}
    names = list(order) if order is not None else list(by_name)
    parts = [_PRELUDE.replace("NAMES", ", ".join(treadle.OFTEN))]
    parts += [f"{_name(key)} = AssetSpec({_key(key)})" for key in spec.externals]
    parts += ["\n".join(_op(op, "@op", _op_options(op))) for op in spec.ops.values()]
    parts += ["\n".join(_graph(graph, spec)) for graph in spec.graphs.values()]
    parts += ["\n".join(_block(by_name[name], spec)) for name in names]
    return "\n\n\n".join(parts) + "\n"


def _op(op: OpSpec, decorator: str, options: Iterable[str]) -> Iterator[str]:
    yield f"{decorator}({', '.join(options)})"
    args = (f"{arg}='default'" if arg in op.defaulted else arg for arg in op.args)
    yield f"def {op.name}({', '.join(('context', *args))}):"
    yield "    see(context)"
    if op.fails:
        yield "    raise ValueError('broken on purpose')"
    if op.returns:
        yield f"    return {', '.join(_value(op, out) for out in op.outs)}"
        return
    yield "    yield from ()"
    for out in op.outs:
        line = f"yield Output({_value(op, out)}, {out.name!r})"
        if out.yields is Yields.ALWAYS:
            yield f"    {line}"
        elif out.yields is Yields.SELECTED:
            yield f"    if {out.name!r} in context.selected_output_names:"
            yield f"        {line}"


def _value(op: OpSpec, out: OutSpec) -> str:
    if out.nothing:
        return "None"
    given = "".join(f", {arg}={arg}" for arg in op.args)
    return f"term(context, {out.name!r}{given})"


def _op_options(op: OpSpec) -> Iterator[str]:
    if op.orders:
        yield f"ins={{{', '.join(f'{name!r}: In(Nothing)' for name in op.orders)}}}"
    outs = ", ".join(f"{out.name!r}: Out({', '.join(_out_options(out))})" for out in op.outs)
    yield f"out={{{outs}}}"


def _out_options(out: OutSpec) -> Iterator[str]:
    if out.nothing:
        yield "Nothing"
    if out.optional:
        yield "is_required=False"


def _graph(graph: GraphSpec, spec: ModuleSpec) -> Iterator[str]:
    outs = ", ".join(f"{name!r}: GraphOut()" for name in graph.outs)
    yield f"@graph(out={{{outs}}})"
    yield from _body(graph, spec)


def _body(graph: GraphSpec, spec: ModuleSpec) -> Iterator[str]:
    yield f"def {graph.name}({', '.join(graph.args)}):"
    outs = {node.name: _outs_of(node, spec) for node in graph.nodes}
    for node in graph.nodes:
        called = f"{node.of}.alias({node.name!r})" if node.aliased else node.of
        given = ", ".join(f"{arg}={_read(read, outs)}" for arg, read in node.reads.items())
        yield f"    v_{node.name} = {called}({given})"
    returned = ", ".join(f"{out!r}: {_ref(ref, outs)}" for out, ref in graph.outs.items())
    only = next(iter(graph.outs.values()))
    yield f"    return {_ref(only, outs) if len(graph.outs) == 1 else f'{{{returned}}}'}"


def _outs_of(node: NodeSpec, spec: ModuleSpec) -> list[str]:
    if node.of in spec.ops:
        return [out.name for out in spec.ops[node.of].outs]
    return list(spec.graphs[node.of].outs)


def _read(read: Read, outs: dict[str, list[str]]) -> str:
    texts = [_ref(ref, outs) for ref in read.refs]
    return f"[{', '.join(texts)}]" if read.fan_in else texts[0]


def _ref(ref: Ref, outs: dict[str, list[str]]) -> str:
    if isinstance(ref, ArgRead):
        return ref.arg
    return f"v_{ref.node}" if len(outs[ref.node]) == 1 else f"v_{ref.node}.{ref.out}"


def _block(block: BlockSpec, spec: ModuleSpec) -> Iterator[str]:
    if isinstance(block.of, OpSpec):
        yield from _op(block.of, f"@{block.by}", _block_options(block, block.of))
    elif block.by is Decorator.FROM_GRAPH:
        keys = ", ".join(f"{out!r}: {_key(key)}" for out, key in block.keys.items())
        reads = ", ".join(f"{arg!r}: {_key(key)}" for arg, key in block.reads.items())
        said = [block.of.name, f"keys_by_output_name={{{keys}}}"]
        said += [f"keys_by_input_name={{{reads}}}"] if reads else []
        yield f"{block.name} = AssetsDefinition.from_graph({', '.join((*said, *_options(block)))})"
    else:
        yield f"@{block.by}({', '.join(_block_options(block))})"
        yield from _body(block.of, spec)


def _block_options(block: BlockSpec, op: OpSpec | None = None) -> Iterator[str]:
    own = {out.name: out for out in op.outs} if op is not None else {}
    if block.by in (Decorator.ASSET, Decorator.GRAPH_ASSET):
        ((out, key),) = block.keys.items()
        yield f"key={_key(key)}"
        if op is not None and op.outs[0].nothing:
            yield "dagster_type=Nothing"
        if out in block.optional:
            yield "output_required=False"
    else:
        outs = ", ".join(
            f"{out!r}: AssetOut({', '.join(_asset_options(block, out, key, own.get(out)))})"
            for out, key in block.keys.items()
        )
        yield f"outs={{{outs}}}"
    ins = {arg: key for arg, key in block.reads.items() if not _is_inferred(block, arg, key)}
    if ins:
        yield f"ins={{{', '.join(f'{arg!r}: AssetIn({_key(key)})' for arg, key in ins.items())}}}"
    if block.deps:
        yield f"deps=[{', '.join(map(_key, block.deps))}]"
    yield from _options(block)


def _is_inferred(block: BlockSpec, arg: str, key: str) -> bool:
    """Whether an argument's name says which asset it is, alone or beside the block's own."""
    folders = {each.rpartition("/")[0] for each in block.keys.values()}
    folder, _, name = key.rpartition("/")
    return arg == name and (not folder or folders == {folder})


def _asset_options(block: BlockSpec, out: str, key: str, own: OutSpec | None) -> Iterator[str]:
    if key != out:
        yield f"key={_key(key)}"
    if own is not None and own.nothing:
        yield "dagster_type=Nothing"
    if out in block.optional:
        yield "is_required=False"


def _options(block: BlockSpec) -> Iterator[str]:
    if block.can_subset:
        yield "can_subset=True"
    if block.unselected_outputs is not None:
        yield f"unselected_outputs={block.unselected_outputs.value!r}"
    if block.siblings is not None:
        yield f"siblings={block.siblings.value!r}"
    if block.internal_deps is not None:
        said = ", ".join(
            f"{out!r}: {{{', '.join(map(_key, keys))}}}" if keys else f"{out!r}: set()"
            for out, keys in block.internal_deps.items()
        )
        yield f"internal_asset_deps={{{said}}}"


def _key(key: str) -> str:
    return f"AssetKey({key.split('/')!r})"


def _name(key: str) -> str:
    return key.replace("/", "__")
