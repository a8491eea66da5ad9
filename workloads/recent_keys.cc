// What final reads are made of.
#include "workloads/recent_keys.h"

namespace cleave {
namespace {

constexpr int64_t kTries = 100;
constexpr int64_t kBetweenTries = 100 * kMillisecond;

class LateGenerator : public Generator {
 public:
  explicit LateGenerator(std::function<GeneratorPtr()> make) : make_(std::move(make)) {}

  Step Next(const Context& context, const GeneratorPtr&) const override {
    const GeneratorPtr g = make_();
    return g ? g->Next(context, g) : Step{};
  }

 private:
  std::function<GeneratorPtr()> make_;
};

}  // namespace

void RecentKeys::Note(int64_t key) {
  if (!keys_.empty() && key <= keys_.front()) return;
  keys_.push_front(key);
  if (keys_.size() > limit_) keys_.pop_back();
}

std::vector<int64_t> RecentKeys::Latest() const { return {keys_.begin(), keys_.end()}; }

std::string KeyName(int64_t k) { return "k" + std::to_string(k); }

GeneratorPtr Late(std::function<GeneratorPtr()> make) {
  return std::make_shared<LateGenerator>(std::move(make));
}

GeneratorPtr UntilOkWithin(Op op) {
  return gen::UntilOk(gen::Limit(kTries, gen::Delay(kBetweenTries, gen::Repeat(std::move(op)))));
}

}  // namespace cleave
