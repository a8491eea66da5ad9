// A bank: transfers between accounts, and reads of all balances, which keep one sum.
#pragma once

#include "checkers/checker.h"

namespace cleave {

/// Reads are {account: balance}, or transactions of only ["r", account, balance]; transfers are
/// taken for names of accounts only. Per key: wrong-total, nil-balance, negative-value (unless
/// `negative_balances`), unexpected-key (an account that neither the complete read nor a transfer
/// names). Jepsen's bank. Unknown without a complete read. O(operations + accounts of distinct
/// reads).
CheckResult CheckBank(const History& history, const CheckOptions& options);

}  // namespace cleave
