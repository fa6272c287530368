#!/usr/bin/env python3
"""Writes steps.json: training steps of two small networks, worked out with NumPy in double.

    make_steps.py > steps.json

Nothing here comes from Systolith: the gradients are written down by hand from the networks'
formulas, with loops where an index would do, so that the two can only agree by both being right.
"""

import json

import numpy as np

RANDOM = np.random.default_rng(20161203)
MOMENTUM, EPSILON = 0.9, 1e-5  # of BatchNormalization


def draw(*shape):
    return RANDOM.uniform(-1, 1, shape).astype(np.float32).astype(np.float64)


def cross_entropy(scores, labels):
    """Mean loss and its gradient."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    share = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    rows = np.arange(len(labels))
    gradient = share.copy()
    gradient[rows, labels] -= 1
    return -np.log(share[rows, labels]).mean(), gradient / len(labels)


def mlp(p, x, labels):
    hidden = x @ p["w1"].T + p["b1"]
    active = np.maximum(hidden, 0)
    loss, d_scores = cross_entropy(active @ p["w2"].T + p["b2"], labels)
    d_hidden = (d_scores @ p["w2"]) * (hidden > 0)
    return loss, {"w2": d_scores.T @ active, "b2": d_scores.sum(0),
                  "w1": d_hidden.T @ x, "b1": d_hidden.sum(0)}, {}


def convolve(x, w):
    """3 x 3, pads 1, and what backward needs: dW and dX of dY."""
    n, _, h, v = x.shape
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    y = np.zeros((n, w.shape[0], h, v))
    for i in range(3):
        for j in range(3):
            y += np.einsum("nchw,mc->nmhw", padded[:, :, i:i + h, j:j + v], w[:, :, i, j])

    def backward(dy):
        dw, dx = np.zeros_like(w), np.zeros_like(padded)
        for i in range(3):
            for j in range(3):
                dw[:, :, i, j] = np.einsum("nmhw,nchw->mc", dy, padded[:, :, i:i + h, j:j + v])
                dx[:, :, i:i + h, j:j + v] += np.einsum("nmhw,mc->nchw", dy, w[:, :, i, j])
        return dw, dx[:, :, 1:-1, 1:-1]
    return y, backward


def normalize(x, scale, shift):
    each = (0, 2, 3)
    mean, variance = x.mean(each), x.var(each)
    wide = lambda values: values[None, :, None, None]
    root = np.sqrt(variance + EPSILON)
    hat = (x - wide(mean)) / wide(root)

    def backward(dy):
        d_scale, d_shift = (dy * hat).sum(each), dy.sum(each)
        count = x.size / x.shape[1]
        inner = dy - wide(d_shift) / count - hat * wide(d_scale) / count
        return wide(scale / root) * inner, d_scale, d_shift
    return hat * wide(scale) + wide(shift), mean, variance, backward


def max_pool(x):
    """2 x 2, stride 2."""
    n, c, h, v = x.shape
    y = np.zeros((n, c, h // 2, v // 2))
    at = {}
    for index in np.ndindex(*y.shape):
        image, channel, row, column = index
        window = x[image, channel, 2 * row:2 * row + 2, 2 * column:2 * column + 2]
        place = np.unravel_index(window.argmax(), (2, 2))
        y[index] = window[place]
        at[index] = (image, channel, 2 * row + place[0], 2 * column + place[1])

    def backward(dy):
        dx = np.zeros_like(x)
        for index, place in at.items():
            dx[place] += dy[index]
        return dx
    return y, backward


def cnn(p, x, labels):
    """conv, normalise, relu; conv, normalise, plus what came in, relu; pool, mean, matrix."""
    c1, back_c1 = convolve(x, p["k1"])
    n1, mean1, variance1, back_n1 = normalize(c1, p["s1"], p["t1"])
    r1 = np.maximum(n1, 0)
    c2, back_c2 = convolve(r1, p["k2"])
    n2, mean2, variance2, back_n2 = normalize(c2, p["s2"], p["t2"])
    sum2 = n2 + r1
    pooled, back_pool = max_pool(np.maximum(sum2, 0))
    features = pooled.mean(axis=(2, 3))
    loss, d_scores = cross_entropy(features @ p["w"].T + p["b"], labels)

    d_features = d_scores @ p["w"]
    pixels = pooled.shape[2] * pooled.shape[3]
    d_sum2 = back_pool(np.broadcast_to(d_features[:, :, None, None] / pixels, pooled.shape))
    d_sum2 = d_sum2 * (sum2 > 0)
    d_c2, d_s2, d_t2 = back_n2(d_sum2)
    d_k2, d_r1 = back_c2(d_c2)
    d_c1, d_s1, d_t1 = back_n1((d_r1 + d_sum2) * (n1 > 0))
    gradients = {"w": d_scores.T @ features, "b": d_scores.sum(0), "k2": d_k2, "s2": d_s2,
                 "t2": d_t2, "k1": back_c1(d_c1)[0], "s1": d_s1, "t1": d_t1}
    moments = {"m1": mean1, "v1": variance1, "m2": mean2, "v2": variance2}
    return loss, gradients, moments


def momentum_step(p, g, state, step, rate):
    for name in g:
        velocity = state.setdefault(name, np.zeros_like(p[name]))
        velocity[...] = 0.9 * velocity + g[name]
        p[name] = p[name] - rate * velocity


def adam_step(p, g, state, step, rate):
    for name in g:
        mean, square = state.setdefault(name, [np.zeros_like(p[name]), np.zeros_like(p[name])])
        mean[...] = 0.9 * mean + 0.1 * g[name]
        square[...] = 0.999 * square + 0.001 * g[name] ** 2
        # With epsilon outside the correction, as ONNX has it.
        adjusted = rate * np.sqrt(1 - 0.999 ** step) / (1 - 0.9 ** step)
        p[name] = p[name] - adjusted * mean / (np.sqrt(square) + 1e-8)


def plain(array):
    array = np.asarray(array)
    return {"shape": list(array.shape), "values": [float(f"{v:.9g}") for v in array.ravel()]}


def case(network, parameters, running, x, labels, optimizer, update, rate):
    p, running = dict(parameters), dict(running)
    state, steps = {}, []
    first = {name: plain(value) for name, value in {**p, **running}.items()}
    for step in (1, 2):
        loss, gradients, moments = network(p, x, labels)
        for name, value in moments.items():
            running[name] = MOMENTUM * running[name] + (1 - MOMENTUM) * value
        update(p, gradients, state, step, rate)
        after = {name: plain(value) for name, value in {**p, **running}.items()}
        steps.append({"loss": loss, "after": after,
                      "gradients": {name: plain(value) for name, value in gradients.items()}})
    return {"optimizer": optimizer, "rate": rate, "x": plain(x), "labels": labels.tolist(),
            "before": first, "steps": steps}


def main():
    labels = np.array([2, 0, 1, 2, 1])
    dense = {"w1": draw(6, 4), "b1": draw(6), "w2": draw(3, 6), "b2": draw(3)}
    c = 3
    convolutional = {"k1": draw(c, 2, 3, 3), "s1": 1 + draw(c) / 2, "t1": draw(c),
                     "k2": draw(c, c, 3, 3), "s2": 1 + draw(c) / 2, "t2": draw(c),
                     "w": draw(3, c), "b": draw(3)}
    running = {"m1": draw(c), "v1": 1 + draw(c) / 2, "m2": draw(c), "v2": 1 + draw(c) / 2}
    cases = {
        "mlp": case(mlp, dense, {}, draw(5, 4), labels, "momentum", momentum_step, 0.1),
        "cnn": case(cnn, convolutional, running, draw(3, 2, 6, 4), labels[:3], "adam", adam_step,
                    0.01),
    }
    text = json.dumps({"written_by": "tests/conformance/training/make_steps.py", **cases}, indent=1)
    print(compact(text))


def compact(text):
    """Lists of numbers on as few lines as fit."""
    import re
    import textwrap
    flat = re.sub(r"\[\s*((?:[-\d.e+]+,?\s*)+)\]",
                  lambda m: "[" + " ".join(m[1].split()) + "]", text)
    lines = []
    for line in flat.split("\n"):
        indent = " " * (len(line) - len(line.lstrip()))
        lines += textwrap.wrap(line, 100, initial_indent="", subsequent_indent=indent,
                               break_long_words=False, drop_whitespace=True) or [line]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
