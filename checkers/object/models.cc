// The table of models: one line each.
#include "checkers/object/lock_models.h"
#include "checkers/object/model.h"
#include "checkers/object/number_models.h"
#include "checkers/object/queue_models.h"
#include "checkers/object/register_models.h"

namespace cleave {

std::span<const ModelInfo> Models() {
  static const std::vector<ModelInfo> models = {
      {"cas-register",
       "one value: read, write, cas",
       "the register holds",
       MakeRegisterModel,
       {"read", "write", "cas", "get", "put"}},
      {"multi-register",
       "many registers, read and written in one operation",
       "the registers hold",
       MakeMultiRegisterModel,
       {"txn", "read", "write"}},
      {"kv-append",
       "a string: get, put, append",
       "the string is",
       MakeStringModel,
       {"get", "put", "append"}},
      {"linearizable-set",
       "a set of elements: add, remove, read",
       "the set is",
       MakeSetModel,
       {"add", "remove", "read"}},
      {"list",
       "a list that only grows: append, read",
       "the list is",
       MakeListModel,
       {"append", "add", "read"}},
      {"fifo-queue",
       "first in, first out: enqueue, dequeue",
       "the queue holds",
       MakeFifoModel,
       {"enqueue", "dequeue"}},
      {"unordered-queue",
       "a bag: enqueue, dequeue",
       "the queue holds",
       MakeBagModel,
       {"enqueue", "dequeue"}},
      {"priority-queue",
       "the smallest first: enqueue, dequeue",
       "the queue holds",
       MakePriorityModel,
       {"enqueue", "insert", "dequeue", "delete-min"}},
      {"stack",
       "last in, first out: push, pop",
       "the stack holds",
       MakeStackModel,
       {"push", "pop"}},
      {"mutex",
       "a lock that anybody may release: acquire, release",
       "the lock is",
       MakeMutexModel,
       {"acquire", "release"}},
      {"owner-mutex",
       "a lock that its owner releases",
       "the lock is",
       MakeOwnerMutexModel,
       {"acquire", "release"}},
      {"reentrant-mutex",
       "a lock that its owner may acquire again",
       "the lock is",
       MakeReentrantMutexModel,
       {"acquire", "release"}},
      {"fenced-mutex",
       "a lock of an owner that gives ever larger tokens",
       "the lock is",
       MakeFencedMutexModel,
       {"acquire", "release"}},
      {"semaphore",
       "at most k holders: acquire, release",
       "the semaphore's state is",
       MakeSemaphoreModel,
       {"acquire", "release"}},
      {"linearizable-counter",
       "a number: add, inc, dec, read",
       "the counter is at",
       MakeCounterModel,
       {"add", "inc", "increment", "dec", "decrement", "read"}},
      {"linearizable-ids",
       "answers that are never given twice: generate",
       "the ids given are",
       MakeIdsModel,
       {"generate"}},
  };
  return models;
}

const ModelInfo* FindModel(std::string_view name) {
  for (const ModelInfo& model : Models()) {
    if (model.name == name) return &model;
  }
  return nullptr;
}

}  // namespace cleave
