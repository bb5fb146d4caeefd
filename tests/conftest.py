"""What surrounds every test: no screen, one BLAS thread, nobody's own settings, no surprises."""

import gc
import os

# Each is read when its library is first loaded, so it stands before any other import.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from collections.abc import Iterator

import hypothesis
import pytest

# A slow machine is no failure: no test depends on time.
hypothesis.settings.register_profile("backlit", deadline=None)
hypothesis.settings.load_profile("backlit")


@pytest.fixture(scope="session", autouse=True)
def _folders_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Settings, data and state of a test run go to a folder that pytest throws away."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("CONFIG", "DATA", "STATE", "CACHE"):
            folder = tmp_path_factory.mktemp(f"xdg-{name.lower()}")
            patch.setenv(f"XDG_{name}_HOME", str(folder))
        yield


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end, so that collecting garbage need not look at it."""
    gc.freeze()


@pytest.fixture(scope="module", autouse=True)
def _old_things_looked_at_once() -> Iterator[None]:
    """What outlives a module, as Keras and JAX do, is not looked at again after each later test."""
    yield
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _garbage_between_tests() -> Iterator[None]:
    """Cyclic garbage is collected between tests only, as the program does it by a timer.

    A widget nobody refers to any more may still be painted while pytest-qt works off the events of
    a test; collected in the middle of that it takes the painter's memory along and Qt crashes.
    """
    gc.disable()
    yield
    gc.collect()
