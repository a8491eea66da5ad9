// Precompiled for files with coroutines: pch_core.h and Asio.
#pragma once

#include <boost/asio.hpp>

#include "harness/pch_core.h"
