// From history columns to one key's operations.
#include "checkers/register/register_ops.h"

#include <stdexcept>

namespace cleave {
namespace {

constexpr uint32_t kUnmapped = UINT32_MAX;

std::string Place(const History& history, uint32_t operation) {
  return "event " + std::to_string(history.operations()[operation].call) + " (" +
         history.Describe(operation) + ")";
}

}  // namespace

void UnknownFunction(const History& history, uint32_t operation, const std::string& known) {
  throw std::invalid_argument(
      "function \"" + Shortened(history.FunctionName(history.operations()[operation].function)) +
      "\" of " + Place(history, operation) + " is not one that this checker knows: " + known);
}

ValueId FindJsonText(const ValueTable& values, const std::string& text) {
  const Json json = TryParseJson(text);
  if (json.is_discarded()) throw std::invalid_argument("not a JSON value: " + text);
  if (json.is_null()) return kNull;
  if (json.is_number_integer()) return values.FindInt(json.get<int64_t>());
  if (json.is_string()) return values.FindString(json.get<std::string>());
  const std::string compact = DumpJson(json);
  for (ValueId id = 0; id < values.size(); ++id) {
    if (values.ToText(id) == compact) return id;
  }
  return kNoValue;
}

RegisterKey ExtractRegister(const History& history, const ByKey& keys, size_t i, ValueId initial,
                            std::vector<uint32_t>* scratch) {
  const ValueTable& table = history.values();
  if (scratch->size() < table.size()) scratch->assign(table.size(), kUnmapped);
  RegisterKey out;
  out.key = keys.key(i);
  out.values.push_back(initial);
  if (initial != kNoValue) (*scratch)[initial] = RegisterKey::kInitial;
  const auto local = [&](ValueId value) {
    uint32_t& number = (*scratch)[value];
    if (number == kUnmapped) {
      number = static_cast<uint32_t>(out.values.size());
      out.values.push_back(value);
    }
    return number;
  };
  const auto release = [&] {
    for (const ValueId value : out.values) {
      if (value != kNoValue) (*scratch)[value] = kUnmapped;
    }
  };
  using Kind = RegisterOp::Kind;
  out.ops.reserve(keys.Operations(i).size());
  for (const uint32_t index : keys.Operations(i)) {
    const Operation& op = history.operations()[index];
    RegisterOp r{Kind::kRead, 0, 0, op.call, op.ret, index};
    const bool failed = op.outcome == Outcome::kFail;
    switch (op.function) {
      case kRead:
      case kGet:
        if (failed ? !op.has_observed : op.outcome == Outcome::kInfo || op.output == kNoValue) {
          continue;  // it learned nothing
        }
        r.a = local(op.output);
        break;
      case kWrite:
      case kPut:
        if (failed && !op.has_observed) continue;
        r.kind = failed ? Kind::kRead : Kind::kWrite;
        (failed ? r.a : r.b) = local(failed ? op.output : op.input);
        break;
      case kCas: {
        if (!table.IsList(op.input) || table.Elements(op.input).size() != 2) {
          release();
          throw std::invalid_argument("the value of a cas is [old, new]; that of " +
                                      Place(history, index) + " is " + table.ToShortText(op.input));
        }
        if (failed && op.has_observed) {
          r.a = local(op.output);
        } else if (failed && op.mismatch) {
          r.kind = Kind::kDiffer;
          r.a = local(table.Elements(op.input)[0]);
        } else if (!failed) {
          r.kind = Kind::kCas;
          r.a = local(table.Elements(op.input)[0]);
          r.b = local(table.Elements(op.input)[1]);
        } else {
          continue;
        }
        break;
      }
      default: release(); UnknownFunction(history, index, "read, write, cas (or get, put)");
    }
    out.ops.push_back(r);
  }
  release();
  return out;
}

}  // namespace cleave
