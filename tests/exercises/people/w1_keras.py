import keras
import numpy as np
from keras import layers


# misconception: the sum in the denominator goes over the whole array (axis forgotten), not over the last axis
# named: normalised over everything
def softmax(z):
    scores = np.array(z, dtype=float)
    shifted = scores - np.max(scores)
    e = np.exp(shifted)
    total = np.sum(e)
    return e / total


# misconception: the mean is taken over all m x n entries instead of over the m pictures (too small by the factor n)
# named: mean of all entries
def cross_entropy(y_true, y_pred):
    probs = np.array(y_pred, dtype=float)
    truth = np.array(y_true)
    if len(truth.shape) == 1:
        hot = np.zeros(probs.shape)
        for row in range(probs.shape[0]):
            hot[row, int(truth[row])] = 1.0
    else:
        hot = truth.astype(float)
    logs = np.log(np.maximum(probs, 1e-12))
    return float(-np.mean(hot * logs))


# misconception: momentum is taken as the share of the NEW numbers: (1 - momentum) * old + momentum * new
# named: momentum the wrong way round
def batch_norm_forward(x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=1e-3):
    x = np.asarray(x)
    new_mean = np.array(running_mean, copy=True)
    new_var = np.array(running_var, copy=True)
    if training:
        flat = x.reshape(-1, x.shape[-1])
        mu = np.mean(flat, axis=0)
        sigma2 = np.mean((flat - mu) ** 2, axis=0)
        new_mean = (1 - momentum) * new_mean + momentum * mu
        new_var = (1 - momentum) * new_var + momentum * sigma2
    else:
        mu = new_mean
        sigma2 = new_var
    x_hat = (x - mu) / np.sqrt(sigma2 + eps)
    return gamma * x_hat + beta, new_mean, new_var


# misconception: the ReLU after the batch normalisation is left out
# named: no ReLU
def happyModel():
    net = keras.Sequential()
    net.add(keras.Input(shape=(64, 64, 3)))
    net.add(layers.ZeroPadding2D(padding=(3, 3)))
    net.add(layers.Conv2D(filters=32, kernel_size=(7, 7), strides=(1, 1)))
    net.add(layers.BatchNormalization(axis=-1))
    net.add(layers.MaxPooling2D(pool_size=(2, 2)))
    net.add(layers.Flatten())
    net.add(layers.Dense(units=1, activation="sigmoid"))
    return net


# misconception: the first convolution is left at Keras's default padding (valid) instead of same
# named: the first convolution is valid
def convolutional_model(input_shape):
    input_img = keras.Input(shape=input_shape)
    Z1 = layers.Conv2D(filters=8, kernel_size=(4, 4), strides=(1, 1))(input_img)
    A1 = layers.ReLU()(Z1)
    P1 = layers.MaxPooling2D(pool_size=(8, 8), strides=(8, 8), padding="same")(A1)
    Z2 = layers.Conv2D(filters=16, kernel_size=(2, 2), strides=(1, 1), padding="same")(P1)
    A2 = layers.ReLU()(Z2)
    P2 = layers.MaxPooling2D(pool_size=(4, 4), strides=(4, 4), padding="same")(A2)
    F = layers.Flatten()(P2)
    out = layers.Dense(units=6, activation="softmax")(F)
    return keras.Model(inputs=input_img, outputs=out)


# misconception: max pooling instead of average pooling
# named: max pooling
def LeNet5(input_shape=(32, 32, 1), classes=10):
    picture = keras.Input(shape=input_shape)
    h = picture
    for n_filters in [6, 16]:
        h = layers.Conv2D(n_filters, kernel_size=(5, 5), strides=1, padding="valid", activation="tanh")(h)
        h = layers.MaxPooling2D(pool_size=(2, 2))(h)
    h = layers.Flatten()(h)
    for units in [120, 84]:
        h = layers.Dense(units, activation="tanh")(h)
    probs = layers.Dense(classes, activation="softmax")(h)
    return keras.Model(inputs=picture, outputs=probs)
