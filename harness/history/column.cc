// Small blocks come from malloc; from one huge page on they are mappings that begin at one, so that
// moving them moves whole huge pages.
#include "harness/history/column.h"

#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <new>

namespace cleave {
namespace {

constexpr size_t kHugePage = size_t{2} << 20;

bool IsMapped(size_t bytes) { return bytes >= kHugePage; }
size_t MappedSize(size_t bytes) { return (bytes + kHugePage - 1) / kHugePage * kHugePage; }

/// Address space that begins at a huge page: a page more is mapped, and the ends given back. What
/// is reserved and not used counts for nothing.
char* Map(size_t size, int protection) {
  void* const block = mmap(nullptr, size + kHugePage, protection,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (block == MAP_FAILED) throw std::bad_alloc();
  char* const begin = static_cast<char*>(block);
  const size_t head = (kHugePage - reinterpret_cast<uintptr_t>(begin) % kHugePage) % kHugePage;
  if (head != 0) munmap(begin, head);
  munmap(begin + head + size, kHugePage - head);
  return begin + head;
}

/// A mapping moved to where there is more room.
char* Remap(void* old, size_t old_size, size_t size) {
  char* const room = Map(size, PROT_NONE);
  void* const moved = mremap(old, old_size, size, MREMAP_MAYMOVE | MREMAP_FIXED, room);
  if (moved != MAP_FAILED) return static_cast<char*>(moved);
  munmap(room, size);
  throw std::bad_alloc();
}

}  // namespace

void* GrowColumn(void* old, size_t old_bytes, size_t bytes) {
  if (!IsMapped(bytes)) {
    void* const block = std::realloc(old, bytes);
    if (block == nullptr) throw std::bad_alloc();
    return block;
  }
  const size_t size = MappedSize(bytes);
  if (IsMapped(old_bytes)) {
    const size_t old_size = MappedSize(old_bytes);
    return size == old_size ? old : Remap(old, old_size, size);
  }
  char* const block = Map(size, PROT_READ | PROT_WRITE);
  madvise(block, size, MADV_HUGEPAGE);  // a kernel without them has small ones
  if (old_bytes != 0) {
    std::memcpy(block, old, old_bytes);
    std::free(old);
  }
  return block;
}

void FreeColumn(void* block, size_t bytes) {
  if (IsMapped(bytes)) {
    munmap(block, MappedSize(bytes));
  } else {
    std::free(block);
  }
}

}  // namespace cleave
