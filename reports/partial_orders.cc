// Partial orders for people: each a table of steps, and under it what is stuck.
#include "reports/partial_orders.h"

#include "reports/html.h"

namespace cleave {
namespace {

constexpr size_t kMostShown = 3, kMostSteps = 64, kMostRows = 16, kMostBytes = 200;

/// The entries of a list of `order` whose events are operations of the history.
std::vector<std::pair<uint32_t, const Json*>> OperationsIn(const Json& order, const char* list,
                                                           const History& history) {
  std::vector<std::pair<uint32_t, const Json*>> found;
  const Json& entries = At(order, list);
  if (!entries.is_array()) return found;
  for (const Json& entry : entries) {
    const Json& event = At(entry, "event");
    if (!event.is_number_unsigned() || found.size() == kMostSteps) continue;
    if (const auto i = OperationAt(history, event.get<uint64_t>())) found.emplace_back(*i, &entry);
  }
  return found;
}

std::string RenderOrder(const Json& order, const std::string& caption, const History& history) {
  const auto steps = OperationsIn(order, "order", history);
  const size_t skipped = steps.size() > kMostRows ? steps.size() - kMostRows : 0;
  std::vector<Row> rows;
  if (skipped > 0) rows.push_back({"1–" + std::to_string(skipped), "…", "", ""});
  for (size_t s = skipped; s < steps.size(); ++s) {
    const auto& [i, step] = steps[s];
    rows.push_back({std::to_string(s + 1),
                    "<code>" + Escape(Shorten(history.Describe(i), kMostBytes)) + "</code>",
                    std::to_string(history.operations()[i].process),
                    "<code>" + Escape(Shorten(TextAt(*step, "state"), kMostBytes)) + "</code>"});
  }
  std::string html = "<div class=\"order\">";
  if (!rows.empty()) html += Table({"Step", "Operation", "Process", "State after"}, rows, caption);
  html += "<ul>";
  for (const auto& [i, stuck] : OperationsIn(order, "stuck", history)) {
    html += "<li>" + Escape(Shorten(TextAt(*stuck, "why"), 600)) +
            " <span class=\"quiet\">(process " + std::to_string(history.operations()[i].process) +
            ")</span></li>";
  }
  return html + "</ul></div>";
}

}  // namespace

std::string PartialOrders(const Json& detail, const History& history) {
  const Json& partial = At(detail, "partial");
  if (!partial.is_array() || partial.empty()) return "";
  const DrawnOrder first = FirstPartialOrder(detail, history);
  if (first.stuck.empty()) return "";
  std::string html =
      std::string("<h4>How far an order can come</h4><p class=\"quiet\">") +
      (first.order.empty()
           ? "None of these operations can come first."
           : "No order of these operations gets any further. The picture numbers the steps of the "
             "first; what cannot follow them has a thick edge.") +
      "</p><div class=\"orders\">";
  for (size_t i = 0; i < partial.size() && i < kMostShown; ++i) {
    html += RenderOrder(partial[i], i == 0 ? "The longest order" : "Another order", history);
  }
  return html + "</div>";
}

DrawnOrder FirstPartialOrder(const Json& detail, const History& history) {
  DrawnOrder drawn;
  const Json& partial = At(detail, "partial");
  if (!partial.is_array() || partial.empty()) return drawn;
  for (const auto& entry : OperationsIn(partial[0], "order", history))
    drawn.order.push_back(entry.first);
  for (const auto& entry : OperationsIn(partial[0], "stuck", history))
    drawn.stuck.push_back(entry.first);
  return drawn;
}

}  // namespace cleave
