// What each operation does to the keys, and what is tried again, on a store that is a map.
#include "targets/transactions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "harness/run/bank.h"
#include "targets/run_awaitable.h"

namespace cleave {
namespace {

/// Somebody else may come between a transaction's read and its write.
class MapStore : public ConditionalStore {
 public:
  asio::awaitable<std::vector<Version>> ReadAll(const std::vector<std::string>& keys) override {
    co_return Now(keys);
  }
  asio::awaitable<std::optional<std::vector<Version>>> Swap(
      const std::vector<std::string>& keys, const std::vector<Version>& before,
      const std::vector<Json>& after) override {
    ++swaps;
    if (between) between(values);
    for (size_t i = 0; i < keys.size(); ++i) {
      if (values[keys[i]] != before[i].value) co_return Now(keys);
    }
    for (size_t i = 0; i < keys.size(); ++i) values[keys[i]] = after[i];
    co_return std::nullopt;
  }
  std::vector<Version> Now(const std::vector<std::string>& keys) {
    std::vector<Version> versions;
    for (const std::string& key : keys) versions.push_back({values[key]});
    return versions;
  }

  std::map<std::string, Json> values;
  std::function<void(std::map<std::string, Json>& values)> between;
  int swaps = 0;
};

class Transactions : public testing::Test {
 protected:
  Completion Do(const std::string& interface, const std::string& f, const std::string& value,
                Json key = nullptr) {
    Invocation invocation;
    invocation.f = f;
    invocation.value = ParseJson(value);
    invocation.key = std::move(key);
    const StoreTransaction transaction = MakeTransaction(interface, invocation);
    return RunAwaitable<Completion>(io_, RunTransaction(transaction, store_));
  }
  Json Ok(const std::string& interface, const std::string& f, const std::string& value) {
    const Completion done = Do(interface, f, value);
    EXPECT_EQ(done.outcome, Outcome::kOk) << done.error;
    return done.value;
  }

  asio::io_context io_;
  MapStore store_;
};

TEST_F(Transactions, ACounterIsTheSumOfWhatWasAdded) {
  EXPECT_EQ(Ok("counter", "read", "null"), Json(0));
  Ok("counter", "add", "3");
  Ok("counter", "add", "-1");
  EXPECT_EQ(Ok("counter", "read", "null"), Json(2));
  EXPECT_EQ(store_.swaps, 2);
}

TEST_F(Transactions, MicroOperationsSeeWhatCameBeforeThem) {
  EXPECT_EQ(Ok("append", "txn", R"([["r","x",null],["append","x",1],["r","x",null]])"),
            ParseJson(R"([["r","x",null],["append","x",1],["r","x",[1]]])"));
  EXPECT_EQ(Ok("wr", "txn", R"([["w",7,1],["r",7,null],["w",7,2],["r",8,null]])"),
            ParseJson(R"([["w",7,1],["r",7,1],["w",7,2],["r",8,null]])"));
  EXPECT_EQ(store_.values["append/x"], ParseJson("[1]"));
  EXPECT_EQ(store_.values["wr/7"], Json(2));
}

TEST_F(Transactions, OneThatOnlyReadsWritesNothing) {
  Ok("wr", "txn", R"([["r","x",null],["r","y",null]])");
  Ok("bank", "read", "null");
  EXPECT_EQ(store_.swaps, 0);
}

TEST_F(Transactions, ATransferMovesMoneyOnce) {
  Ok("bank", "transfer", R"({"from":0,"to":3,"amount":4})");
  const Json sheet = Ok("bank", "read", "null");
  ASSERT_EQ(sheet.size(), static_cast<size_t>(kBankAccounts));
  EXPECT_EQ(sheet.at("0"), Json(kOpeningBalance - 4));
  EXPECT_EQ(sheet.at("3"), Json(kOpeningBalance + 4));
  EXPECT_EQ(sheet.at("1"), Json(kOpeningBalance));
}

TEST_F(Transactions, ATransferOfMoreThanThereIsFailsAndMovesNothing) {
  const std::string amount = std::to_string(kOpeningBalance + 1);
  const Completion done = Do("bank", "transfer", R"({"from":0,"to":1,"amount":)" + amount + "}");
  EXPECT_EQ(done.outcome, Outcome::kFail);
  EXPECT_EQ(done.error, "insufficient");
  EXPECT_EQ(store_.swaps, 0);
}

TEST_F(Transactions, OfTwoInsertsForAKeyTheSecondIsTooLate) {
  EXPECT_EQ(Do("g2", "insert", "[1,null]", "k").outcome, Outcome::kOk);
  EXPECT_EQ(Do("g2", "insert", "[null,2]", "other").outcome, Outcome::kOk);
  const Completion second = Do("g2", "insert", "[null,3]", "k");
  EXPECT_EQ(second.outcome, Outcome::kFail);
  EXPECT_EQ(second.error, "too-late");
}

TEST_F(Transactions, WhatOthersChangedMeanwhileIsReadAgain) {
  bool once = true;
  store_.between = [&once](auto& values) {
    if (std::exchange(once, false)) values["append/x"].push_back(8);
  };
  EXPECT_EQ(Ok("append", "txn", R"([["append","x",9],["r","x",null]])"),
            ParseJson(R"([["append","x",9],["r","x",[8,9]]])"));
  EXPECT_EQ(store_.swaps, 2);
}

TEST_F(Transactions, WhatWasOnlyReadMustNotChangeEither) {
  bool once = true;
  store_.between = [&once](auto& values) {
    if (std::exchange(once, false)) values["wr/x"] = 8;
  };
  EXPECT_EQ(Ok("wr", "txn", R"([["r","x",null],["w","y",9]])"),
            ParseJson(R"([["r","x",8],["w","y",9]])"));
}

TEST_F(Transactions, WhereOthersAlwaysComeBetweenItFailsForCertain) {
  int64_t n = 0;
  store_.between = [&n](auto& values) { values["wr/x"] = ++n; };
  const Completion done = Do("wr", "txn", R"([["w","x",-1]])");
  EXPECT_EQ(done.outcome, Outcome::kFail);
  EXPECT_EQ(done.error, "conflict");
  EXPECT_EQ(store_.values["wr/x"], Json(n));
}

/// Notes what is asked of it, in order.
class LoggedStore : public TransactionalStore {
 public:
  asio::awaitable<void> Begin() override {
    log += "begin ";
    co_return;
  }
  asio::awaitable<Json> Read(std::string key) override {
    log += "read " + key + " ";
    co_return values[key];
  }
  asio::awaitable<void> Write(std::string key, Json value) override {
    log += "write " + key + "=" + value.dump() + " ";
    co_return;
  }
  asio::awaitable<void> Commit() override {
    log += "commit";
    co_return;
  }
  asio::awaitable<void> Rollback() override {
    log += "rollback";
    co_return;
  }

  std::map<std::string, Json> values;
  std::string log;
};

TEST(TransactionInAStore, ReadsAllWritesWhatChangedAndIsRolledBackWhereItIsRefused) {
  asio::io_context io;
  Invocation insert;
  insert.f = "insert";
  insert.key = "k";
  insert.value = {1, nullptr};
  const StoreTransaction transaction = MakeTransaction("g2", insert);
  LoggedStore store;
  EXPECT_EQ(RunAwaitable<Completion>(io, RunInTransaction(transaction, store)).outcome,
            Outcome::kOk);
  const std::string a = transaction.keys.at(0), b = transaction.keys.at(1);
  EXPECT_EQ(store.log, "begin read " + a + " read " + b + " write " + a + "=1 commit");
  store.log.clear();
  store.values[b] = 2;
  EXPECT_EQ(RunAwaitable<Completion>(io, RunInTransaction(transaction, store)).error, "too-late");
  EXPECT_EQ(store.log, "begin read " + a + " read " + b + " rollback");
}

TEST_F(Transactions, AnUnknownFunctionIsNamed) {
  for (const auto& [interface, f] : std::vector<std::pair<std::string, std::string>>{
           {"append", "read"}, {"bank", "txn"}, {"g2", "read"}, {"set", "add"}}) {
    EXPECT_THROW(Do(interface, f, "[]"), std::invalid_argument) << interface << " " << f;
  }
  EXPECT_THROW(Do("wr", "txn", R"([["x","k",1]])"), std::invalid_argument);
}

}  // namespace
}  // namespace cleave
