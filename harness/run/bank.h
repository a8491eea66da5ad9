// What the workload "bank" and the targets that offer it agree on: accounts 0 … kBankAccounts-1,
// and what is in them before anything happened. So nobody has to fill them first, which a crash in
// the midst of it would make the first anomaly of every run.
#pragma once

#include <cstdint>

namespace cleave {

inline constexpr int64_t kBankAccounts = 8;
/// Of an account that the store knows nothing of yet.
inline constexpr int64_t kOpeningBalance = 10;

}  // namespace cleave
