// A growing array for millions of plain elements. std::vector grows by copying into fresh memory,
// whose every page then costs a fault: more than reading a history does. A big Column moves its
// pages instead, and asks for huge ones, which also keeps random accesses cheap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace cleave {

/// Memory for Column: `old` of `old_bytes`, nullptr and 0 at first, grown to `bytes` with its
/// content. Throws std::bad_alloc; `old` is untouched then.
void* GrowColumn(void* old, size_t old_bytes, size_t bytes);
/// `bytes` is what it was grown to.
void FreeColumn(void* block, size_t bytes);

/// Like std::vector in what it does. Appending is amortised O(1); spare capacity of a
/// big column is not resident.
template <class T>
class Column {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Column() = default;
  explicit Column(size_t size, T value = T()) { resize(size, value); }
  Column(const Column& other) { append({other.data_, other.size_}); }
  Column(Column&& other) noexcept { swap(other); }
  Column& operator=(Column other) noexcept {
    swap(other);
    return *this;
  }
  ~Column() { FreeColumn(data_, capacity_ * sizeof(T)); }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T* data() { return data_; }
  const T* data() const { return data_; }
  T& operator[](size_t i) { return data_[i]; }
  const T& operator[](size_t i) const { return data_[i]; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }

  void reserve(size_t capacity) {
    if (capacity <= capacity_) return;
    data_ = static_cast<T*>(GrowColumn(data_, capacity_ * sizeof(T), capacity * sizeof(T)));
    capacity_ = capacity;
  }
  void push_back(const T& value) {
    const T copy = value;  // it may lie in this column
    Room(1);
    data_[size_++] = copy;
  }
  /// `elements` must not lie in this column.
  void append(std::span<const T> elements) {
    if (elements.empty()) return;
    Room(elements.size());
    std::memcpy(static_cast<void*>(data_ + size_), elements.data(), elements.size_bytes());
    size_ += elements.size();
  }
  void resize(size_t size, T value = T()) {
    reserve(size);
    for (size_t i = size_; i < size; ++i) data_[i] = value;
    size_ = size;
  }
  void swap(Column& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

 private:
  void Room(size_t more) {
    if (size_ + more <= capacity_) return;
    const size_t doubled = 2 * capacity_ + 64 / sizeof(T) + 1;
    reserve(doubled > size_ + more ? doubled : size_ + more);
  }

  T* data_ = nullptr;
  size_t size_ = 0, capacity_ = 0;
};

/// Column's memory for std::vector: a big one asks for huge pages, or the first touch of its pages
/// costs more than the one pass that many checkers make over it.
template <class T>
struct HugePages {
  using value_type = T;
  HugePages() = default;
  template <class U>
  HugePages(const HugePages<U>& /*other*/) {}
  T* allocate(size_t count) {
    if (count > SIZE_MAX / sizeof(T)) throw std::bad_array_new_length();
    return static_cast<T*>(GrowColumn(nullptr, 0, count * sizeof(T)));
  }
  void deallocate(T* block, size_t count) { FreeColumn(block, count * sizeof(T)); }
  bool operator==(const HugePages& /*other*/) const { return true; }
};

template <class T>
using BigVector = std::vector<T, HugePages<T>>;

}  // namespace cleave
