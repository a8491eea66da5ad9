// See register_shrink.h.
#include "checkers/register/register_shrink.h"

#include <algorithm>

namespace cleave {
namespace {

using Kind = RegisterOp::Kind;
using Ops = std::vector<RegisterOp>;

constexpr size_t kFewEnough = 400;  // operations that are shrunk one by one
constexpr size_t kMostTrials = 3000;
constexpr int kMostRounds = 20;  // of widening a window, each linear

bool Observes(const RegisterOp& op) { return op.demands() && !op.changes(); }

/// What was known when `end` returned: later returns are open operations, later calls nothing.
Ops Prefix(const std::vector<RegisterOp>& ops, Position end) {
  Ops prefix;
  for (RegisterOp op : ops) {
    if (op.call > end) break;
    if (op.ret > end) {
      if (!op.changes()) continue;
      op.ret = kNever;
    }
    prefix.push_back(op);
  }
  return prefix;
}

/// Whether somebody asks for the value of ops[w], and nobody else among `ops` made it before.
/// Evidence that lacked it would be right, but read as if the value had come from nowhere.
bool OnlySource(const Ops& ops, size_t w) {
  if (ops[w].b == RegisterKey::kInitial) return false;
  for (size_t i = 0; i < ops.size(); ++i) {
    const RegisterOp& c = ops[i];
    const bool asks = c.demands() && c.kind != Kind::kDiffer && c.a == ops[w].b;
    if (i == w || !asks || c.ret < ops[w].call) continue;
    bool other = false;
    for (size_t m = 0; m < ops.size() && !other; ++m) {
      other = m != w && m != i && ops[m].changes() && ops[m].b == c.a && ops[m].call < c.ret;
    }
    if (!other) return true;
  }
  return false;
}

}  // namespace

std::vector<RegisterOp> WindowSince(const std::vector<RegisterOp>& ops, Position since) {
  for (int round = 0; round < kMostRounds; ++round) {
    int64_t overwritten = -1;  // a change that returned before it was called is never seen again
    for (const RegisterOp& op : ops) {
      if (op.changes() && op.ret < since) overwritten = std::max(overwritten, int64_t{op.call});
    }
    Ops kept;
    Position earliest = since;
    for (const RegisterOp& op : ops) {
      if (Observes(op) ? op.call < since : int64_t{op.ret} < overwritten) continue;
      kept.push_back(op);
      // A cas that is kept looks at the register too. A crashed one need not have happened.
      if (op.kind == Kind::kCas && !op.crashed()) earliest = std::min(earliest, op.call);
    }
    if (earliest == since) return kept;
    since = earliest;
  }
  return ops;
}

bool Unseen(const std::vector<RegisterOp>& ops, size_t w) {
  const RegisterOp& change = ops[w];
  for (size_t i = 0; i < ops.size(); ++i) {
    const RegisterOp& c = ops[i];
    if (i == w || !c.demands()) continue;
    const bool same = c.a == change.b;
    if (c.kind == Kind::kDiffer ? same : !same) continue;
    if (c.ret < change.call) continue;
    bool overwritten = false;
    for (size_t z = 0; z < ops.size() && !overwritten; ++z) {
      overwritten = z != w && ops[z].changes() && change.ret < ops[z].call && ops[z].ret < c.call;
    }
    if (!overwritten) return false;
  }
  return true;
}

namespace {

class Shrinker {
 public:
  Shrinker(const RegisterKey& key, const FrontierBounds& bounds)
      : values_(key.values.size()), bounds_(bounds) {}

  /// Whether `ops` are impossible by themselves; if so they become the evidence.
  bool Try(Ops ops) {
    ++trials_;
    FrontierResult result = CheckFrontier(ops, values_, bounds_);
    if (result.decision != FrontierResult::Decision::kViolation) return false;
    evidence_.ops = std::move(ops);
    evidence_.result = std::move(result);
    return true;
  }

  /// The window from `since` with the latest source of each value that is asked for in it and made
  /// only before it. A source that is a cas asks for something itself: the window then begins with
  /// it.
  Ops LegibleWindow(const Ops& prefix, Position since) const {
    for (int round = 0; round < kMostRounds; ++round) {
      const Position before = since;
      Ops window = WithSources(prefix, WindowSince(prefix, since), &since);
      if (since == before) return window;
    }
    return prefix;
  }

  Ops WithSources(const Ops& prefix, Ops window, Position* since) const {
    struct Makers {
      const RegisterOp *first = nullptr, *second = nullptr;
    };
    std::vector<Makers> makers(values_);
    for (const RegisterOp& op : window) {
      if (!op.changes()) continue;
      Makers& m = makers[op.b];
      (m.first == nullptr ? m.first : m.second) = &op;
    }
    std::vector<Position> wanted(values_, 0);  // by value: a source is to be called before then
    for (const RegisterOp& c : window) {
      if (!c.demands() || c.kind == Kind::kDiffer || c.a == RegisterKey::kInitial) continue;
      const Makers& m = makers[c.a];
      const RegisterOp* source = m.first == &c ? m.second : m.first;
      if (source == nullptr || source->call > c.ret) wanted[c.a] = std::max(wanted[c.a], c.ret);
    }
    for (size_t i = prefix.size(); i-- > 0;) {
      if (!prefix[i].changes() || prefix[i].call >= wanted[prefix[i].b]) continue;
      wanted[prefix[i].b] = 0;
      if (prefix[i].kind == Kind::kCas) *since = std::min(*since, prefix[i].call);
      window.push_back(prefix[i]);
    }
    const auto call_order = [](const RegisterOp& x, const RegisterOp& y) {
      return x.call < y.call;
    };
    std::sort(window.begin(), window.end(), call_order);
    const auto same = [](const RegisterOp& x, const RegisterOp& y) { return x.call == y.call; };
    window.erase(std::unique(window.begin(), window.end(), same), window.end());
    return window;
  }

  /// The shortest suffix, by powers of four, that is impossible by itself.
  void ShortenFront(const Ops& prefix) {
    std::vector<Position> calls;
    for (const RegisterOp& op : prefix) {
      if (op.demands() && !op.crashed()) calls.push_back(op.call);
    }
    for (size_t last = 4; last < calls.size(); last *= 4) {
      Ops window = LegibleWindow(prefix, calls[calls.size() - last]);
      if (window.size() < prefix.size() && Try(std::move(window))) return;
    }
  }

  void Minimise() {
    if (evidence_.ops.size() > kFewEnough) return;
    for (size_t chunk = evidence_.ops.size() / 2; chunk >= 1;) {
      bool smaller = false;
      for (size_t begin = 0; begin < evidence_.ops.size() && !Exhausted();) {
        Ops fewer = Without(begin, begin + chunk);
        if (fewer.size() < evidence_.ops.size() && Try(std::move(fewer))) {
          smaller = true;
        } else {
          begin += chunk;
        }
      }
      if (Exhausted()) return;
      if (!smaller || chunk > 1) chunk /= 2;
    }
  }

  void Start(RegisterEvidence evidence) { evidence_ = std::move(evidence); }
  RegisterEvidence Take() { return std::move(evidence_); }

 private:
  bool Exhausted() const {
    return trials_ > kMostTrials || std::chrono::steady_clock::now() > bounds_.deadline;
  }

  /// The evidence without [begin, end), as far as that is allowed: observations first, as changes
  /// become unseen with them.
  Ops Without(size_t begin, size_t end) const {
    end = std::min(end, evidence_.ops.size());
    const Position first = evidence_.ops[begin].call, last = evidence_.ops[end - 1].call;
    const auto meant = [&](const RegisterOp& op) { return op.call >= first && op.call <= last; };
    Ops ops;
    for (const RegisterOp& op : evidence_.ops) {
      if (!Observes(op) || !meant(op)) ops.push_back(op);
    }
    for (size_t i = ops.size(); i-- > 0;) {
      if (ops[i].changes() && meant(ops[i]) && !OnlySource(ops, i) && Unseen(ops, i)) {
        ops.erase(ops.begin() + static_cast<std::ptrdiff_t>(i));
      }
    }
    return ops;
  }

  const size_t values_;
  const FrontierBounds& bounds_;
  RegisterEvidence evidence_;
  size_t trials_ = 0;
};

}  // namespace

RegisterEvidence ShrinkViolation(const RegisterKey& key, const FrontierResult& violation,
                                 const FrontierBounds& bounds) {
  const Ops prefix = Prefix(key.ops, key.ops[violation.failed].ret);
  Shrinker shrinker(key, bounds);
  shrinker.ShortenFront(prefix);
  RegisterEvidence evidence = shrinker.Take();
  if (evidence.ops.empty()) {
    evidence.ops = prefix;
    evidence.result = violation;
    evidence.result.failed = 0;
    for (size_t i = 0; i < prefix.size(); ++i) {
      if (prefix[i].operation == key.ops[violation.failed].operation) {
        evidence.result.failed = static_cast<uint32_t>(i);
      }
    }
  }
  shrinker.Start(std::move(evidence));
  shrinker.Minimise();
  return shrinker.Take();
}

}  // namespace cleave
