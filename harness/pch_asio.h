// Precompiled for files with coroutines: pch_core.h and Asio.
#pragma once

#include "harness/pch_core.h"
#include "harness/run/asio.h"
