"""A session without a thread of its own: commands are carried out where they are waited for."""

from __future__ import annotations

from typing import Any

from simulator.project import Project
from simulator.runner import Runner
from ui.session import Session


class PromptSession(Session):
    """Carries commands out when :meth:`show` is called."""

    def __init__(self, project: Project) -> None:
        super().__init__(project)
        self.refusals: list[str] = []
        self.refused.connect(self.refusals.append)
        self.show()

    @property
    def runner(self) -> Runner:
        """What the training thread would own."""
        return self._thread._runner

    def show(self) -> None:
        """Carry out what was sent, and take the picture of it."""
        self._thread._carry_out_commands()
        self._thread._post(0.0)
        self._on_frame()

    def train(self, iterations: int) -> None:
        """Run so many iterations."""
        self.run()
        self.show()
        self.runner.advance(iterations)
        self.pause()
        self.show()

    def learned(self) -> tuple[Any, ...]:
        """All that training goes on from, to the bit."""
        state = self.runner.trainer.state()
        slots = {name: values.tobytes() for name, values in state.slots.items()}
        return state.theta.tobytes(), state.moving.tobytes(), slots, state.updates
