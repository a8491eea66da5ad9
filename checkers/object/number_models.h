// Counters and unique ids.
#pragma once

#include "checkers/object/model.h"

namespace cleave {

std::unique_ptr<Model> MakeCounterModel(const ModelContext& context);
std::unique_ptr<Model> MakeIdsModel(const ModelContext& context);

}  // namespace cleave
