"""A network's whole life on one simulated chip: trained, quantised, put to work.

    python -m systolith.examples.digits --network cnn

Trains on scikit-learn's digits (1,797 images of 8x8 pixels) by running the training program step
after step with real values, carries the parameters over, quantises them and classifies images that
the training has not seen. Every number is computed by the simulated machine.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import pathlib
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

import systolith

NETWORKS = {"mlp": "mlp:in=64,hidden=64,depth=2", "cnn": "digits_cnn"}

# What the trained network is put to work in, as compile() takes it; a new format is a line here.
FORMATS: dict[str, dict[str, Any]] = {
    "bf16": {"format": "bf16"},
    "int8": {"quantize": "int8"},
    "int8xint4": {"quantize": "int8xint4"},
    "int4": {"quantize": "int4"},
}

TEST_IMAGES = 360
TRAIN_BATCH, BATCH = 32, 60  # images at once while training, while classifying
CALIBRATION_IMAGES = 4 * BATCH
# (learning rate, epochs): one training program each, the second goes on from the first's states.
SCHEDULE = ((0.05, 12), (0.01, 4))


@dataclasses.dataclass(frozen=True)
class Digits:
    """Images [n, 64] of pixels from 0 to 1, and the digits that they show [n]."""

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray

    @classmethod
    def load(cls, seed: int = 0) -> Digits:
        """The images in a split that `seed` decides, the same share of each digit on both sides."""
        from sklearn.datasets import load_digits
        from sklearn.model_selection import train_test_split

        images, labels = load_digits(return_X_y=True)
        parts = train_test_split(images / 16, labels, test_size=TEST_IMAGES, random_state=seed,
                                 stratify=labels)
        return cls(parts[0], parts[2], parts[1], parts[3])


@dataclasses.dataclass
class Trained:
    """The states after the last step, and what the steps took on the machine."""

    network: str
    states: dict[str, np.ndarray] = dataclasses.field(default_factory=dict)
    losses: list[float] = dataclasses.field(default_factory=list)  # of every step
    cycles: int = 0
    seconds: float = 0.0  # simulated

    def graph(self, batch: int = BATCH) -> systolith.Graph:
        """The network for inference, with the trained parameters."""
        graph = systolith.Graph.load(self.network, batch)
        return graph.with_constants({name: self.states[name] for name in graph.constants
                                     if name in self.states})


@dataclasses.dataclass(frozen=True)
class Result:
    """How the test set was classified."""

    format: str
    accuracy: float
    cycles: int
    seconds: float  # simulated


def initial(graph: systolith.Graph, seed: int) -> systolith.Graph:
    """Weights drawn anew (He et al. 2015); normalisations and biases that change nothing."""
    random = np.random.default_rng(seed)

    def draw(name: str, shape: tuple[int, ...]) -> np.ndarray:
        if len(shape) > 1:
            return random.normal(0, np.sqrt(2 / np.prod(shape[1:])), shape)
        return np.full(shape, name.endswith((".weight", ".running_var")), float)

    return graph.with_constants({name: draw(name, value.shape)
                                 for name, value in graph.constants.items()})


def _batches(count: int, size: int) -> Iterator[slice]:
    """Whole ones; what is left over waits for another epoch's order."""
    return (slice(first, first + size) for first in range(0, count - size + 1, size))


def train(network: str, digits: Digits, machine: systolith.Machine | str = "edge_npu", *,
          seed: int = 0, schedule: Sequence[tuple[float, int]] = SCHEDULE,
          progress: Callable[[int, float], None] = lambda epoch, loss: None) -> Trained:
    """Trains in bf16, one simulate() a step; each begins with the states that the last one left.

    progress: called after each epoch with its number and mean loss.
    """
    random = np.random.default_rng(seed)
    graph = initial(systolith.Graph.load(network, TRAIN_BATCH), seed)
    images = digits.train_images.reshape(-1, *graph.inputs["input"][0][1:])
    trained, epoch = Trained(network), 0
    for rate, epochs in schedule:
        program = systolith.compile(graph, machine, values=True,
                                    training=systolith.Training(learning_rate=rate))
        for epoch in range(epoch + 1, epoch + epochs + 1):
            order = random.permutation(len(images))
            steps = [_step(program, trained, images[order[batch]],
                           digits.train_labels[order[batch]])
                     for batch in _batches(len(images), TRAIN_BATCH)]
            progress(epoch, float(np.mean(steps)))
    return trained


def _step(program: systolith.Program, trained: Trained, images: np.ndarray,
          labels: np.ndarray) -> float:
    report = systolith.simulate(program, values=True,
                                inputs={"input": images, "labels": labels, **trained.states})
    trained.states = report.outputs
    loss = float(trained.states.pop("training/loss"))
    trained.losses.append(loss)
    trained.cycles += report.total_cycles
    trained.seconds += report.seconds
    return loss


def classify(trained: Trained, format: str, digits: Digits,
             machine: systolith.Machine | str = "edge_npu") -> Result:
    """Classifies the test set in one of FORMATS; integers' ranges come from training images."""
    graph = trained.graph()
    shape = graph.inputs["input"][0][1:]
    options = dict(FORMATS[format])
    if "quantize" in options:
        samples = digits.train_images[:CALIBRATION_IMAGES].reshape(-1, *shape)
        options["calibration"] = {"input": samples}
    program = systolith.compile(graph, machine, values=True, **options)
    images = digits.test_images.reshape(-1, *shape)
    right, cycles, seconds = 0, 0, 0.0
    for batch in _batches(TEST_IMAGES, BATCH):
        report = systolith.simulate(program, values=True, inputs={"input": images[batch]})
        scores = report.outputs["output"]
        right += int((scores.argmax(axis=1) == digits.test_labels[batch]).sum())
        cycles += report.total_cycles
        seconds += report.seconds
    return Result(format, right / TEST_IMAGES, cycles, seconds)


def _save(trained: Trained, name: str, results: Sequence[Result], digits: Digits,
          out: pathlib.Path) -> None:
    """NAME.onnx, NAME.json, and NumPy archives for --calibration and --inputs."""
    out.mkdir(parents=True, exist_ok=True)
    graph = trained.graph()
    shape = graph.inputs["input"][0][1:]
    graph.save(out / f"{name}.onnx")
    np.savez(out / f"{name}_calibration.npz",
             input=digits.train_images[:CALIBRATION_IMAGES].reshape(-1, *shape))
    np.savez(out / f"{name}_inputs.npz", input=digits.test_images[:BATCH].reshape(-1, *shape))
    content = {"network": trained.network, "losses": trained.losses,
               "training_cycles": trained.cycles, "training_seconds": trained.seconds,
               "results": [dataclasses.asdict(result) for result in results]}
    (out / f"{name}.json").write_text(json.dumps(content, indent=1) + "\n")


def _live(name: str, digits: Digits, options: argparse.Namespace) -> None:
    """One network from its first step to its last image."""
    def say(epoch: int, loss: float) -> None:
        print(f"{name}: epoch {epoch:2}, mean loss {loss:.4f}", flush=True)

    trained = train(NETWORKS[name], digits, options.machine, seed=options.seed, progress=say)
    print(f"{name}: trained in bf16: {len(trained.losses)} steps, {trained.cycles:,} cycles, "
          f"{trained.seconds * 1e3:.3f} ms simulated")
    results = [classify(trained, format, digits, options.machine) for format in options.formats]
    for result in results:
        print(f"{name}: {result.format:9} test accuracy {result.accuracy:6.2%}, {TEST_IMAGES} "
              f"images in {result.cycles:,} cycles, {result.seconds * 1e6:.1f} us simulated")
    if options.out:
        _save(trained, name, results, digits, options.out)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m systolith.examples.digits",
                                     description=__doc__.split("\n\n")[2])
    parser.add_argument("--network", choices=[*NETWORKS, "all"], default="all")
    parser.add_argument("--machine", default="edge_npu", metavar="M.yaml",
                        help="a preset or a file (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0,
                        help="of the split, the weights and the order (default: %(default)s)")
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=list(FORMATS),
                        help="what to classify in (default: all)")
    parser.add_argument("--out", type=pathlib.Path, metavar="DIR",
                        help="leave the trained networks and arrays for `systolith run` there")
    return parser


def main() -> None:
    options = _parser().parse_args()
    try:
        digits = Digits.load(options.seed)
        print(f"digits: {len(digits.train_images)} images to train on, {TEST_IMAGES} to test "
              f"with, seed {options.seed}, machine {options.machine}")
        for name in NETWORKS if options.network == "all" else [options.network]:
            _live(name, digits, options)
    except ModuleNotFoundError as error:
        sys.exit(f"{error}: pip install systolith[examples]")
    except systolith.UserError as error:
        sys.stderr.write(f"systolith: error: {error}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
