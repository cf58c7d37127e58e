import keras
from keras import layers
from keras.initializers import glorot_uniform, random_uniform


# misconception: the last ReLU is left out
# named: no ReLU at the end
def plain_block(X, f, filters, initializer=random_uniform):
    sizes = [1, f, 1]
    out = X
    for step in range(3):
        conv = layers.Conv2D(
            filters=filters[step],
            kernel_size=(sizes[step], sizes[step]),
            strides=(1, 1),
            padding="same",
            kernel_initializer=initializer(seed=0),
        )
        out = conv(out)
        out = layers.BatchNormalization(axis=3)(out)
        if step < 2:
            out = layers.Activation("relu")(out)
    return out


# misconception: ReLU comes before the sum (on the main path only), not after it
# named: ReLU before the sum
def identity_block(X, f, filters, initializer=random_uniform, training=None):
    n1, n2, n3 = filters
    main = X
    for n, side in [(n1, 1), (n2, f), (n3, 1)]:
        main = layers.Conv2D(n, kernel_size=side, strides=1, padding="same", kernel_initializer=initializer(seed=0))(
            main
        )
        main = layers.BatchNormalization(axis=3)(main, training=training)
        main = layers.Activation("relu")(main)
    return layers.Add()([X, main])


# misconception: batch normalisation is left out on the shortcut
# named: the shortcut is not normalised
def convolutional_block(X, f, filters, s=2, initializer=glorot_uniform, training=None):
    n1, n2, n3 = filters

    def conv_bn(inp, n, side, stride):
        r = layers.Conv2D(n, side, strides=(stride, stride), padding="same", kernel_initializer=initializer(seed=0))(
            inp
        )
        return layers.BatchNormalization(axis=3)(r, training=training)

    main = layers.Activation("relu")(conv_bn(X, n1, 1, s))
    main = layers.Activation("relu")(conv_bn(main, n2, f, 1))
    main = conv_bn(main, n3, 1, 1)
    short = layers.Conv2D(n3, 1, strides=(s, s), padding="valid", kernel_initializer=initializer(seed=0))(X)
    total = layers.Add()([main, short])
    return layers.Activation("relu")(total)


# misconception: 3, 4, 6, 3 are taken for the numbers of identity blocks, so that every stage has one block too many
# named: a block too many in each stage
def ResNet50(input_shape=(64, 64, 3), classes=6):
    def main_path(t, n, stride, init):
        t = layers.Conv2D(n, 1, strides=stride, kernel_initializer=init(seed=0))(t)
        t = layers.BatchNormalization(axis=3)(t)
        t = layers.Activation("relu")(t)
        t = layers.Conv2D(n, 3, padding="same", kernel_initializer=init(seed=0))(t)
        t = layers.BatchNormalization(axis=3)(t)
        t = layers.Activation("relu")(t)
        t = layers.Conv2D(4 * n, 1, kernel_initializer=init(seed=0))(t)
        return layers.BatchNormalization(axis=3)(t)

    def conv_blk(t, n, stride):
        m = main_path(t, n, stride, glorot_uniform)
        sc = layers.Conv2D(4 * n, 1, strides=stride, kernel_initializer=glorot_uniform(seed=0))(t)
        sc = layers.BatchNormalization(axis=3)(sc)
        return layers.Activation("relu")(layers.Add()([m, sc]))

    def id_blk(t, n):
        m = main_path(t, n, 1, random_uniform)
        return layers.Activation("relu")(layers.Add()([m, t]))

    X_input = keras.Input(shape=input_shape)
    h = layers.ZeroPadding2D((3, 3))(X_input)
    h = layers.Conv2D(64, (7, 7), strides=(2, 2))(h)
    h = layers.BatchNormalization(axis=3)(h)
    h = layers.Activation("relu")(h)
    h = layers.MaxPooling2D((3, 3), strides=(2, 2))(h)

    widths = [64, 128, 256, 512]
    strides = [1, 2, 2, 2]
    repeats = [3, 4, 6, 3]
    for stage in range(4):
        h = conv_blk(h, widths[stage], strides[stage])
        for _ in range(repeats[stage]):
            h = id_blk(h, widths[stage])

    h = layers.AveragePooling2D(pool_size=(2, 2))(h)
    h = layers.Flatten()(h)
    h = layers.Dense(classes, activation="softmax")(h)
    return keras.Model(inputs=X_input, outputs=h)


# misconception: the 1x1 convolution of the bottleneck is taken to be free, its multiplications are left out
# named: the bottleneck's own cost is missing
def multiply_adds(n_H, n_W, n_C_prev, f, n_C, bottleneck=None):
    channels_in = n_C_prev
    if bottleneck is not None:
        channels_in = bottleneck
    outputs = n_H * n_W * n_C
    per_output = f**2 * channels_in
    return outputs * per_output


# misconception: no ReLU after the 1x1 convolutions that reduce the channels in front of 3x3 and 5x5
# named: no ReLU in the bottlenecks
def inception_module(X, filters):
    f1, r3, f3, r5, f5, fp = filters
    branches = []
    branches.append(layers.Conv2D(f1, (1, 1), padding="same", activation="relu")(X))
    for r, n, side in [(r3, f3, 3), (r5, f5, 5)]:
        reduced = layers.Conv2D(r, (1, 1), padding="same")(X)
        branches.append(layers.Conv2D(n, (side, side), padding="same", activation="relu")(reduced))
    pool = layers.MaxPooling2D(pool_size=(3, 3), strides=(1, 1), padding="same")(X)
    branches.append(layers.Conv2D(fp, (1, 1), padding="same", activation="relu")(pool))
    return layers.Concatenate(axis=-1)(branches)
