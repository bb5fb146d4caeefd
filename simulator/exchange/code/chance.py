"""The parts of a script that repeat what Backlit draws by chance."""

from __future__ import annotations

from simulator.exchange.code.script import Script
from simulator.project import Project

MIXING = '''\
# Backlit draws by counters: a number is a function of (seed, purpose, counters), so any
# of them can be drawn again. SplitMix64: Steele, Lea & Flood 2014.
GOLDEN = 0x9E3779B97F4A7C15


def mix(word):
    word &= 2**64 - 1
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9 & 2**64 - 1
    word = (word ^ (word >> 27)) * 0x94D049BB133111EB & 2**64 - 1
    return word ^ (word >> 31)


def key(*counters):
    state = 0
    for counter in counters:
        state = mix((state ^ counter) + GOLDEN)
    return state


def draw(size, *counters):
    """So many whole numbers from 0 to 2**64, every one as likely as the others."""
    with np.errstate(over="ignore"):
        words = np.arange(1, size + 1, dtype=np.uint64) * np.uint64(GOLDEN)
        words += np.uint64(key(*counters))
        words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return words ^ (words >> np.uint64(31))'''

ORDER = '''\
def order_of_epoch(epoch):
    """The order in which an epoch visits the samples."""
    return np.argsort(draw(len(X_train), SEED, 1, epoch), kind="stable")'''

MASK = '''\
def dropout_mask(layer, iteration, samples, units, keep):
    """1 where an output is kept, 0 where it is dropped."""
    words = draw(samples * units, SEED, 2, layer, iteration)
    limit = np.uint64(min(int(keep * 2.0**64), 2**64 - 1))
    return (words < limit).reshape(samples, units).astype(float)'''

NOISE = '''\
def gaussian_noise(layer, iteration, samples, units, deviation):
    """What is added to outputs in training."""
    generator = np.random.Generator(np.random.Philox(key=key(SEED, 4, layer, iteration)))
    return deviation * generator.standard_normal((samples, units))'''


def shuffles(project: Project) -> bool:
    """Whether epochs differ in their order."""
    return project.training.shuffle and project.batch_size < project.training_size


def dropped(project: Project) -> list[int]:
    """The layers with dropout, 0 being the input."""
    spec = project.network
    return [n for n in range(spec.depth + 1) if spec.layer(n).dropout_rate]


def noisy(project: Project) -> list[int]:
    """The layers with noise, 0 being the input."""
    spec = project.network
    return [n for n in range(spec.depth + 1) if spec.layer(n).noise]


def given_masks(project: Project) -> list[int]:
    """The layers whose masks the project gives."""
    given = enumerate(project.parameters, start=1)
    return [number for number, own in given if own.mask is not None]


def write_chance(script: Script, project: Project) -> None:
    """The functions that draw, if anything is drawn."""
    drawn = [n for n in dropped(project) if n not in given_masks(project)]
    parts = []
    if shuffles(project):
        parts.append(ORDER)
    if drawn:
        parts.append(MASK)
    if noisy(project):
        parts.append(NOISE)
    if not parts:
        return
    script.section("Chance")
    for part in (MIXING, *parts):
        script(*part.split("\n"), "", "")


def write_draws(script: Script, project: Project, scaled: bool = False) -> list[str]:
    """Lines that draw the masks and the noise of iteration ``k``; the names of what they make.

    With ``scaled`` masks hold the factor on the kept outputs instead of 1.
    """
    spec, made = project.network, []
    if dropped(project) or noisy(project):
        script("iteration = k")
    if dropped(project):
        entries = []
        for number in dropped(project):
            layer = spec.layer(number)
            keep = repr(layer.keep_probability)
            mask = f"dropout_mask({number}, iteration, len(x), {layer.units}, {keep})"
            if number in given_masks(project):
                mask = f"mask{number}[rows]"
            if scaled and layer.training_scale != 1.0:
                mask += f" / {layer.keep_probability!r}"
            entries.append(f"{number}: {mask}")
        _dictionary(script, "masks", entries)
        made.append("masks")
    if noisy(project):
        entries = [
            f"{n}: gaussian_noise({n}, iteration, len(x), {spec.layer(n).units}, "
            f"{spec.layer(n).noise!r})"
            for n in noisy(project)
        ]
        _dictionary(script, "noise", entries)
        made.append("noise")
    return made


def _dictionary(script: Script, name: str, entries: list[str]) -> None:
    with script.block(f"{name} = {{"):
        script(*(f"{entry}," for entry in entries))
    script("}")
