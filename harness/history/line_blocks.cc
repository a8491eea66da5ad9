// See line_blocks.h.
#include "harness/history/line_blocks.h"

#include <cstring>

#include "harness/history/json_array.h"

namespace cleave {
namespace {

constexpr size_t kWorthAThread = size_t{4} << 20;

}  // namespace

// A source of unknown size may be a pipe, which keeps its reader for as long as it likes: nobody
// could end that thread.
LineBlocks::LineBlocks(TextSource* source, bool canonical)
    : source_(source), canonical_(canonical) {
  if (source->size_hint() >= kWorthAThread) thread_ = std::thread([this] { FillAll(); });
}

LineBlocks::~LineBlocks() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

const LineBlock* LineBlocks::Next() {
  if (!thread_.joinable()) return Fill(&blocks_[0]) ? &blocks_[0] : nullptr;
  std::unique_lock lock(mutex_);
  taken_ += holding_;
  changed_.notify_all();
  changed_.wait(lock, [&] { return taken_ < filled_ || done_; });
  holding_ = taken_ < filled_;
  if (holding_) return &blocks_[taken_ % blocks_.size()];
  if (problem_) std::rethrow_exception(problem_);
  return nullptr;
}

void LineBlocks::FillAll() {
  try {
    for (;;) {
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return filled_ - taken_ < blocks_.size() || stopped_; });
        if (stopped_) return;
      }
      if (!Fill(&blocks_[filled_ % blocks_.size()])) break;
      const std::lock_guard lock(mutex_);
      ++filled_;
      changed_.notify_all();
    }
  } catch (...) {
    problem_ = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  done_ = true;
  changed_.notify_all();
}

/// All whole lines that are loaded.
bool LineBlocks::Fill(LineBlock* block) {
  block->lines.clear();
  block->tape.size = 0;
  do {
    const std::string_view text = source_->pending();
    const void* last = text.size() == searched_  // of no text there may be no address
                           ? nullptr
                           : memrchr(text.data() + searched_, '\n', text.size() - searched_);
    if (last != nullptr) {
      const auto size = static_cast<size_t>(static_cast<const char*>(last) + 1 - text.data());
      Lex(text.substr(0, size), block);
      source_->Consume(size);
      searched_ = text.size() - size;  // what is left has no newline
      source_->ExchangeBuffer(&block->buffer);
      return true;
    }
    searched_ = text.size();
    if (searched_ > kMaxEventBytes) return block->too_long = true;
  } while (source_->Load());
  return false;
}

void LineBlocks::Lex(std::string_view text, LineBlock* block) {
  const char* p = text.data();
  const char* const end = p + text.size();
  while (p < end) {
    LexedLine& line = block->lines.emplace_back();
    const char* next = canonical_ ? lexer_.Lex(p, &line.canonical, &block->tape) : nullptr;
    line.is_canonical = next != nullptr;
    if (next == nullptr)
      next = static_cast<const char*>(std::memchr(p, '\n', static_cast<size_t>(end - p))) + 1;
    line.text = std::string_view(p, static_cast<size_t>(next - p) - 1);
    p = next;
  }
}

}  // namespace cleave
