"""Streets that are drawn: painting by numbers, perspective, light, and what stands in a street."""

import numpy as np
import pytest
from scipy.spatial import ConvexHull

from data.readers import street_scenes
from data.street import setting, things
from data.street.canvas import FINER, GROUND, Canvas, tight_boxes
from data.street.scene import TOWARDS, UP, Camera, Light, Street, hull

CAMERA = Camera(focal=400, middle=192, horizon=160, height=2.0)
NOON = Light(np.array([0.0, 1.0, 0.0]), 0.5, np.ones(3), 200, 0.0)


def street(seed=0):
    return Street(Canvas(128), CAMERA, NOON, np.random.default_rng(seed))


# --- painting by numbers ----------------------------------------------------------------------------------------------


def corners(left, top, right, bottom):
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], float)


def test_a_later_stroke_covers_an_earlier_one_and_the_table_says_what_is_what():
    sheet = Canvas(8)
    one = sheet.paint((0.1, 0.2, 0.3), 3, 0.25, thing=sheet.begin())
    sheet.polygon(corners(0, 0, 11, 11), one)
    sheet.end()
    other = sheet.paint(np.array([1, 0, 0]), 4, GROUND, 0.5, thing=sheet.begin(), glow=1)
    sheet.polygon(corners(6, 0, 11, 11), other)
    sheet.end()
    assert (one, other) == (1, 2)
    expected = np.zeros((8, 8), int)
    expected[:4, :2], expected[:4, 2:4] = one, other
    np.testing.assert_array_equal(sheet.pixels(), expected)
    np.testing.assert_allclose(sheet.table()[:, one], [0.1, 0.2, 0.3, 3, 0.25, 0.02, 1, 0])
    np.testing.assert_allclose(sheet.table()[:, other], [1, 0, 0, 4, GROUND, 0.5, 2, 1])
    assert sheet.areas().tolist() == [16, 8], "each as large as when it was painted"


def test_a_pixel_is_what_its_middle_shows_and_as_bright_as_its_mean():
    sheet = Canvas(2)
    white = sheet.paint((1, 1, 1), 1)
    sheet.polygon(corners(1, 0, 5, 5), white)  # the left pixels: from their middle on
    assert FINER == 3
    assert sheet.pixels().tolist() == [[white, white], [white, white]]
    of_paint = np.array([[0, 1], [0, 0.5], [0, 0.2], [1, 0]])
    np.testing.assert_allclose(
        sheet.averaged(of_paint)[:, 0], [[2 / 3, 1], [1 / 3, 0.5], [2 / 15, 0.2], [1 / 3, 0]], atol=0.005
    )


def test_boxes_are_around_what_is_seen():
    seen = np.zeros((6, 9), int)
    seen[1:3, 2:5], seen[4, 8], seen[5, 0] = 1, 3, 3
    assert tight_boxes(seen, 4).tolist() == [[2, 1, 5, 3], [0, 0, 0, 0], [0, 4, 9, 6], [0, 0, 0, 0]]


@pytest.mark.parametrize("seed", range(5))
def test_the_hull_is_that_of_scipy(seed):
    points = np.random.default_rng(seed).random((12, 2))
    found = {tuple(point) for point in hull(points)}
    assert found == {tuple(points[place]) for place in ConvexHull(points).vertices}


# --- perspective and light --------------------------------------------------------------------------------------------


def test_what_is_twice_as_far_is_half_as_large_and_nearer_to_the_horizon():
    (near_foot, near_head), (far_foot, far_head) = CAMERA.seen([[(1, 0, 5), (1, 1.8, 5)], [(1, 0, 10), (1, 1.8, 10)]])
    assert near_foot[1] - near_head[1] == pytest.approx(2 * (far_foot[1] - far_head[1]))
    assert near_foot[1] - CAMERA.horizon == pytest.approx(2 * (far_foot[1] - CAMERA.horizon))
    assert CAMERA.seen((50, CAMERA.height, 30))[1] == CAMERA.horizon, (
        "what is as high as the camera lies on the horizon"
    )
    np.testing.assert_allclose(CAMERA.seen((3, 0, 1e9)), [CAMERA.middle, CAMERA.horizon], atol=1e-5)


def test_what_faces_the_sun_is_brighter_and_what_is_far_is_hazier():
    assert NOON.on(UP) > NOON.on(TOWARDS) > 0
    assert NOON.haze(0) == 0
    assert 0 < NOON.haze(10) < NOON.haze(100) < 1


# --- what stands in a street ------------------------------------------------------------------------------------------


def painted(paint, *place_and_how, seed=0):
    here = street(seed)
    paint(here, *place_and_how)
    number = here.canvas.table()[6].astype(int)[here.canvas.pixels()]
    return tight_boxes(number, 1)[0]


KINDS = {
    "car": (things.car, (street_scenes.CAR, 0.3), 1.8),
    "pedestrian": (things.pedestrian, (street_scenes.PEDESTRIAN,), 2.0),
    "motorcycle": (things.motorcycle, (street_scenes.MOTORCYCLE,), 1.9),
    "traffic light": (things.traffic_light, (street_scenes.TRAFFIC_LIGHT, setting.BUILDING, 0), 4.2),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(4))
def test_things_stand_where_they_are_put_and_shrink_with_the_distance(kind, seed):
    paint, how, high = KINDS[kind]
    heights = []
    for z in (12, 24):
        box = painted(paint, (0.5, z), *how, seed=seed)
        middle, foot, top = (CAMERA.seen(point) / FINER for point in [(0.5, 0, z), (0.5, 0, z), (0.5, high, z)])
        assert abs(0.5 * (box[0] + box[2]) - middle[0]) < 8
        assert box[3] < foot[1] + 6
        assert box[1] > top[1] - 6
        heights.append(box[3] - box[1])
    assert 1.5 < heights[0] / heights[1] < 2.8


@pytest.mark.parametrize("yaw", np.linspace(0, 2 * np.pi, 9))
def test_a_car_is_as_wide_as_the_side_it_shows(yaw):
    box = painted(things.car, (0, 12), street_scenes.CAR, yaw)
    across = abs(4.3 * np.sin(yaw)) + abs(1.76 * np.cos(yaw))
    assert (box[2] - box[0]) * FINER / (CAMERA.focal / 12) == pytest.approx(across, rel=0.3)


def test_a_car_hides_what_is_behind_it():
    here = street()
    setting.ground(here, setting.Plan(-4, 4, 3, None))
    things.car(here, (0, 8), street_scenes.CAR, 0.0)
    kinds = here.canvas.table()[3].astype(int)[here.canvas.pixels()]
    x1, y1, x2, y2 = painted(things.car, (0, 8), street_scenes.CAR, 0.0).astype(int)
    assert np.all(kinds[y1 + 8 : y2 - 4, x1 + 5 : x2 - 5] == street_scenes.CAR), "no road is seen through it"


def test_lamps_are_lit_one_at_a_time():
    colours = []
    for lit in range(3):
        here = street()
        things.traffic_light(here, (0, 8), street_scenes.TRAFFIC_LIGHT, setting.BUILDING, lit)
        table = here.canvas.table()
        assert (table[7] == 1).sum() == 1
        colours.append(table[:3, table[7] == 1].ravel())
    red, amber, green = colours
    assert red.argmax() == 0
    assert green.argmax() == 1
    assert amber[0] > amber[2]
    assert amber[1] > amber[2]


# --- whole scenes -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def scenes():
    return [street_scenes.draw(number) for number in range(60)]


def test_every_box_is_large_enough_and_every_thing_in_the_mask(scenes):
    for scene in scenes:
        assert set(scene.numbers) <= set(np.unique(scene.things)) - {0}
        assert np.all((scene.boxes[:, 2:] - scene.boxes[:, :2]).max(axis=1) >= street_scenes.LEAST_SIDE)
        np.testing.assert_array_equal(scene.things > 0, scene.mask >= street_scenes.CAR)


def test_a_thing_of_which_less_than_a_fifth_is_seen_has_no_box_but_pixels(monkeypatch):
    def share_and_boxed(x):
        def paint(here):
            setting.ground(here, setting.Plan(-4, 4, 3, None))
            things.car(here, (x, 14), street_scenes.CAR, 0.0)
            if behind:
                things.car(here, (0, 8), street_scenes.CAR, np.pi)

        monkeypatch.setattr(street_scenes, "_paint", paint)
        behind = False
        alone = np.sum(street_scenes.draw(0).things == 1)
        behind = True
        scene = street_scenes.draw(0)
        return np.sum(scene.things == 1) / alone, 1 in scene.numbers

    found = sorted(share_and_boxed(x) for x in np.linspace(0, 3, 13))
    assert any(0 < share < 0.2 for share, _ in found)
    assert [boxed for _, boxed in found] == [share >= 0.2 for share, _ in found]


def test_there_is_something_of_everything(scenes):
    classes = np.concatenate([scene.classes for scene in scenes])
    assert np.bincount(classes, minlength=4).min() > 25
    assert set(np.unique([scene.mask for scene in scenes])) == set(range(9))
    sides = np.concatenate([scene.boxes[:, 2:] - scene.boxes[:, :2] for scene in scenes]).max(axis=1)
    assert np.mean(sides >= 10) > 0.95, "most are large enough to be recognised"


def test_sky_is_above_and_road_below(scenes):
    rows = np.arange(128)[None, :, None] * np.ones((len(scenes), 1, 128))
    masks = np.stack([scene.mask for scene in scenes])
    middle = [rows[masks == kind].mean() for kind in range(9)]
    assert middle[0] < middle[1] < middle[2]


def test_pictures_differ_in_light(scenes):
    brightness = [scene.image.mean() for scene in scenes]
    assert min(brightness) < 90
    assert max(brightness) > 125
    assert all(scene.image.dtype == np.uint8 and scene.image.shape == (128, 128, 3) for scene in scenes)
