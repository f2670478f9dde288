#!/usr/bin/env python3
"""Writes fuzz/corpus: small files as NumPy, Python's zipfile, gzip and csv and the safetensors library write them, and
some that a reader must refuse (refuse_*). The unit tests of the formats assert their values. Needs numpy and safetensors."""
import csv
import gzip
import io
import pickle
import struct
import sys
import zipfile
import zlib
from collections import OrderedDict
from pathlib import Path

import numpy as np

CORPUS = Path(__file__).parent / "corpus"
DTYPES = ["?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"]


class Pipe(io.RawIOBase):
    """An output that cannot seek: zipfile then writes sizes after the data."""

    def __init__(self):
        self.data = bytearray()

    def writable(self):
        return True

    def write(self, data):
        self.data += data
        return len(data)


def values(dtype, shape=(2, 3)):
    """0, 1, 2 ... less 2, in quarters, as far as the type has them."""
    n = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    if dtype == "?":
        return n % 2 == 0
    kind = np.dtype(dtype).kind
    return (n if kind == "u" else n - 2 if kind == "i" else (n - 2) / 4 + (1j * n if kind == "c" else 0)).astype(dtype)


def saved(write, *args, **arrays):
    out = io.BytesIO()
    write(out, *args, **arrays)
    return out.getvalue()


def npy(array, version=None):
    return saved(np.lib.format.write_array, array, version=version, allow_pickle=True)


def raw_npy(header, data=b"", version=1):
    text = header.encode("latin1")
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", len(text)) + text + data


def zipped(entries, out=None, method=zipfile.ZIP_STORED, comment=b"", force_zip64=False):
    out = io.BytesIO() if out is None else out
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in entries.items():
            info = zipfile.ZipInfo(name)  # of 1980: the same bytes every time
            info.compress_type = method
            if name.endswith("/"):
                archive.writestr(info, b"")
                continue
            with archive.open(info, "w", force_zip64=force_zip64) as entry:
                entry.write(data)
        archive.comment = comment
    return bytes(out.data) if isinstance(out, Pipe) else out.getvalue()


def numpy_files():
    every = {f"{np.dtype(d).kind}{np.dtype(d).itemsize}": values(d) for d in DTYPES}
    orders = {"c": values("f4", (2, 3, 4)), "fortran": np.asfortranarray(values("f4", (2, 3, 4))),
              "scalar": np.float32(2.5), "empty": np.zeros((0, 7), "f8"), "empty_fortran": np.zeros((3, 0), order="F"),
              "one": values("i4", (5,))}
    texts = {"class_names": np.array(["cat", "Käse", "", "\U0001f600"]), "bytes": np.array([b"ab", b"c"]),
             "label": np.arange(4)}
    a, b = npy(values("f4")), npy(values("i8", (5,)))
    yield "dtypes.npz", saved(np.savez, **every)
    yield "dtypes_compressed.npz", saved(np.savez_compressed, **every)
    yield "orders.npz", saved(np.savez, **orders)
    yield "texts.npz", saved(np.savez_compressed, **texts)
    yield "unnamed.npz", saved(np.savez, values("f4"), values("u1"))
    yield "empty.npz", saved(np.savez)
    yield "zip64.npz", zipped({"a.npy": a, "b.npy": b}, force_zip64=True)
    yield "pipe.npz", zipped({"a.npy": a, "b.npy": b}, Pipe(), zipfile.ZIP_DEFLATED)
    yield "pipe_stored.npz", zipped({"a.npy": a, "b.npy": b}, Pipe())
    yield "comment.npz", zipped({"a.npy": a}, comment=b"PK\5\6 is no end" * 3)
    for major in (1, 2, 3):
        yield f"version{major}.npy", npy(values("f4"), (major, 0))
    yield "fortran.npy", npy(np.asfortranarray(values("i2")))
    yield "bfloat16.npy", raw_npy("{'descr': '<V2', 'fortran_order': False, 'shape': (2,), }\n", b"\x80\x3f\x40\xc0")
    yield "python2.npy", raw_npy('{"shape": (2L, 1L), "fortran_order": False, "descr": "|u1"}', b"\7\x08")
    yield "big_endian_byte.npy", raw_npy("{'descr': '>u1', 'fortran_order': False, 'shape': ()}", b"\7")
    yield "refuse_big_endian.npy", npy(values(">f4"))
    yield "refuse_objects.npy", npy(np.array([1, "a"], dtype=object))
    yield "refuse_structure.npy", npy(np.zeros(2, [("x", "f4"), ("y", "i2")]))
    yield "refuse_dates.npy", npy(np.array(["2020-01-01"], "M8[D]"))
    yield "refuse_long_double.npy", npy(values("f16"))
    yield "refuse_raw.npy", npy(np.zeros(2, "V5"))
    yield "refuse_text_order.npy", npy(np.asfortranarray(np.array([["a", "b"], ["c", "d"]])))
    yield "refuse_other_entry.npz", zipped({"a.npy": a, "readme.txt": b"hello"})


def overlapping():
    """Two entries that share their data, as archives made to unpack to much more than their size do."""
    data = bytearray(zipped({"a": b"x" * 40, "b": b"y" * 40}))
    second = data.rindex(b"PK\1\2")
    inner = data.index(b"x" * 40)
    data[inner:inner + 31] = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 0, 0, 33, zlib.crc32(b"x" * 9), 9, 9, 1, 0) + b"b"
    data[second + 16:second + 28] = struct.pack("<III", zlib.crc32(b"x" * 9), 9, 9)
    data[second + 42:second + 46] = struct.pack("<I", inner)
    return bytes(data)


def zip64_throughout(entries):
    """As an archive beyond 4 GB is: its directory and end records in zip64 form."""
    out, limit = io.BytesIO(), zipfile.ZIP64_LIMIT
    archive = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED)
    for name, data in entries.items():
        archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    zipfile.ZIP64_LIMIT = 0
    archive.close()
    zipfile.ZIP64_LIMIT = limit
    return out.getvalue()


def lying(entry_size):
    """A deflated entry whose headers both claim another unpacked size."""
    data = bytearray(zipped({"a": b"x" * 1000}, method=zipfile.ZIP_DEFLATED))
    for signature, place in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        at = data.index(signature) + place
        data[at:at + 4] = struct.pack("<I", entry_size)
    return bytes(data)


def zip_files():
    entries = {"folder/": b"", "folder/a.txt": b"hello " * 20, "b": bytes(range(256)), "empty": b"", "\xe4": b"umlaut"}
    yield "stored.zip", zipped(entries)
    yield "deflated.zip", zipped(entries, method=zipfile.ZIP_DEFLATED)
    yield "zip64.zip", zipped(entries, method=zipfile.ZIP_DEFLATED, force_zip64=True)
    yield "zip64_throughout.zip", zip64_throughout(entries)
    yield "pipe.zip", zipped(entries, Pipe(), zipfile.ZIP_DEFLATED)
    yield "pipe64.zip", zipped(entries, Pipe(), zipfile.ZIP_DEFLATED, force_zip64=True)
    yield "comment.zip", zipped(entries, comment=b"a comment")
    yield "empty.zip", zipped({})
    yield "zeros.zip", zipped({"zeros": bytes(200_000)}, method=zipfile.ZIP_DEFLATED)
    yield "refuse_bzip2.zip", zipped(entries, method=zipfile.ZIP_BZIP2)
    yield "refuse_prefix.zip", b"#!/bin/sh\n" + zipped({"a": b"x"})
    yield "refuse_overlap.zip", overlapping()
    yield "refuse_more_than_deflate_can.zip", lying(60_000)
    yield "lying_small.zip", lying(999)  # the directory is sound; unpacking is refused
    yield "lying_large.zip", lying(1001)
    encrypted = bytearray(zipped(entries))
    encrypted[encrypted.index(b"PK\1\2") + 8] |= 1
    yield "refuse_encrypted.zip", bytes(encrypted)


def safetensors_files():
    from safetensors.numpy import save
    every = {f"{np.dtype(d).kind}{np.dtype(d).itemsize}": values(d) for d in DTYPES if d not in ("c8", "c16")}
    yield "dtypes.safetensors", save(every)
    yield "metadata.safetensors", save({"w": values("f4"), "scalar": np.array(2.5, "f2")}, {"note": "ä \"quoted\""})
    yield "empty.safetensors", save({})
    yield "no_values.safetensors", save({"none": np.zeros((0, 7), "f4"), "w": values("u1")})
    yield "refuse_length.safetensors", struct.pack("<Q", 1 << 62) + b"{}"
    yield "refuse_trailing.safetensors", save({"w": values("f4")}) + b"x"


def idx(array, type_=8, shape=None):
    shape = array.shape if shape is None else shape
    return bytes([0, 0, type_, len(shape)]) + struct.pack(f">{len(shape)}I", *shape) + array.tobytes()


def idx_files():
    images = np.arange(3 * 5 * 4, dtype=np.uint8).reshape(3, 5, 4)
    plain = idx(images)
    packed = gzip.compress(plain, mtime=0)
    yield "images", plain
    yield "images.gz", packed
    yield "labels", idx(np.array([7, 0, 9], np.uint8))
    yield "labels.gz", gzip.compress(idx(np.array([7, 0, 9], np.uint8)), mtime=0)
    yield "none.gz", gzip.compress(idx(np.zeros((0, 28, 28), np.uint8)), mtime=0)
    yield "members.gz", gzip.compress(plain[:10], mtime=0) + gzip.compress(plain[10:], mtime=0)
    yield "refuse_floats", idx(np.zeros(3, ">f4"), 13)
    yield "refuse_large", idx(images, shape=(3, 5, 5))
    yield "refuse_small.gz", gzip.compress(idx(images, shape=(3, 5, 3)), mtime=0)
    yield "refuse_overflow", idx(images, shape=(2**31, 2**31, 2**31, 2**31))
    yield "refuse_cut.gz", packed[:-9]
    yield "refuse_crc.gz", packed[:-8] + bytes([packed[-8] ^ 1]) + packed[-7:]


def csv_file(rows, **how):
    out = io.StringIO(newline="")
    csv.writer(out, **how).writerows(rows)
    return out.getvalue().encode()


def csv_files():
    rows = [["a, b/1.jpg", "cat"], ["2.jpg", 'a "dog"'], ["k\u00e4se\n.png", "cat"]]
    yield "rows.csv", csv_file(rows)
    yield "quoted.csv", csv_file(rows, quoting=csv.QUOTE_ALL, lineterminator="\n")
    yield "header.csv", csv_file([["split", "Label", "note", "path"], ["val", 3, "", "1.jpg"], ["", 0, "x", "2.jpg"]])
    yield "splits.csv", csv_file([["1.jpg", 0, "train"], ["2.jpg", 1, "validation"], ["3.jpg", 0, "test"]])
    yield "mark.csv", b"\xef\xbb\xbf" + csv_file(rows)
    yield "refuse_fields.csv", csv_file(rows + [["3.jpg"]])
    yield "refuse_split.csv", csv_file([["1.jpg", 0, "dev"]])
    yield "refuse_open_quote.csv", b'1.jpg,cat\n"2.jpg,dog\n'
    yield "refuse_zero.csv", b"1.jpg,c\0t\n"
    yield "refuse_header_only.csv", b"path,label\n"


def image_lists():
    lines = [f"images/test/{i:06}.jpg {i % 7}" for i in range(20)]
    yield "vtab.txt", "\n".join(lines).encode() + b"\n"
    yield "windows.txt", b"\xef\xbb\xbf" + "\r\n".join(lines).encode()
    yield "spaces.txt", b"  a b.jpg   3 \n\n\tc.jpg\t1048575\n"
    yield "empty.txt", b""
    yield "refuse_label.txt", b"a.jpg 1\nb.jpg -1\n"
    yield "refuse_large_label.txt", b"a.jpg 1048576\n"
    yield "refuse_huge_label.txt", b"a.jpg 18446744073709551617\n"
    yield "refuse_path.txt", b"7\n"
    yield "refuse_zero.txt", b"a.jpg 1\n\0"


def old_names(data):
    """As NumPy 1 wrote it; of protocols 2 and 3 only, whose names have no length."""
    return data.replace(b"numpy._core.", b"numpy.core.")


def numpy_pickles():
    points = [values("f4", (4, 6)), values("f4", (4, 6)) + 1]
    cache = [points, [np.array([7]), np.array([39])]]
    fewshot = {"train": [(points[0], 3, 17)], "test": [(points[0], np.int64(3), 18), (points[1], 4, "a.txt")]}
    kinds = [values(d) for d in DTYPES] + [np.asfortranarray(values("f4")), np.float32(2.5), np.float64(0.1), np.bool_(True),
                                           np.uint8(200), np.array(2.5), np.zeros((0, 3), "f4"), None, -1, 1 << 40, "\u00e4",
                                           b"ab", OrderedDict(a=1), np.array(["x"]), 1 << 70]
    for protocol in range(2, 6):
        yield f"cache{protocol}.dat", pickle.dumps(cache, protocol)
        yield f"fewshot{protocol}.pkl", pickle.dumps(fewshot, protocol)
        yield f"kinds{protocol}.pkl", pickle.dumps(kinds, protocol)
    yield "cache_numpy1.dat", old_names(pickle.dumps(cache, 3))
    yield "kinds_numpy1.pkl", old_names(pickle.dumps(kinds, 2))
    yield "refuse_big_endian.pkl", pickle.dumps(values(">f4"), 4)
    yield "refuse_global.pkl", pickle.dumps([points[0], print], 4)
    yield "refuse_trailing.pkl", pickle.dumps(points, 4) + b"x"
    yield "refuse_cut.pkl", pickle.dumps(points, 4)[:-40]
    circle = [points[0]]
    circle.append(circle)
    yield "refuse_circle.pkl", pickle.dumps(circle, 4)


def house():
    """A square of two triangles and a roof: 5 vertices, 3 faces."""
    return (np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0.5], [0.5, 0.5, -1.25]], "f4"),
            np.array([[0, 1, 2], [0, 2, 3], [1, 2, 4]], "i4"))


def plyfile_bytes(elements, **how):
    from plyfile import PlyData
    out = io.BytesIO()
    PlyData(elements, **how).write(out)
    return out.getvalue()


def ply_elements():
    """Doubles and colours, an edge list to pass over, a triangle and a quadrangle."""
    from plyfile import PlyElement
    points, _ = house()
    vertex = np.array([(*p, 1, 2, 3) for p in points],
                      [("x", "f8"), ("y", "f8"), ("z", "f8"), ("red", "u1"), ("green", "u1"), ("blue", "u1")])
    edge = np.array([(0, 1), (1, 2)], [("vertex1", "i4"), ("vertex2", "i4")])
    face = np.empty(2, [("vertex_indices", "O"), ("flag", "i2")])
    face["vertex_indices"] = [np.array([1, 2, 4], "i4"), np.array([0, 1, 2, 3], "i4")]
    face["flag"] = 7
    return [PlyElement.describe(vertex, "vertex"), PlyElement.describe(edge, "edge"),
            PlyElement.describe(face, "face", len_types={"vertex_indices": "u1"})]


def pcd_files():
    import lzf
    points, _ = house()
    head = ("# .PCD v0.7 - Point Cloud Data file format\nVERSION 0.7\nFIELDS x y z rgb\nSIZE 4 4 4 4\nTYPE F F F U\n"
            "COUNT 1 1 1 1\nWIDTH 5\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS 5\nDATA ").encode()
    colour = np.full((5, 1), 0x00808080, "u4")
    rows = np.concatenate([points.view("u4"), colour], 1)
    fields = np.ascontiguousarray(rows.T).tobytes()
    packed = lzf.compress(fields)
    sizes = struct.pack("<II", len(packed), len(fields))
    text = "".join(f"{x:g} {y:g} {z:g} 8421504\n" for x, y, z in points)
    yield "ascii.pcd", head + b"ascii\n" + text.encode()
    yield "binary.pcd", head + b"binary\n" + rows.tobytes()
    yield "compressed.pcd", head + b"binary_compressed\n" + sizes + packed
    yield "missing.pcd", head + b"ascii\n" + text.replace("1 1 0 ", "nan nan nan ").encode()
    yield "refuse_cut.pcd", head + b"binary\n" + rows.tobytes()[:-1]
    yield "refuse_packed.pcd", head + b"binary_compressed\n" + struct.pack("<II", len(packed) - 1, len(fields)) + packed[:-1]


SCENE = r'''#VRML V2.0 utf8
# a comment
WorldInfo { title "a \"title\"" info [ "one", "two" ] }
DEF Corner Transform {
  translation 1 2 3  rotation 0 0 1 1.5708  scale 2 2 2  center 0.5 0 0
  children [
    Shape {
      appearance Appearance { material DEF M Material { diffuseColor 0.8 0.8 0.7 transparency 0 } }
      geometry IndexedFaceSet { solid FALSE coordIndex [0,1,2,3,-1,0,2,1]
        coord DEF P Coordinate { point [0 0 0, 1 0 0, 1 1 0, 0 1 0] } }
    }
  ]
}
Group { children [ USE Corner Switch { whichChoice 1 choice [ Group {} Shape { geometry IndexedFaceSet {
  coord USE P coordIndex [ 0 1 2 -1 ] } } ] } LOD { level [ Group { children NULL } ] } ] }
ROUTE Corner.a TO M.b
'''


def mesh_files():
    import trimesh
    points, faces = house()
    mesh = trimesh.Trimesh(points, faces, process=False)
    elements = ply_elements()
    for name in ("obj", "off", "stl", "stl_ascii"):
        data = mesh.export(file_type=name)
        yield f"trimesh_{name}.{name[:3]}", data if isinstance(data, bytes) else data.encode()
    yield "text.ply", plyfile_bytes(elements, text=True)
    yield "little.ply", plyfile_bytes(elements, byte_order="<")
    yield "big.ply", plyfile_bytes(elements, byte_order=">")
    yield "points.ply", plyfile_bytes(elements[:1])
    yield "trimesh.ply", mesh.export(file_type="ply")
    yield "glued.off", b"OFF" + mesh.export(file_type="off").encode().split(b"\n", 1)[1]
    yield "solid.stl", b"solid x" + mesh.export(file_type="stl")[7:]
    yield "corners.obj", (b"# a\nmtllib a.mtl\nv 0 0 0\nv 1 0 0\nv 1 1 0\nvt 0 0\nvn 0 0 1\ng b\n"
                          b"f 1/1/1 2/1/1 3/1/1\nf -3//1 -2//1 -1//1\n")
    yield "points.obj", b"v 0 0 0\nv 1 2 3 0.5 0.5 0.5\n"
    yield "scene.wrl", SCENE.encode()
    yield "refuse_corner.wrl", (b"#VRML V2.0 utf8\nShape { geometry IndexedFaceSet { coord Coordinate { point [0 0 0] } "
                                b"coordIndex [0 1 2 -1] } }\n")
    yield "refuse_corner.obj", b"v 0 0 0\nv 1 0 0\nv 1 1 0\nf 1 2 4\n"
    yield "refuse_count.off", b"OFF\n1000000000 1000000000 0\n0 0 0\n"
    yield "refuse_nan.ply", plyfile_bytes(elements[:1]).replace(struct.pack("<d", 0.5), struct.pack("<d", np.nan))
    yield "refuse_empty.stl", mesh.export(file_type="stl")[:80] + bytes(4)


def cloud_files():
    points, _ = house()
    rows = np.concatenate([points, points[::-1]], 1)
    yield "modelnet.txt", "".join(",".join(f"{v:.6f}" for v in row) + "\n" for row in rows).encode()
    yield "spaces.xyz", "".join(" ".join(f"{v:g}" for v in row) + "\r\n" for row in points).encode()
    yield "count.pts", b"5\n" + "".join(" ".join(f"{v:g}" for v in row) + "\n" for row in points).encode()
    yield "floats.npy", npy(rows)
    yield "half_fortran.npy", npy(np.asfortranarray(points.astype("f2")))
    yield "refuse_labels.npy", npy(values("i8", (5,)))
    yield "refuse_columns.txt", b"1,2,3\n1,2\n"
    yield "refuse_inf.xyz", b"1 2 inf\n"
    yield from pcd_files()


def h5_file(fill, **how):
    import h5py
    out = io.BytesIO()
    with h5py.File(out, "w", **how) as file:
        fill(file)
    return out.getvalue()


def h5_files():
    data, label = values("f4", (3, 4, 3)), np.array([2, 0, 14])
    packed = {"chunks": (2, 4, 3), "compression": "gzip", "shuffle": True}

    def plain(file):
        file.create_dataset("data", data=data, track_times=False)
        file.create_dataset("label", data=label.astype("u1"), track_times=False)

    def compressed(file):
        file.create_dataset("data", data=data, track_times=False, **packed)
        file.create_dataset("label", data=label[:, None], track_times=False)
        file.create_dataset("mask", data=values("i4", (3, 4)), track_times=False, compression="gzip")

    def others(file):
        file.create_dataset("group/big", data=data.astype(">f8"), track_times=False, fletcher32=True, chunks=(1, 4, 3))
        file.create_dataset("names", data=[b"a", b"bc"], track_times=False)
        file.create_dataset("half", data=data.astype("f2"), track_times=False)
        file["again"] = file["half"]

    yield "plain.h5", h5_file(plain)
    yield "latest.h5", h5_file(plain, libver="latest")
    yield "compressed.h5", h5_file(compressed)
    yield "others.h5", h5_file(others)
    yield "empty.h5", h5_file(lambda file: None)
    yield "refuse_cut.h5", h5_file(plain)[:-1]
    yield "refuse_text.h5", b"404 not found\n"


KINDS = {"npz": numpy_files, "zip": zip_files, "safetensors": safetensors_files, "idx": idx_files, "image_csv": csv_files,
         "image_list": image_lists, "numpy_pickle": numpy_pickles, "mesh": mesh_files, "cloud": cloud_files, "h5": h5_files}

for kind in sys.argv[1:] or KINDS:
    folder = CORPUS / kind
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in KINDS[kind]():
        (folder / name).write_bytes(data)
