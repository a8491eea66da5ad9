// Edges to Graphviz and its SVG into the page.
#include "reports/graph.h"

#include <graphviz/cgraph.h>
#include <graphviz/gvc.h>

#include <mutex>
#include <set>

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

// More is no picture for people.
constexpr size_t kMaxTransactions = 64, kMaxEdges = 64;
constexpr size_t kMaxOperations = 8;  // of a transaction

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

/// One field of a record: plain text that cannot end it.
std::string Field(const std::string& text) {
  std::string field;
  for (const char c : Label(Wrapped(text, 30))) {
    if (std::string_view("{}|<> ").find(c) != std::string_view::npos) field += '\\';
    field += c == '\n' ? std::string("\\l") : std::string(1, c);
  }
  return field + "\\l";
}

/// Which micro-operations of a transaction are to be seen: those that edges touch, and others where
/// there is room.
std::set<size_t> ShownOperations(const std::string& name, const Json& edges, size_t count) {
  std::set<size_t> shown;
  for (const Json& edge : edges) {
    for (const auto& [end, op] : {std::pair("from", "from-op"), std::pair("to", "to-op")}) {
      if (TextAt(edge, end) == name && edge.contains(op)) shown.insert(CountAt(edge, op));
    }
  }
  for (size_t i = 0; i < count && shown.size() < kMaxOperations; ++i) shown.insert(i);
  return shown;
}

/// "T1 · process 3|<o0> r x []\l|<o1> append y 2\l", fields below each other.
std::string RecordLabel(const Json& transaction, const Json& edges) {
  std::string title = TextAt(transaction, "name");
  if (transaction.contains("process")) {
    title += " · process " + DumpJson(transaction["process"]) + ", event " +
             DumpJson(At(transaction, "event"));
  }
  if (TextAt(transaction, "outcome", "ok") != "ok") title += ", " + TextAt(transaction, "outcome");
  std::string label = Field(title);
  const Json& operations = At(transaction, "operations");
  const auto shown = ShownOperations(TextAt(transaction, "name"), edges, operations.size());
  size_t last = 0;
  for (const size_t i : shown) {
    if (i >= operations.size()) continue;
    if (i > last) label += "|" + Field("…");
    last = i + 1;
    const std::string text = operations[i].is_string() ? operations[i].get<std::string>() : "";
    label += "|<o" + std::to_string(i) + "> " + Field(text);
  }
  return last < operations.size() ? label + "|" + Field("…") : label;
}

void Set(void* object, const char* attribute, const std::string& value) {
  agsafeset(object, const_cast<char*>(attribute), const_cast<char*>(value.c_str()),
            const_cast<char*>(""));
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

  void Node(const Json& transaction, const Json& edges) {
    const std::string name = TextAt(transaction, "name");
    if (name.empty()) return;
    auto [it, fresh] = nodes_.try_emplace(name, nullptr);
    if (!fresh) return;
    it->second =
        agnode(graph_, const_cast<char*>(("n" + std::to_string(nodes_.size())).c_str()), 1);
    Set(it->second, "label", RecordLabel(transaction, edges));
    Set(it->second, "shape", "record");
    Set(it->second, "fontname", "sans-serif");
    Set(it->second, "fontsize", "12");
  }

  /// Where both of its ends are nodes.
  void Edge(const Json& edge) {
    const auto from = nodes_.find(TextAt(edge, "from")), to = nodes_.find(TextAt(edge, "to"));
    if (from == nodes_.end() || to == nodes_.end()) return;
    const std::string name = "e" + std::to_string(edges_++);
    Agedge_t* drawn = agedge(graph_, from->second, to->second, const_cast<char*>(name.c_str()), 1);
    const std::string type = TextAt(edge, "type"), key = TextAt(edge, "key");
    for (const char* known : {"ww", "wr", "rw", "process", "realtime"}) {
      if (type == known) Set(drawn, "class", type);  // its colour is the style sheet's
    }
    Set(drawn, "label", Label(Wrapped(type + (key.empty() ? "" : " " + key), 24)));
    Set(drawn, "fontname", "sans-serif");
    Set(drawn, "fontsize", "12");
    if (edge.contains("from-op")) Set(drawn, "tailport", Port(edge, "from-op"));
    if (edge.contains("to-op")) Set(drawn, "headport", Port(edge, "to-op"));
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
  static std::string Port(const Json& edge, const char* end) {
    return "o" + std::to_string(CountAt(edge, end));
  }

  Agraph_t* graph_;
  std::map<std::string, Agnode_t*> nodes_;
  size_t edges_ = 0;
};

}  // namespace

std::string DependencyGraph(const Json& detail) {
  const Json& transactions = At(detail, "transactions");
  const Json& edges = At(detail, "edges");
  if (!transactions.is_array() || !edges.is_array() || edges.empty()) return "";
  static std::mutex graphviz;
  const std::lock_guard<std::mutex> lock(graphviz);
  Graph graph;
  for (size_t i = 0; i < transactions.size() && i < kMaxTransactions; ++i) {
    graph.Node(transactions[i], edges);
  }
  std::string sentences;
  for (size_t i = 0; i < edges.size() && i < kMaxEdges; ++i) {
    graph.Edge(edges[i]);
    const std::string text = TextAt(edges[i], "text");
    if (!text.empty()) sentences += "<li>" + Escape(text) + "</li>";
  }
  const std::string svg = graph.Render();
  const size_t start = svg.find("<svg");
  if (!sentences.empty()) sentences = "<ol class=\"edges\">" + sentences + "</ol>";
  if (start == std::string::npos) return sentences;
  return "<div class=\"scroll cycle\" tabindex=\"0\" role=\"region\" aria-label=\"Dependencies of "
         "the transactions\">" +
         svg.substr(start) + "</div>" + sentences;
}

}  // namespace cleave
