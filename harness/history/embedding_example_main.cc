// Reads a history from text and prints its operations: the library without the harness.
#include <cstdio>

#include "harness/history/reader.h"

int main() {
  const char* text = R"({"process":0,"type":"invoke","f":"write","value":1})"
                     "\n"
                     R"({"process":1,"type":"invoke","f":"read","value":null})"
                     "\n"
                     R"({"process":0,"type":"ok","f":"write","value":1})"
                     "\n"
                     R"({"process":1,"type":"ok","f":"read","value":1})"
                     "\n";
  try {
    const cleave::History history = cleave::ReadHistoryText(text, "example");
    for (size_t i = 0; i < history.operations().size(); ++i) {
      const cleave::Operation& op = history.operations()[i];
      std::printf("process %d, events %u to %u: %s\n", op.process, op.call, op.ret,
                  history.Describe(i).c_str());
    }
    for (const std::string& warning : history.warnings()) std::printf("%s\n", warning.c_str());
  } catch (const cleave::HistoryError& error) {
    std::fprintf(stderr, "%s\n", error.what());  // example:3: malformed JSON at column 17, …
    return 255;
  }
}
