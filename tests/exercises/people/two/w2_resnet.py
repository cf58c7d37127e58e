import keras
from keras import layers


# misconception: an initializer of its own
# misconception: all three windows have side f
# named: all three windows have side f; and an initializer of its own
def plain_block(X, f, filters, initializer=keras.initializers.RandomUniform):
    for n in filters:
        X = layers.Conv2D(n, f, padding="same", kernel_initializer=keras.initializers.RandomUniform(seed=0))(X)
        X = layers.BatchNormalization(axis=3)(X)
        X = layers.ReLU()(X)
    return X


# misconception: the mode is not passed on
# misconception: the shortcut is dropped
# named: the shortcut is dropped; and the mode is not passed on
def identity_block(X, f, filters, initializer=keras.initializers.RandomUniform, training=None):
    F1, F2, F3 = filters

    X = layers.Conv2D(F1, kernel_size=1, strides=1, padding="valid", kernel_initializer=initializer(seed=0))(X)
    X = layers.BatchNormalization(axis=3)(X)
    X = layers.Activation("relu")(X)

    X = layers.Conv2D(F2, kernel_size=f, strides=1, padding="same", kernel_initializer=initializer(seed=0))(X)
    X = layers.BatchNormalization(axis=3)(X)
    X = layers.Activation("relu")(X)

    X = layers.Conv2D(F3, kernel_size=1, strides=1, padding="valid", kernel_initializer=initializer(seed=0))(X)
    X = layers.BatchNormalization(axis=3)(X)
    X = layers.Activation("relu")(X)
    return X


# misconception: normalised over the rows
# misconception: the stride is on the last convolution
def convolutional_block(X, f, filters, s=2, initializer=keras.initializers.GlorotUniform, training=None):
    f1, f2, f3 = filters

    def conv_bn(inp, n, size, stride, pad):
        out = layers.Conv2D(
            n, (size, size), strides=(stride, stride), padding=pad, kernel_initializer=initializer(seed=0)
        )(inp)
        return layers.BatchNormalization(axis=1)(out, training=training)

    main = layers.ReLU()(conv_bn(X, f1, 1, 1, "valid"))
    main = layers.ReLU()(conv_bn(main, f2, f, 1, "same"))
    main = conv_bn(main, f3, 1, s, "valid")

    shortcut = conv_bn(X, f3, 1, s, "valid")

    return layers.ReLU()(layers.Add()([main, shortcut]))


# misconception: averaged over the picture
# misconception: always six classes
def ResNet50(input_shape=(64, 64, 3), classes=6):
    X_input = keras.Input(shape=input_shape)

    X = layers.ZeroPadding2D((3, 3))(X_input)
    X = layers.Conv2D(64, (7, 7), strides=(2, 2), kernel_initializer=keras.initializers.GlorotUniform(seed=0))(X)
    X = layers.BatchNormalization(axis=3)(X)
    X = layers.Activation("relu")(X)
    X = layers.MaxPooling2D((3, 3), strides=(2, 2))(X)

    stages = [
        ([64, 64, 256], 1, 2),
        ([128, 128, 512], 2, 3),
        ([256, 256, 1024], 2, 5),
        ([512, 512, 2048], 2, 2),
    ]
    for filters, stride, n_identity in stages:
        X = convolutional_block(X, 3, filters, s=stride)
        for _ in range(n_identity):
            X = identity_block(X, 3, filters)

    X = layers.GlobalAveragePooling2D()(X)
    X = layers.Flatten()(X)
    X = layers.Dense(6, activation="softmax")(X)
    return keras.Model(inputs=X_input, outputs=X)


# misconception: f is not squared
# misconception: the second convolution still sees every channel
# named: the second convolution still sees every channel; and f is not squared
def multiply_adds(n_H, n_W, n_C_prev, f, n_C, bottleneck=None):
    positions = n_H * n_W
    cost = positions * n_C * f * n_C_prev
    if bottleneck is not None:
        cost += positions * bottleneck * n_C_prev
    return cost


# misconception: 3 × 3 twice
# misconception: no ReLU in the bottlenecks
# named: no ReLU in the bottlenecks; and 3 × 3 twice
def inception_module(X, filters):
    f1, f3_reduce, f3, f5_reduce, f5, f_pool = filters

    branch1 = layers.Conv2D(f1, 1, padding="same", activation="relu")(X)

    branch2 = layers.Conv2D(f3_reduce, 1, padding="same")(X)
    branch2 = layers.Conv2D(f3, 3, padding="same", activation="relu")(branch2)

    branch3 = layers.Conv2D(f5_reduce, 1, padding="same")(X)
    branch3 = layers.Conv2D(f5, 3, padding="same", activation="relu")(branch3)

    branch4 = layers.MaxPooling2D(3, strides=1, padding="same")(X)
    branch4 = layers.Conv2D(f_pool, 1, padding="same", activation="relu")(branch4)

    return layers.Concatenate(axis=-1)([branch1, branch2, branch3, branch4])
