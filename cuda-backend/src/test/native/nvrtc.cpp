// libnvrtc.so.12 for the software device: takes any source and returns an image that the software
// libcuda accepts. It compiles nothing; the kernels themselves are compiled by g++.
#include <cstdio>
#include <cstring>
#include <string>

#define API extern "C" __attribute__((visibility("default")))

namespace {
enum Status { SUCCESS = 0, INVALID_INPUT = 3, INVALID_PROGRAM = 4, COMPILATION = 6, INTERNAL_ERROR = 11 };

struct Program {
  std::string source, log, image;
};
}  // namespace

API int nvrtcCreateProgram(Program **program, const char *source, const char *, int, const char *const *,
                           const char *const *) {
  if (source == nullptr) {
    return INVALID_INPUT;
  }
  *program = new Program{source, "", ""};
  return SUCCESS;
}

API int nvrtcCompileProgram(Program *program, int, const char *const *) {
  if (program->source.find("__global__") == std::string::npos) {
    program->log = "no kernel in this source";
    return COMPILATION;
  }
  program->image = "// software NVRTC\n.version 8.0\n";
  return SUCCESS;
}

API int nvrtcGetPTXSize(Program *program, size_t *bytes) {
  *bytes = program->image.size() + 1;
  return SUCCESS;
}

API int nvrtcGetPTX(Program *program, char *to) {
  memcpy(to, program->image.c_str(), program->image.size() + 1);
  return SUCCESS;
}

API int nvrtcGetProgramLogSize(Program *program, size_t *bytes) {
  *bytes = program->log.size() + 1;
  return SUCCESS;
}

API int nvrtcGetProgramLog(Program *program, char *to) {
  memcpy(to, program->log.c_str(), program->log.size() + 1);
  return SUCCESS;
}

API int nvrtcDestroyProgram(Program **program) {
  if (program == nullptr || *program == nullptr) {
    return INVALID_PROGRAM;
  }
  delete *program;
  *program = nullptr;
  return SUCCESS;
}

API int swnvrtc_missing(const char *name) {
  fprintf(stderr, "[software CUDA] %s is not implemented\n", name);
  return INTERNAL_ERROR;
}
