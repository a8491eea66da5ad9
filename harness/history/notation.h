// A history in one line, for tests and documents. The notation, by example:
//
//   p0: w1 ok | p0: w2 ok | p1: r=1     three operations, one after the other
//   p0: w1 | p1: r=1 | p0: ok           process 0's write is open while process 1 reads
//   w1 r?2 w1! r?2!                     the same without processes: a word invokes, word! completes
//   it
//
// Steps are separated by | or by a line's end; # begins a comment. A step is either "pN: WORD
// OUTCOME" (pN@NODE: gives the node) or any number of events without a process:
//   WORD    invokes it on the lowest process that is idle and was not retired by an info
//   WORD!   WORD~   WORD#    completes the oldest open WORD: ok, info, fail
//
// OUTCOME: ok | fail [ERROR] | info [ERROR] | mismatch (fail with that error) | saw=V (fail,
// observed V)
//   | =V (ok with value V). Without one the operation stays open, until "pN: OUTCOME" completes it.
//
// WORD, with V a JSON value without blanks, or nil, or a bare name:
//   w5 a5 c1>2        write, add, cas from 1 to 2
//   r   r=5   r?5     read: only invoked; invoked and completed with 5; invoked, and 5 when
//   completed r=[1,2]           a read of a set ax1ry12rz         a transaction: append 1 to x,
//   read y as [1,2], read z as null. Keys are one
//                     letter, elements one digit each; ry10,11 separates longer ones, ry[] is empty
//   wx5ry=6           a transaction over registers: write 5 to x, read y as 6; rz as null
//   name(V)  name()=V any other function
//   k.WORD            the same on the independent key k (letters and digits): k.w5, k.r=5
//
// nemesis: invoke|info FUNCTION JSON      a fault's event; +50ms lets time pass.
// Events are 1 ms apart, from 0.
#pragma once

#include <string_view>

#include "harness/history/history.h"

namespace cleave {

/// Throws std::invalid_argument naming the step that cannot be understood. O(length).
History ParseNotation(std::string_view text);

}  // namespace cleave
