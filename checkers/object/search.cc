// The portfolio; see search.h.
#include "checkers/object/search.h"

#include <thread>

namespace cleave {
namespace {

using SearchDecision = SearchResult::Decision;

/// Configurations that the frontier looks at before a second thread is worth its start.
constexpr uint64_t kAlone = 20'000;

bool Decided(const SearchResult& result) {
  return result.decision == SearchDecision::kLinearizable ||
         result.decision == SearchDecision::kViolation;
}

}  // namespace

SearchResult Search(const Model& model, std::span<const ModelOp> ops, const SearchBounds& bounds) {
  SearchBounds alone = bounds;
  alone.steps = kAlone;
  SearchResult first = SearchFrontier(model, ops, alone);
  if (first.decision != SearchDecision::kStopped) return first;
  std::atomic<bool> decided{false};
  SearchBounds beside = bounds;
  beside.stopped = &decided;
  SearchResult other;
  std::exception_ptr failure;
  std::thread thread([&] {
    try {
      other = SearchDepthFirst(model, ops, beside);
      if (Decided(other)) decided = true;
    } catch (...) {
      failure = std::current_exception();  // out of memory: the frontier may yet decide
    }
  });
  SearchResult frontier;
  try {
    frontier = SearchFrontier(model, ops, beside);
    if (Decided(frontier)) decided = true;
  } catch (const std::bad_alloc&) {
    frontier.decision = SearchDecision::kOutOfMemory;
  }
  thread.join();
  // Where neither decided, the frontier knows the hardest window.
  return Decided(other) && !Decided(frontier) ? other : frontier;
}

}  // namespace cleave
