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
       MakeRegisterModel,
       {"read", "write", "cas", "get", "put"}},
      {"multi-register",
       "many registers, read and written in one operation",
       MakeMultiRegisterModel,
       {"txn", "read", "write"}},
      {"kv-append", "a string: get, put, append", MakeStringModel, {"get", "put", "append"}},
      {"linearizable-set",
       "a set of elements: add, remove, read",
       MakeSetModel,
       {"add", "remove", "read"}},
      {"list", "a list that only grows: append, read", MakeListModel, {"append", "add", "read"}},
      {"fifo-queue",
       "first in, first out: enqueue, dequeue",
       MakeFifoModel,
       {"enqueue", "dequeue"}},
      {"unordered-queue", "a bag: enqueue, dequeue", MakeBagModel, {"enqueue", "dequeue"}},
      {"priority-queue",
       "the smallest first: enqueue, dequeue",
       MakePriorityModel,
       {"enqueue", "insert", "dequeue", "delete-min"}},
      {"stack", "last in, first out: push, pop", MakeStackModel, {"push", "pop"}},
      {"mutex",
       "a lock that anybody may release: acquire, release",
       MakeMutexModel,
       {"acquire", "release"}},
      {"owner-mutex",
       "a lock that its owner releases",
       MakeOwnerMutexModel,
       {"acquire", "release"}},
      {"reentrant-mutex",
       "a lock that its owner may acquire again",
       MakeReentrantMutexModel,
       {"acquire", "release"}},
      {"fenced-mutex",
       "a lock of an owner that gives ever larger tokens",
       MakeFencedMutexModel,
       {"acquire", "release"}},
      {"semaphore",
       "at most k holders: acquire, release",
       MakeSemaphoreModel,
       {"acquire", "release"}},
      {"linearizable-counter",
       "a number: add, inc, dec, read",
       MakeCounterModel,
       {"add", "inc", "increment", "dec", "decrement", "read"}},
      {"linearizable-ids",
       "answers that are never given twice: generate",
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
