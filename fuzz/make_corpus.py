#!/usr/bin/env python3
"""Writes fuzz/corpus: small files as NumPy, Python's zipfile, gzip and csv and the safetensors library write them, and
some that a reader must refuse (refuse_*). The unit tests of the formats assert their values. Needs numpy and safetensors."""
import csv
import gzip
import io
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
from safetensors.numpy import save

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


for kind, files in (("npz", numpy_files()), ("zip", zip_files()), ("safetensors", safetensors_files()),
                    ("idx", idx_files()), ("image_csv", csv_files()), ("image_list", image_lists())):
    folder = CORPUS / kind
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files:
        (folder / name).write_bytes(data)
