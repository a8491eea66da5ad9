// See object.h.
#include "checkers/object/object.h"

#include <algorithm>
#include <stdexcept>

#include "checkers/object/fast_paths.h"
#include "checkers/object/partial_orders.h"
#include "checkers/register/register_ops.h"
#include "checkers/words.h"

namespace cleave {
namespace {

constexpr size_t kMostOpsCited = 32;
constexpr std::chrono::seconds kObjectShrinkTime{5};

/// What a failed one observed, for an object that has the function read, or takes elements out.
enum class Observed : uint8_t { kNothing, kAsRead, kEmpty };

/// Whether the operation says anything of the object; if so, `out` is what the model sees.
bool Seen(const Operation& op, const Model& model, Observed observed, ModelOp* out) {
  *out = {op.function, false, op.input, op.output, op.call, op.ret, 0, op.process};
  switch (op.outcome) {
    case Outcome::kOk: return true;
    case Outcome::kInfo:
      out->output = kNoValue;
      out->ret = kNever;
      return !model.Observes(*out);
    case Outcome::kFail: break;
  }
  if (op.has_observed && observed != Observed::kNothing) {
    if (observed == Observed::kAsRead) out->function = kRead;
    if (observed == Observed::kEmpty) {
      out->mismatch = true;  // a null that was inside it would have taken
      out->output = kNull;
    }
    return true;
  }
  out->mismatch = op.mismatch;
  out->output = kNoValue;
  return op.mismatch && (op.function == kCas || op.function == kAcquire || op.function == kRelease);
}

Observed WhatIsObserved(const History& history, const Operation& op, const ModelInfo& info) {
  const ValueTable& values = history.values();
  for (const std::string& f : info.functions) {
    if (f == "read" || f == "get") return Observed::kAsRead;
  }
  const std::string& f = history.FunctionName(op.function);
  const bool takes = f == "dequeue" || f == "pop" || f == "delete-min";
  const bool empty =
      op.output == kNull || (values.IsList(op.output) && values.Elements(op.output).empty());
  // Any other element that it saw was there, and may be gone since.
  return takes && empty ? Observed::kEmpty : Observed::kNothing;
}

class SearchWords {
 public:
  explicit SearchWords(const ObjectHistory& object) : object_(object) {}

  std::string Who(const ModelOp& op) const {
    return ProcessOf(object_.history->operations()[op.operation]) +
           object_.history->Describe(op.operation);
  }

  Anomaly Explain(const ObjectEvidence& evidence) const {
    const ModelOp& failed = evidence.ops[evidence.result.failed];
    Anomaly anomaly;
    anomaly.name = "non-linearizable";
    anomaly.key = object_.key;
    std::string& text = anomaly.explanation;
    text = "No order of these " + std::to_string(evidence.ops.size()) + " operations" +
           OfKey(*object_.history, object_.key) + " explains what they returned. When " +
           Who(failed) + " returned at event " + std::to_string(failed.ret) +
           ", the state could only have been " + Alternatives(evidence.result.possible) +
           ", whichever way the open operations are put:";
    const size_t count = evidence.ops.size();
    const size_t skipped = count > kMostOpsCited ? count - kMostOpsCited : 0;
    if (skipped > 0) text += " …;";
    for (size_t i = skipped; i < count; ++i) {
      text += (i == skipped ? " " : "; ") + Who(evidence.ops[i]) +
              AtEvents(evidence.ops[i].call, evidence.ops[i].ret);
    }
    text += ".";
    for (const ModelOp& op : evidence.ops) anomaly.operations.push_back(op.operation);
    return anomaly;
  }

 private:
  const ObjectHistory& object_;
};

std::string NameOf(const ObjectHistory& object) {
  return object.key == kNoKey
             ? "the object"
             : "key " + object.values().ToShortText(object.history->keys()[object.key]);
}

class ObjectJudge {
 public:
  ObjectJudge(const ModelInfo& info, const History& history, const CheckOptions& options)
      : info_(info),
        options_(options),
        model_(info.make(
            {&history, FindJsonText(history.values(), options.initial), options.permits})),
        bounds_{std::chrono::steady_clock::now() + options.timeout, options.memory / 2} {
    result_.checker = info.name;
  }

  const Model& model() const { return *model_; }

  /// The fast path where there is one, the search where it does not apply.
  void Judge(const ObjectHistory& object) {
    operations_ += object.ops.size();
    ++keys_;
    std::vector<uint32_t> order;
    FastResult fast = CheckFastPath(info_.name, object, options_.permits,
                                    options_.witnesses == nullptr ? nullptr : &order);
    if (fast.applicable) {
      ++by_fast_path_;
      return fast.linearizable() ? Attest(object, order) : Convict(object, std::move(fast));
    }
    const SearchResult found = Search(*model_, object.ops, bounds_);
    if (found.decision == SearchResult::Decision::kLinearizable) {
      Attest(object, found.order);
    } else if (found.decision == SearchResult::Decision::kViolation) {
      Convict(object, found);
    } else {
      if (result_.verdict == Verdict::kValid)
        result_.reason = UndecidedWords(NameOf(object), found);
      result_.verdict = std::max(result_.verdict, Verdict::kUnknown);
    }
  }

  CheckResult Finish() {
    if (operations_ == 0) {
      result_.verdict = Verdict::kUnknown;
      result_.reason = "no operation says anything of the object";
    } else if (result_.verdict == Verdict::kInvalid) {
      result_.reason = (keys_ == 1 ? std::string("not linearizable")
                                   : std::to_string(result_.anomaly_count) + " of " +
                                         std::to_string(keys_) + " keys are not linearizable") +
                       (result_.anomalies.empty() ? "" : ": " + result_.anomalies[0].explanation);
    } else if (result_.verdict == Verdict::kValid) {
      result_.reason = "all " + std::to_string(operations_) + " operations that constrain " +
                       (keys_ == 1 ? "the object" : std::to_string(keys_) + " keys") +
                       " can be put in one order";
    }
    result_.data = {
        {"keys", keys_}, {"operations", operations_}, {"keys-by-fast-path", by_fast_path_}};
    return std::move(result_);
  }

 private:
  void Attest(const ObjectHistory& object, const std::vector<uint32_t>& order) const {
    if (options_.witnesses == nullptr) return;
    Witness witness{result_.checker, object.key, {}};
    for (const uint32_t i : order) witness.order.push_back(object.ops[i].operation);
    options_.witnesses->push_back(std::move(witness));
  }
  /// Whether one more violation is explained.
  bool Invalid() {
    result_.verdict = Verdict::kInvalid;
    return ++result_.anomaly_count <= options_.max_anomalies;
  }
  void Convict(const ObjectHistory& object, FastResult fast) {
    if (!Invalid()) return;
    const auto operations = [&](const std::vector<uint32_t>& indices) {
      std::vector<uint32_t> cited;
      for (const uint32_t i : indices) cited.push_back(object.ops[i].operation);
      return cited;
    };
    Anomaly anomaly{std::move(fast.anomaly),
                    std::move(fast.explanation),
                    operations(fast.evidence),
                    object.key,
                    {}};
    Add(object, operations(WithWhatItSpeaksOf(info_.name, object, fast)), std::move(anomaly));
  }
  void Convict(const ObjectHistory& object, const SearchResult& found) {
    if (!Invalid()) return;
    SearchBounds shrink = bounds_;
    shrink.deadline = std::chrono::steady_clock::now() + kObjectShrinkTime;
    Anomaly anomaly = SearchWords(object).Explain(ShrinkObject(*model_, object, found, shrink));
    const std::vector<uint32_t> convicting = anomaly.operations;
    Add(object, convicting, std::move(anomaly));
  }
  /// `convicting`: operations that no order explains, for the reason that the anomaly gives.
  void Add(const ObjectHistory& object, std::span<const uint32_t> convicting, Anomaly anomaly) {
    anomaly.detail = DescribePartialOrders(*object.history, object.key, convicting, info_, *model_);
    result_.anomalies.push_back(std::move(anomaly));
  }

  const ModelInfo& info_;
  const CheckOptions& options_;
  const std::unique_ptr<Model> model_;
  const SearchBounds bounds_;
  size_t operations_ = 0, keys_ = 0, by_fast_path_ = 0;
  CheckResult result_;
};

}  // namespace

ObjectHistory ExtractObject(const History& history, const ByKey& keys, size_t i,
                            const ModelInfo& info, const Model& model) {
  return ExtractObject(history, keys.key(i), keys.Operations(i), info, model);
}

ObjectHistory ExtractObject(const History& history, KeyId key, std::span<const uint32_t> operations,
                            const ModelInfo& info, const Model& model) {
  ObjectHistory object{&history, key, {}};
  for (const uint32_t operation : operations) {
    const Operation& op = history.operations()[operation];
    const std::string& function = history.FunctionName(op.function);
    if (std::find(info.functions.begin(), info.functions.end(), function) == info.functions.end()) {
      std::string known;
      for (const std::string& f : info.functions) known += (known.empty() ? "" : ", ") + f;
      UnknownFunction(history, operation, known);
    }
    ModelOp seen;
    if (!Seen(op, model, WhatIsObserved(history, op, info), &seen)) continue;
    seen.operation = operation;
    object.ops.push_back(seen);
  }
  return object;
}

CheckResult CheckObject(std::string_view name, const History& history,
                        const CheckOptions& options) {
  const ModelInfo* info = FindModel(name);
  if (info == nullptr) throw std::invalid_argument("there is no model " + std::string(name));
  ObjectJudge judge(*info, history, options);
  const ByKey keys(history);
  for (size_t i = 0; i < keys.size(); ++i) {
    judge.Judge(ExtractObject(history, keys, i, *info, judge.model()));
  }
  return judge.Finish();
}

}  // namespace cleave
