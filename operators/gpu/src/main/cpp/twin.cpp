// The CPU twin: the same build with the quadratic part on the CPU.
#include "cpu_search.h"

namespace tidemark {

const char *backend_kind() { return "cpu-twin"; }

std::string describe_device(int) { return std::string("CPU, ") + cpu_kernels().name + " instructions"; }

void backend_bytes(const tdm_params &params, int64_t count, int stride, int64_t *host, int64_t *device) {
  int64_t panels = round_up(count, 32) * (stride + 1) * 4;
  int64_t block = int64_t(CPU_BLOCK_ROWS) * (stride * 4 + 5 * CANDIDATES * 8);
  *host = panels + params.threads * block;
  *device = 0;
}

std::unique_ptr<Backend> open_backend(const tdm_params &params) {
  return std::make_unique<CpuSearch>(params.threads);
}

}  // namespace tidemark
