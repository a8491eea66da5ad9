// Fuzz target: list-append transactions. The bytes are the choices that random_history.h makes.
#include "checkers/fuzz/encoded_history.h"
#include "checkers/testing/oracle.h"
#include "checkers/testing/random_history.h"
#include "checkers/transactions/append.h"

namespace cleave {
namespace {

void Compare(TestRandom random) {
  RandomAppendOptions options;
  options.transactions = 2 + random.Below(6);
  options.concurrency = 1 + random.Below(4);
  options.keys = 1 + random.Below(3);
  options.crash_percent = random.Below(3) * 15;
  options.fail_percent = random.Below(2) * 10;
  options.spoilt = random.Below(4);
  const History history = RandomAppendHistory(&random, options);
  const bool holds = OracleStrictSerializable(history);
  std::vector<Witness> witnesses;
  CheckOptions asked;
  asked.witnesses = &witnesses;
  const CheckResult result = CheckAppend(history, asked);
  const bool read = result.data["reads"] != 0;  // otherwise nothing was shown
  CHECK(result.verdict == (!holds ? Verdict::kInvalid
                           : read ? Verdict::kValid
                                  : Verdict::kUnknown))
      << "strictly serializable: " << holds << ", the checker: " << result.reason << "\n"
      << WordsOf(history);
  CHECK(result.verdict != Verdict::kValid || !Verify(history, witnesses, {}))
      << "the order proves nothing:\n"
      << WordsOf(history);
  for (const Anomaly& anomaly : result.anomalies) {
    CHECK(!OracleStrictSerializable(history, anomaly.operations))
        << "possible: " << anomaly.explanation << "\n"
        << WordsOf(history);
  }
}

}  // namespace
}  // namespace cleave

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  cleave::Compare(cleave::TestRandom({data, size}));
  return 0;
}
