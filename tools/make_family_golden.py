#!/usr/bin/env python3
"""Writes tests/golden/families and tests/golden/torch: small checkpoints as third-party libraries save them.

families/<family>.expected.safetensors goes with one checkpoint, named by its metadata "file", and holds
  images            F32 [2, 3, S, S], random, taken as already normalised
  features          F32 [2, width], the pooled embedding before the head
  features_dist     F32 [2, width], distilled models only: the distillation token after the final norm
  logits            F32 [2, classes], where there is a head (CLIP: the unnormalised image embedding)
and the metadata family, file, library and config (JSON). The values are what the library itself computes, in
float64, after loading the written file into a fresh model. Parameters are seeded by the family's name.

torch/<name>.pt goes with torch/<name>.expected.safetensors, its tensors by dotted name; a torch/refuse_*.pt has
none, because a reader has to refuse it.

  make_family_golden.py [--only NAME]...   a family's or a fixture's name, or a part of it
  make_family_golden.py --big DIR          a full ViT-B/16 with its logits, for use by hand (700 MB)

Needs tools/requirements.txt. The libraries' versions are in families/README.md, which this script writes too.
"""
import argparse
import io
import json
import os
import pickle
import struct
import warnings
import zlib
from collections import OrderedDict
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
warnings.filterwarnings("ignore")

import numpy as np
import onnx
import open_clip
import timm
import torch
import torchvision
import transformers
from open_clip.model import CLIP, CLIPTextCfg, CLIPVisionCfg, convert_weights_to_fp16
from safetensors.torch import load_file
from timm.models import save_for_hf
from timm.models.vision_transformer import checkpoint_filter_fn
from torch import nn

GOLDEN = Path(__file__).resolve().parent.parent / "tests" / "golden"
FAMILIES = GOLDEN / "families"
TORCH = GOLDEN / "torch"
SMALL = dict(image_size=16, patch_size=4, width=24, depth=2, heads=3, mlp_ratio=2.0, classes=7)
PLAIN = dict(norm_eps=1e-6, act="gelu", pool="cls", registers=0, layer_scale=False, pre_norm=False, qkv_bias=True)
OPENAI_INTEGERS = ("input_resolution", "context_length", "vocab_size")
CLIP_KIND = dict(norm_eps=1e-5, act="quick_gelu", pre_norm=True)
cases = {}
torch_cases = {}


def family(make):
    cases[make.__name__] = make
    return make


def fixture(make):
    torch_cases[make.__name__] = make
    return make


def config(**changes):
    unknown = set(changes) - set(SMALL) - set(PLAIN) - {"distilled", "checkpoint_image_size"}
    assert not unknown, unknown
    return {**SMALL, **PLAIN, **changes}


# ---- random parameters


def generator(name):
    return np.random.RandomState(zlib.crc32(name.encode()))  # RandomState's stream is frozen by numpy's policy


def draw(name, shape, rng):
    """Values by the role a parameter's name tells: spread enough that a wrong or missing one shows."""
    if "gamma" in name or "lambda1" in name:
        v = rng.uniform(0.5, 1, shape)
    elif len(shape) == 1 and name.endswith("weight"):
        v = rng.uniform(0.8, 1.2, shape)
    elif name.endswith("bias"):
        v = 0.2 * rng.standard_normal(shape)
    elif any(part in name for part in ("pos", "token", "class_embedding")):
        v = 0.5 * rng.standard_normal(shape)
    else:
        v = 1.5 / np.sqrt(max(1, np.prod(shape[1:]))) * rng.standard_normal(shape)
    return torch.from_numpy(np.asarray(v, np.float32))


def randomised(model, seed):
    rng = generator(seed)
    with torch.no_grad():
        for name, p in model.named_parameters():
            p.copy_(draw(name, tuple(p.shape), rng))
    return model.eval()


def drawn(shapes, seed):
    rng = generator(seed)
    return {name: draw(name, shape, rng) for name, shape in shapes.items()}


# ---- writing


def write_safetensors(path, tensors, metadata):
    """The format written out, because the library orders metadata anew in each run."""
    kinds = {torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16",
             torch.int64: "I64", torch.int32: "I32", torch.int16: "I16", torch.int8: "I8", torch.uint8: "U8",
             torch.bool: "BOOL"}
    header, chunks, at = {"__metadata__": metadata} if metadata else {}, [], 0
    for name, t in sorted(tensors.items(), key=lambda item: (-item[1].element_size(), item[0])):
        data = bytes(t.detach().contiguous().reshape(-1).view(torch.uint8).numpy()) if t.numel() else b""
        header[name] = {"dtype": kinds[t.dtype], "shape": list(t.shape), "data_offsets": [at, at + len(data)]}
        chunks.append(data)
        at += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(chunks))
    load_file(path)


def version(library):
    return library.__version__.split("+")[0]


def expect(name, file, library, cfg, outputs, folder=FAMILIES):
    """outputs(images) -> (features, logits or None, further tensors by name)."""
    size = cfg["image_size"]
    images = torch.from_numpy(generator("images of " + name).standard_normal((2, 3, size, size)).astype(np.float32))
    with torch.no_grad():
        features, logits, *more = outputs(images.double())
    tensors = {"images": images, "features": features, **(more[0] if more else {})}
    if logits is not None:
        tensors["logits"] = logits
    assert tuple(features.shape) == (2, cfg["width"]) and (logits is None) == (cfg["classes"] == 0)
    assert logits is None or tuple(logits.shape) == (2, cfg["classes"])
    assert all(v.dtype == torch.float64 for k, v in tensors.items() if k != "images")
    metadata = {"family": name, "file": file, "library": f"{library.__name__} {version(library)}",
                "config": json.dumps(cfg)}
    write_safetensors(folder / f"{name}.expected.safetensors",
                      {k: v.float().contiguous() for k, v in tensors.items()}, metadata)


def loaded(path):
    return torch.load(path, map_location="cpu", weights_only=False)


# ---- timm


def timm_model(cfg, arch="vit_base_patch16_224", **more):
    return timm.create_model(arch, img_size=cfg["image_size"], patch_size=cfg["patch_size"], embed_dim=cfg["width"],
                             depth=cfg["depth"], num_heads=cfg["heads"], mlp_ratio=cfg["mlp_ratio"],
                             num_classes=cfg["classes"], **more).eval()


def filled(model, state, ignore="-"):
    """`state` loaded by timm's own conversion; only names starting with `ignore` may be left over."""
    missing, extra = model.load_state_dict(checkpoint_filter_fn(dict(state), model), strict=False)
    assert not missing and all(name.startswith(ignore) for name in extra), (missing, extra)
    return model.double()


def timm_outputs(model):
    def outputs(x):
        tokens = model.forward_features(x)
        logits = model.forward_head(tokens) if model.num_classes else None
        if hasattr(model, "dist_token"):
            return tokens[:, 0], logits, {"features_dist": tokens[:, 1]}
        return model.forward_head(tokens, pre_logits=True), logits
    return outputs


def timm_pth(name, cfg, **args):
    """A state dict written by torch.save, as timm's train.py and the older releases have it."""
    file = f"{name}.pth"
    torch.save(randomised(timm_model(cfg, **args), name).state_dict(), FAMILIES / file)
    expect(name, file, timm, cfg, timm_outputs(filled(timm_model(cfg, **args), loaded(FAMILIES / file))))


TIMM_VIT = config(image_size=32, patch_size=8, mlp_ratio=4.0)


@family
def timm_vit():
    """hub folder: model.safetensors and config.json by timm.models.save_for_hf"""
    save_for_hf(randomised(timm_model(TIMM_VIT), "timm_vit"), FAMILIES / "timm_vit", safe_serialization=True)
    timm_vit_at(TIMM_VIT["image_size"], "timm_vit")


@family
def timm_vit_at16():
    """the same file at image size 16: pos_embed resampled by timm"""
    timm_vit_at(16, "timm_vit_at16")


@family
def timm_vit_at48():
    """the same file at image size 48: pos_embed resampled by timm"""
    timm_vit_at(48, "timm_vit_at48")


def timm_vit_at(size, name):
    cfg = {**TIMM_VIT, "image_size": size, "checkpoint_image_size": TIMM_VIT["image_size"]}
    file = "timm_vit/model.safetensors"
    expect(name, file, timm, cfg, timm_outputs(filled(timm_model(cfg), load_file(FAMILIES / file))))


@family
def timm_vit_pth():
    """class token, bare state dict"""
    timm_pth("timm_vit_pth", config())


@family
def timm_vit_mean():
    """global_pool=avg with fc_norm"""
    timm_pth("timm_vit_mean", config(pool="mean"), global_pool="avg")


@family
def timm_vit_no_qkv_bias():
    """qkv_bias=False"""
    timm_pth("timm_vit_no_qkv_bias", config(qkv_bias=False), qkv_bias=False)


@family
def timm_vit_layer_scale():
    """init_values: blocks.N.ls1.gamma"""
    timm_pth("timm_vit_layer_scale", config(layer_scale=True), init_values=1e-5)


@family
def timm_vit_registers():
    """reg_tokens=4, no_embed_class=True: pos_embed covers the patches alone"""
    timm_pth("timm_vit_registers", config(registers=4), reg_tokens=4, no_embed_class=True)


@family
def timm_vit_registers_embedded():
    """reg_tokens=4, no_embed_class=False: pos_embed covers class token, registers and patches"""
    timm_pth("timm_vit_registers_embedded", config(registers=4), reg_tokens=4, no_embed_class=False)


@family
def timm_vit_clip():
    """vit_base_patch32_clip_quickgelu_224: norm_pre, quick GELU, no bias in patch_embed.proj"""
    timm_pth("timm_vit_clip", config(**CLIP_KIND), arch="vit_base_patch32_clip_quickgelu_224")


@family
def deit():
    """official wrapping {"model": ...}, class token only"""
    cfg = config()
    arch = "deit_base_patch16_224"
    torch.save({"model": randomised(timm_model(cfg, arch), "deit").state_dict()}, FAMILIES / "deit.pth")
    expect("deit", "deit.pth", timm, cfg, timm_outputs(filled(timm_model(cfg, arch), loaded(FAMILIES / "deit.pth"))))


@family
def deit_distilled():
    """dist_token and head_dist; logits are the mean of the two heads"""
    cfg = config(distilled=True)
    arch, path = "deit_base_distilled_patch16_224", FAMILIES / "deit_distilled.pth"
    torch.save({"model": randomised(timm_model(cfg, arch), "deit_distilled").state_dict()}, path)
    expect("deit_distilled", path.name, timm, cfg, timm_outputs(filled(timm_model(cfg, arch), loaded(path))))


# ---- MAE (github.com/facebookresearch/mae), DINO, DINOv2: their own files; timm has the same encoder


def optimizer_state(kind):
    """A real optimizer's state of one small parameter, after one step."""
    p = nn.Parameter(torch.ones(3))
    optimizer = kind([p], lr=1e-3)
    p.grad = torch.ones(3)
    optimizer.step()
    return optimizer.state_dict()


@family
def mae_pretrain():
    """{"model": encoder, mask_token, decoder_*}, the names of models_mae.py; no head"""
    cfg, path = config(classes=0), FAMILIES / "mae_pretrain.pth"
    d, e, patch = 16, cfg["width"], cfg["patch_size"]
    n = (cfg["image_size"] // patch) ** 2
    decoder = {"mask_token": (1, 1, d), "decoder_pos_embed": (1, n + 1, d), "decoder_embed.weight": (d, e),
               "decoder_embed.bias": (d,), "decoder_blocks.0.norm1.weight": (d,), "decoder_blocks.0.norm1.bias": (d,),
               "decoder_blocks.0.attn.qkv.weight": (3 * d, d), "decoder_blocks.0.attn.qkv.bias": (3 * d,),
               "decoder_blocks.0.attn.proj.weight": (d, d), "decoder_blocks.0.attn.proj.bias": (d,),
               "decoder_blocks.0.norm2.weight": (d,), "decoder_blocks.0.norm2.bias": (d,),
               "decoder_blocks.0.mlp.fc1.weight": (2 * d, d), "decoder_blocks.0.mlp.fc1.bias": (2 * d,),
               "decoder_blocks.0.mlp.fc2.weight": (d, 2 * d), "decoder_blocks.0.mlp.fc2.bias": (d,),
               "decoder_norm.weight": (d,), "decoder_norm.bias": (d,),
               "decoder_pred.weight": (3 * patch**2, d), "decoder_pred.bias": (3 * patch**2,)}
    encoder = randomised(timm_model(cfg), "mae_pretrain").state_dict()
    torch.save({"model": OrderedDict({**encoder, **drawn(decoder, "mae decoder")})}, path)
    fresh = filled(timm_model(cfg), loaded(path)["model"], ignore="decoder_")
    expect("mae_pretrain", path.name, timm, cfg, timm_outputs(fresh))


@family
def mae_finetune():
    """fc_norm and head, beside optimizer, epoch, scaler and an argparse.Namespace, as main_finetune.py saves"""
    cfg, path = config(pool="mean"), FAMILIES / "mae_finetune.pth"
    args = argparse.Namespace(model="vit_base_patch16", batch_size=32, lr=None, blr=5e-4, layer_decay=0.65,
                              global_pool=True, input_size=cfg["image_size"], output_dir=".", distributed=True)
    torch.save({"model": randomised(timm_model(cfg, global_pool="avg"), "mae_finetune").state_dict(),
                "optimizer": optimizer_state(torch.optim.AdamW), "epoch": 3, "scaler": {}, "args": args}, path)
    expect("mae_finetune", path.name, timm, cfg,
           timm_outputs(filled(timm_model(cfg, global_pool="avg"), loaded(path)["model"])))


@family
def dino_backbone():
    """bare names, no head, as dino_vitbase16_pretrain.pth"""
    timm_pth("dino_backbone", config(classes=0))


def prefixed(prefix, state):
    return OrderedDict((prefix + name, t) for name, t in state.items())


def unprefixed(prefix, state):
    return {name[len(prefix):]: t for name, t in state.items() if name.startswith(prefix)}


@family
def dino_checkpoint():
    """main_dino.py's checkpoint: student (module.backbone.*, another model) and teacher (backbone.*, expected)"""
    cfg, path = config(classes=0), FAMILIES / "dino_checkpoint.pth"
    head = {"mlp.0.weight": (16, cfg["width"]), "mlp.0.bias": (16,), "mlp.2.weight": (16, 16), "mlp.2.bias": (16,),
            "mlp.4.weight": (8, 16), "mlp.4.bias": (8,), "last_layer.weight_g": (20, 1), "last_layer.weight_v": (20, 8)}

    def state(who, prefix):
        backbone = randomised(timm_model(cfg), "dino " + who).state_dict()
        return OrderedDict({**prefixed(prefix + "backbone.", backbone),
                            **prefixed(prefix + "head.", drawn(head, who + " head"))})

    args = argparse.Namespace(arch="vit_base", patch_size=cfg["patch_size"], out_dim=20, norm_last_layer=True,
                              momentum_teacher=0.996, local_crops_scale=(0.05, 0.4), output_dir=".", gpu=0)
    torch.save({"student": state("student", "module."), "teacher": state("teacher", ""),
                "optimizer": optimizer_state(torch.optim.AdamW), "epoch": 100, "args": args,
                "dino_loss": OrderedDict(center=torch.zeros(1, 20)), "fp16_scaler": {"scale": 65536.0}}, path)
    expect("dino_checkpoint", path.name, timm, cfg,
           timm_outputs(filled(timm_model(cfg), unprefixed("backbone.", loaded(path)["teacher"]))))


def dinov2_hub_state(cfg, seed):
    """The hub's names: mask_token, and register_tokens which pos_embed does not cover while it covers the class."""
    rng = generator(seed)
    width, n = cfg["width"], (cfg["image_size"] // cfg["patch_size"]) ** 2
    model = randomised(timm_model(cfg, init_values=1e-5), seed)
    state = OrderedDict(cls_token=model.cls_token.detach(), pos_embed=draw("pos", (1, 1 + n, width), rng))
    if cfg["registers"]:
        state["register_tokens"] = draw("token", (1, cfg["registers"], width), rng)
    state["mask_token"] = draw("token", (1, width), rng)
    return OrderedDict({**state, **{k: v for k, v in model.state_dict().items() if k not in state}})


def dinov2_timm(cfg, state):
    registers = dict(reg_tokens=cfg["registers"], no_embed_class=True) if cfg["registers"] else {}
    return filled(timm_model(cfg, init_values=1e-5, **registers), state)


@family
def dinov2_hub():
    """bare names of dinov2_vitb14_pretrain.pth; layer scale, mask_token"""
    cfg, path = config(classes=0, layer_scale=True), FAMILIES / "dinov2_hub.pth"
    torch.save(dinov2_hub_state(cfg, "dinov2_hub"), path)
    expect("dinov2_hub", path.name, timm, cfg, timm_outputs(dinov2_timm(cfg, loaded(path))))


@family
def dinov2_hub_registers():
    """dinov2_vitb14_reg4_pretrain.pth: register_tokens after the class token, not in pos_embed"""
    cfg, path = config(classes=0, layer_scale=True, registers=4), FAMILIES / "dinov2_hub_registers.pth"
    torch.save(dinov2_hub_state(cfg, "dinov2_hub_registers"), path)
    expect("dinov2_hub_registers", path.name, timm, cfg, timm_outputs(dinov2_timm(cfg, loaded(path))))


@family
def dinov2_chunked():
    """training's {"teacher": backbone.*, dino_head.*}, block_chunks=2: blocks.<chunk>.<block over all chunks>"""
    cfg, path = config(classes=0, layer_scale=True, depth=4), FAMILIES / "dinov2_chunked.pth"
    state, chunk = OrderedDict(), cfg["depth"] // 2
    for name, t in dinov2_hub_state(cfg, "dinov2_chunked").items():
        if name.startswith("blocks."):
            name = f"blocks.{int(name.split('.')[1]) // chunk}." + name[len("blocks."):]
        state["backbone." + name] = t
    head = drawn({"mlp.0.weight": (16, cfg["width"]), "mlp.0.bias": (16,)}, "dinov2 head")
    torch.save({"teacher": OrderedDict({**state, **prefixed("dino_head.", head)})}, path)
    flat = OrderedDict()
    for name, t in unprefixed("backbone.", loaded(path)["teacher"]).items():
        flat["blocks." + name.split(".", 2)[2] if name.startswith("blocks.") else name] = t
    expect("dinov2_chunked", path.name, timm, cfg, timm_outputs(dinov2_timm(cfg, flat)))


# ---- CLIP


def open_clip_model(cfg, **more):
    vision = CLIPVisionCfg(layers=cfg["depth"], width=cfg["width"], head_width=cfg["width"] // cfg["heads"],
                           mlp_ratio=cfg["mlp_ratio"], patch_size=cfg["patch_size"], image_size=cfg["image_size"])
    text = CLIPTextCfg(context_length=8, vocab_size=20, width=16, heads=2, layers=1)
    return CLIP(cfg["classes"], vision, text, quick_gelu=cfg["act"] == "quick_gelu", **more).eval()


def open_clip_outputs(cfg, state):
    state = {k: v for k, v in state.items() if k not in (*OPENAI_INTEGERS, "attn_mask")}
    model = open_clip_model(cfg)
    model.load_state_dict(state)
    model.double()

    def outputs(x):
        logits, proj = model.encode_image(x), model.visual.proj
        model.visual.proj = None
        features = model.visual(x)
        model.visual.proj = proj
        return features, logits
    return outputs


@family
def clip_open_clip():
    """visual.* and text tower, exact GELU, bare state dict"""
    cfg, path = config(**{**CLIP_KIND, "act": "gelu"}), FAMILIES / "clip_open_clip.pt"
    torch.save(randomised(open_clip_model(cfg), "clip_open_clip").state_dict(), path)
    expect("clip_open_clip", path.name, open_clip, cfg, open_clip_outputs(cfg, loaded(path)))


@family
def clip_open_clip_wrapped():
    """open_clip's training checkpoint {"epoch", "name", "state_dict": module.*, "optimizer"}, exact GELU"""
    cfg, path = config(**{**CLIP_KIND, "act": "gelu"}), FAMILIES / "clip_open_clip_wrapped.pt"
    state = randomised(open_clip_model(cfg), "clip_open_clip_wrapped").state_dict()
    torch.save({"epoch": 2, "name": "run", "state_dict": prefixed("module.", state),
                "optimizer": optimizer_state(torch.optim.AdamW)}, path)
    expect("clip_open_clip_wrapped", path.name, open_clip, cfg,
           open_clip_outputs(cfg, unprefixed("module.", loaded(path)["state_dict"])))


def rewrite_archive(path, change):
    """Each record of a torch archive through change(name, bytes), which returns the bytes or None to drop it."""
    reader = torch._C.PyTorchFileReader(str(path))
    records = {name: change(name, reader.get_record(name)) for name in reader.get_all_records()}
    del reader
    writer = torch._C.PyTorchFileWriter(str(path))
    for name, data in records.items():
        if data is not None and name != "version" and not name.endswith("serialization_id"):
            writer.write_record(name, data, len(data))
    writer.write_end_of_file()


def openai_clip(cfg):
    model = randomised(open_clip_model(cfg, cast_dtype=torch.float16), "clip_openai")
    convert_weights_to_fp16(model)
    for name, value in zip(OPENAI_INTEGERS, (cfg["image_size"], 8, 20)):
        model.__dict__.pop(name, None)
        model.register_buffer(name, torch.tensor(value))
    return model


@family
def clip_openai():
    """OpenAI's state dict: fp16, layer norms and embeddings fp32, three integers (input_resolution ...)"""
    cfg, path = config(**CLIP_KIND), FAMILIES / "clip_openai.pt"
    torch.save(openai_clip(cfg).state_dict(), path)
    expect("clip_openai", path.name, open_clip, cfg, open_clip_outputs(cfg, loaded(path)))


@family
def clip_openai_torchscript():
    """the same as a TorchScript archive, the form OpenAI released"""
    cfg, path, name = config(**CLIP_KIND), FAMILIES / "clip_openai_torchscript.pt", "clip_openai_torchscript"
    images = torch.zeros(1, 3, cfg["image_size"], cfg["image_size"]).half()
    text = torch.zeros(1, 8, dtype=torch.long)
    torch.jit.save(torch.jit.trace(openai_clip(cfg), (images, text), check_trace=False), path)
    rewrite_archive(path, without_traces)
    expect(name, path.name, open_clip, cfg, open_clip_outputs(cfg, torch.jit.load(path).state_dict()))


def without_traces(name, data):
    return None if name.endswith("debug_pkl") or name.startswith("traced_inputs") else data  # paths of the machine


# ---- Hugging Face transformers


def hf_arguments(cfg):
    acts = {"gelu": "gelu", "quick_gelu": "quick_gelu", "gelu_tanh": "gelu_pytorch_tanh"}
    return dict(hidden_size=cfg["width"], num_hidden_layers=cfg["depth"], num_attention_heads=cfg["heads"],
                image_size=cfg["image_size"], patch_size=cfg["patch_size"], layer_norm_eps=cfg["norm_eps"],
                hidden_act=acts[cfg["act"]])


def hf_vit_config(cfg):
    return transformers.ViTConfig(**hf_arguments(cfg), intermediate_size=int(cfg["width"] * cfg["mlp_ratio"]),
                                  num_labels=cfg["classes"] or 2, qkv_bias=cfg["qkv_bias"])


def hf_folder(name, model):
    randomised(model, name).save_pretrained(FAMILIES / name)
    return type(model).from_pretrained(FAMILIES / name).double().eval()


def hf_classifier_outputs(model):
    return lambda x: (model.vit(x).last_hidden_state[:, 0], model(x).logits)


@family
def hf_vit_classifier():
    """ViTForImageClassification; layer_norm_eps 1e-3, so that a reader which ignores config.json is seen"""
    cfg = config(norm_eps=1e-3)
    model = hf_folder("hf_vit_classifier", transformers.ViTForImageClassification(hf_vit_config(cfg)))
    expect("hf_vit_classifier", "hf_vit_classifier/model.safetensors", transformers, cfg, hf_classifier_outputs(model))


@family
def hf_vit_model():
    """ViTModel with a pooler (unused: features are the class token); no qkv bias, tanh GELU"""
    cfg = config(norm_eps=1e-12, classes=0, qkv_bias=False, act="gelu_tanh")
    model = hf_folder("hf_vit_model", transformers.ViTModel(hf_vit_config(cfg)))
    assert model.pooler is not None
    expect("hf_vit_model", "hf_vit_model/model.safetensors", transformers, cfg,
           lambda x: (model(x).last_hidden_state[:, 0], None))


def hf_bin(name, v5):
    cfg, folder = config(norm_eps=1e-12), FAMILIES / name
    fresh = hf_folder(name, transformers.ViTForImageClassification(hf_vit_config(cfg)))
    state = fresh.float().state_dict() if v5 else load_file(folder / "model.safetensors")
    assert any(".q_proj." in k for k in state) == v5
    (folder / "model.safetensors").unlink()
    torch.save(OrderedDict(state), folder / "pytorch_model.bin")
    model = type(fresh).from_pretrained(folder).double().eval()
    expect(name, f"{name}/pytorch_model.bin", transformers, cfg, hf_classifier_outputs(model))


@family
def hf_vit_bin():
    """pytorch_model.bin with the names on the hub (encoder.layer.N.attention.attention.query)"""
    hf_bin("hf_vit_bin", v5=False)


@family
def hf_vit_bin_v5():
    """pytorch_model.bin by torch.save(model.state_dict()) in transformers 5 (layers.N.attention.q_proj)"""
    hf_bin("hf_vit_bin_v5", v5=True)


def hf_dinov2_arguments(cfg):
    return dict(hf_arguments(cfg), mlp_ratio=int(cfg["mlp_ratio"]), layerscale_value=0.5)


@family
def hf_dinov2():
    """Dinov2Model"""
    cfg = config(classes=0, layer_scale=True)
    model = hf_folder("hf_dinov2", transformers.Dinov2Model(transformers.Dinov2Config(**hf_dinov2_arguments(cfg))))
    expect("hf_dinov2", "hf_dinov2/model.safetensors", transformers, cfg, lambda x: (model(x).pooler_output, None))


@family
def hf_dinov2_at24():
    """the same file at image size 24: positions resampled by transformers"""
    cfg = config(classes=0, layer_scale=True, image_size=24, checkpoint_image_size=16)
    model = transformers.Dinov2Model.from_pretrained(FAMILIES / "hf_dinov2").double().eval()
    expect("hf_dinov2_at24", "hf_dinov2/model.safetensors", transformers, cfg,
           lambda x: (model(x).pooler_output, None))


@family
def hf_dinov2_registers():
    """Dinov2WithRegistersModel"""
    cfg = config(classes=0, layer_scale=True, registers=4)
    arguments = dict(hf_dinov2_arguments(cfg), num_register_tokens=cfg["registers"])
    model = transformers.Dinov2WithRegistersModel(transformers.Dinov2WithRegistersConfig(**arguments))
    model = hf_folder("hf_dinov2_registers", model)
    expect("hf_dinov2_registers", "hf_dinov2_registers/model.safetensors", transformers, cfg,
           lambda x: (model(x).pooler_output, None))


class Wrapped(nn.Module):
    """A model as people export one: under a name of its own, beside a decoder of their task."""

    def __init__(self, backbone, width):
        super().__init__()
        self.backbone, self.decoder = backbone, nn.Sequential(nn.Linear(width, 8), nn.ReLU(), nn.Linear(8, 2))

    def forward(self, x):
        return self.decoder(self.backbone(x).last_hidden_state)


def onnx_export(name, model, cfg):
    size = cfg["image_size"]
    path = FAMILIES / f"{name}.onnx"
    torch.onnx.export(randomised(model, name), (torch.zeros(2, 3, size, size),), path, dynamo=False, opset_version=14,
                      input_names=["images"], dynamic_axes={"images": {0: "batch"}})
    file = onnx.load(path)
    for node in file.graph.node:
        node.ClearField("doc_string")  # which lines of which files on this machine it comes from
    onnx.save(file, path)
    return path


@family
def hf_dinov2_onnx():
    """Dinov2Model under `backbone.`, with a decoder, by torch.onnx.export(dynamo=False)"""
    cfg = config(classes=0, layer_scale=True)
    model = transformers.Dinov2Model(transformers.Dinov2Config(**hf_dinov2_arguments(cfg)))
    path = onnx_export("hf_dinov2_onnx", Wrapped(model, cfg["width"]), cfg)
    model = model.double()
    expect("hf_dinov2_onnx", path.name, transformers, cfg, lambda x: (model(x).pooler_output, None))


@family
def hf_vit_onnx():
    """ViTForImageClassification by torch.onnx.export(dynamo=False)"""
    cfg = config(norm_eps=1e-12)
    model = transformers.ViTForImageClassification(hf_vit_config(cfg))
    path = onnx_export("hf_vit_onnx", model, cfg)
    expect("hf_vit_onnx", path.name, transformers, cfg, hf_classifier_outputs(model.double()))


def hf_clip_outputs(model):
    def outputs(x):
        features = model.vision_model(pixel_values=x).pooler_output
        return features, model.visual_projection(features)
    return outputs


def hf_clip_vision(cfg):
    hidden = int(cfg["width"] * cfg["mlp_ratio"])
    return dict(hf_arguments(cfg), intermediate_size=hidden, projection_dim=cfg["classes"])


@family
def hf_clip():
    """CLIPModel: vision and text tower"""
    cfg = config(**CLIP_KIND)
    text = dict(hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32, vocab_size=20,
                max_position_embeddings=8, bos_token_id=1, eos_token_id=2, pad_token_id=0)
    both = transformers.CLIPConfig(vision_config=hf_clip_vision(cfg), text_config=text, projection_dim=cfg["classes"])
    model = hf_folder("hf_clip", transformers.CLIPModel(both))
    expect("hf_clip", "hf_clip/model.safetensors", transformers, cfg, hf_clip_outputs(model))


@family
def hf_clip_vision_projection():
    """CLIPVisionModelWithProjection"""
    cfg, name = config(**CLIP_KIND), "hf_clip_vision_projection"
    vision = transformers.CLIPVisionConfig(**hf_clip_vision(cfg))
    model = hf_folder(name, transformers.CLIPVisionModelWithProjection(vision))
    expect(name, f"{name}/model.safetensors", transformers, cfg, hf_clip_outputs(model))


# ---- torchvision


def torchvision_model(cfg):
    return torchvision.models.VisionTransformer(
        image_size=cfg["image_size"], patch_size=cfg["patch_size"], num_layers=cfg["depth"], num_heads=cfg["heads"],
        hidden_dim=cfg["width"], mlp_dim=int(cfg["width"] * cfg["mlp_ratio"]), num_classes=cfg["classes"]).eval()


def torchvision_case(name, renamed):
    cfg, path = config(), FAMILIES / f"{name}.pth"
    torch.save(renamed(randomised(torchvision_model(cfg), name).state_dict()), path)
    model = torchvision_model(cfg)
    model.load_state_dict(loaded(path))
    model.double()
    pooled = []
    model.encoder.register_forward_hook(lambda module, inputs, output: pooled.append(output[:, 0]))

    def outputs(x):
        logits = model(x)
        return pooled[-1], logits
    expect(name, path.name, torchvision, cfg, outputs)


@family
def torchvision_vit():
    """names of today: mlp.0, mlp.3"""
    torchvision_case("torchvision_vit", lambda state: state)


@family
def torchvision_vit_old():
    """names of torchvision 0.12: mlp.linear_1, mlp.linear_2"""
    torchvision_case("torchvision_vit_old", lambda state: OrderedDict(
        (k.replace("mlp.0.", "mlp.linear_1.").replace("mlp.3.", "mlp.linear_2."), v) for k, v in state.items()))


# ---- JAX (github.com/google-research/vision_transformer)


def jax_arrays(model, cfg):
    """A timm ViT's parameters under the official names and layouts; timm's own loader turns them back."""
    p = {k: v.detach().numpy() for k, v in model.state_dict().items()}
    width, heads = cfg["width"], cfg["heads"]
    arrays = {"cls": p["cls_token"], "embedding/kernel": p["patch_embed.proj.weight"].transpose(2, 3, 1, 0),
              "embedding/bias": p["patch_embed.proj.bias"],
              "head/kernel": p["head.weight"].T, "head/bias": p["head.bias"],
              "Transformer/posembed_input/pos_embedding": p["pos_embed"],
              "Transformer/encoder_norm/scale": p["norm.weight"], "Transformer/encoder_norm/bias": p["norm.bias"]}
    for i in range(cfg["depth"]):
        theirs, ours = f"Transformer/encoderblock_{i}/", f"blocks.{i}."
        for norm, number in (("LayerNorm_0/", "norm1."), ("LayerNorm_2/", "norm2.")):
            arrays[theirs + norm + "scale"] = p[ours + number + "weight"]
            arrays[theirs + norm + "bias"] = p[ours + number + "bias"]
        attention = theirs + "MultiHeadDotProductAttention_1/"
        for k, part in enumerate(("query", "key", "value")):
            rows = slice(k * width, (k + 1) * width)
            arrays[f"{attention}{part}/kernel"] = p[ours + "attn.qkv.weight"][rows].T.reshape(width, heads, -1)
            arrays[f"{attention}{part}/bias"] = p[ours + "attn.qkv.bias"][rows].reshape(heads, -1)
        arrays[attention + "out/kernel"] = p[ours + "attn.proj.weight"].T.reshape(heads, -1, width)
        arrays[attention + "out/bias"] = p[ours + "attn.proj.bias"]
        for dense, fc in (("MlpBlock_3/Dense_0/", "mlp.fc1."), ("MlpBlock_3/Dense_1/", "mlp.fc2.")):
            arrays[theirs + dense + "kernel"] = p[ours + fc + "weight"].T
            arrays[theirs + dense + "bias"] = p[ours + fc + "bias"]
    return {name: np.ascontiguousarray(a) for name, a in arrays.items()}


def write_jax(name, cfg, model, folder):
    np.savez(folder / f"{name}.npz", **jax_arrays(model, cfg))
    fresh = timm_model(cfg)
    fresh.load_pretrained(str(folder / f"{name}.npz"))
    assert all(torch.equal(a, b) for a, b in zip(model.state_dict().values(), fresh.state_dict().values()))
    expect(name, f"{name}.npz", timm, cfg, timm_outputs(fresh.double()), folder)


@family
def jax_vit():
    """names of ViT-B_16.npz; read by timm, hence exact GELU"""
    cfg = config()
    write_jax("jax_vit", cfg, randomised(timm_model(cfg), "jax_vit"), FAMILIES)


@family
def jax_vit_at12():
    """the same file at image size 12: pos_embed resampled by timm's loader of .npz"""
    cfg = config(image_size=12, checkpoint_image_size=16)
    model = timm_model(cfg)
    model.load_pretrained(str(FAMILIES / "jax_vit.npz"))
    expect("jax_vit_at12", "jax_vit.npz", timm, cfg, timm_outputs(model.eval().double()))


def big(folder):
    folder.mkdir(parents=True, exist_ok=True)
    cfg = config(image_size=224, patch_size=16, width=768, depth=12, heads=12, mlp_ratio=4.0, classes=1000)
    model = randomised(timm_model(cfg), "big")
    write_jax("ViT-B_16", cfg, model, folder)
    save_for_hf(model, folder / "vit_base", safe_serialization=True)
    fresh = filled(timm_model(cfg), load_file(folder / "vit_base/model.safetensors"))
    expect("vit_base", "vit_base/model.safetensors", timm, cfg, timm_outputs(fresh), folder)


# ---- torch's own format


def torch_tensors(value, name=""):
    """The tensors inside nested dicts, lists and tuples, by dotted name."""
    if isinstance(value, torch.Tensor):
        return {name: value.detach()}
    if not isinstance(value, (dict, list, tuple)):
        return {}
    found = {}
    for key, child in value.items() if isinstance(value, dict) else enumerate(value):
        found.update(torch_tensors(child, f"{name}.{key}" if name else str(key)))
    return found


def save_legacy(value, path, protocol):
    """The format before torch 1.6. It names and sorts storages by address; here they are numbered as they come."""
    kept = io.BytesIO()
    torch.save(value, kept, _use_new_zipfile_serialization=False, pickle_protocol=protocol)
    storages = {str(t.untyped_storage()._cdata): t.untyped_storage() for t in torch_tensors(value).values()}
    head, blocks = kept.getvalue(), {}
    for key in sorted(storages, reverse=True):
        head, blocks[key] = np.split(np.frombuffer(head, np.uint8), [len(head) - 8 - storages[key].nbytes()])
    head, index = bytes(head), pickle.dumps(sorted(storages), protocol)
    assert head.endswith(index)
    head, keys = head[:-len(index)], []
    for i, key in enumerate(storages):
        keys.append(str(i).zfill(len(key)))
        head = head.replace(key.encode(), keys[-1].encode())
    path.write_bytes(head + pickle.dumps(keys, protocol) + b"".join(bytes(blocks[key]) for key in storages))


def torch_case(name, value, legacy=False, protocol=2):
    path = TORCH / f"{name}.pt"
    if legacy:
        save_legacy(value, path, protocol)
    else:
        torch.save(value, path, pickle_protocol=protocol)
    return path


def torch_expect(path):
    write_safetensors(path.with_suffix(".expected.safetensors"), torch_tensors(loaded(path)), {})


def ramp(*shape, dtype=torch.float32, first=1):
    return (torch.arange(int(np.prod(shape)), dtype=torch.float64) + first).reshape(shape).to(dtype)


def nested():
    return {"a": {"b": [ramp(2, 3), (ramp(4, first=10), "text", b"bytes")], "c": OrderedDict(d=ramp(1, first=50))},
            "parameter": nn.Parameter(ramp(2, 2, first=20)), "norm": nn.LayerNorm(2).state_dict(),
            "state": {0: {"exp_avg": ramp(3, first=30)}, 1: {"exp_avg": ramp(3, first=40)}}, "none": None,
            "yes": True, "int": -70000, "long": 2**70, "float": 1.5, "str": "sch\u00f6n", "bytes": b"\x00\xff",
            "empty": {}, "size": torch.Size([2, 3]),
            "dtype": torch.float16, "device": torch.device("cpu"),
            "set": {1}, "namespace": argparse.Namespace(lr=0.1, names=["x"])}


def views():
    base, shared = ramp(4, 6), ramp(12, first=100)
    return {"base": base, "transposed": base.t(), "block": base[1:3, 2:5], "column": base[:, 3],
            "steps": base[::2, 1::2], "expanded": ramp(3, 1, first=200).expand(3, 4), "repeated": shared[:1].expand(5),
            "first_half": shared[:6], "second_half": shared[6:].reshape(2, 3),
            "permuted": ramp(2, 3, 4, first=300).permute(2, 0, 1),
            "small_part_of_large": ramp(1000, first=400)[500:502], "same": base}


def dtypes():
    kinds = ("float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8")
    tensors = {kind: ramp(2, 3, dtype=getattr(torch, kind), first=-2 if kind != "uint8" else 250) for kind in kinds}
    return {**tensors, "bool": torch.tensor([True, False, True]), "scalar": torch.tensor(2.5),
            "int_scalar": torch.tensor(7), "empty": torch.empty(0),
            "empty_rows": torch.empty(0, 3, dtype=torch.float16),
            "extremes": torch.tensor([float("inf"), -float("inf"), 1e-45, 3.4e38, -0.0])}


@fixture
def zip_format():
    """nested.pt, nested_protocol4.pt, views.pt, dtypes.pt, archive_name.pt: today's zip format"""
    for name, make in (("nested", nested), ("views", views), ("dtypes", dtypes)):
        torch_expect(torch_case(name, make()))
    torch_expect(torch_case("nested_protocol4", nested(), protocol=4))
    kept = io.BytesIO()
    torch.save({"a": ramp(2, 2)}, kept)
    (TORCH / "archive_name.pt").write_bytes(kept.getvalue())
    torch_expect(TORCH / "archive_name.pt")


@fixture
def legacy_format():
    """legacy_*.pt: the format before torch 1.6"""
    for name, make in (("nested", nested), ("views", views), ("dtypes", dtypes)):
        torch_expect(torch_case("legacy_" + name, make(), legacy=True))
    torch_expect(torch_case("legacy_nested_protocol4", nested(), legacy=True, protocol=4))


def plain():
    return {"a": ramp(2, 3), "b": ramp(2, first=10, dtype=torch.float16)}


CPU, CUDA = b"X\x03\0\0\0cpu", b"X\x06\0\0\0cuda:0"


@fixture
def cuda():
    """cuda.pt, legacy_cuda.pt: storages tagged cuda:0, to be read as on the CPU"""
    path = torch_case("cuda", plain())
    rewrite_archive(path, lambda name, data: data.replace(CPU, CUDA) if name == "data.pkl" else data)
    legacy = torch_case("legacy_cuda", plain(), legacy=True)
    legacy.write_bytes(legacy.read_bytes().replace(CPU, CUDA))
    for p in (path, legacy):
        assert b"cuda:0" in p.read_bytes()
        torch_expect(p)


@fixture
def refuse_big_endian():
    """refuse_big_endian.pt, refuse_legacy_big_endian.pt: the byte order of another machine"""
    path = torch_case("refuse_big_endian", plain())
    rewrite_archive(path, lambda name, data: b"big" if name == "byteorder" else data)
    legacy = torch_case("refuse_legacy_big_endian", plain(), legacy=True)
    data = legacy.read_bytes()
    at = data.index(b"little_endian") + len(b"little_endian")
    at = data.index(b"\x88", at)
    legacy.write_bytes(data[:at] + b"\x89" + data[at + 1:])


class Hostile:
    def __reduce__(self):
        return os.system, ("echo a hostile pickle has run",)


@fixture
def refuse_hostile():
    """refuse_hostile.pt, refuse_hostile_protocol4.pt, refuse_legacy_hostile.pt: a pickle that calls os.system"""
    value = {**plain(), "x": Hostile()}
    torch_case("refuse_hostile", value)
    torch_case("refuse_hostile_protocol4", value, protocol=4)
    torch_case("refuse_legacy_hostile", value, legacy=True)


@fixture
def refuse_kinds():
    """refuse_{sparse,sparse_csr,quantized,module}.pt: tensors of other kinds, a pickled nn.Module; complex.pt is read"""
    torch_case("refuse_sparse", {**plain(), "x": torch.eye(3).to_sparse()})
    torch_case("refuse_sparse_csr", {**plain(), "x": torch.eye(3).to_sparse_csr()})
    torch_case("refuse_quantized", {**plain(), "x": torch.quantize_per_tensor(ramp(3), 0.1, 0, torch.qint8)})
    torch_case("complex", {**plain(), "x": torch.complex(ramp(2), ramp(2))})
    torch_case("refuse_module", randomised(nn.Sequential(nn.Linear(2, 2)), "refuse_module"))


# ---- the program


README = """# Checkpoints of other libraries

Written by `tools/make_family_golden.py`, which says what an `*.expected.safetensors` holds. Parameters are random.
Each checkpoint is written by the library's own saving; the expected values are the library's own, in float64, on
the file as read back. Names that no library here writes (MAE, DINO, DINOv2, JAX, OpenAI's CLIP) are those of the
official repository; the oracle is a library which loads them. `../torch` holds files of torch's own format.

| file | oracle | what |
|---|---|---|
"""


def write_readme():
    text = README
    for path in sorted(FAMILIES.glob("*.expected.safetensors")):
        raw = path.read_bytes()
        m = json.loads(raw[8:8 + struct.unpack("<Q", raw[:8])[0]])["__metadata__"]
        text += f"| `{m['file']}` | {m['library']} | {cases[m['family']].__doc__} |\n"
    text += f"\n| files in ../torch, by torch {version(torch)} |\n|---|\n"
    text += "".join(f"| {make.__doc__} |\n" for make in torch_cases.values())
    (FAMILIES / "README.md").write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", metavar="NAME")
    parser.add_argument("--big", type=Path, metavar="DIR")
    args = parser.parse_args()
    torch.set_num_threads(1)
    transformers.utils.logging.disable_progress_bar()
    if args.big:
        return big(args.big)
    FAMILIES.mkdir(parents=True, exist_ok=True)
    TORCH.mkdir(parents=True, exist_ok=True)
    for name, make in {**cases, **torch_cases}.items():
        if not args.only or any(part in name for part in args.only):
            torch.manual_seed(zlib.crc32(name.encode()))
            make()
            print(name, flush=True)
    write_readme()


if __name__ == "__main__":
    main()
