"""How every number came to be, in symbols and with this network's numbers."""

from simulator.explain.engine import explain_quantity, phase_explanation, shown
from simulator.explain.latex import latex_of, latex_of_text
from simulator.explain.titles import title_of
from simulator.explain.words import (
    PHASE_NAMES,
    SUBSCRIPTS,
    SUPERSCRIPTS,
    most_active_neuron,
    number,
    symbol,
    title,
)

__all__ = (
    "PHASE_NAMES",
    "SUBSCRIPTS",
    "SUPERSCRIPTS",
    "explain_quantity",
    "latex_of",
    "latex_of_text",
    "most_active_neuron",
    "number",
    "phase_explanation",
    "shown",
    "symbol",
    "title",
    "title_of",
)
