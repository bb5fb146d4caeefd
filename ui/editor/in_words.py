"""What is selected in the network, for assistive technology."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.editor.hover import NOT_YET

if TYPE_CHECKING:
    from ui.editor.scene import Scene


def selection(scene: Scene) -> str:
    """The selection: "hidden 2, neuron 7, activation 0.41"."""
    layer, neuron = scene.selected
    counts = ((scene.neurons, "neuron"), (scene.layers, "layer"), (scene.links, "link"))
    if sum(len(found) for found, _ in counts) > 1:
        words = [f"{len(own):,} {word}{'s' * (len(own) > 1)}" for own, word in counts if own]
        return f"{', '.join(words)} selected"
    if scene.link is not None and scene.snapshot is not None and scene.target is None:
        label = scene.label()
        return "" if label is None else label.text
    if scene.snapshot is None or layer is None or layer > scene.snapshot.spec.depth:
        return "Nothing selected. Arrow keys move between layers and neurons."
    spec = scene.snapshot.spec
    if neuron is None:
        return f"{spec.layer_name(layer)}, {spec.sizes[layer]:,} neurons"
    name = scene.names.neuron(spec, layer, neuron)
    reading = None if scene.readings is None else scene.readings.layers[layer]
    if reading is None or reading.activation is None or neuron >= len(reading.activation):
        return f"{name}, {NOT_YET}"
    name += f", activation {reading.activation[neuron]:.2f}"
    if reading.dropped is not None and reading.dropped[neuron]:
        name += ", dropped"
    return name
