// xoshiro256++ and the distributions over it. Integer draws are the same on every platform; the
// others are as good as the platform's log and exp.
#include "harness/run/random.h"

#include <bit>
#include <cmath>

#include "harness/history/check.h"

namespace cleave {
namespace {

uint64_t SplitMix(uint64_t* state) {
  uint64_t z = (*state += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

// (exp(x) - 1) / x and log(1 + x) / x, both 1 at 0.
double ExpRatio(double x) { return std::abs(x) > 1e-8 ? std::expm1(x) / x : 1 + x / 2; }
double LogRatio(double x) { return std::abs(x) > 1e-8 ? std::log1p(x) / x : 1 - x / 2; }

// H, an antiderivative of h(x) = x^-skew, and its inverse (Hörmann & Derflinger, section 3).
struct ZipfIntegral {
  double skew;
  double operator()(double x) const {
    double log_x = std::log(x);
    return ExpRatio((1 - skew) * log_x) * log_x;
  }
  double Inverse(double y) const {
    double t = std::max(-1.0, y * (1 - skew));
    return std::exp(LogRatio(t) * y);
  }
  double Density(double x) const { return std::exp(-skew * std::log(x)); }
};

}  // namespace

Random::Random(uint64_t seed) {
  for (uint64_t& word : state_) word = SplitMix(&seed);
}

Random Random::For(uint64_t seed, std::string_view part) {
  uint64_t hash = 0xcbf29ce484222325;  // FNV-1a: the same everywhere, unlike std::hash
  for (unsigned char c : part) hash = (hash ^ c) * 0x100000001b3;
  return Random(SplitMix(&seed) ^ hash);
}

uint64_t Random::Next() {
  uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
  uint64_t t = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

uint64_t Random::Below(uint64_t bound) {
  CHECK(bound > 0) << "Below(0) has no answer";
  unsigned __int128 product = static_cast<unsigned __int128>(Next()) * bound;
  if (static_cast<uint64_t>(product) < bound) {
    uint64_t threshold = -bound % bound;
    while (static_cast<uint64_t>(product) < threshold) {
      product = static_cast<unsigned __int128>(Next()) * bound;
    }
  }
  return static_cast<uint64_t>(product >> 64);
}

int64_t Random::Between(int64_t low, int64_t high) {
  CHECK(low <= high) << "Between(" << low << ", " << high << ") is empty";
  uint64_t span = static_cast<uint64_t>(high) - static_cast<uint64_t>(low);
  uint64_t offset = span == UINT64_MAX ? Next() : Below(span + 1);
  return static_cast<int64_t>(static_cast<uint64_t>(low) + offset);
}

double Random::Unit() { return static_cast<double>(Next() >> 11) * 0x1p-53; }

bool Random::Chance(double probability) { return Unit() < probability; }

double Random::Exponential(double mean) { return -mean * std::log1p(-Unit()); }

uint64_t Random::Geometric(double success) {
  CHECK(success > 0) << "Geometric without a chance of success never ends";
  if (success >= 1) return 0;
  double failures = std::floor(std::log1p(-Unit()) / std::log1p(-success));
  return failures < 0x1p63 ? static_cast<uint64_t>(failures) : uint64_t{1} << 63;
}

uint64_t Random::Zipf(uint64_t n, double skew) {
  CHECK(n > 0) << "Zipf over nothing";
  CHECK(skew >= 0) << "Zipf with a negative skew";
  ZipfIntegral integral{skew};
  double low = integral(1.5) - 1;
  double high = integral(static_cast<double>(n) + 0.5);
  double shortcut = 2 - integral.Inverse(integral(2.5) - integral.Density(2));
  while (true) {
    double u = high + Unit() * (low - high);
    double x = integral.Inverse(u);
    double k = std::clamp(std::floor(x + 0.5), 1.0, static_cast<double>(n));
    if (k - x <= shortcut || u >= integral(k + 0.5) - integral.Density(k)) {
      return std::min(static_cast<uint64_t>(k), n) - 1;
    }
  }
}

}  // namespace cleave
