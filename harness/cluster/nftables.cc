// See nftables.h and libnftables(3).
#include "harness/cluster/nftables.h"

#include <nftables/libnftables.h>

#include <stdexcept>

namespace cleave {

Nftables::Nftables() : context_(nft_ctx_new(NFT_CTX_DEFAULT)) {
  if (context_ == nullptr) throw std::runtime_error("libnftables cannot be initialised");
  nft_ctx_buffer_output(context_);
  nft_ctx_buffer_error(context_);
  nft_ctx_output_set_flags(context_, NFT_CTX_OUTPUT_JSON);
}

Nftables::~Nftables() { nft_ctx_free(context_); }

void Nftables::Run(const std::string& commands) {
  if (nft_run_cmd_from_buffer(context_, commands.c_str()) == 0) return;
  // Its first line is the reason; the rest repeats the command with a mark below.
  const std::string reason = nft_ctx_get_error_buffer(context_);
  throw std::runtime_error("nftables: " + reason.substr(0, reason.find('\n')) + " in: " + commands);
}

Json Nftables::List(const std::string& command) {
  Run(command);
  return ParseJson(nft_ctx_get_output_buffer(context_)).at("nftables");
}

}  // namespace cleave
