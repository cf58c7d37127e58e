"""Sets for style transfer."""

from __future__ import annotations

from data.declaration import Archive, Declaration

SETS: tuple[Declaration, ...] = (
    Declaration(
        name="paintings",
        purpose="style transfer without a network: three manners of painting",
        pictures="3 drawn paintings, colour 320x240: flow-field strokes, stained glass, a woodcut of waves",
        licence="CC0",
        citation="this project",
        origin="drawn by data/readers/paintings.py",
        drawn=True,
        names=("strokes", "glass", "waves"),
        reader="data.readers.paintings:read",
    ),
    Declaration(
        name="style_images",
        purpose="style transfer: old masters, and photographs to be painted",
        pictures="8, colour, each of its own size: five works of art, then three photographs",
        licence="the paintings are in the public domain (Matisse's where the term is 70 years after death); rainier, cat_dog "
        "CC BY-SA 4.0; of tuebingen none is stated: for learning",
        citation="J. Johnson, neural-style, 2015; A. Zhang et al., Dive into Deep Learning, 2023",
        origin="https://github.com/jcjohnson/neural-style, https://github.com/d2l-ai/d2l-en and others",
        names=(
            "van_gogh_starry_night",
            "munch_the_scream",
            "turner_shipwreck_of_the_minotaur",
            "matisse_woman_with_a_hat",
            "lorrain_seaport_etching",
            "rainier",
            "tuebingen_neckarfront",
            "cat_dog",
        ),
        reader="data.readers.files:named",
        archive=Archive(
            url="",
            root="style_images",
            members=r"(content|style)/\w+\.jpg",
            files=8,
            bytes=2_273_279,
            digest="90c3f3884da4e118995c6ce79389feacfe485b42638cb051e897508ac6647961",
            archive_bytes=100_000_000,
        ),
    ),
)
