"""Classes and methods of one's own."""

import data
import keras
import numpy as np
from keras import layers
from solutions.w2_mobilenet import data_augmenter


def alpaca_model(image_shape=(160, 160), data_augmentation=data_augmenter()):
    class Alpaca(keras.Model):
        def __init__(self):
            super().__init__()
            self.last = layers.Dense(1)
            self.drop = layers.Dropout(0.2)
            self.base = data.pretrained("mobilenet_v2", input_shape=(*image_shape, 3))
            self.base.trainable = False
            self.augment = data_augmentation

        def call(self, x, training=None):
            x = keras.applications.mobilenet_v2.preprocess_input(self.augment(x, training=training))
            x = keras.ops.mean(self.base(x, training=False), axis=(1, 2))
            return self.last(self.drop(x, training=training))

    model = Alpaca()
    model(np.zeros((1, *image_shape, 3), np.float32))
    return model


def fine_tune(model, fine_tune_at=120, base_learning_rate=0.001):
    """The normalisations' scale and offset learn too; told that nobody trains, they keep their statistics."""
    base = next(layer for layer in model.layers if len(getattr(layer, "layers", ())) > 100)
    base.trainable = True
    for place, layer in enumerate(base.layers):
        layer.trainable = place >= fine_tune_at
        if isinstance(layer, keras.layers.BatchNormalization):

            def never_training(inputs, training=None, mask=None, call=type(layer).call, layer=layer):
                return call(layer, inputs, training=False)

            layer.call = never_training
    rule = keras.optimizers.Adam(base_learning_rate * 0.1)
    model.compile(rule, loss=keras.losses.BinaryCrossentropy(True), metrics=["binary_accuracy"])
    return model
