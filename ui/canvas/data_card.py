"""The data card: what goes into the network, its answer, and the samples to choose from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from ui.canvas.answer_line import AnswerLine
from ui.canvas.column import Height, PriorityColumn
from ui.canvas.drawing_actions import DrawingActions
from ui.canvas.drawing_command import Drawing
from ui.canvas.drawing_tools import BUTTON, DrawingTools
from ui.canvas.input_sliders import MOST_INPUTS, InputSliders
from ui.canvas.pixel_canvas import PixelCanvas
from ui.canvas.samples import SampleStrip
from ui.panels.panel import TextLine
from ui.style import current_scale
from ui.theme import GRID, LIGHT, Theme
from ui.widgets.bars import ROW_LEAST, ROW_WANTED, ClassBars
from ui.widgets.card import PADDING, Card
from ui.widgets.labels import ElidedLabel, EmptyHint, Heading

CANVAS_LEAST, CANVAS_WANTED, CANVAS_MOST = 5 * BUTTON, 166, 320
STRIP_LEAST = 40
CHANGE_LINE = 16
LEAST_BARS, FEWEST_BARS, MOST_BARS = 3, 8, 10
"""So many bars are seen at once at least, in a low and in a high window; more scroll."""
LEAST_HEIGHT = 150  # below the header; where the parts need more, they scroll together


class DataCard(Card):
    """Canvas (or sliders), the network's answer, samples.

    Signals
    -------
    drawn(object) : the input changed; a read-only picture (rows, columns), or (inputs,) for data
        that are no pictures.
    sample_chosen(int) : the user chose a sample; ``drawn`` follows.
    drawing_begun() : the user is about to change the input.
    drawing_changed(str, object, object) : the user changed the input: what was done, and the
        :class:`~ui.canvas.drawing_command.Drawing` before and after, for undo.
    """

    drawn = Signal(object)
    sample_chosen = Signal(int)
    drawing_begun = Signal()
    drawing_changed = Signal(str, object, object)

    def __init__(self, theme: Theme = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__("Canvas", parent)
        self._theme = theme
        self._shape: tuple[int, int] | None = (5, 5)
        self._samples: NDArray[np.float64] = np.zeros((0, 25))
        self._labels: list[str] = []
        self._classes: list[str] = []
        self._sample: int | None = None
        self._came_from: int | None = None
        self._vector: NDArray[np.float64] = np.zeros(0)
        self._indices: ArrayLike | None = None
        self._before = Drawing(np.zeros((5, 5)))
        self.canvas = PixelCanvas(theme=theme)
        self.sliders = InputSliders()
        self.bars = ClassBars(theme)
        self.strip = SampleStrip(theme)
        self.tools = DrawingTools(theme, self)
        self._actions = DrawingActions(self.canvas, self.tools)
        self.clear_button = self.tools.clear_button
        self._build()
        self._connect()
        self._show_kind()

    def _build(self) -> None:
        self._no_canvas = EmptyHint("Too many inputs to set by hand: choose a sample below")
        self._slider_area = _scroll(self.sliders)
        self.answer = AnswerLine(self._theme)
        self._change = TextLine("What the last stroke changed", self._theme)
        self._bar_area = _scroll(self.bars)
        self.strip_area = _scroll(self.strip)
        self._count = ElidedLabel(heading=True, alignment=Qt.AlignmentFlag.AlignRight)
        heading = QWidget()
        row = QHBoxLayout(heading)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(Heading("Samples"))
        row.addStretch(1)
        row.addWidget(self._count)
        row.addWidget(self.tools.add)
        self._canvas_row = QWidget()
        beside = QHBoxLayout(self._canvas_row)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(2)
        beside.addWidget(self.tools.left, 0, Qt.AlignmentFlag.AlignVCenter)
        beside.addWidget(self.canvas, 1)
        beside.addWidget(self.tools.right, 0, Qt.AlignmentFlag.AlignVCenter)
        column = PriorityColumn()
        # Who gets height first where it is short: a row of samples, legible bars, the canvas.
        column.add(
            self._canvas_row,
            _pixels(CANVAS_LEAST),
            (3, self._canvas_height(CANVAS_WANTED)),
            (6, self._canvas_height(CANVAS_MOST)),
        )
        column.add(self._slider_area, _pixels(72), (3, self._sliders_wanted))
        column.add(self._no_canvas, _pixels(64))
        column.add(self.answer, _pixels(18), (1, _pixels(20)), gap=4)
        column.add(self._change, _pixels(0), (2, _pixels(CHANGE_LINE)), gap=0)
        column.add(
            self._bar_area,
            self._bars_height(ROW_LEAST, LEAST_BARS),
            (-1, self._bars_height(ROW_LEAST, FEWEST_BARS)),
            (0, self._bars_height(ROW_LEAST)),
            (2, self._bars_height(17)),
            (4, self._bars_height(ROW_WANTED - 2)),
            gap=2,
        )
        column.add(heading, self._heading_height, gap=2)
        column.add(
            self.strip_area,
            _pixels(STRIP_LEAST),
            (1, self._strip_rows(1)),
            (5, self._strip_rows(2)),
            (7, self.strip.heightForWidth),
            gap=1,
        )
        self._column = column
        self.layout().setContentsMargins(PADDING, GRID, PADDING, GRID // 2)
        area = _scroll(column)
        area.setMinimumHeight(LEAST_HEIGHT)
        self.body.addWidget(area)
        # Last, so that the Tab key comes to the tools and the canvas first.
        self.add_header_widget(self.tools.above)

    def _connect(self) -> None:
        self.canvas.edited.connect(self._on_edited)
        self.canvas.gesture_begun.connect(self._on_gesture)
        self.canvas.gesture_ended.connect(self._on_gesture_over)
        self.sliders.edited.connect(self._on_sliders)
        self.strip.chosen.connect(self._on_chosen)
        self.tools.numbers_toggled.connect(self._show_indices)

    # Heights of the parts

    def _canvas_height(self, edge: int) -> Height:
        def height(width: int) -> int:
            beside = 2 * (BUTTON * current_scale() + 2)
            return round(min(width - beside, edge * current_scale()))

        return height

    def _heading_height(self, width: int) -> int:
        return round((18 if self.tools.add.isHidden() else BUTTON) * current_scale())

    def _sliders_wanted(self, width: int) -> int:
        return self.sliders.sizeHint().height() + 2

    def _bars_height(self, row: int, most: int = MOST_BARS) -> Height:
        def height(width: int) -> int:
            return round(min(most, max(1, len(self._classes))) * row * current_scale())

        return height

    def _strip_rows(self, rows: int) -> Height:
        return lambda width: min(rows * self.strip.row_height(), self.strip.heightForWidth(width))

    # What is shown

    def apply_theme(self, theme: Theme) -> None:
        """Recolour everything that paints itself."""
        self._theme = theme
        parts = (self.canvas, self.bars, self.strip, self.tools, self.answer, self._change)
        for part in parts:
            part.apply_theme(theme)
        self._column.arrange()

    def set_data(
        self,
        images: ArrayLike | None,
        inputs: ArrayLike,
        labels: Sequence[str],
        classes: Sequence[str],
        shape: tuple[int, int] | None,
        input_names: Sequence[str] | None = None,
        keep: bool = False,
    ) -> None:
        """Show other data: pictures (n, rows, columns) of ``shape``, or inputs (n, n_in).

        The drawing is emptied, unless it is to be kept and fits; nothing is emitted.
        """
        values = np.asarray(inputs, dtype=float)
        was, pen = Drawing(self.drawing(), self._sample), self.tools.options.pen()
        self._shape = None if images is None else shape
        self._samples = values if self._shape is None else np.asarray(images, dtype=float)
        self._labels, self._classes = list(labels), list(classes)
        self._sample = self._came_from = None
        self._vector = np.zeros(values.shape[1])
        if self._shape is not None:
            self.canvas.set_shape(*self._shape)
            self._actions.show_samples(self._samples)
        elif values.shape[1] <= MOST_INPUTS:
            self.sliders.set_inputs(values, list(input_names) if input_names else None)
        self.bars.set_classes(self._classes)
        self.bars.set_hint("")
        self.strip.set_samples(self._samples, self._labels)
        self._count.setText(f"{len(self._labels):,}")
        if keep and was.values.shape == self.drawing().shape:
            self._keep(was)
            self.tools.options.set_pen(pen)
            self._actions.use_pen()
        self._show_kind()

    def _keep(self, was: Drawing) -> None:
        """Go on with a drawing; it is a sample still if that is as it was."""
        self._load(was.values)
        place = was.sample
        there = place is not None and place < len(self._samples)
        if there and np.array_equal(self._samples[place], was.values):
            self._sample = self._came_from = place
            self.strip.set_selected(place)

    def set_indices(self, indices: ArrayLike | None) -> None:
        """The place of each pixel in the input vector (rows, columns), shown on demand."""
        self._indices = indices
        self.tools.set_numbered(indices is not None)
        self._show_indices()

    def set_parts(self, validation: Sequence[int], test: Sequence[int]) -> None:
        """Tag the samples (row numbers) that are kept for validation and for the test."""
        self.strip.set_parts(validation, test)
        count = len(self._labels)
        parts = [(len(rows), name) for rows, name in ((validation, "validation"), (test, "test"))]
        short = [f"{name[0].upper()} {number:,}" for number, name in parts if number]
        self._count.setText(" · ".join([f"{count:,}", *short]), f"{count:,}")
        long = [f"{number:,} for {name}" for number, name in parts if number]
        trained = count - len(validation) - len(test)
        self._count.setToolTip(", ".join([f"{trained:,} to train on", *long]) if long else "")

    def set_prediction(self, prediction: ArrayLike | None) -> None:
        """Show the network's answer to the drawing, (classes,), or none."""
        self.bars.set_values(prediction)
        self._show_answer()

    def show_change(self, *wordings: str) -> None:
        """Say which neuron the last stroke changed most, longest wording first; "" for none."""
        self._change.show_text(*wordings)
        self._change.setToolTip(wordings[0])

    def change_text(self) -> str:
        """What is said of the last stroke."""
        return self._change.text

    def set_training_sample(self, index: int | None) -> None:
        """Mark the sample that is in training."""
        self.strip.set_training(index)

    def drawing(self) -> NDArray[np.float64]:
        """A read-only copy of the input: (rows, columns), or (inputs,) without a picture."""
        if self._shape is not None:
            return self.canvas.image()
        if self.sliders.numbers and len(self._vector) <= MOST_INPUTS:
            return self.sliders.values()
        copy = self._vector.copy()
        copy.flags.writeable = False
        return copy

    def show_sample(self, index: int) -> None:
        """Load a sample into the canvas; ``drawn`` follows.  An unknown one does nothing."""
        if not 0 <= index < len(self._samples):
            return
        self._sample = self._came_from = index
        self._load(self._samples[index])
        self.strip.set_selected(index)
        self.strip.make_visible(index)
        self._show_answer()
        self._actions.show_drawing()
        self.drawn.emit(self.drawing())

    @property
    def sample(self) -> int | None:
        """The sample on show, or None once it was drawn on."""
        return self._sample

    @property
    def came_from(self) -> int | None:
        """The sample this drawing was begun from, also once it was drawn on."""
        return self._came_from

    def show_drawing(self, drawing: Drawing) -> None:
        """Show a drawing as it was; ``drawn`` follows.  One of another size is not taken."""
        if drawing.values.shape != self.drawing().shape:
            return
        self.drawing_begun.emit()
        self._load(drawing.values)
        self._sample = drawing.sample
        self._came_from = self._came_from if drawing.sample is None else drawing.sample
        self.strip.set_selected(drawing.sample)
        self._show_answer()
        self._actions.show_drawing()
        self.drawn.emit(self.drawing())

    def clear_drawing(self) -> None:
        """Empty the canvas (or set all inputs to zero); ``drawn`` follows."""
        if self._shape is not None:
            self._actions.clear()
            return
        before = Drawing(self.drawing(), self._sample)
        self.drawing_begun.emit()
        self._load(np.zeros_like(before.values))
        self._on_edited()
        self.drawing_changed.emit("Clear inputs", before, Drawing(self.drawing()))

    def _show_indices(self) -> None:
        self.canvas.set_indices(self._indices if self.tools.numbers_wanted() else None)

    def _load(self, values: NDArray[np.float64]) -> None:
        if self._shape is not None:
            self.canvas.set_image(values)
            return
        self._vector = np.array(values, dtype=float)
        if len(self._vector) <= MOST_INPUTS:
            self.sliders.set_values(values)

    def _show_kind(self) -> None:
        picture = self._shape is not None
        few = not picture and self._samples.shape[-1] <= MOST_INPUTS
        self._canvas_row.setVisible(picture)
        self.tools.set_visible(picture)
        self._slider_area.setVisible(few)
        self._no_canvas.setVisible(not picture and not few)
        if self._shape is not None:
            self.set_title("Canvas")
            self.set_caption(f"{self._shape[0]}×{self._shape[1]}", "")
        else:
            self.set_title("Inputs")
            self.set_caption(f"{self._samples.shape[-1]}")
        self.set_indices(None)
        self._show_answer()
        self._actions.show_drawing()
        self._column.updateGeometry()
        self._column.arrange()

    def _show_answer(self) -> None:
        values, winner = self.bars.values(), self.bars.winner()
        sample = None if self._sample is None else self._labels[self._sample]
        if values is None:
            what = "Set the inputs" if self._shape is None else "Draw a picture"
            if self._shape is not None and all(name.isdigit() for name in self._classes):
                what = "Draw a digit"
            hint = f"{what}, then press Run" if sample is None else f"Sample {sample}"
            self.answer.show_hint(hint)
        elif winner is not None:
            self.answer.show_answer(self._classes[winner], sample)
        else:
            number = f"{float(values[0]):.2f}" if np.isfinite(values[0]) else "no number"
            self.answer.show_answer(number, None)

    # Answering

    def _on_edited(self) -> None:
        self._sample = None
        self.strip.set_selected(None)
        self._show_answer()
        self._actions.show_drawing()
        self.drawn.emit(self.drawing())

    def _on_gesture(self) -> None:
        self._before = Drawing(self.canvas.image(), self._sample)
        self.drawing_begun.emit()

    def _on_gesture_over(self, text: str) -> None:
        after = Drawing(self.canvas.image(), self._sample)
        if not np.array_equal(after.values, self._before.values):
            self.drawing_changed.emit(text, self._before, after)

    def _on_sliders(self) -> None:
        before = Drawing(self._vector, self._sample)
        self.drawing_begun.emit()
        self._vector = self.sliders.values()
        self._on_edited()
        self.drawing_changed.emit("Set inputs", before, Drawing(self._vector))

    def _on_chosen(self, index: int) -> None:
        self.sample_chosen.emit(index)
        self.show_sample(index)


def _pixels(height: int) -> Height:
    """A height that grows with the size of type only."""
    return lambda width: round(height * current_scale())


def _scroll(widget: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(widget)
    return area
