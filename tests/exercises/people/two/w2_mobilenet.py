import data
import keras
import numpy as np
from keras import layers


# misconception: the last window is missing
# misconception: the filters are turned around
# named: the filters are turned around; and the last window is missing
def depthwise_conv(X, W, stride, pad):
    m, n_H_prev, n_W_prev, n_C = X.shape
    f = W.shape[0]
    n_H = (n_H_prev + 2 * pad - f) // stride
    n_W = (n_W_prev + 2 * pad - f) // stride
    X_pad = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    K = W[::-1, ::-1, :]
    out = np.zeros((m, n_H, n_W, n_C))
    for h in range(n_H):
        for w in range(n_W):
            win = X_pad[:, h * stride : h * stride + f, w * stride : w * stride + f, :]
            out[:, h, w, :] = np.sum(win * K, axis=(1, 2))
    return out


# misconception: every pixel gets the average
# misconception: a ReLU is applied
# named: every pixel gets the average; and a ReLU is applied
def pointwise_conv(X, W):
    avg = np.mean(X, axis=(1, 2), keepdims=True)
    spread = np.ones(X.shape) * avg
    Z = np.dot(spread, W)
    return np.where(Z > 0, Z, 0.0)


# misconception: the ratio is upside down
# misconception: f is not squared
# named: the ratio is upside down; and f is not squared
def depthwise_separable_cost(n_H, n_W, f, n_C, n_C_out):
    positions = n_H * n_W
    normal = positions * f * n_C * n_C_out
    depthwise = positions * f * n_C
    pointwise = positions * n_C * n_C_out
    separable = depthwise + pointwise
    return normal, separable, normal / separable


# misconception: expansion forgotten
# misconception: ReLU6 at the end
def inverted_residual_block(X, expansion, filters, stride):
    n_C = X.shape[-1]
    x = X
    if expansion != 1:
        x = layers.Conv2D(n_C, 1, use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        x = layers.ReLU(max_value=6.0)(x)

    x = layers.DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU(max_value=6.0)(x)

    x = layers.Conv2D(filters, 1, use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU(max_value=6.0)(x)

    if stride == 1 and filters == n_C:
        x = layers.Add()([X, x])
    return x


# misconception: width and resolution are swapped
# misconception: multiplied, not raised
# named: multiplied, not raised; and width and resolution are swapped
def compound_scaling(phi, alpha=1.2, beta=1.1, gamma=1.15):
    depth = alpha * phi
    resolution = beta * phi
    width = gamma * phi
    return depth, width, resolution


# misconception: without the eigenvalues
# misconception: another change for every pixel
def pca_color_jitter(X, rng, sigma=0.1):
    pixels = X.reshape(-1, 3)
    cov = np.cov(pixels, rowvar=False)
    _, vectors = np.linalg.eigh(cov)
    alphas = rng.normal(0, sigma, pixels.shape)
    change = np.zeros(pixels.shape)
    for i in range(3):
        change += alphas[:, i : i + 1] * vectors[:, i]
    return (pixels + change).reshape(X.shape)


# misconception: turned one way only
# misconception: never turned over
# named: never turned over; and turned one way only
def data_augmenter():
    model = keras.Sequential()
    model.add(layers.RandomRotation((0.0, 0.2)))
    return model


# misconception: the base is not frozen
# misconception: augmented after preprocessing
def alpaca_model(image_shape=(160, 160), data_augmentation=data_augmenter()):
    input_shape = tuple(image_shape) + (3,)
    base_model = data.pretrained("mobilenet_v2", input_shape=input_shape)

    inputs = keras.Input(shape=input_shape)
    x = keras.applications.mobilenet_v2.preprocess_input(inputs)
    x = data_augmentation(x)
    x = base_model(x, training=False)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.2)(x)
    outputs = layers.Dense(1)(x)
    return keras.Model(inputs, outputs)


# misconception: another rule
# misconception: the rate is not lowered
def fine_tune(model, fine_tune_at=120, base_learning_rate=0.001):
    # the base is the big model among the layers
    candidates = [layer for layer in model.layers if isinstance(layer, keras.Model)]
    base = max(candidates, key=lambda layer: len(layer.layers))

    base.trainable = True
    for place, layer in enumerate(base.layers):
        if place < fine_tune_at or isinstance(layer, layers.BatchNormalization):
            layer.trainable = False

    model.compile(
        optimizer=keras.optimizers.RMSprop(learning_rate=base_learning_rate),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model
