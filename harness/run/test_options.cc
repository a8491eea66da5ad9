// One table of fields, used in both directions, so that neither can forget one.
#include "harness/run/test_options.h"

#include <stdexcept>
#include <type_traits>

namespace cleave {
namespace {

template <class T>
bool Fits(const Json& json) {
  if constexpr (std::is_same_v<T, bool>) {
    return json.is_boolean();
  } else if constexpr (std::is_floating_point_v<T>) {
    return json.is_number();
  } else if constexpr (std::is_unsigned_v<T>) {
    return json.is_number_unsigned();
  } else if constexpr (std::is_integral_v<T>) {
    return json.is_number_integer();
  } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
    return json.is_array() && std::all_of(json.begin(), json.end(), Fits<std::string>);
  } else if constexpr (std::is_same_v<T, std::map<std::string, std::string>>) {
    return json.is_object() && std::all_of(json.begin(), json.end(), Fits<std::string>);
  } else {
    return json.is_string();
  }
}

struct Writer {
  Json* json;
  template <class T>
  void operator()(const char* name, const T& value) const {
    if constexpr (std::is_same_v<T, std::filesystem::path>) {
      (*json)[name] = value.string();
    } else {
      (*json)[name] = value;
    }
  }
};

struct Reader {
  const Json* json;
  template <class T>
  void operator()(const char* name, T& value) const {
    auto found = json->find(name);
    if (found == json->end()) return;  // written before the option existed
    if (!Fits<T>(*found)) {
      throw std::runtime_error("option \"" + std::string(name) + "\" cannot be " + found->dump());
    }
    if constexpr (std::is_same_v<T, std::filesystem::path>) {
      value = found->template get<std::string>();
    } else {
      value = found->template get<T>();
    }
  }
};

template <class Options, class Visit>
void Fields(Options& o, const Visit& visit) {
  visit("target", o.target);
  visit("workload", o.workload);
  visit("nemesis", o.nemesis);
  visit("bug", o.bug);
  visit("target_flags", o.target_flags);
  visit("seed", o.seed);
  visit("nodes", o.nodes);
  visit("concurrency", o.concurrency);
  visit("rate", o.rate);
  visit("time_limit", o.time_limit);
  visit("ops", o.ops);
  visit("nemesis_interval", o.nemesis_interval);
  visit("op_timeout", o.op_timeout);
  visit("recovery_time", o.recovery_time);
  visit("key_count", o.key_count);
  visit("ops_per_key", o.ops_per_key);
  visit("max_txn_length", o.max_txn_length);
  visit("key_skew", o.key_skew);
  visit("store", o.store);
  visit("schedule", o.schedule);
  visit("online", o.online);
  visit("keep_going", o.keep_going);
  visit("quiet", o.quiet);
  visit("command", o.command);
}

}  // namespace

Json ToJson(const TestOptions& options) {
  Json json = Json::object();
  Fields(options, Writer{&json});
  return json;
}

TestOptions TestOptionsFromJson(const Json& json) {
  if (!json.is_object()) throw std::runtime_error("options must be an object");
  TestOptions options;
  Fields(options, Reader{&json});
  return options;
}

}  // namespace cleave
