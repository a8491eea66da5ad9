// Fuzz target: every model. The first byte chooses it, the others are a history of up to nine
// operations. The searches, the fast path and brute force must agree, orders must be ones, the
// evidence must be impossible by itself, and the verifier must accept the checker's witness.
#include "checkers/checker.h"
#include "checkers/fuzz/encoded_history.h"
#include "checkers/object/fast_paths.h"
#include "checkers/object/model_oracle.h"
#include "checkers/object/object.h"

namespace cleave {
namespace {

constexpr uint32_t kPermits = 2;

void Compare(const ModelInfo& info, std::span<const uint8_t> bytes) {
  const auto made_for = info.make({&Vocabulary::Get().history(), kNull, kPermits});
  const History history = EncodedHistory(info, *made_for, 9, 1).Decode(bytes);
  const auto model = info.make({&history, kNull, kPermits});
  const ByKey keys(history);
  if (keys.size() == 0) return;
  const ObjectHistory object = ExtractObject(history, keys, 0, info, *model);
  const bool holds = OracleOfModel(*model, object.ops);
  const std::string words = std::string(info.name) + ", linearizable: " + (holds ? "yes" : "no") +
                            "\n" + WordsOf(history);

  const SearchBounds bounds{std::chrono::steady_clock::now() + std::chrono::minutes(1)};
  for (const auto search : {SearchFrontier, SearchDepthFirst}) {
    const SearchResult found = search(*model, object.ops, bounds);
    CHECK(found.decision ==
          (holds ? SearchResult::Decision::kLinearizable : SearchResult::Decision::kViolation))
        << found.engine << ": " << words;
    CHECK(!holds || IsLinearization(*model, object.ops, found.order))
        << found.engine << ": " << words;
  }
  const FastResult fast = CheckFastPath(info.name, object, kPermits, nullptr);
  CHECK(!fast.applicable || fast.linearizable() == holds)
      << "fast path: " << fast.anomaly << " " << fast.explanation << "\n"
      << words;

  std::vector<Witness> witnesses;
  CheckOptions options;
  options.permits = kPermits;
  options.witnesses = &witnesses;
  const CheckResult result = CheckObject(info.name, history, options);
  if (object.ops.empty()) return;
  CHECK(result.verdict == (holds ? Verdict::kValid : Verdict::kInvalid)) << words << result.reason;
  if (holds) {
    const auto refused = Verify(history, witnesses, {kNull, kPermits});
    CHECK(!refused) << *refused << "\n" << words;
  }
  for (const Anomaly& anomaly : result.anomalies) {
    std::vector<ModelOp> cited;
    for (const ModelOp& op : object.ops) {
      if (std::find(anomaly.operations.begin(), anomaly.operations.end(), op.operation) !=
          anomaly.operations.end()) {
        cited.push_back(op);
      }
    }
    CHECK(!OracleOfModel(*model, cited)) << "possible: " << anomaly.explanation << "\n" << words;
  }
}

}  // namespace
}  // namespace cleave

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const auto models = cleave::Models();
  cleave::Compare(models[data[0] % models.size()], {data + 1, size - 1});
  return 0;
}
