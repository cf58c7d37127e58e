import data
import keras
import numpy as np
from keras import layers


# misconception: the first channel's filter is used for every channel
# named: one filter for all channels
def depthwise_conv(X, W, stride, pad):
    m, H_in, W_in, channels = X.shape
    f = W.shape[0]
    padded = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    H_out = (H_in + 2 * pad - f) // stride + 1
    W_out = (W_in + 2 * pad - f) // stride + 1
    out = np.zeros((m, H_out, W_out, channels), dtype=np.result_type(X, W))
    kernel = W[:, :, 0]
    for h in range(H_out):
        for w in range(W_out):
            y, x = h * stride, w * stride
            for c in range(channels):
                patch = padded[:, y : y + f, x : x + f, c]
                out[:, h, w, c] = np.sum(patch * kernel, axis=(1, 2))
    return out


# misconception: W is reshaped to (n_C_out, n_C) and its rows are taken as the filters, which mixes the weights up
# named: W is turned
def pointwise_conv(X, W):
    n_C, n_C_out = W.shape
    filters = W.reshape(n_C_out, n_C)
    outputs = []
    for k in range(n_C_out):
        outputs.append(np.sum(X * filters[k], axis=-1))
    return np.stack(outputs, axis=-1)


# misconception: the depthwise step is counted for a single channel, its factor n_C is missing
# named: the depthwise step is counted for one channel
def depthwise_separable_cost(n_H, n_W, f, n_C, n_C_out):
    normal = n_H * n_W * n_C_out * (f**2) * n_C
    depthwise = n_H * n_W * f**2
    pointwise = n_H * n_W * n_C * n_C_out
    total = depthwise + pointwise
    return normal, total, total / normal


# misconception: there is a ReLU6 after the last 1x1 convolution too, which should stay linear
# named: ReLU6 at the end
def inverted_residual_block(X, expansion, filters, stride):
    channels_in = X.shape[-1]
    out = X
    if expansion != 1:
        out = layers.Conv2D(filters=channels_in * expansion, kernel_size=1, use_bias=False)(out)
        out = layers.BatchNormalization()(out)
        out = layers.ReLU(max_value=6.0)(out)

    out = layers.DepthwiseConv2D(kernel_size=3, strides=stride, padding="same", use_bias=False)(out)
    out = layers.BatchNormalization()(out)
    out = layers.ReLU(max_value=6.0)(out)

    out = layers.Conv2D(filters=filters, kernel_size=1, use_bias=False)(out)
    out = layers.BatchNormalization()(out)
    out = layers.ReLU(max_value=6.0)(out)

    if stride == 1 and channels_in == filters:
        out = layers.Add()([out, X])
    return out


# misconception: the factors are multiplied by phi instead of raised to its power
# named: multiplied, not raised
def compound_scaling(phi, alpha=1.2, beta=1.1, gamma=1.15):
    d = alpha * phi
    w = beta * phi
    r = gamma * phi
    return d, w, r


# misconception: the rows of the eigenvector matrix are taken as the eigenvectors instead of its columns
# named: rows of eigenvectors
def pca_color_jitter(X, rng, sigma=0.1):
    pixels = np.asarray(X).reshape(-1, 3)
    covariance = np.cov(pixels.T)
    lam, p = np.linalg.eigh(covariance)
    a = rng.normal(0, sigma, 3)
    shift = np.zeros(3)
    for i in range(3):
        shift += a[i] * lam[i] * p[i]
    return np.asarray(X) + shift


# misconception: RandomFlip is left at its default, so pictures are flipped upside down as well
# named: turned over both ways
def data_augmenter():
    augmenter = keras.Sequential()
    augmenter.add(layers.RandomFlip())
    augmenter.add(layers.RandomRotation(0.2))
    return augmenter


# misconception: the borrowed network is not frozen
# named: the base is not frozen
def alpaca_model(image_shape=(160, 160), data_augmentation=data_augmenter()):
    input_shape = image_shape + (3,)
    base_model = data.pretrained("mobilenet_v2", input_shape=input_shape)

    inputs = keras.Input(shape=input_shape)
    h = data_augmentation(inputs)
    h = keras.applications.mobilenet_v2.preprocess_input(h)
    h = base_model(h, training=False)
    h = layers.GlobalAveragePooling2D()(h)
    h = layers.Dropout(0.2)(h)
    outputs = layers.Dense(1)(h)
    return keras.Model(inputs, outputs)


# misconception: it is the wrong way round, the layers before fine_tune_at learn and those from there on are frozen
def fine_tune(model, fine_tune_at=120, base_learning_rate=0.001):
    base = None
    most = 0
    for candidate in model.layers:
        count = len(getattr(candidate, "layers", []))
        if count > most:
            most = count
            base = candidate

    base.trainable = True
    for layer in base.layers[fine_tune_at:]:
        layer.trainable = False
    for layer in base.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = False

    model.compile(
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        optimizer=keras.optimizers.Adam(learning_rate=0.1 * base_learning_rate),
        metrics=["accuracy"],
    )
    return model
