// Precompiled for tests of files with coroutines.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/pch_asio.h"
