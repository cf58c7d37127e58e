"""`python -m data.pretraining`: teach the course's own MobileNetV2, measure it, write data/weights/mobilenet_v2.npz."""

import time

import keras

import data
from data.pretrained import WIDTH
from data.pretraining.crops import SIDE, crops
from data.pretraining.distil import distil
from data.pretraining.graft import graft
from data.pretraining.measure import ridge_accuracy
from data.pretraining.save import save
from data.pretraining.teacher import Teacher

CROPS, GRAFTED_ON, EPOCHS = 16_000, 600, 2


def main() -> None:
    start = time.perf_counter()
    pictures = crops(CROPS)
    teacher = Teacher()
    student = keras.applications.MobileNetV2(
        (SIDE, SIDE, 3), alpha=WIDTH, include_top=False, weights=None, name="mobilenet_v2"
    )
    taken = graft(student, teacher, pictures[:GRAFTED_ON])
    measured(student, "grafted", start)
    distil(student, teacher, pictures, taken, EPOCHS)
    measured(student, "taught", start)
    save(student)


def measured(student: keras.Model, state: str, start: float) -> None:
    """Say what the features are worth on flowers that nobody has taught it."""
    open_to_sizes = keras.applications.MobileNetV2((None, None, 3), alpha=WIDTH, include_top=False, weights=None)
    open_to_sizes.set_weights(student.get_weights())
    train, test = (data.load("flowers12", split=split, size=160) for split in ("train", "test"))
    accuracy = ridge_accuracy(open_to_sizes, train, test)
    print(f"{state}, {time.perf_counter() - start:.0f} s: ridge accuracy on flowers12 {accuracy:.3f}")


if __name__ == "__main__":
    main()
