#include "adapterx/kernels/attention/attention.h"

#include <algorithm>
#include <cassert>

#include "adapterx/base/parallel.h"
#include "adapterx/kernels/attention/attention_pack.h"
#include "adapterx/kernels/attention/attention_softmax.h"

namespace ax::kernels {
namespace {

constexpr int64_t kQueryBlock = 48;

// Rows of tensors that each tile fetches: the four of a token within the tiles that 197 tokens take.
constexpr int64_t kRowsPerTile = 6;

// What one thread needs for one head.
struct Workspace {
  uint32_t* q_copy;  // queries and keys, where their elements don't fill units
  uint32_t* k_copy;
  uint32_t* kt;        // [units(d_h)][transposed_stride(T)]
  uint32_t* v;         // [units(T)][padded(d_h)]
  float* p;            // [block][transposed_stride(T)]: scores, then probabilities
  float* o;            // [block][padded(d_h)]
  float* inverse_sum;  // [padded(block)]
  size_t bytes;

  Workspace(void* scratch, DType dtype, int64_t tokens, int64_t query_count, int64_t dim) {
    ScratchCutter cut(scratch);
    const int64_t block = std::min(kQueryBlock, query_count);
    q_copy = cut.take<uint32_t>(unit_rows_copy(dtype, block, dim));
    k_copy = cut.take<uint32_t>(unit_rows_copy(dtype, tokens, dim));
    kt = cut.take<uint32_t>(units_of(dtype, dim) * transposed_stride(tokens));
    v = cut.take<uint32_t>(units_of(dtype, tokens) * padded(dim));
    p = cut.take<float>(block * transposed_stride(tokens));
    o = cut.take<float>(block * padded(dim));
    inverse_sum = cut.take<float>(padded(block));
    bytes = cut.used();
  }
};

struct Head {
  HeadRows q, k, v, out;
  float* lse;  // [query_count] or null
};

Head head_of(const Attention& a, int64_t index) {
  const int64_t tokens = a.qkv.shape.dim(1), width = a.qkv.shape.dim(2) / 3, dim = width / a.heads;
  const int64_t sample = index / a.heads, head = index % a.heads;
  const DType dtype = a.qkv.dtype;
  const HeadRows qkv = {static_cast<std::byte*>(a.qkv.data), dtype, 0, dim, 3 * width};
  const HeadRows out = {static_cast<std::byte*>(a.out.data), dtype, 0, dim, width};
  const auto part = [&](int64_t which) {
    HeadRows x = qkv.slice(sample * tokens, tokens);
    x.data += static_cast<size_t>(which * width + head * dim) * size_of(dtype);
    return x;
  };
  Head h = {part(0).slice(a.query_begin, a.query_count), part(1), part(2),
            out.slice(sample * a.query_count, a.query_count), nullptr};
  h.out.data += static_cast<size_t>(head * dim) * size_of(dtype);
  if (a.lse) h.lse = a.lse.f32() + index * a.query_count;
  return h;
}

// out = softmax(scale * q k^T) v of one block of queries, with k and v packed.
void attend_block(const Head& h, int64_t begin, int64_t count, float scale, const Workspace& w,
                  RowsAhead& ahead) {
  const DType dtype = h.q.dtype;
  const int64_t tokens = h.k.rows, dim = h.q.dim, stride = transposed_stride(tokens);
  const UnitRows q = unit_rows(h.q.slice(begin, count), w.q_copy);
  tile_gemm({dtype, count, tokens, units_of(dtype, dim), q.data, q.stride, 1, w.kt, stride, w.p, stride,
             false, &ahead});
  float* lse = h.lse == nullptr ? nullptr : h.lse + begin;
  softmax_rows({w.p, count, tokens, stride, scale, dtype, w.inverse_sum, lse});
  const int64_t width = padded(dim);
  tile_gemm(
      {dtype, count, dim, units_of(dtype, tokens), w.p, stride, 1, w.v, width, w.o, width, false, &ahead});
  unpack_rows(w.o, width, w.inverse_sum, h.out.slice(begin, count));
}

// Rows of the head that follows are fetched on the way.
void attend(const Head& h, const Head* next, float scale, const Workspace& w) {
  const int64_t tokens = h.k.rows;
  RowsAhead ahead(kRowsPerTile);
  h.out.fetch_in(ahead);
  if (next != nullptr) {
    for (const HeadRows& rows : {next->k, next->v, next->q}) rows.fetch_in(ahead);
  }
  pack_transposed(unit_rows(h.k, w.k_copy), tokens, units_of(h.k.dtype, h.k.dim), w.kt,
                  transposed_stride(tokens));
  pack_rows(h.v, w.v);
  for (int64_t i = 0; i < h.q.rows; i += kQueryBlock) {
    attend_block(h, i, std::min(kQueryBlock, h.q.rows - i), scale, w, ahead);
  }
}

}  // namespace

size_t attention_scratch(DType dtype, int64_t tokens, int64_t query_count, int64_t head_dim) {
  const size_t bytes = Workspace(nullptr, dtype, tokens, query_count, head_dim).bytes;
  return bytes * static_cast<size_t>(thread_count());
}

void attention(const Attention& a) {
  const int64_t batch = a.qkv.shape.dim(0), tokens = a.qkv.shape.dim(1);
  const int64_t width = a.qkv.shape.dim(2) / 3, dim = width / a.heads;
  assert(a.qkv.shape == Shape({batch, tokens, 3 * a.heads * dim}));
  assert(a.query_begin >= 0 && a.query_count >= 0 && a.query_begin + a.query_count <= tokens);
  assert(a.out.dtype == a.qkv.dtype && a.out.size() == batch * a.query_count * width);
  const size_t bytes = Workspace(nullptr, a.qkv.dtype, tokens, a.query_count, dim).bytes;
  parallel_ranges(batch * a.heads, 1, [&](int64_t begin, int64_t end, int thread) {
    std::byte* scratch = static_cast<std::byte*>(a.scratch) + bytes * static_cast<size_t>(thread);
    const Workspace w(scratch, a.qkv.dtype, tokens, a.query_count, dim);
    Head head = head_of(a, begin), next;
    for (int64_t i = begin; i < end; ++i, head = next) {
      if (i + 1 < end) next = head_of(a, i + 1);
      attend(head, i + 1 < end ? &next : nullptr, a.scale, w);
    }
  });
}

}  // namespace ax::kernels
