// A history of list-append transactions for each class of anomaly, and for each two levels that it
// tells apart, in the one-line notation.
#pragma once

namespace cleave {

/// A history, the names of all that is found in it, the weakest models that it rules out, and the
/// strongest that hold.
struct AppendLitmus {
  const char *history, *anomalies, *ruled_out, *holds;
};

inline constexpr AppendLitmus kAppendLitmus[] = {
    {"p0: ax1 ok | p1: rx1 ok", "", "", "strict-serializable"},
    {"ax1ay1 ax2ay2 ax1ay1! ax2ay2! rx12ry21 rx12ry21!", "G0", "read-uncommitted", ""},
    {"p0: rx1 ok", "unwritten", "read-uncommitted", ""},
    {"p0: ax1 fail | p1: rx1 ok", "G1a", "read-committed", "strong-read-uncommitted"},
    {"p0: ax1 fail | p1: ax2 ok | p2: rx12 ok", "G1a, dirty-update", "read-committed",
     "strong-read-uncommitted"},
    {"ax1ax2 rx1 rx1! ax1ax2! rx12 rx12!", "G-single, G1b", "read-committed",
     "strong-read-uncommitted"},
    {"ax1ry1 ay1rx1 ax1ry1! ay1rx1!", "G1c", "read-committed", "strong-read-uncommitted"},
    {"p0: ax1 ok | p1: rx1rx1 ok | p2: ax2rx1 ok", "internal", "read-atomic",
     "consistent-view, repeatable-read, strong-read-committed"},
    // Read skew: of a transaction that appends to two lists, one append is seen.
    {"ax1ay1 rx1ry rx1ry! ax1ay1!", "G-single", "consistent-view, repeatable-read",
     "cursor-stability, strong-read-committed"},
    {"p0: ax1 ok | rx1ax2 rx1ax3 rx1ax2! rx1ax3! rx123 rx123!", "G-single, lost-update",
     "cursor-stability, update-atomic", "strong-read-committed"},
    // An update from a list to which somebody had appended blindly.
    {"p0: ax1 ok | rx1ax3 ax2 ax2! rx1ax3! rx123 rx123!", "G-cursor, G-single", "cursor-stability",
     "strong-read-committed"},
    // Long fork.
    {"ax1 ay1 rx1ry rxry1 ax1! ay1! rx1ry! rxry1!", "G-nonadjacent",
     "repeatable-read, snapshot-isolation",
     "strong-read-committed, strong-session-parallel-snapshot-isolation"},
    // Write skew.
    {"rxay1 ryax1 rxay1! ryax1! rx1ry1 rx1ry1!", "G2-item", "repeatable-read",
     "strong-snapshot-isolation"},
    {"p1: ay2 | p0: ax1 ok | p0: ay1 ok | p1: ok | p1: ax2 ok | p2: rx21ry12 ok", "G0-process",
     "strong-session-read-uncommitted", "serializable"},
    {"p0: ax1 ok | p1: ax2 ok | p2: rx21 ok", "G0-realtime", "strong-read-uncommitted",
     "strong-session-serializable"},
    // Information flows back.
    {"p0: rx1 ok | p0: ay1 ok | p1: ry1ax1 ok", "G1c-process", "strong-session-read-committed",
     "serializable, strong-read-uncommitted"},
    {"p0: rx1 ok | p1: ax1 ok", "G1c-realtime", "strong-read-committed",
     "strong-read-uncommitted, strong-session-serializable"},
    // Stale reads: by the process that appended, and by another; and one that nothing mends.
    {"p0: ax1 ok | p0: rx ok | p1: rx1 ok", "G-single-process",
     "strong-session-parallel-snapshot-isolation", "serializable, strong-read-committed"},
    {"p0: ax1 ok | p1: rx ok | p1: rx1 ok", "G-single-realtime", "strong-snapshot-isolation",
     "strong-read-committed, strong-session-serializable"},
    {"p0: ax1 ok | p1: rx ok", "G-single-realtime, lost-append", "strong-snapshot-isolation",
     "strong-read-committed, strong-session-serializable"},
    // Long forks of which one reader is two transactions, of one process or of two.
    {"p9: ry1rx | p0: ax1 | p1: ay1 | p2: rx1 ok | p2: ry ok | p9: ok | p0: ok | p1: ok",
     "G-nonadjacent-process", "strong-session-snapshot-isolation",
     "serializable, strong-read-committed, strong-session-parallel-snapshot-isolation"},
    {"p9: ry1rx | p0: ax1 | p1: ay1 | p2: rx1 ok | p4: ry ok | p9: ok | p0: ok | p1: ok",
     "G-nonadjacent-realtime", "strong-snapshot-isolation",
     "strong-read-committed, strong-session-serializable"},
    // Write skews of which one side is two transactions.
    {"p1: ryax1 | p0: ay1 ok | p0: rx ok | p1: ok", "G2-item-process",
     "strong-session-serializable", "serializable, strong-snapshot-isolation"},
    {"p1: ryax1 | p0: ay1 ok | p2: rx ok | p1: ok", "G2-item-realtime", "strict-serializable",
     "strong-session-serializable, strong-snapshot-isolation"},
};

}  // namespace cleave
