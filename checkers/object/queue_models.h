// Collections: sets, lists, queues and stacks.
#pragma once

#include "checkers/object/model.h"

namespace cleave {

std::unique_ptr<Model> MakeSetModel(const ModelContext& context);
std::unique_ptr<Model> MakeListModel(const ModelContext& context);
std::unique_ptr<Model> MakeFifoModel(const ModelContext& context);
std::unique_ptr<Model> MakeBagModel(const ModelContext& context);
std::unique_ptr<Model> MakePriorityModel(const ModelContext& context);
std::unique_ptr<Model> MakeStackModel(const ModelContext& context);

}  // namespace cleave
