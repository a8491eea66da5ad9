// Edges to Graphviz and its SVG into the page.
#include "reports/graph.h"

#include <graphviz/cgraph.h>
#include <graphviz/gvc.h>

#include <mutex>

#include "reports/facts.h"
#include "reports/html.h"

#ifdef __SANITIZE_ADDRESS__
// Not ours: Graphviz 2.42 loses an edge of its own for every cycle that it draws (new_virtual_edge
// in acyclic), and Fontconfig, with which it measures text, keeps its caches.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libfontconfig\nleak:libgvc\nleak:libgvplugin\n";
}
#endif

namespace cleave {
namespace {

constexpr size_t kMaxEdges = 64;  // more is no picture for people

/// Text as a Graphviz label that means exactly itself: no escString sequences, no entities, and
/// never an HTML-like label (those exist only for strings made by agstrdup_html).
std::string Label(const std::string& text) {
  std::string label;
  for (const char c : Printable(text)) {
    switch (c) {
      case '\\': label += "\\\\"; break;
      case '&': label += "&amp;"; break;
      default: label += c;
    }
  }
  return label;
}

/// Breaks a long label so that the graph stays narrow enough to read.
std::string Wrapped(const std::string& text, size_t columns) {
  std::string wrapped;
  size_t width = 0;
  for (const char c : Shorten(text, 160)) {
    if (width >= columns && (c == ' ' || c == '[')) {
      wrapped += '\n';
      width = 0;
    }
    wrapped += c;
    ++width;
  }
  return wrapped;
}

std::string NodeLabel(const Json& node, const History& history) {
  if (node.is_string()) return node.get<std::string>();
  if (node.is_number_integer() && node.get<double>() >= 0) {
    if (const auto i = OperationAt(history, node.get<uint64_t>())) {
      return "event " + std::to_string(node.get<uint64_t>()) + ": " + history.Describe(*i);
    }
  }
  return DumpJson(node);
}

void Set(void* object, const char* attribute, const std::string& value) {
  agsafeset(object, const_cast<char*>(attribute), const_cast<char*>(value.c_str()),
            const_cast<char*>(""));
}

/// detail["cycle"] as it is; or detail["steps"], whose sentence i leads from T<i> to the next and
/// from the last back to T1, as edges.
Json CycleOf(const Json& detail) {
  const Json& steps = At(detail, "steps");
  if (!steps.is_array()) return At(detail, "cycle");
  Json cycle = Json::array();
  for (size_t i = 0; i < steps.size(); ++i) {
    if (!steps[i].is_string()) return nullptr;
    cycle.push_back({{"from", "T" + std::to_string(i + 1)},
                     {"to", "T" + std::to_string((i + 1) % steps.size() + 1)},
                     {"type", steps[i]}});
  }
  return cycle;
}

/// One context for the life of the process, never freed: Graphviz's Pango plugin remembers the last
/// font's name across contexts, and reads it after the context that owned it is gone.
GVC_t* Context() {
  static GVC_t* const context = gvContext();
  return context;
}

/// Owns a graph while it is drawn. Graphviz keeps global state: one at a time.
class Graph {
 public:
  Graph() : graph_(agopen(const_cast<char*>("g"), Agdirected, nullptr)) {
    Set(graph_, "bgcolor", "transparent");
    Set(graph_, "rankdir", "LR");
  }
  ~Graph() { agclose(graph_); }
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  Agnode_t* Node(const Json& id, const History& history) {
    const std::string text = DumpJson(id);
    auto [it, fresh] = nodes_.try_emplace(text, nullptr);
    if (!fresh) return it->second;
    const std::string name = "n" + std::to_string(nodes_.size());
    it->second = agnode(graph_, const_cast<char*>(name.c_str()), 1);
    Set(it->second, "label", Label(Wrapped(NodeLabel(id, history), 28)));
    Set(it->second, "shape", "box");
    Set(it->second, "style", "rounded");
    Set(it->second, "fontname", "sans-serif");
    Set(it->second, "fontsize", "12");
    return it->second;
  }

  void Edge(Agnode_t* from, Agnode_t* to, const Json& edge) {
    const std::string name = "e" + std::to_string(edges_++);
    Agedge_t* drawn = agedge(graph_, from, to, const_cast<char*>(name.c_str()), 1);
    Set(drawn, "label", Label(Wrapped(TextAt(edge, "type"), 24)));
    Set(drawn, "fontname", "sans-serif");
    Set(drawn, "fontsize", "12");
  }

  std::string Render() {
    if (gvLayout(Context(), graph_, "dot") != 0) return "";
    char* data = nullptr;
    unsigned int size = 0;
    std::string svg;
    if (gvRenderData(Context(), graph_, "svg", &data, &size) == 0 && data != nullptr) {
      svg.assign(data, size);
      gvFreeRenderData(data);
    }
    gvFreeLayout(Context(), graph_);
    return svg;
  }

 private:
  Agraph_t* graph_;
  std::map<std::string, Agnode_t*> nodes_;
  size_t edges_ = 0;
};

}  // namespace

std::string CycleGraph(const Json& detail, const History& history) {
  const Json cycle = CycleOf(detail);
  if (!cycle.is_array() || cycle.empty()) return "";
  static std::mutex graphviz;
  const std::lock_guard<std::mutex> lock(graphviz);
  Graph graph;
  std::string sentences;
  for (const Json& edge : cycle) {
    if (!edge.is_object() || !edge.contains("from") || !edge.contains("to")) return "";
    if (&edge == &cycle[std::min(kMaxEdges, cycle.size() - 1)] && cycle.size() > kMaxEdges) break;
    Agnode_t* from = graph.Node(edge["from"], history);
    graph.Edge(from, graph.Node(edge["to"], history), edge);
    if (!TextAt(edge, "text").empty()) sentences += "<li>" + Escape(TextAt(edge, "text")) + "</li>";
  }
  const std::string svg = graph.Render();
  const size_t start = svg.find("<svg");
  if (!sentences.empty()) sentences = "<ol class=\"edges\">" + sentences + "</ol>";
  if (start == std::string::npos) return sentences;
  return "<div class=\"scroll cycle\" tabindex=\"0\" role=\"region\" aria-label=\"Cycle of "
         "dependencies\">" +
         svg.substr(start) + "</div>" + sentences;
}

}  // namespace cleave
