#!/usr/bin/env python3
"""Writes configs/demo-points/furniture.csv: which models of Debian's sweethome3d-furniture are of which class.

Rows are path,label; paths are those within the catalogues (.sh3f files, zips of OBJ models). A class is a rule on a
model's English name and its category; LEFT_OUT are models which a look at all of them found mislabelled by the rule,
ambiguous as a shape, or lying on their side. Of models with the same shape (up to scale and quarter turns about the
vertical axis) the first one stays, so that no shape can be in training and test.

  make_furniture_table.py [--catalogues /usr/share/sweethome3d/furniture]

Needs numpy.
"""
import argparse
import csv
import io
import re
import zipfile
from pathlib import Path

import numpy as np

# label, names, categories; the first rule that fits decides. A name is matched whole.
RULES = [
    ("bed", r".*\bbed|crib", r"Bedroom"),
    ("lamp", r".*(lamp|lamppost|lights?|spotlight|lamp artwork)", r"Lights"),
    ("person", r".*\b(fe)?male|.*\b(boy|girl)|mannequin .*", r"Characters"),
    ("vehicle", r".*", r"Vehicles"),
    ("door_window", r"(?!elevator$).*(door|window|panes?)", r"Doors and windows"),
    ("sofa", r".*(sofa|couch|sofa [23] seats)", r"Living room|Exterior"),
    ("chair", r".*\bchair|chair with cushion|class seat|armchair|modern armchair", r"Living room|Office|Kitchen|Exterior"),
    ("table", r".*\b(table|desk)|table on trestles", r"Living room|Office|Exterior"),
    ("storage", r".*\b(cabinet|cupboard|bookcase|shelves|locker)|wardrobe|dresser with drawers", r"Kitchen|Living room|Office|Bedroom|Misc.*"),
    ("plant", r".*\b(plant|bamboo|cactus|ficus|flowers|orchids|spathiphyllum|tulips|white lily|yucca|bonsai tree)", r"Living room"),
    ("tree", r"christmas tree", r"Living room"),
    ("tree", r".*\b(acacia|bamboo|beech|tree|cypress|ficus|maple|blossom|pine|poplar|bush|under snow)", r"Exterior"),
    ("vessel", r".*\b(bottle|glass|cup|mug|bowl|flacon|pottery|jar|teapot)", r"Kitchen|Bathroom"),
    ("vessel", r"vase", r"Misc.*"),
    ("sanitary", r".*\b(bath|bathtub|bidet|lavatory|toilets unit|urinal|washbasin)", r"Bathroom"),
]

LEFT_OUT = {
    # between chair and sofa, or between chair and bed, or a seat without a back
    "armchair1", "armchair2", "armchair3", "fotel", "mid-century-chair", "winchesterArmchair", "ext_chair", "relaxChair",
    "deckChair", "chair_deck", "beach_chair", "ryokanChair", "bar_chair", "blendswap-cc-0/foldingChair", "scopia/armchair",
    # a sofa folded out
    "convertible-sofa-BZ-opened",
    # a block, a bench, a cloth
    "rattanTable", "custom-desk", "tableWithTablecloth",
    # two or three wheels, or none
    "bike", "bicycle", "scooter", "scooter2", "yamaha-yzr-r6", "stroller", "tricycle", "skateboard", "forkLift",
    # a disc, a tray, a lantern
    "ceiling-lamp", "fluorescent", "JapaneseLantern", "campingLamp",
    # plates of cloth or slats
    "window-blinds", "window-shutter",
    # no plant by shape
    "augalas",
    # with a wash basin; a corner of a room
    "sinkCabinet",
    # with flowers
    "vase5",
}


def catalogue(archive):
    """The models of a catalogue, in its order: name, category, path, rotation."""
    text = archive.read("PluginFurnitureCatalog.properties").decode("latin-1")
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text)
    models = {}
    for key, number, value in re.findall(r"^(\w+)#(\d+)=(.*?)\s*$", text, re.M):
        models.setdefault(int(number), {})[key] = value
    for _, model in sorted(models.items()):
        yield model["name"], model["category"], model["model"].lstrip("/"), model.get("modelRotation", "")


def label_of(name, category):
    for label, names, categories in RULES:
        if re.fullmatch(names, name, re.I) and re.fullmatch(categories, category):
            return label
    return None


def left_out(path):
    folder = Path(path).parent
    return folder.name in LEFT_OUT or f"{folder.parent.name}/{folder.name}" in LEFT_OUT


def upright(rotation):
    """Whether the vertical axis of the file is up in the catalogue, too."""
    return not rotation or np.allclose(np.array(rotation.split(), float).reshape(3, 3)[1], [0, 1, 0], atol=0.01)


def surface_points(text, count, seed):
    """Points [count, 3] drawn by area from an OBJ file's faces, the middle of their box at 0, the largest radius 1."""
    vertices, triangles = [], []
    for line in io.StringIO(text):
        if line.startswith("v "):
            vertices.append(line.split()[1:4])
        elif line.startswith("f "):
            corners = [int(field.split("/")[0]) for field in line.split()[1:]]
            corners = [c - 1 if c > 0 else len(vertices) + c for c in corners]
            triangles += [(corners[0], a, b) for a, b in zip(corners[1:], corners[2:])]
    a, b, c = np.array(vertices, float)[np.array(triangles)].transpose(1, 0, 2)
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1).cumsum()
    random = np.random.default_rng(seed)
    at = np.searchsorted(area, random.random(count) * area[-1]).clip(0, len(a) - 1)
    u, v = np.sqrt(random.random((count, 1))), random.random((count, 1))
    points = a[at] * (1 - u) + b[at] * u * (1 - v) + c[at] * u * v
    corners = np.concatenate([a, b, c])
    points -= (corners.max(0) + corners.min(0)) / 2
    return (points / np.linalg.norm(points, axis=1).max()).astype(np.float32)


def apart(one, other):
    """Root mean square distance from a point to the nearest of the other cloud, both ways."""
    squares = (one**2).sum(1)[:, None] + (other**2).sum(1) - 2 * one @ other.T
    return np.sqrt([squares.min(0).clip(0).mean(), squares.min(1).clip(0).mean()]).mean()


def turned_apart(one, other):
    """The least of them over quarter turns of the other about the vertical axis, and mirrored."""
    x, y, z = other.T
    turns = [(x, z), (-x, z), (x, -z), (-x, -z), (z, x), (-z, x), (z, -x), (-z, -x)]
    return min(apart(one, np.stack([a, y, b], 1)) for a, b in turns)


class Shape:
    def __init__(self, label, path, text):
        self.label, self.path = label, path
        self.points, self.again = surface_points(text, 2048, 0), surface_points(text, 2048, 1)
        self.noise = apart(self.points, self.again)
        self.box = np.sort(np.abs(self.points).max(0)[[0, 2]])

    def likeness(self, other):
        """How far apart, in units of two samples of the same model: 1 is the same shape. 9: not looked at closely."""
        if np.abs(self.box - other.box).max() > 0.08 or turned_apart(self.points[:256], other.again[:256]) > 0.12:
            return 9.0
        return turned_apart(self.points, other.again) / max(self.noise, other.noise)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--catalogues", type=Path, default=Path("/usr/share/sweethome3d/furniture"))
    parser.add_argument("--threshold", type=float, default=1.25, help="a likeness below is the same shape")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "configs/demo-points/furniture.csv")
    arguments = parser.parse_args()

    kept = []
    for file in sorted(arguments.catalogues.glob("*.sh3f")):
        archive = zipfile.ZipFile(file)
        for name, category, path, rotation in catalogue(archive):
            label = label_of(name, category)
            if label is None or left_out(path) or not upright(rotation):
                continue
            shape = Shape(label, path, archive.read(path).decode("latin-1"))
            near = min(((shape.likeness(other), other.path, other.label) for other in kept), default=(9.0, "", ""))
            if near[0] < arguments.threshold:
                print(f"{near[0]:.2f} {path} is {near[1]}" + (" OF ANOTHER CLASS" if near[2] != label else ""))
            else:
                kept.append(shape)

    arguments.out.parent.mkdir(exist_ok=True)
    with open(arguments.out, "w", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(["path", "label"])
        rows.writerows(sorted((shape.path, shape.label) for shape in kept))
    labels = [shape.label for shape in kept]
    print(", ".join(f"{label} {labels.count(label)}" for label in sorted(set(labels))), "total", len(kept))


if __name__ == "__main__":
    main()
