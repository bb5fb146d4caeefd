"""Shows a project's data in the data card, and sends what is drawn there to the network."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from simulator.project import Project
from simulator.snapshot import RunState, Snapshot
from ui.canvas.changed_most import NeuronChange
from ui.canvas.data_card import DataCard
from ui.desk.desk import Desk
from ui.editor.network_card import NetworkCard
from ui.session import Session


class DataView(QObject):
    """Keeps the drawing through edits of the data, as far as it fits them."""

    def __init__(
        self, session: Session, card: DataCard, network: NetworkCard, desk: Desk, window: QWidget
    ) -> None:
        super().__init__(window)
        self._session = session
        self._card = card
        self._network = network
        self._desk = desk
        self._data_on_show: object = None
        self._project_on_show: tuple[str, str] | None = None
        self._stepped_to: tuple[int, int] | None = None
        card.drawn.connect(self._on_drawn)
        desk.drawing.changed_most.connect(self._on_changed_most)

    def show_project(self, project: Project) -> None:
        """Show the data, if they are other ones, and which samples are kept for what."""
        if project.data is not self._data_on_show:
            self._data_on_show = project.data
            self._show_data(project)
        parts = project.prepared
        self._card.set_parts(parts.validation.rows, parts.test.rows)

    def _show_data(self, project: Project) -> None:
        data, card = project.data, self._card
        picture = data.picture
        images = None
        shape = None
        if picture is not None:
            images = picture.pack_all(data.inputs)
            shape = (picture.rows, picture.columns)
        classes = data.target_classes
        if classes is None:
            labels = [str(n + 1) for n in range(len(data))]
        else:
            called = {number: data.class_name(number) for number in np.unique(classes).tolist()}
            labels = [called[number] for number in classes.tolist()]
        names = [data.class_name(n) for n in range(data.n_outputs)]
        if data.n_outputs == 1:
            names = ["y"]
        same = (project.name, project.title) == self._project_on_show
        self._project_on_show = (project.name, project.title)
        drawn = card.drawing().shape
        card.set_data(images, data.inputs, labels, names, shape, data.input_names, same)
        if picture is not None:
            card.set_indices(picture.index)
        if not same or card.drawing().shape != drawn:
            card.show_sample(min(2, len(data) - 1))
        else:
            self._send_drawing(card.drawing())
            self._desk.show_current()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the answer to the drawing, and which sample is in training."""
        probe = snapshot.probe
        self._card.set_prediction(None if probe is None else probe.prediction)
        stepping = snapshot.trace is not None and snapshot.cursor is not None
        if stepping and (snapshot.trace.iteration, snapshot.cursor) != self._stepped_to:
            self._stepped_to = (snapshot.trace.iteration, snapshot.cursor)
            self._network.set_source("training")
        self._card.set_training_sample(
            int(snapshot.trace.samples[snapshot.row]) if stepping else None
        )

    def _on_drawn(self, values: NDArray[np.float64]) -> None:
        self._send_drawing(values)
        if self._session.state is not RunState.RUNNING:
            self._network.set_source("drawing")

    def _send_drawing(self, values: NDArray[np.float64]) -> None:
        picture = self._session.project.data.picture
        self._session.set_drawing(values if picture is None else picture.unpack(values))

    def _on_changed_most(self, change: NeuronChange | None) -> None:
        neuron = None if change is None else (change.layer, change.neuron)
        self._network.view.mark_changed(neuron)
        self._card.show_change(*(("",) if change is None else change.wordings))
