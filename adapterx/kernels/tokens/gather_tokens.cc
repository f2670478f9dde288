#include "adapterx/kernels/tokens/gather_tokens.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>

#include "adapterx/base/parallel.h"
#include "adapterx/kernels/row.h"

namespace ax::kernels {
namespace {

constexpr int64_t kTokenGrain = 8;
constexpr int64_t kBlock = 1024;  // columns summed at a time

// For each token the picks of it, ascending: head[t], then next[m] until -1.
struct Picks {
  int32_t *head, *next;

  void fill(const int32_t* index, int64_t picked, int64_t tokens) const {
    std::fill_n(head, tokens, -1);
    for (int64_t m = picked; m-- > 0;) {
      next[m] = head[index[m]];
      head[index[m]] = static_cast<int32_t>(m);
    }
  }
};

// dx = the sum of the rows of dy on the list that begins with pick `first`.
void sum_picks(const Picks& picks, int32_t first, Row dy, int64_t d, Row dx) {
  std::array<float, kBlock> sum, term;
  for_segments(0, d, kBlock, [&](int64_t j, int64_t n) {
    scale_row(dy + (first * d + j), 1, {sum.data(), DType::f32}, n);
    for (int32_t m = picks.next[first]; m >= 0; m = picks.next[m]) {
      scale_row(dy + (m * d + j), 1, {term.data(), DType::f32}, n);
      for (size_t i = 0; i < static_cast<size_t>(n); ++i) sum[i] += term[i];
    }
    scale_row({sum.data(), DType::f32}, 1, dx + j, n);
  });
}

void sample_grad(const Picks& picks, Row dy, int64_t tokens, int64_t d, Row dx) {
  for (int64_t t = 0; t < tokens; ++t) {
    const int32_t first = picks.head[t];
    const Row to = dx + t * d;
    if (first < 0) {
      std::memset(to.data, 0, static_cast<size_t>(d) * size_of(to.dtype));
    } else if (picks.next[first] < 0) {
      scale_row(dy + first * d, 1, to, d);
    } else {
      sum_picks(picks, first, dy, d, to);
    }
  }
}

}  // namespace

void gather_tokens(const Tensor& x, const Tensor& index, const Tensor& y) {
  const int64_t tokens = x.shape[1], d = x.shape[2], picked = index.size() / x.shape[0];
  assert(y.shape[0] == index.shape[0] && y.shape[1] == index.shape[1]);
  assert(x.shape[0] == 1 || x.shape[0] == index.shape[0]);
  parallel_ranges(index.size(), kTokenGrain, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t from = i / picked * tokens + index.i32()[i];
      scale_row(row(x) + from * d, 1, row(y) + i * d, d);
    }
  });
}

size_t gather_tokens_grad_scratch(int64_t tokens, int64_t picked) {
  return static_cast<size_t>(thread_count() * (tokens + picked)) * sizeof(int32_t);
}

void gather_tokens_grad(const Tensor& dy, const Tensor& index, const Tensor& dx, void* scratch) {
  const int64_t tokens = dx.shape[1], d = dx.shape[2], picked = index.size() / dx.shape[0];
  assert(dy.shape[0] == index.shape[0] && dy.shape[1] == index.shape[1]);
  assert(dx.shape[0] == 1 || dx.shape[0] == index.shape[0]);
  parallel_ranges(dx.shape[0], 1, [&](int64_t begin, int64_t end, int thread) {
    int32_t* head = static_cast<int32_t*>(scratch) + thread * (tokens + picked);
    const Picks picks{head, head + tokens};
    for (int64_t b = begin; b < end; ++b) {
      picks.fill(index.i32() + b * picked, picked, tokens);
      sample_grad(picks, row(dy) + b * picked * d, tokens, d, row(dx) + b * tokens * d);
    }
  });
}

}  // namespace ax::kernels
