// Registers, alone and together, and strings that grow.
#pragma once

#include "checkers/object/model.h"

namespace cleave {

std::unique_ptr<Model> MakeRegisterModel(const ModelContext& context);
std::unique_ptr<Model> MakeMultiRegisterModel(const ModelContext& context);
std::unique_ptr<Model> MakeStringModel(const ModelContext& context);

}  // namespace cleave
