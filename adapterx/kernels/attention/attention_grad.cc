#include <algorithm>
#include <cassert>
#include <cstring>

#include "adapterx/base/parallel.h"
#include "adapterx/kernels/attention/attention.h"
#include "adapterx/kernels/attention/attention_pack.h"
#include "adapterx/kernels/attention/attention_softmax.h"

namespace ax::kernels {
namespace {

// Queries taken at a time: as many as keep the [T][block] matrices in the second-level cache, in equal
// blocks.
constexpr int64_t kBlockElements = 48 * 1024;

// Rows of tensors that each tile fetches: the seven of a token within the tiles that 197 tokens take.
constexpr int64_t kRowsPerTile = 4;

int64_t query_block(int64_t tokens, int64_t query_count) {
  const int64_t most = std::clamp<int64_t>(kBlockElements / tokens / kTileLanes, 1, 16) * kTileLanes;
  const int64_t blocks = (query_count + most - 1) / most;
  return padded((query_count + blocks - 1) / blocks);
}

// What one thread needs for one head.
struct Workspace {
  int64_t block, stride;                           // queries of a block; columns of its transposed matrices
  uint32_t *k_copy, *v_copy, *q_copy, *dout_copy;  // where elements don't fill units
  uint32_t* k;                                     // [units(T)][padded(d_h)]
  uint32_t *qt, *doutt;                            // [units(d_h)][stride]
  uint32_t *q, *dout;                              // [units(block)][padded(d_h)]
  float *s, *dp;                                   // [T][stride]
  uint32_t* ds_pairs;                              // [units(T)][stride], bf16 only
  float* lse;                                      // [block]
  float *dq, *dk, *dv;                             // [block or T][padded(d_h)]
  size_t bytes;

  Workspace(void* scratch, DType dtype, int64_t tokens, int64_t query_count, int64_t dim) {
    ScratchCutter cut(scratch);
    const int64_t width = padded(dim), units = units_of(dtype, dim);
    block = query_block(tokens, query_count);
    stride = transposed_stride(block);
    k_copy = cut.take<uint32_t>(unit_rows_copy(dtype, tokens, dim));
    v_copy = cut.take<uint32_t>(unit_rows_copy(dtype, tokens, dim));
    q_copy = cut.take<uint32_t>(unit_rows_copy(dtype, block, dim));
    dout_copy = cut.take<uint32_t>(unit_rows_copy(dtype, block, dim));
    k = cut.take<uint32_t>(units_of(dtype, tokens) * width);
    qt = cut.take<uint32_t>(units * stride);
    doutt = cut.take<uint32_t>(units * stride);
    q = cut.take<uint32_t>(units_of(dtype, block) * width);
    dout = cut.take<uint32_t>(units_of(dtype, block) * width);
    s = cut.take<float>(tokens * stride);
    dp = cut.take<float>(tokens * stride);
    ds_pairs = cut.take<uint32_t>(dtype == DType::bf16 ? units_of(dtype, tokens) * stride : 0);
    lse = cut.take<float>(block);
    dq = cut.take<float>(block * width);
    dk = cut.take<float>(tokens * width);
    dv = cut.take<float>(tokens * width);
    bytes = cut.used();
  }
};

struct Head {
  HeadRows q, k, v, dout, dq, dk, dv;  // q, dout, dq: rows of the queries asked for
  const float* lse;
};

Head head_of(const AttentionGrad& a, int64_t index) {
  const int64_t tokens = a.qkv.shape.dim(1), width = a.qkv.shape.dim(2) / 3, dim = width / a.heads;
  const int64_t sample = index / a.heads, head = index % a.heads;
  const DType dtype = a.qkv.dtype;
  const auto part = [&](const Tensor& x, int64_t rows, int64_t parts, int64_t which) {
    const HeadRows all = {static_cast<std::byte*>(x.data), dtype, 0, dim, parts * width};
    HeadRows h = all.slice(sample * rows, rows);
    h.data += static_cast<size_t>(which * width + head * dim) * size_of(dtype);
    return h;
  };
  const auto queries = [&](const HeadRows& x) { return x.slice(a.query_begin, a.query_count); };
  return {queries(part(a.qkv, tokens, 3, 0)), part(a.qkv, tokens, 3, 1),           part(a.qkv, tokens, 3, 2),
          part(a.dout, a.query_count, 1, 0),  queries(part(a.dqkv, tokens, 3, 0)), part(a.dqkv, tokens, 3, 1),
          part(a.dqkv, tokens, 3, 2),         a.lse.f32() + index * a.query_count};
}

// Transposed scores and their gradient, [T][block]: s = p^T, dp = ds^T on return. Rows of k and v are read
// where they lie.
void score_gradients(const Head& h, const UnitRows& k, const UnitRows& v, int64_t begin, int64_t count,
                     float scale, const Workspace& w, RowsAhead& ahead) {
  const DType dtype = h.q.dtype;
  const int64_t tokens = h.k.rows, units = units_of(dtype, h.q.dim);
  pack_transposed(unit_rows(h.q.slice(begin, count), w.q_copy), count, units, w.qt, w.stride);
  pack_transposed(unit_rows(h.dout.slice(begin, count), w.dout_copy), count, units, w.doutt, w.stride);
  tile_gemm({dtype, tokens, count, units, k.data, k.stride, 1, w.qt, w.stride, w.s, w.stride, false, &ahead});
  tile_gemm(
      {dtype, tokens, count, units, v.data, v.stride, 1, w.doutt, w.stride, w.dp, w.stride, false, &ahead});
  std::copy_n(h.lse + begin, count, w.lse);
  std::fill(w.lse + count, w.lse + padded(count), 0.0f);
  softmax_grad({w.s, w.dp, w.ds_pairs, tokens, count, w.stride, scale, dtype, w.lse});
}

// dv += p^T dout, dk += ds^T q, dq = ds k. ds is read down its columns: unit (i, u) is u rows down.
void input_gradients(const Head& h, int64_t begin, int64_t count, const Workspace& w, RowsAhead& ahead) {
  const DType dtype = h.q.dtype;
  const int64_t tokens = h.k.rows, dim = h.q.dim, width = padded(dim), units = units_of(dtype, count);
  const bool more = begin > 0;
  pack_rows(h.dout.slice(begin, count), w.dout);
  tile_gemm({dtype, tokens, dim, units, w.s, w.stride, 1, w.dout, width, w.dv, width, more, &ahead});
  pack_rows(h.q.slice(begin, count), w.q);
  tile_gemm({dtype, tokens, dim, units, w.dp, w.stride, 1, w.q, width, w.dk, width, more, &ahead});
  const void* ds = dtype == DType::bf16 ? static_cast<const void*>(w.ds_pairs) : w.dp;
  tile_gemm(
      {dtype, count, dim, units_of(dtype, tokens), ds, 1, w.stride, w.k, width, w.dq, width, false, &ahead});
  unpack_rows(w.dq, width, nullptr, h.dq.slice(begin, count));
}

// Rows of the head that follows are fetched on the way.
void attend_grad(const Head& h, const Head* next, float scale, const Workspace& w) {
  RowsAhead ahead(kRowsPerTile);
  for (const HeadRows& rows : {h.dq, h.dk, h.dv}) rows.fetch_in(ahead);
  if (next != nullptr) {
    for (const HeadRows& rows : {next->k, next->v, next->q, next->dout}) rows.fetch_in(ahead);
  }
  const UnitRows k = unit_rows(h.k, w.k_copy), v = unit_rows(h.v, w.v_copy);
  pack_rows(h.k, w.k);
  for (int64_t i = 0; i < h.q.rows; i += w.block) {
    const int64_t count = std::min(w.block, h.q.rows - i);
    score_gradients(h, k, v, i, count, scale, w, ahead);
    input_gradients(h, i, count, w, ahead);
  }
  unpack_rows(w.dk, padded(h.k.dim), nullptr, h.dk);
  unpack_rows(w.dv, padded(h.v.dim), nullptr, h.dv);
}

// dq = 0 of the tokens of one head that are no queries.
void clear_other_queries(const AttentionGrad& a, const HeadRows& dq) {
  const int64_t tokens = a.qkv.shape.dim(1);
  const size_t bytes = static_cast<size_t>(dq.dim) * size_of(dq.dtype);
  for (int64_t t = 0; t < tokens; ++t) {
    const int64_t i = t - a.query_begin;
    if (i < 0 || i >= a.query_count) std::memset(dq.row(i), 0, bytes);
  }
}

}  // namespace

size_t attention_grad_scratch(DType dtype, int64_t tokens, int64_t query_count, int64_t head_dim) {
  const size_t bytes = Workspace(nullptr, dtype, tokens, query_count, head_dim).bytes;
  return bytes * static_cast<size_t>(thread_count());
}

void attention_grad(const AttentionGrad& a) {
  const int64_t batch = a.qkv.shape.dim(0), tokens = a.qkv.shape.dim(1);
  const int64_t width = a.qkv.shape.dim(2) / 3, dim = width / a.heads;
  assert(a.qkv.shape == Shape({batch, tokens, 3 * a.heads * dim}) && a.dqkv.shape == a.qkv.shape);
  assert(a.query_begin >= 0 && a.query_count > 0 && a.query_begin + a.query_count <= tokens);
  assert(a.dout.dtype == a.qkv.dtype && a.dqkv.dtype == a.qkv.dtype);
  assert(a.dout.size() == batch * a.query_count * width && a.lse.size() == batch * a.heads * a.query_count);
  const size_t bytes = Workspace(nullptr, a.qkv.dtype, tokens, a.query_count, dim).bytes;
  parallel_ranges(batch * a.heads, 1, [&](int64_t begin, int64_t end, int thread) {
    std::byte* scratch = static_cast<std::byte*>(a.scratch) + bytes * static_cast<size_t>(thread);
    const Workspace w(scratch, a.qkv.dtype, tokens, a.query_count, dim);
    Head head = head_of(a, begin), next{};
    for (int64_t i = begin; i < end; ++i, head = next) {
      if (i + 1 < end) next = head_of(a, i + 1);
      clear_other_queries(a, head.dq);
      attend_grad(head, i + 1 < end ? &next : nullptr, a.scale, w);
    }
  });
}

}  // namespace ax::kernels
