"""`python -m data.pretraining.style_features`: teach the course's own small VGG, write data/weights/small_vgg.npz.

MobileNet v1, whose ImageNet weights are in the mirror, is the teacher: at four depths, a linear map of what the small network
sees is to say what the teacher sees (hints: Romero et al. 2015, "FitNets", ICLR). The maps are thrown away afterwards.
Batch normalisation helps it to learn, and is then multiplied into the filters; last, every filter is scaled so that it answers
with the same number on average, so that no layer of the style outweighs another (Gatys et al. 2016, section 2).
"""

from __future__ import annotations

import time

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray
from tqdm import tqdm

from data.pretraining.crops import crops
from data.pretraining.save import save
from data.pretraining.teacher import Teacher
from data.style_features import small_vgg

CROPS, EPOCHS, BATCH, RATE = 8_000, 3, 16, 2e-3
LEVEL = 3.0
"""What every filter answers on average. Costs of style grow with its fourth power, those of content with its second."""
HINTS = {"block2_conv2": 1, "block3_conv2": 3, "block4_conv2": 5, "block5_conv1": 11}
"""Where the small network is asked, and which of the teacher's steps has the same stride."""


def main() -> None:
    began = time.perf_counter()
    pictures = crops(CROPS)
    print(f"{len(pictures):,} cuts after {time.perf_counter() - began:.0f} s")
    learner = Learner(Teacher(), pictures[:: len(pictures) // 400])
    learner.fit(pictures)
    model = folded(learner.body)
    levelled(model, pictures[:: len(pictures) // 400])
    save(model)
    print(f"done after {time.perf_counter() - began:.0f} s")


class Learner:
    """The small network with its normalisations, the maps to the teacher's channels, and the training."""

    def __init__(self, teacher: Teacher, some: NDArray[np.uint8]):
        self.teacher = teacher
        wanted = teacher.at(ops.convert_to_tensor(some), HINTS.values())
        self.spreads = [ops.std(one, axis=(0, 1, 2)) + 0.1 * ops.mean(ops.std(one, axis=(0, 1, 2))) for one in wanted]
        self.body = small_vgg(normalised=True)
        seen = [self.body.get_layer(f"{name}_relu").output for name in HINTS]
        said = [
            layers.Conv2D(one.shape[-1], 1, name=f"to_step_{step}")(x)
            for x, one, step in zip(seen, wanted, HINTS.values(), strict=True)
        ]
        self.model = keras.Model(self.body.input, said)

    def fit(self, pictures: NDArray[np.uint8]) -> None:
        import tensorflow as tf

        steps = len(pictures) // BATCH
        rate = keras.optimizers.schedules.CosineDecay(0.0, EPOCHS * steps - 100, warmup_target=RATE, warmup_steps=100)
        optimizer = keras.optimizers.Adam(rate)
        optimizer.build(self.model.trainable_variables)

        @tf.function
        def step(batch):
            wanted = self.teacher.at(batch, HINTS.values())
            with tf.GradientTape() as tape:
                said = self.model(ops.cast(batch, "float32") / 255, training=True)
                parts = [
                    ops.mean(ops.square((one - other) / spread))
                    for one, other, spread in zip(said, wanted, self.spreads, strict=True)
                ]
                loss = ops.sum(ops.stack(parts))
            gradients = tape.gradient(loss, self.model.trainable_variables)
            optimizer.apply_gradients(zip(gradients, self.model.trainable_variables, strict=True))
            return ops.stack(parts)

        rng = np.random.default_rng(0)
        for epoch in range(EPOCHS):
            losses = []
            for places in tqdm(rng.permutation(len(pictures))[: steps * BATCH].reshape(steps, BATCH)):
                batch = pictures[np.sort(places)]
                losses.append(step(batch[:, :, ::-1] if rng.random() < 0.5 else batch).numpy())
            print(f"epoch {epoch + 1}: left unsaid at the four depths", np.mean(losses[-200:], axis=0).round(3))


def folded(body: keras.Model) -> keras.Model:
    """A `small_vgg` that answers as `body` does: the normalisations are in its filters."""
    model = small_vgg()
    for layer in model.layers:
        if layer.weights:
            kernel, bias = body.get_layer(layer.name).get_weights()
            norm = body.get_layer(f"{layer.name}_norm")
            gamma, beta, mean, variance = norm.get_weights()
            factor = gamma / np.sqrt(variance + norm.epsilon)
            layer.set_weights([kernel * factor, beta + (bias - mean) * factor])
    return model


def levelled(model: keras.Model, some: NDArray[np.uint8]) -> None:
    """Scale every filter so that its mean answer to these pictures is LEVEL; the next layer takes the scale back."""
    convolutions = [layer for layer in model.layers if layer.weights]
    look = keras.Model(model.input, [layer.output for layer in convolutions])
    parts = [look(some[k : k + 20].astype("float32") / 255) for k in range(0, len(some), 20)]
    means = [
        np.mean([ops.convert_to_numpy(ops.mean(one, axis=(0, 1, 2))) for one in by], axis=0)
        for by in zip(*parts, strict=True)
    ]
    before = np.ones(3)
    for layer, mean in zip(convolutions, means, strict=True):
        after = np.maximum(mean, 1e-2 * mean.mean()) / LEVEL  # a filter that hardly ever answers is not blown up
        kernel, bias = layer.get_weights()
        layer.set_weights([kernel * before[:, None] / after, bias / after])
        before = after


if __name__ == "__main__":
    main()
