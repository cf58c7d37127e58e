"""Photographs that come with Python packages."""

from __future__ import annotations

from data.declaration import Declaration

# Photographs inside the packages themselves, where nothing is downloaded: those whose licence the package states.
SKIMAGE_PHOTOGRAPHS = {
    "astronaut": "NASA, Eileen Collins; public domain",
    "brick": "CC0Textures, Bricks25; CC0",
    "camera": "Lav Varshney; CC0",
    "cat": "Stefan van der Walt, Chelsea the cat; CC0",
    "cell": "Paul Müller et al., doi:10.1364/OE.26.010729; CC0",
    "clock": "Stefan van der Walt; public domain",
    "coffee": "Rachel Michetti, courtesy of Pikolo Espresso Bar; CC0",
    "coins": "Brooklyn Museum, Greek coins from Pompeii; no known copyright restrictions",
    "grass": "linolafett on DeviantArt; CC0",
    "gravel": "CC0Textures, Gravel04; CC0",
    "hubble_deep_field": "NASA, Hubble eXtreme Deep Field; public domain",
    "immunohistochemistry": "Center for Microscopy and Molecular Imaging; no known copyright restrictions",
    "microaneurysms": "Andreas Maier, High-Resolution Fundus database, doi:10.1155/2013/154860; CC0",
    "retina": "Mikael Häggström, doi:10.15347/wjm/2014.008; CC0",
    "rocket": "SpaceX, launch of DSCOVR; public domain",
    "text": "Wikipedia, File:Corner.png; public domain",
}
SKLEARN_PHOTOGRAPHS = {
    "china": "danielbuechele on Flickr; CC BY 2.0",
    "flower": "vultilion on Flickr; CC BY 2.0",
}

SETS: tuple[Declaration, ...] = (
    Declaration(
        name="photographs",
        purpose="pictures to look at: edges, padding, strides, pooling",
        pictures="18, each of its own size, half grey, half colour",
        licence="each its own, see credits: CC0, public domain or CC BY 2.0",
        citation="S. van der Walt et al., scikit-image: image processing in Python, PeerJ 2:e453, 2014",
        origin="carried by scikit-image and scikit-learn",
        names=(*SKIMAGE_PHOTOGRAPHS, *SKLEARN_PHOTOGRAPHS),
        reader="data.readers.photographs:read",
        credits=SKIMAGE_PHOTOGRAPHS | SKLEARN_PHOTOGRAPHS,
    ),
)
