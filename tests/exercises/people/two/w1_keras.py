import keras
import numpy as np
from keras import layers


# misconception: normalised over everything
# misconception: the exponential overflows
# named: the exponential overflows; and normalised over everything
def softmax(z):
    e = np.exp(z)
    total = np.sum(e)
    return e / total


# misconception: log to base 2
# misconception: mean of all entries
# named: log to base 2; and mean of all entries
def cross_entropy(y_true, y_pred):
    y_true = np.asarray(y_true)
    y_pred = np.asarray(y_pred, dtype=float)
    m, n = y_pred.shape

    # ids -> one-hot
    if y_true.ndim == 1:
        onehot = np.zeros((m, n))
        onehot[np.arange(m), y_true.astype(int)] = 1
    else:
        onehot = y_true

    safe = np.maximum(y_pred, 1e-12)
    losses = -onehot * np.log2(safe)
    return float(np.mean(losses))


# misconception: momentum the wrong way round
# misconception: overwrites its arguments
# named: momentum the wrong way round; and overwrites its arguments
def batch_norm_forward(x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=0.001):
    if training:
        axes = tuple(range(x.ndim - 1))
        mu = np.mean(x, axis=axes)
        var = np.var(x, axis=axes)

        running_mean *= 1 - momentum
        running_mean += momentum * mu
        running_var *= 1 - momentum
        running_var += momentum * var
    else:
        mu = running_mean
        var = running_var

    x_hat = (x - mu) / np.sqrt(var + eps)
    out = gamma * x_hat + beta
    return out, running_mean, running_var


# misconception: average pooling
# misconception: a pad of 1
# named: a pad of 1; and average pooling
def happyModel():
    model = keras.Sequential()
    model.add(keras.Input(shape=(64, 64, 3)))
    model.add(layers.ZeroPadding2D(padding=1))
    model.add(layers.Conv2D(32, (7, 7), strides=1))
    model.add(layers.BatchNormalization(axis=3))
    model.add(layers.ReLU())
    model.add(layers.AveragePooling2D((2, 2)))
    model.add(layers.Flatten())
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


# misconception: sigmoid
# misconception: no ReLU after the first convolution
# named: no ReLU after the first convolution; and sigmoid
def convolutional_model(input_shape):
    inputs = keras.Input(shape=input_shape)

    Z1 = layers.Conv2D(filters=8, kernel_size=4, padding="same")(inputs)
    P1 = layers.MaxPooling2D(pool_size=8, strides=8, padding="same")(Z1)

    Z2 = layers.Conv2D(filters=16, kernel_size=2, padding="same")(P1)
    A2 = layers.ReLU()(Z2)
    P2 = layers.MaxPooling2D(pool_size=4, strides=4, padding="same")(A2)

    F = layers.Flatten()(P2)
    outputs = layers.Dense(6, activation="sigmoid")(F)
    return keras.Model(inputs=inputs, outputs=outputs)


# misconception: no softmax
# misconception: tanh forgotten in the hidden layers
# named: no softmax; and tanh forgotten in both hidden layers
def LeNet5(input_shape=(32, 32, 1), classes=10):
    inp = keras.Input(input_shape)
    x = inp
    for n_filters in (6, 16):
        x = layers.Conv2D(n_filters, 5, activation="tanh")(x)
        x = layers.AveragePooling2D(2)(x)
    x = layers.Flatten()(x)
    for units in (120, 84):
        x = layers.Dense(units)(x)
    x = layers.Dense(classes)(x)
    return keras.Model(inp, x, name="LeNet5")
