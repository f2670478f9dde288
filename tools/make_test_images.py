#!/usr/bin/env python3
"""Writes tests/images: small images in every format and variant the library decodes, and, in
expected.safetensors, the pixels that Pillow gives, U8 [height, width, 3], by file name:

  ImageOps.exif_transpose(Image.open(f)).convert("RGB")

The exceptions, where the library differs from Pillow by intent, are in expected_pixels. A name with
":<side>" is the JPEG decoded in reduced size (Image.draft), no smaller than <side>. Needs Pillow >= 11 and numpy.
"""
import argparse
import io
import json
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

WIDTH, HEIGHT = 37, 29


def picture(width=WIDTH, height=HEIGHT, channels=3):
    """Smooth colours and a textured corner."""
    y, x = np.mgrid[0:height, 0:width]
    planes = [127 + 90 * np.sin((x * (c + 1) + 2 * y) / (9 + 3 * c)) + 35 * np.cos(y * (c + 2) / 5)
              for c in range(channels)]
    noise = np.random.default_rng(7).integers(-40, 40, (height, width, channels))
    return np.clip(np.stack(planes, -1) + noise * (x + y > width)[..., None], 0, 255).astype(np.uint8)


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def exif(orientation, order="II", tag=0x0112, kind=3):
    e = "<" if order == "II" else ">"
    value = struct.pack(e + ("HH" if kind == 3 else "I"), *([orientation, 0] if kind == 3 else [orientation]))
    entries = struct.pack(e + "HHI", 0x010F, 2, 4) + b"abc\0" + struct.pack(e + "HHI", tag, kind, 1) + value
    return b"Exif\0\0" + order.encode() + struct.pack(e + "HIH", 42, 8, 2) + entries + bytes(4)


def xmp(orientation):
    return b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><d tiff:Orientation="%d"/></x:xmpmeta>' % orientation


def jpeg_files():
    rgb, grey = Image.fromarray(picture()), Image.fromarray(picture()[..., 0])
    files = {f"{name}.jpg": saved(rgb, "JPEG", quality=85, subsampling=s)
             for name, s in (("444", "4:4:4"), ("422", "4:2:2"), ("420", "4:2:0"), ("411", "4:1:1"))}
    # The blocks of a 4:2:2 file in another order: no picture, but a valid 4:4:0 file.
    files["440.jpg"] = saved(rgb, "JPEG", subsampling="4:2:2").replace(b"\3\1\x21\0", b"\3\1\x12\0")
    files["grey.JPEG"] = saved(grey, "JPEG")
    files["rgb.jpg"] = saved(rgb, "JPEG", keep_rgb=True)
    files["progressive.jpg"] = saved(rgb, "JPEG", progressive=True)
    files["progressive_grey.jpg"] = saved(grey, "JPEG", progressive=True)
    files["restarts.jpg"] = saved(rgb, "JPEG", restart_marker_blocks=2)
    files["one_pixel.jpg"] = saved(rgb.crop((0, 0, 1, 1)), "JPEG")
    cmyk = saved(Image.fromarray(picture(channels=4), "CMYK"), "JPEG", quality=90)
    files["cmyk.jpg"] = cmyk
    at = cmyk.index(b"Adobe")
    files["ycck.jpg"] = cmyk[:at + 11] + b"\2" + cmyk[at + 12:]
    files["cmyk_no_adobe.jpg"] = cmyk[:at - 4] + cmyk[at + 12:]
    # 40 bytes that belong to no marker, before the end marker: decoders warn and go on.
    files["extraneous.jpg"] = files["420.jpg"][:-2] + bytes(range(40)) + b"\xff\xd9"
    # A scan cut short, but ended properly: decoders warn and fill up.
    files["short_scan.jpg"] = files["444.jpg"][:-300] + b"\xff\xd9"
    files["large.jpg"] = saved(Image.fromarray(picture(203, 117)), "JPEG", quality=60)
    small = Image.fromarray(picture(13, 9))
    for i in range(1, 9):
        files[f"exif_{i}.jpg"] = saved(small, "JPEG", quality=95, exif=exif(i, "II" if i % 2 else "MM"))
    files["exif_long.jpg"] = saved(small, "JPEG", exif=exif(6, kind=4))
    files["exif_other.jpg"] = saved(small, "JPEG", exif=exif(6, tag=0x0113))
    files["exif_9.jpg"] = saved(small, "JPEG", exif=exif(9), xmp=xmp(6))
    files["xmp_6.jpg"] = saved(small, "JPEG", xmp=xmp(6))
    return files


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width, height, kind, depth, interlaced, rows, extra=b""):
    """A PNG of packed rows: rows(x0, y0, dx, dy) gives those of a pass."""
    adam7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    data = b"".join(b"\0" + row for p in (adam7 if interlaced else [(0, 0, 1, 1)]) for row in rows(*p) if row)
    head = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlaced)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra +
            chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b""))


def packed(samples, depth):
    """Bytes of rows [height, values] of `depth` bits a value, the first in the highest bits."""
    if depth == 16:
        return [row.astype(">u2").tobytes() for row in samples]
    bits = (samples[..., None] >> np.arange(depth - 1, -1, -1) & 1).reshape(len(samples), -1)
    return [np.packbits(row).tobytes() for row in bits.astype(np.uint8)] if samples.size else []


def png_files():
    files = {}
    width, height = 13, 11
    for kind, name, channels in ((0, "grey", 1), (2, "rgb", 3), (3, "palette", 1), (4, "grey_alpha", 2),
                                 (6, "rgba", 4)):
        depths = {0: (1, 2, 4, 8, 16), 3: (1, 2, 4, 8)}.get(kind, (8, 16))
        for depth in depths:
            wide = picture(width, height, channels).astype(np.int64) * 257
            wide[..., 0] ^= np.arange(width) * 37  # low bytes of their own
            samples = wide >> (16 - depth)
            extra = b""
            if kind == 3:
                palette = np.random.default_rng(depth).integers(0, 256, (1 << depth, 3), np.uint8)
                extra = chunk(b"PLTE", palette.tobytes()) + chunk(b"tRNS", bytes([0, 100]))
            if kind in (0, 2):
                extra = chunk(b"tRNS", samples[0, 0].astype(">u2").tobytes())
                extra += chunk(b"gAMA", struct.pack(">I", 30000))
            for interlaced in (0, 1):
                def rows(x0, y0, dx, dy):
                    part = samples[y0::dy, x0::dx]
                    return packed(part.reshape(len(part), -1), depth)
                files[f"{name}_{depth}{'_interlaced' * interlaced}.png"] = png(
                    width, height, kind, depth, interlaced, rows, extra)
    small = Image.fromarray(picture(13, 9))
    files["filtered.png"] = saved(Image.fromarray(picture()), "PNG")
    files["exif_6.png"] = saved(small, "PNG", exif=exif(6))
    whole = files["exif_6.png"]
    at = whole.index(b"eXIf") - 4
    size = 12 + struct.unpack(">I", whole[at:at + 4])[0]
    files["exif_late_6.png"] = whole[:at] + whole[at + size:-12] + whole[at:at + size] + whole[-12:]
    text = chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp(8))
    plain = saved(small, "PNG")
    files["xmp_8.png"] = plain[:33] + text + plain[33:]
    files["short_palette.png"] = png(8, 1, 3, 4, 0, lambda *_: [bytes([0x01, 0x23, 0x45, 0xff])],
                                     chunk(b"PLTE", bytes(range(10, 19))))
    return files


def riff(*chunks):
    body = b"".join(n + struct.pack("<I", len(d)) + d + b"\0" * (len(d) % 2) for n, d in chunks)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def webp_files():
    rgb, rgba = Image.fromarray(picture()), Image.fromarray(picture(channels=4))
    small = Image.fromarray(picture(13, 9))
    files = {"lossy.webp": saved(rgb, "WEBP", quality=80), "lossless.webp": saved(rgb, "WEBP", lossless=True),
             "lossy_alpha.webp": saved(rgba, "WEBP", quality=80, exact=True),
             "lossless_alpha.webp": saved(rgba, "WEBP", lossless=True, exact=True),
             "exif_5.webp": saved(small, "WEBP", exif=exif(5)), "xmp_7.webp": saved(small, "WEBP", xmp=xmp(7)),
             "animated.webp": saved(rgb, "WEBP", save_all=True, append_images=[rgb.rotate(180)], duration=50)}

    def u24(n):
        return struct.pack("<I", n)[:3]

    for name, still in (("animated_offset", files["lossless.webp"]), ("animated_lossy", files["lossy.webp"])):
        frame = u24(2) + u24(1) + u24(WIDTH - 1) + u24(HEIGHT - 1) + u24(50) + b"\0" + still[12:]
        files[f"{name}.webp"] = riff((b"VP8X", b"\x12\0\0\0" + u24(49) + u24(39)),
                                     (b"ANIM", b"\xff\x80\x40\x20" + b"\0\0"), (b"ANMF", frame), (b"ANMF", frame))
    return files


def bmp(width, height, bits, rows, compression=0, palette=b"", masks=b"", header=40, colors=0):
    extra = masks if header == 40 else b""
    body = (masks if header > 40 else b"").ljust(max(header - 40, 0), b"\0")
    if header == 12:
        info = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        info = struct.pack("<IiiHHIIiiII", header, width, height, 1, bits, compression, len(rows), 0, 0, colors, 0)
        info += body
    offset = 14 + len(info) + len(extra) + len(palette)
    return b"BM" + struct.pack("<IHHI", offset + len(rows), 0, 0, offset) + info + extra + palette + rows


def bmp_files():
    rgb = picture(13, 9)
    rng = np.random.default_rng(3)
    files = {"24.bmp": saved(Image.fromarray(rgb), "BMP"), "grey.bmp": saved(Image.fromarray(rgb[..., 0]), "BMP"),
             "palette.bmp": saved(Image.fromarray(rgb).quantize(20), "BMP"),
             "1.bmp": saved(Image.fromarray(rgb).convert("1"), "BMP"),
             "32_masks.bmp": saved(Image.fromarray(picture(13, 9, 4)), "BMP")}

    def padded(lines):
        return b"".join(line + bytes(-len(line) % 4) for line in lines)

    def palette(n, entry=4):
        return b"".join(c.tobytes() + bytes(entry - 3) for c in rng.integers(0, 256, (n, 3), np.uint8))

    for bits in (1, 4, 8):
        index = rng.integers(0, 1 << bits, (9, 13))
        rows = padded(packed(index, bits))
        files[f"{bits}_os2.bmp"] = bmp(13, 9, bits, rows, palette=palette(1 << bits, 3), header=12)
        files[f"{bits}_top_down.bmp"] = bmp(13, -9, bits, rows, palette=palette(1 << bits))
    rows = padded(packed(rng.integers(0, 6, (9, 13)), 4))
    files["4_few_colors.bmp"] = bmp(13, 9, 4, rows, palette=palette(5), colors=5)
    words = padded(row.astype("<u2").tobytes() for row in rng.integers(0, 65536, (9, 13)))
    files["16.bmp"] = bmp(13, 9, 16, words)
    files["565.bmp"] = bmp(13, 9, 16, words, 3, masks=struct.pack("<III", 0xF800, 0x7E0, 0x1F))
    files["555.bmp"] = bmp(13, -9, 16, words, 3, masks=struct.pack("<III", 0x7C00, 0x3E0, 0x1F), header=56)
    quads = rng.integers(0, 256, 13 * 9 * 4, np.uint8).tobytes()
    files["32.bmp"] = bmp(13, 9, 32, quads)
    files["32_xbgr.bmp"] = bmp(13, 9, 32, quads, 3, masks=struct.pack("<III", 0xFF000000, 0xFF0000, 0xFF00))
    files["32_v5.bmp"] = bmp(13, 9, 32, quads, 3, header=124,
                             masks=struct.pack("<IIII", 0xFF, 0xFF00, 0xFF0000, 0xFF000000))
    rle8 = bytes([13, 7, 0, 0, 0, 5, 1, 2, 3, 4, 5, 0, 8, 9, 0, 0, 4, 1, 0, 2, 3, 1, 6, 200, 0, 0])
    rle8 += bytes([13, 11, 0, 0]) * 5 + bytes([13, 3, 0, 1])
    files["rle8.bmp"] = bmp(13, 9, 8, rle8, 1, palette(256))
    rle4 = bytes([13, 0x12, 0, 0, 0, 5, 0x12, 0x34, 0x50, 0, 8, 0x9A, 0, 0]) + bytes([7, 0x5B, 6, 0xC3, 0, 0]) * 7
    files["rle4.bmp"] = bmp(13, 9, 4, rle4[:-2] + b"\0\1", 2, palette(16))
    return files


def deep_grey():
    return picture(13, 9)[..., 0].astype(np.int64) * 37


def ppm_files():
    rgb = picture(13, 9)
    grey = rgb[..., 0]

    def plain(values):
        return b"\n".join(b" ".join(b"%d" % v for v in row) for row in values.reshape(len(values), -1))

    deep = rgb.astype(np.int64) * 37
    bits = packed((grey > 128).astype(np.int64), 1)
    return {"p1.pbm": b"P1\n13 9\n" + b"\n".join(b"".join(b"%d" % v for v in row) for row in grey > 128),
            "p2.pgm": b"P2 # grey\n13 # wide\n9\n255\n# samples\n" + plain(grey),
            "p3.ppm": b"P3\n13\t9\r\n100 " + plain(rgb // 3),
            "p3_deep.ppm": b"P3 13 9 9999\n" + plain(deep),
            "p4.pbm": b"P4\n13 9\n" + b"".join(bits),
            "p5.pgm": b"P5\n13 9\n255\n" + grey.tobytes(),
            "p5_100.pnm": b"P5\n13 9\n100\n" + grey.tobytes(),
            "p5_deep.pgm": b"P5\n13 9\n9999\n" + deep_grey().astype(">u2").tobytes(),
            "p6.ppm": b"P6\n# a comment\n13 9\n255\n" + rgb.tobytes() + b"more",
            "p6_deep.ppm": b"P6 13 9 9999\n" + deep.astype(">u2").tobytes()}


def expected_pixels(name, data):
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    if name == "p5_deep.pgm":  # Pillow scales it to 16 bits, then clips to 8
        grey = np.round(deep_grey() / 9999 * 255)
    elif image.mode == "I;16":  # a PNG, which Pillow clips
        grey = np.asarray(image) >> 8
    else:
        return np.asarray(image.convert("RGB"))
    return np.repeat(grey.astype(np.uint8)[..., None], 3, -1)


def reduced(data, side, scale):
    image = Image.open(io.BytesIO(data))
    image.draft("RGB", (image.width // scale, image.height // scale))
    assert min(image.size) >= side and (scale == 8 or -(-min(image.size) // 2) < side)
    return np.asarray(image)


def write_safetensors(path, arrays):
    header, at = {}, 0
    for name, a in arrays.items():
        header[name] = {"dtype": "U8", "shape": a.shape, "data_offsets": [at, at + a.size]}
        at += a.size
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(a.tobytes() for a in arrays.values()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "tests" / "images")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    files = jpeg_files() | png_files() | webp_files() | bmp_files() | ppm_files()
    for name, data in files.items():
        (out / name).write_bytes(data)
    expected = {name: expected_pixels(name, data) for name, data in files.items()}
    for side, scale in ((59, 2), (31, 2), (30, 4), (15, 8), (1, 8)):
        expected[f"large.jpg:{side}"] = reduced(files["large.jpg"], side, scale)
    write_safetensors(out / "expected.safetensors", expected)


if __name__ == "__main__":
    main()
