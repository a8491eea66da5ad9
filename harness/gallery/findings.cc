// The table of findings. Every row was run over several seeds: targets/README.md has the counts.
#include <vector>

#include "harness/gallery/finding.h"

namespace cleave {
namespace {

constexpr char kPostgresLevels[] = "PostgreSQL 15, Transaction Isolation";
constexpr char kGaleraLink[] = "https://aphyr.com/posts/327-jepsen-mariadb-galera-cluster";
constexpr char kMysql[] = "Jepsen: MySQL 8.0.34 (2023), whose InnoDB MariaDB shares";
constexpr char kMysqlLink[] = "https://jepsen.io/analyses/mysql-8.0.34";
constexpr char kPostgresLevelsLink[] = "https://www.postgresql.org/docs/15/transaction-iso.html";

}  // namespace

std::span<const Finding> Findings() {
  static const std::vector<Finding> kFindings = {
      {.name = "etcd-stale-reads",
       .title = "Serializable reads are stale",
       .kind = "stale read",
       .target = "etcd",
       .breaks =
           "--workload register --nodes 3 --nemesis partition --time-limit 20s --serializable",
       .holds = "--workload register --nodes 3 --nemesis partition --time-limit 20s",
       .why =
           "A serializable read is answered by one member from what it has applied. A follower is "
           "a "
           "few milliseconds behind, and one that is cut off knows nothing of what the majority "
           "acknowledges meanwhile. By default reads are linearizable: a member asks the majority "
           "first, and one that cannot does not answer.",
       .source = "Jepsen: etcd and Consul (2014)",
       .link = "https://aphyr.com/posts/316-jepsen-etcd-and-consul"},
      {.name = "etcd-lock-two-holders",
       .title = "A lock on a short lease has two holders",
       .kind = "two holders",
       .target = "etcd",
       .breaks = "--workload lock --lease 2 --nemesis partition:halves --time-limit 60s",
       .holds = "--workload lock-fenced --lease 2 --nemesis partition:halves --time-limit 60s",
       .why =
           "The lock is a key that hangs on a lease. Who is cut off cannot renew the lease, loses "
           "the "
           "lock and is not told: another gets it while the first works on. etcd 3.4 also hands "
           "the "
           "lock to a waiter whose own lease has expired. No lease makes a lock safe that only its "
           "holder looks at. The control holds the same lock, but ends its work with one "
           "transaction "
           "that is refused where the lock is not held any more.",
       .source = "Jepsen: etcd 3.4.3 (2020)",
       .link = "https://jepsen.io/analyses/etcd-3.4.3"},
      {.name = "redis-sentinel-lost-writes",
       .title = "Acknowledged adds are lost when a master that was cut off is replaced",
       .kind = "lost write",
       .target = "redis-sentinel",
       .breaks = "--nodes 3 --workload set --nemesis partition:leader --time-limit 30s",
       .holds = "--nodes 3 --workload set --nemesis partition:leader --time-limit 30s --wait 2",
       .why =
           "Replication is asynchronous: a master that is cut off goes on acknowledging adds. The "
           "sentinels of the majority make a replica the master meanwhile; when the cut is healed "
           "the old one follows it, and throws away what only it had. With WAIT 2 an add counts "
           "only once both replicas have it, and so whoever may become the master. WAIT 1 is not "
           "enough: the other replica may confirm it to a master that has been replaced already.",
       .source = "Jepsen: Redis (2013)",
       .link = "https://aphyr.com/posts/283-jepsen-redis"},
      {.name = "postgres-lost-update",
       .title = "READ COMMITTED loses updates",
       .kind = "lost update",
       .target = "postgres",
       .breaks = "--workload append --isolation read-committed --nemesis none --time-limit 10s",
       .holds = "--workload wr --isolation serializable --nemesis none --time-limit 10s",
       .why = "At READ COMMITTED each statement sees what was committed before it began. Two "
              "transactions read the same version of a key, and both write it: the second did not "
              "see what the first wrote. At SERIALIZABLE one of them is refused.",
       .source = kPostgresLevels,
       .link = kPostgresLevelsLink},
      {.name = "postgres-write-skew",
       .title = "REPEATABLE READ is snapshot isolation: write skew, but no lost update",
       .kind = "write skew",
       .target = "postgres",
       .breaks = "--workload append --isolation repeatable-read --nemesis none --time-limit 10s",
       .holds = "--workload wr --isolation serializable --nemesis none --time-limit 10s",
       .never = {"lost update", "G-single", "G1c", "G0"},
       .why =
           "At REPEATABLE READ a transaction reads a snapshot, and fails when it would write what "
           "another has written since. Two transactions that each read what the other is about "
           "to write, and write different keys, both commit: no serial order explains both. At "
           "SERIALIZABLE PostgreSQL looks for such dependencies and refuses one.",
       .source = kPostgresLevels,
       .link = kPostgresLevelsLink},
      {.name = "postgres-standby-lost-writes",
       .title = "Acknowledged adds are lost when an asynchronous standby is promoted",
       .kind = "lost write",
       .target = "postgres",
       .breaks = "--topology standby --workload set --nemesis partition:leader --time-limit 30s",
       .holds =
           "--topology sync-standby --workload set --nemesis partition:leader --time-limit 30s",
       .why =
           "A primary that is cut off from its standby goes on acknowledging. The operator, who "
           "sees the primary no longer, promotes the standby, and makes the old primary anew from "
           "it "
           "once they meet again: what only the old one had is gone. With a synchronous standby a "
           "commit is acknowledged when the standby has it on disk, and a primary that is cut off "
           "acknowledges nothing.",
       .source = "PostgreSQL 15, Log-Shipping Standby Servers",
       .link = "https://www.postgresql.org/docs/15/warm-standby.html"},
      {.name = "mariadb-lost-update",
       .title = "REPEATABLE READ loses updates",
       .kind = "lost update",
       .target = "mariadb",
       .breaks = "--workload append --isolation repeatable-read --nemesis none --time-limit 10s",
       .holds = "--workload append --isolation serializable --nemesis none --time-limit 10s",
       .why =
           "InnoDB's REPEATABLE READ reads from a snapshot and writes onto what is there now: who "
           "reads, computes and writes overwrites what was committed in between, and no error says "
           "so. At SERIALIZABLE reads lock what they read.",
       .source = kMysql,
       .link = kMysqlLink},
      {.name = "mariadb-write-skew",
       .title = "REPEATABLE READ lets write skew through",
       .kind = "write skew",
       .target = "mariadb",
       .breaks = "--workload g2 --isolation repeatable-read --concurrency 2 --nemesis none "
                 "--time-limit 10s",
       .holds =
           "--workload g2 --isolation serializable --concurrency 2 --nemesis none --time-limit 10s",
       .why =
           "Two transactions each read that neither of two rows is there, and each inserts one of "
           "them: both commit, since reads at REPEATABLE READ lock nothing. At SERIALIZABLE they "
           "do, "
           "and one of the two is refused as a deadlock.",
       .source = kMysql,
       .link = kMysqlLink},
      {.name = "galera-stale-reads",
       .title = "A node reads what the cluster has already overwritten",
       .kind = "stale read",
       .target = "galera",
       .breaks = "--workload register --sync-wait 0 --nemesis none --time-limit 15s",
       .holds = "--workload register --sync-wait 1 --nemesis none --time-limit 15s",
       .why = "Galera orders writes in the whole cluster, and each node applies them when it gets "
              "to it. "
              "With wsrep_sync_wait = 0, the default, a node answers reads from what it has "
              "applied, and "
              "is behind even while nothing breaks. With 1 it first waits for what was committed "
              "before "
              "the read.",
       .source = "Jepsen: MariaDB Galera Cluster (2015)",
       .link = kGaleraLink},
      {.name = "galera-lost-update",
       .title = "REPEATABLE READ loses updates in a cluster too",
       .kind = "lost update",
       .target = "galera",
       .breaks = "--workload register --isolation repeatable-read --nemesis none --time-limit 10s "
                 "--keep-going",
       .holds = "--workload register --isolation serializable --nemesis none --time-limit 10s",
       .why =
           "A cas is a transaction that reads a value, compares, and writes another. Two read the "
           "same value, and the second writes once the first's change has reached its node: InnoDB "
           "lets it write onto what it has not read, and certification, which refuses only writes "
           "that did not know of each other, sees nothing wrong. At SERIALIZABLE reads lock what "
           "they read.",
       .source = "Jepsen: MariaDB Galera Cluster (2015)",
       .link = kGaleraLink},
  };
  return kFindings;
}

const Finding* FindFinding(std::string_view name) {
  for (const Finding& finding : Findings()) {
    if (finding.name == name) return &finding;
  }
  return nullptr;
}

}  // namespace cleave
