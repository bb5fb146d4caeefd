"""The parameter table of a network, as Keras prints it."""

from __future__ import annotations

from simulator.spec import NetworkSpec

_WIDTHS = (28, 20, 12)


def summary(network: NetworkSpec, name: str) -> str:
    """A table with a row a layer: name and kind, output shape, number of parameters."""
    lines = [
        f'Model: "{name}"',
        _rule("┏┳┓", "━"),
        _row(("Layer (type)", "Output Shape", "Param #")),
    ]
    lines.append(_rule("┡╇┩", "━"))
    rows = [("input (InputLayer)", network.inputs, 0)]
    for number, layer in enumerate(network.layers, start=1):
        own = network.layer_name(number)
        count = network.parameters_per_layer[number - 1]
        rows.append((f"{own} (Dense, {layer.activation})", layer.units, count))
        if layer.dropout_rate > 0.0:
            rows.append((f"{own} (Dropout {layer.dropout_rate:g})", layer.units, 0))
    for index, (label, units, count) in enumerate(rows):
        if index:
            lines.append(_rule("├┼┤", "─"))
        lines.append(_row((label, f"(None, {units})", f"{count:,}")))
    lines.append(_rule("└┴┘", "─"))
    lines.append(f"Total params: {network.parameter_count:,}")
    lines.append(f"Trainable params: {network.parameter_count:,}")
    lines.append("Non-trainable params: 0")
    return "\n".join(lines)


def _rule(corners: str, line: str) -> str:
    bars = (line * (width + 2) for width in _WIDTHS)
    return corners[0] + corners[1].join(bars) + corners[2]


def _row(cells: tuple[str, str, str]) -> str:
    first, second, third = (_fit(cell, width) for cell, width in zip(cells, _WIDTHS, strict=True))
    return f"│ {first} │ {second} │ {third.strip():>{_WIDTHS[2]}} │"


def _fit(text: str, width: int) -> str:
    return f"{text:<{width}}" if len(text) <= width else text[: width - 1] + "…"
