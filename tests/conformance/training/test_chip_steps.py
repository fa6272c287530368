"""One training step on the simulated chip, in fp32 with real values, against NumPy in double: the
gradients that the backward pass is worked out to have by hand (make_steps.py), and the slopes of
the loss by central differences, which need no backward pass at all."""

import numpy as np
import pytest
import systolith
from conformance.training import make_steps
from systolith.examples import digits

TOLERANCE = 1e-4  # of the tensor's largest element
MACHINE = systolith.Machine("edge_npu", {"core.datapath.native": ["int8", "fp32"]})
BATCH = 16


def mlp(p, x, labels):
    names = {"w1": "fc1.weight", "b1": "fc1.bias", "w2": "classifier.weight",
             "b2": "classifier.bias"}
    loss, gradients, moments = make_steps.mlp({key: p[name] for key, name in names.items()}, x,
                                              labels)
    return loss, {names[key]: value for key, value in gradients.items()}, moments


def cnn(p, x, labels):
    """Twice convolve, normalise, relu, pool; then a matrix."""
    backwards, moments = [], {}
    for layer in (1, 2):
        y, back_conv = make_steps.convolve(x, p[f"conv{layer}.weight"])
        y, mean, variance, back_norm = make_steps.normalize(y, p[f"bn{layer}.weight"],
                                                            p[f"bn{layer}.bias"])
        moments |= {f"bn{layer}.running_mean": mean, f"bn{layer}.running_var": variance}
        x, back_pool = make_steps.max_pool(np.maximum(y, 0))
        backwards.append((layer, back_conv, back_norm, y > 0, back_pool))
    flat = x.reshape(len(x), -1)
    loss, d_scores = make_steps.cross_entropy(
        flat @ p["classifier.weight"].T + p["classifier.bias"], labels)
    gradients = {"classifier.weight": d_scores.T @ flat, "classifier.bias": d_scores.sum(0)}
    dx = (d_scores @ p["classifier.weight"]).reshape(x.shape)
    for layer, back_conv, back_norm, active, back_pool in reversed(backwards):
        dy, gradients[f"bn{layer}.weight"], gradients[f"bn{layer}.bias"] = back_norm(
            back_pool(dx) * active)
        gradients[f"conv{layer}.weight"], dx = back_conv(dy)
    return loss, gradients, moments


NETWORKS = {"mlp": ("mlp:in=64,hidden=32,depth=1", mlp), "cnn": ("digits_cnn", cnn)}


@pytest.fixture(scope="module", params=NETWORKS)
def step(request):
    """(NumPy's network, parameters before, images, labels, what the chip's step left)."""
    workload, network = NETWORKS[request.param]
    graph = digits.initial(systolith.Graph.load(workload, BATCH), seed=3)
    data = digits.Digits.load()
    images = data.train_images[:BATCH].reshape(graph.inputs["input"][0]).astype(np.float32)
    labels = data.train_labels[:BATCH]
    # At rate 1, plain descent moves a parameter by its gradient.
    program = systolith.compile(graph, MACHINE, format="fp32", values=True,
                                training=systolith.Training("sgd", learning_rate=1))
    inputs = {"input": images, "labels": labels}
    outputs = systolith.simulate(program, values=True, inputs=inputs).outputs
    for name, value in program.reference(inputs).items():
        np.testing.assert_array_equal(outputs[name], value)
    before = {name: value.astype(float) for name, value in graph.constants.items()}
    return network, before, images.astype(float), labels, outputs


def gradient(before, outputs, name):
    return before[name] - outputs[name].astype(float)


def test_loss_gradients_and_statistics_are_numpys(step):
    network, before, images, labels, outputs = step
    loss, gradients, moments = network(before, images, labels)
    assert outputs["training/loss"].item() == pytest.approx(loss, rel=TOLERANCE)
    assert gradients.keys() | moments.keys() == before.keys()
    for name, expected in gradients.items():
        np.testing.assert_allclose(gradient(before, outputs, name), expected, rtol=0,
                                   atol=TOLERANCE * np.abs(expected).max(), err_msg=name)
    for name, moment in moments.items():
        expected = make_steps.MOMENTUM * before[name] + (1 - make_steps.MOMENTUM) * moment
        np.testing.assert_allclose(outputs[name], expected, rtol=TOLERANCE, atol=1e-6,
                                   err_msg=name)


def test_gradients_are_the_slopes_of_the_loss(step):
    network, before, images, labels, outputs = step
    random, width = np.random.default_rng(1), 1e-6
    for name in before:
        if "running" in name:
            continue
        actual = gradient(before, outputs, name)
        tolerance = TOLERANCE * np.abs(actual).max()
        for flat in random.choice(actual.size, min(actual.size, 25), replace=False):
            at = np.unravel_index(flat, actual.shape)
            losses = []
            for sign in (1, -1):
                moved = before[name].copy()
                moved[at] += sign * width
                losses.append(network({**before, name: moved}, images, labels)[0])
            slope = (losses[0] - losses[1]) / (2 * width)
            assert actual[at] == pytest.approx(slope, rel=0, abs=tolerance), f"{name}{list(at)}"
