"""How the project's own pretrained networks came about: `python -m data.pretraining`.

A small MobileNetV2 is taught by MobileNet v1, whose ImageNet weights are in the mirror, to see what that one sees. It
starts from the teacher's own filters (`graft`), so that minutes on two cores suffice where days would be needed from
nothing (`distil`). No label is used, and no picture of `flowers12`, on which the result is measured.
"""
