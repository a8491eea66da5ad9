// Locks and semaphores.
#pragma once

#include "checkers/object/model.h"

namespace cleave {

std::unique_ptr<Model> MakeMutexModel(const ModelContext& context);
std::unique_ptr<Model> MakeOwnerMutexModel(const ModelContext& context);
std::unique_ptr<Model> MakeReentrantMutexModel(const ModelContext& context);
std::unique_ptr<Model> MakeFencedMutexModel(const ModelContext& context);
std::unique_ptr<Model> MakeSemaphoreModel(const ModelContext& context);

}  // namespace cleave
