// How a benchmark's cost grows with its input, and what it holds in memory.
#pragma once

#include <benchmark/benchmark.h>
#include <malloc.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

namespace cleave {

/// Seconds of CPU that this process has used, all threads together.
inline double CpuSeconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// `make(n)` makes an input of n operations, `run(input)` is what is measured: the best of a few
/// runs for n = 10^first … 10^last. Prints the exponent k of the cost n^k, by least squares over
/// the logarithms, and the nanoseconds an operation for each n.
template <class Make, class Run>
void MeasureGrowth(benchmark::State& state, int first, int last, Make make, Run run) {
  for (auto _ : state) {
    double sum_x = 0, sum_y = 0, sum_xx = 0, sum_xy = 0;
    for (int power = first; power <= last; ++power) {
      const auto n = static_cast<int64_t>(std::llround(std::pow(10, power)));
      const auto input = make(n);
      double best = std::numeric_limits<double>::max();
      double spent = 0;
      for (int i = 0; i < 3 || spent < 0.05; ++i) {
        const double begin = CpuSeconds();
        run(input);
        const double took = CpuSeconds() - begin;
        spent += took;
        best = std::min(best, took);
      }
      const double y = std::log10(best);
      sum_x += power;
      sum_y += y;
      sum_xx += power * power;
      sum_xy += power * y;
      state.counters["ns/op at 10^" + std::to_string(power)] = 1e9 * best / static_cast<double>(n);
    }
    const double count = last - first + 1;
    state.counters["exponent"] =
        (count * sum_xy - sum_x * sum_y) / (count * sum_xx - sum_x * sum_x);
  }
}

/// The bytes that are resident more than when it was made, at most so far.
class PeakMemory {
 public:
  PeakMemory() {
    malloc_trim(0);  // what was freed before is not to be used again unseen
    std::ofstream("/proc/self/clear_refs") << 5;  // the peak begins anew
    before_ = Bytes("VmRSS:");
  }
  double Growth() const { return Bytes("VmHWM:") - before_; }

 private:
  static double Bytes(const std::string& name) {
    std::ifstream status("/proc/self/status");
    double kilobytes = 0;
    for (std::string word; status >> word;) {
      if (word == name && status >> kilobytes) break;
    }
    return 1024 * kilobytes;
  }

  double before_;
};

}  // namespace cleave
