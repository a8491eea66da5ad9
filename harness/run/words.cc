// Nearest words by optimal string alignment distance.
#include "harness/run/words.h"

#include <algorithm>

namespace cleave {
namespace {

size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<size_t>> d(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      d[i][j] =
          std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[a.size()][b.size()];
}

}  // namespace

std::string Nearest(std::string_view word, const std::vector<std::string>& candidates) {
  std::string best;
  size_t best_distance = std::max<size_t>(2, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const size_t distance = Distance(word, candidate);
    // A word that was cut short is near, however much is missing.
    const bool prefix = word.size() >= 2 && candidate.starts_with(word);
    const size_t score = prefix ? 1 : distance;
    if (score < best_distance && score < std::max(word.size(), candidate.size())) {
      best = candidate;
      best_distance = score;
    }
  }
  return best;
}

std::string UnknownWord(std::string_view what, std::string_view word,
                        const std::vector<std::string>& candidates) {
  std::string text = "unknown " + std::string(what) + " '" + std::string(word) + "'";
  const std::string nearest = Nearest(word, candidates);
  if (!nearest.empty()) text += ": did you mean '" + nearest + "'?";
  if (candidates.empty()) return text + " (there are none)";
  return text + "\n  known: " + Join(candidates);
}

std::string Join(const std::vector<std::string>& words, std::string_view separator) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : std::string(separator)) + word;
  return text;
}

}  // namespace cleave
