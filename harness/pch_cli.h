// Precompiled for the commands: pch_asio.h and the command line's library.
#pragma once

#include <CLI/CLI.hpp>

#include "harness/pch_asio.h"
