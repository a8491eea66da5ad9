// Precompiled for tests of files without Asio.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/pch_core.h"
