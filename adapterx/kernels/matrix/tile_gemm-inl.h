// The loops of tile_gemm for one instruction set. No include guard: each user includes this file inside a
// namespace of its own, where the compiler's target is set, and calls run_tiles<Ops>.
//
// Ops describes the instruction set and the kind of unit:
//   Acc, Operand           a vector of f32 sums; a vector of units
//   kLanes, kPanelVecs     lanes of a vector; vectors of a register tile's row
//   kParts                 steps a unit takes (2 where a bf16 pair is multiplied by two FMAs)
//   zero, load_sum, store_sum, load<part>, broadcast<part>, multiply_add

inline constexpr int64_t kTileRows = 6;

// One step of all sums of a tile. kPanelVecs vectors of b stay in registers, a comes by broadcast.
template <class Ops, int kPart, int kRows, int kVecs>
inline void tile_step(const uint32_t* a, int64_t a_row, const uint32_t* b,
                      typename Ops::Acc (&acc)[kRows][kVecs]) {
  typename Ops::Operand bv[kVecs];
#pragma GCC unroll 4
  for (int v = 0; v < kVecs; ++v) bv[v] = Ops::template load<kPart>(b + v * Ops::kLanes);
#pragma GCC unroll 6
  for (int r = 0; r < kRows; ++r) {
    const typename Ops::Operand av = Ops::template broadcast<kPart>(a + r * a_row);
#pragma GCC unroll 4
    for (int v = 0; v < kVecs; ++v) acc[r][v] = Ops::multiply_add(av, bv[v], acc[r][v]);
  }
}

template <class Ops, int kRows, int kVecs>
void tile(const TileGemm& g, const uint32_t* a, const uint32_t* b, float* c) {
  typename Ops::Acc acc[kRows][kVecs];
#pragma GCC unroll 6
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < kVecs; ++v) {
      acc[r][v] = g.accumulate ? Ops::load_sum(c + r * g.c_row + v * Ops::kLanes) : Ops::zero();
    }
  }
  const int64_t a_row = g.a_row, a_unit = g.a_unit, b_unit = g.b_unit;
  for (int64_t u = g.units; u > 0; --u, a += a_unit, b += b_unit) {
    tile_step<Ops, 0, kRows, kVecs>(a, a_row, b, acc);
    if constexpr (Ops::kParts == 2) tile_step<Ops, 1, kRows, kVecs>(a, a_row, b, acc);
  }
#pragma GCC unroll 6
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < kVecs; ++v) Ops::store_sum(acc[r][v], c + r * g.c_row + v * Ops::kLanes);
  }
}

template <class Ops, int kVecs>
void tile_of_rows(int64_t rows, const TileGemm& g, const uint32_t* a, const uint32_t* b, float* c) {
  switch (rows) {
    case 6:
      return tile<Ops, 6, kVecs>(g, a, b, c);
    case 5:
      return tile<Ops, 5, kVecs>(g, a, b, c);
    case 4:
      return tile<Ops, 4, kVecs>(g, a, b, c);
    case 3:
      return tile<Ops, 3, kVecs>(g, a, b, c);
    case 2:
      return tile<Ops, 2, kVecs>(g, a, b, c);
    default:
      return tile<Ops, 1, kVecs>(g, a, b, c);
  }
}

template <class Ops>
void tile_of(int64_t rows, int64_t vecs, const TileGemm& g, const uint32_t* a, const uint32_t* b, float* c) {
  if constexpr (Ops::kPanelVecs == 4) {
    if (vecs == 4) return tile_of_rows<Ops, 4>(rows, g, a, b, c);
    if (vecs == 3) return tile_of_rows<Ops, 3>(rows, g, a, b, c);
  }
  if (vecs == 2) return tile_of_rows<Ops, 2>(rows, g, a, b, c);
  return tile_of_rows<Ops, 1>(rows, g, a, b, c);
}

// Rows and columns are cut into tiles of nearly equal size, so that no tail runs at a fraction of the rate:
// 13 vectors are 4 + 3 + 3 + 3. A panel of b is used by all rows while it is in the cache.
template <class Ops>
void run_tiles(const TileGemm& g) {
  const int64_t vecs = (g.n + Ops::kLanes - 1) / Ops::kLanes;
  const int64_t panels = (vecs + Ops::kPanelVecs - 1) / Ops::kPanelVecs;
  const int64_t tiles = (g.m + kTileRows - 1) / kTileRows;
  const auto* a = static_cast<const uint32_t*>(g.a);
  const auto* b = static_cast<const uint32_t*>(g.b);
  for (int64_t p = 0; p < panels; ++p) {
    const int64_t v = vecs * p / panels;
    const int64_t panel_vecs = vecs * (p + 1) / panels - v;
    const int64_t column = v * Ops::kLanes;
    for (int64_t t = 0; t < tiles; ++t) {
      if (g.ahead != nullptr) g.ahead->fetch();
      const int64_t i = g.m * t / tiles;
      const int64_t rows = g.m * (t + 1) / tiles - i;
      tile_of<Ops>(rows, panel_vecs, g, a + i * g.a_row, b + column, g.c + i * g.c_row + column);
    }
  }
}
