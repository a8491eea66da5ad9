// Linearizability of a priority queue whose values are unique: exact. The queue is linearizable
// exactly if each value comes out, and each answer "empty" is given, at some moment at which no
// smaller value is certainly inside (an answer "empty": no value at all). Taking away the largest
// value first is the decrease and conquer of Lee & Mathur, "Efficient Decrease-and-Conquer
// Linearizability Monitoring", OOPSLA 2025; that the order of moments needs no search is shown
// here.
//
// Necessary: what is certainly inside is inside. Sufficient: let every value come out in the first
// gap between events that no smaller one certainly covers, in one gap the smaller first and then
// the answers "empty"; and let it go in just before that, or, where its put had to return earlier,
// last of all in the gap before that return. Suppose that u is inside when v, larger, comes out in
// gap b. Then u had gone in where its put had to return, and b lies after that; u does not cover b,
// so its take had been called by then; and no value smaller than u covers b, as those are smaller
// than v too. So u came out in b at the latest, before v.
#pragma once

#include "checkers/object/fast_path.h"

namespace cleave {

/// Functions enqueue(v) or insert(v), and dequeue() or delete-min() → v, the smallest, or null
/// where the queue was empty; it is empty at first. Integers come by size, all other values after
/// them, by id. Not applicable where values repeat or are null, to other functions and failures.
/// Crashed puts are exact. Crashed takes are left out or, where that does not work out, given to
/// values that stay in the way, the most urgent first; where neither works out, and yet taking all
/// that stays as soon as the first of them is called might, the path is not applicable.
/// O(n log n). Anomalies: unexpected, duplicated, future, reordered, lost, not-empty. Thread-safe.
FastResult CheckPriorityPath(const ObjectHistory& object, std::vector<uint32_t>* order = nullptr);

}  // namespace cleave
