// Counts heap allocations of this process, by any library and thread: malloc, calloc, realloc,
// aligned_alloc, memalign, posix_memalign, and operator new, which calls malloc.
//
// A program is counted if one of its own sources includes this header, and no other: the header carries the
// replacements of the malloc family (weak, so several sources may include it), which forward to glibc's own.
// They can't live in the library's archive: a linker would take them from there into every program that
// calls malloc. So no library source but allocation_counter.cc includes this header.
//
// Elsewhere than on glibc, and under sanitizers, which replace malloc themselves, nothing is counted.
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace ax {

// Whether this program's allocations are counted; asked by making one.
bool allocation_counting_available();

// Allocations since the start of the process: those made while no ForeignAllocations lives, and the others.
uint64_t allocations_counted();
uint64_t foreign_allocations_counted();

void count_allocation();  // called by the replacements

}  // namespace ax

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define AX_REPLACE_MALLOC 0
#elif defined(__GLIBC__) && !defined(AX_ALLOCATION_COUNTER_API_ONLY)
#define AX_REPLACE_MALLOC 1
#else
#define AX_REPLACE_MALLOC 0
#endif

#if AX_REPLACE_MALLOC
extern "C" {

void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void* __libc_memalign(size_t, size_t);

__attribute__((weak)) void* malloc(size_t bytes) noexcept {
  ax::count_allocation();
  return __libc_malloc(bytes);
}

__attribute__((weak)) void* calloc(size_t count, size_t bytes) noexcept {
  ax::count_allocation();
  return __libc_calloc(count, bytes);
}

__attribute__((weak)) void* realloc(void* p, size_t bytes) noexcept {
  ax::count_allocation();
  return __libc_realloc(p, bytes);
}

__attribute__((weak)) void* memalign(size_t alignment, size_t bytes) noexcept {
  ax::count_allocation();
  return __libc_memalign(alignment, bytes);
}

__attribute__((weak)) void* aligned_alloc(size_t alignment, size_t bytes) noexcept {
  ax::count_allocation();
  return __libc_memalign(alignment, bytes);
}

__attribute__((weak)) int posix_memalign(void** p, size_t alignment, size_t bytes) noexcept {
  if (alignment < sizeof(void*) || (alignment & (alignment - 1)) != 0) return EINVAL;
  ax::count_allocation();
  void* allocated = __libc_memalign(alignment, bytes);
  if (allocated == nullptr) return ENOMEM;
  *p = allocated;
  return 0;
}

}  // extern "C"
#endif
#undef AX_REPLACE_MALLOC
