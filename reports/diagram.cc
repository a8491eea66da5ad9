// Drawing operations as bars between their calls and returns.
#include "reports/diagram.h"

#include "reports/html.h"

namespace cleave {
namespace {

constexpr int kLeft = 92, kRowHeight = 40, kBarHeight = 26, kFaultHeight = 22, kGap = 22;
constexpr int kTickRise = 9, kTickDepth = 5;  // above a bar, and inside it
constexpr int kTickRoom = 14;                 // between rows, where there are ticks
constexpr size_t kMaxFaultRows = 6;
constexpr double kCharWidth = 6.8;

struct Bar {
  uint32_t operation;
  Position call, ret;
  std::string label;
  int width() const {
    const auto code_points =
        std::count_if(label.begin(), label.end(), [](char c) { return (c & 0xC0) != 0x80; });
    return static_cast<int>(static_cast<double>(code_points) * kCharWidth) + 34;
  }
};

class Diagram {
 public:
  Diagram(const History& history, std::span<const uint32_t> operations, const DrawnOrder& order)
      : history_(history),
        clock_(history),
        order_(order),
        row_height_(kRowHeight + (order.order.empty() ? 0 : kTickRoom)) {
    for (const uint32_t i : operations) {
      const Operation& op = history.operations()[i];
      bars_.push_back({i, op.call, op.ret, Printable(Shorten(history.Describe(i), 44))});
      positions_.push_back(op.call);
      if (op.ret != kNever) positions_.push_back(op.ret);
      if (std::find(rows_.begin(), rows_.end(), op.process) == rows_.end())
        rows_.push_back(op.process);
    }
    std::sort(bars_.begin(), bars_.end(),
              [](const Bar& a, const Bar& b) { return a.call < b.call; });
    std::sort(positions_.begin(), positions_.end());
    positions_.erase(std::unique(positions_.begin(), positions_.end()), positions_.end());
    std::sort(rows_.begin(), rows_.end());
    Stretch();
    PlaceTicks();
  }

  std::string Draw(std::span<const FaultWindow> windows, size_t left_out) {
    std::string body;
    for (const FaultWindow& window : windows) body += DrawFault(window);
    top_ = static_cast<int>(fault_rows_) * kFaultHeight + 6;
    for (size_t row = 0; row < rows_.size(); ++row) {
      const std::string y = std::to_string(BarTop(row) + kBarHeight / 2);
      body += "<text class=\"who\" x=\"4\" y=\"" + y + "\" dy=\"0.35em\">process " +
              std::to_string(rows_[row]) + "</text><line class=\"life\" x1=\"" +
              std::to_string(kLeft) + "\" x2=\"" + std::to_string(width_) + "\" y1=\"" + y +
              "\" y2=\"" + y + "\"/>";
    }
    for (const Bar& bar : bars_) body += DrawBar(bar);
    const int bottom = top_ + static_cast<int>(rows_.size()) * row_height_;
    body += DrawTimes(bottom + 14);
    if (left_out > 0) {
      body += "<text class=\"when\" x=\"4\" y=\"" + std::to_string(bottom + 32) + "\">" +
              Grouped(left_out) + " more operations are in the table</text>";
    }
    const int height = bottom + (left_out > 0 ? 40 : 22);
    const std::string size = std::to_string(width_ + 8) + "\" height=\"" + std::to_string(height);
    return "<svg class=\"spacetime\" role=\"img\" aria-label=\"" + Summary() + "\" width=\"" +
           size + "\" viewBox=\"0 0 " + std::to_string(width_ + 8) + " " + std::to_string(height) +
           "\">" + body + "</svg>";
  }

 private:
  /// Places every position: in order, a gap apart, and each return far enough from its call.
  void Stretch() {
    x_.assign(positions_.size(), kLeft + 8);
    for (size_t i = 1; i < positions_.size(); ++i) {
      x_[i] = x_[i - 1] + kGap;
      for (const Bar& bar : bars_) {
        if (bar.ret == positions_[i]) x_[i] = std::max(x_[i], At(bar.call) + bar.width());
      }
    }
    width_ = x_.back() + kGap;
    for (const Bar& bar : bars_) {
      if (bar.ret == kNever) width_ = std::max(width_, At(bar.call) + bar.width() + kGap);
    }
  }

  /// The x of a position: exact for those drawn, in between for others.
  int At(Position position) const {
    const auto it = std::lower_bound(positions_.begin(), positions_.end(), position);
    if (it == positions_.end()) return width_;
    const size_t i = it - positions_.begin();
    if (*it == position || i == 0) return x_[i];
    const double part =
        static_cast<double>(position - positions_[i - 1]) / (positions_[i] - positions_[i - 1]);
    return x_[i - 1] + static_cast<int>(part * (x_[i] - x_[i - 1]));
  }

  /// Every operation takes effect no earlier than those before it and its own call: that is before
  /// its return, as the order respects real time. Moments between the same two events are spread.
  void PlaceTicks() {
    Position latest = 0;
    std::map<Position, std::vector<size_t>> between;  // an event → what comes before the next
    for (size_t i = 0; i < order_.order.size(); ++i) {
      latest = std::max(latest, history_.operations()[order_.order[i]].call);
      between[latest].push_back(i);
    }
    ticks_.assign(order_.order.size(), 0);
    for (const auto& [event, places] : between) {
      const int left = At(event), right = Next(event);
      for (size_t i = 0; i < places.size(); ++i) {
        ticks_[places[i]] =
            left + (right - left) * static_cast<int>(i + 1) / static_cast<int>(places.size() + 1);
      }
    }
  }
  /// The x of the first event after `position`.
  int Next(Position position) const {
    const auto it = std::upper_bound(positions_.begin(), positions_.end(), position);
    return it == positions_.end() ? width_ : x_[it - positions_.begin()];
  }

  int BarTop(size_t row) const {
    return top_ + static_cast<int>(row) * row_height_ + (row_height_ - kRowHeight) +
           (kRowHeight - kBarHeight) / 2;
  }

  std::string DrawFault(const FaultWindow& window) {
    if (window.first > positions_.back() || window.last < positions_.front()) return "";
    if (fault_rows_ == kMaxFaultRows) return "";  // the list below the picture names them all
    const int left = window.first < positions_.front() ? kLeft : At(window.first);
    const int right = window.last > positions_.back() ? width_ : At(window.last);
    const int y = static_cast<int>(fault_rows_++) * kFaultHeight + 2;
    return "<g class=\"fault " + Kind(window.fault) + "\"><title>" + Escape(Describe(window)) +
           "</title><rect x=\"" + std::to_string(left) + "\" y=\"" + std::to_string(y) +
           "\" width=\"" + std::to_string(std::max(right - left, 6)) +
           "\" height=\"18\" rx=\"3\"/>" + "<text x=\"" + std::to_string(left + 6) + "\" y=\"" +
           std::to_string(y + 13) + "\">" + Escape(Shorten(Describe(window), 60)) + "</text></g>";
  }

  std::string DrawBar(const Bar& bar) const {
    const Operation& op = history_.operations()[bar.operation];
    const size_t row = std::find(rows_.begin(), rows_.end(), op.process) - rows_.begin();
    const int y = BarTop(row);
    const int left = At(bar.call), right = bar.ret == kNever ? width_ : At(bar.ret);
    const std::string outcome = OutcomeName(op.outcome);
    const bool stuck =
        std::find(order_.stuck.begin(), order_.stuck.end(), bar.operation) != order_.stuck.end();
    std::string svg = "<g class=\"op " + outcome + (stuck ? " stuck" : "") + "\"><title>" +
                      Escape(Shorten(history_.Describe(bar.operation), 300)) + ", " + outcome +
                      "</title>";
    const int middle = y + kBarHeight / 2;
    if (op.outcome == Outcome::kInfo) {  // open to the right: it may take effect at any later time
      svg += "<path d=\"M" + std::to_string(right) + " " + std::to_string(y) + "H" +
             std::to_string(left) + "V" + std::to_string(y + kBarHeight) + "H" +
             std::to_string(right) + "\"/>";
    } else {
      svg += "<rect x=\"" + std::to_string(left) + "\" y=\"" + std::to_string(y) + "\" width=\"" +
             std::to_string(right - left) + "\" height=\"" + std::to_string(kBarHeight) +
             "\" rx=\"4\"/>";
    }
    svg += DrawTick(bar.operation, y);
    const char* shape = op.outcome == Outcome::kOk ? "●" : op.outcome == Outcome::kFail ? "✕" : "?";
    return svg + "<text class=\"shape\" x=\"" + std::to_string(left + 7) + "\" y=\"" +
           std::to_string(middle) + "\" dy=\"0.35em\">" + shape + "</text><text x=\"" +
           std::to_string(left + 22) + "\" y=\"" + std::to_string(middle) + "\" dy=\"0.35em\">" +
           Escape(bar.label) + "</text></g>";
  }

  /// A numbered mark at the upper and the lower edge of the bar, which leaves its label free.
  std::string DrawTick(uint32_t operation, int top) const {
    const auto it = std::find(order_.order.begin(), order_.order.end(), operation);
    if (it == order_.order.end()) return "";
    const size_t place = it - order_.order.begin();
    const int bottom = top + kBarHeight;
    const std::string x = std::to_string(ticks_[place]), y = std::to_string(top - kTickRise);
    return "<g class=\"tick\"><path d=\"M" + x + " " + y + "V" + std::to_string(top + kTickDepth) +
           "M" + x + " " + std::to_string(bottom - kTickDepth) + "V" + std::to_string(bottom) +
           "\"/><circle cx=\"" + x + "\" cy=\"" + y + "\" r=\"8\"/><text x=\"" + x + "\" y=\"" + y +
           "\" dy=\"0.35em\">" + std::to_string(place + 1) + "</text></g>";
  }

  /// The moments of calls, where they do not collide.
  std::string DrawTimes(int y) const {
    std::string svg =
        "<text class=\"when\" x=\"4\" y=\"" + std::to_string(y) + "\">called at</text>";
    int free = 0;
    for (const Bar& bar : bars_) {
      const int x = At(bar.call);
      if (x < free) continue;
      svg += "<text class=\"when\" x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) +
             "\">" + Escape(clock_.Text(clock_.Call(bar.operation))) + "</text>";
      free = x + 76;
    }
    return svg;
  }

  std::string Summary() const {
    std::string text = "Space-time diagram of " + std::to_string(bars_.size()) + " operations by " +
                       std::to_string(rows_.size()) +
                       " processes; the table beside it says the same";
    return Escape(text);
  }

  const History& history_;
  Clock clock_;
  const DrawnOrder& order_;
  const int row_height_;
  std::vector<Bar> bars_;
  std::vector<Position> positions_;
  std::vector<int> x_;
  std::vector<int> ticks_;  // x of each operation in order_.order
  std::vector<int32_t> rows_;
  int width_ = 0, top_ = 0;
  size_t fault_rows_ = 0;
};

}  // namespace

std::string SpaceTimeDiagram(const History& history, std::span<const uint32_t> operations,
                             std::span<const FaultWindow> faults, const DrawnOrder& order,
                             size_t max_operations) {
  if (operations.empty()) return "";
  const size_t drawn = std::min(operations.size(), max_operations);
  return Diagram(history, operations.first(drawn), order).Draw(faults, operations.size() - drawn);
}

}  // namespace cleave
