// A module image is not executed: its kernels are looked up by name in a library of the same .cu
// files compiled by g++, named by the environment variable SOFTWARE_CUDA_KERNELS.
#include <dlfcn.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <set>
#include <sstream>

#include "device.h"

struct Module {
  std::map<std::string, Function> functions;
};

namespace {
constexpr uint32_t FATBIN = 0xBA55ED50, ELF = 0x464C457F;
constexpr unsigned PORTABLE_CLUSTER = 8;  // that every card has
constexpr int STATIC_LIMIT = 48 << 10, DYNAMIC_LIMIT = 227 << 10;
auto &kernels = *new std::map<std::string, const swcuda_kernel *>;
auto &origins = *new std::map<int, std::set<std::string>>;  // names by library
int library = 0;
auto &launches = *new std::map<std::string, long>;

// Libraries by ':'; of kernels with one name the first library's counts.
bool load_kernels() {
  const char *paths = setting("SOFTWARE_CUDA_KERNELS");
  if (!kernels.empty()) {
    return true;
  }
  if (paths == nullptr) {
    report("SOFTWARE_CUDA_KERNELS is not set");
    return false;
  }
  std::stringstream list(paths);
  for (std::string path; std::getline(list, path, ':');) {
    library++;
    if (dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL) == nullptr) {
      report("SOFTWARE_CUDA_KERNELS=%s: %s", paths, dlerror());
      return false;
    }
  }
  return !kernels.empty();
}

// What the driver answers to an image: SOFTWARE_CUDA_REFUSE="fatbin:209,ptx:222,nvrtc:200" names codes by form, and
// SOFTWARE_CUDA_PTX=7.0 is the newest version of PTX that it reads.
int answer_to(const void *image) {
  uint32_t word;
  memcpy(&word, image, sizeof word);
  const char *text = (const char *)image, *version = nullptr;
  std::string form = "fatbin:";
  if (word != FATBIN && word != ELF) {
    version = strstr(text, ".version ");
    if (version == nullptr) {
      return INVALID_IMAGE;
    }
    form = strstr(text, "software NVRTC") != nullptr ? "nvrtc:" : "ptx:";
  }
  const char *newest = setting("SOFTWARE_CUDA_PTX"), *refused = setting("SOFTWARE_CUDA_REFUSE");
  if (version != nullptr && newest != nullptr && strtod(version + 9, nullptr) > strtod(newest, nullptr)) {
    return UNSUPPORTED_PTX_VERSION;
  }
  const char *code = refused == nullptr ? nullptr : strstr(refused, form.c_str());
  return code == nullptr ? SUCCESS : (int)strtol(code + form.size(), nullptr, 10);
}

// A planted fault of graphs.cpp: lengths stay as the first run had them.
bool forgets(const char *kernel) {
  static const bool planted = setting("SOFTWARE_CUDA_GRAPH_FAULT") != nullptr &&
                              strcmp(setting("SOFTWARE_CUDA_GRAPH_FAULT"), "lengths") == 0;
  static int seen = 0;
  return planted && strcmp(kernel, "set_lengths") == 0 && seen++ > 0;
}

bool in_limits(const swcuda_dim &grid, const swcuda_dim &block) {
  bool positive = grid.x > 0 && grid.y > 0 && grid.z > 0 && block.x > 0 && block.y > 0 && block.z > 0;
  return positive && grid.x <= 0x7fffffff && grid.y <= 65535 && grid.z <= 65535 && block.x <= 1024 &&
         block.y <= 1024 && block.z <= 64 && block.x * block.y * block.z <= 1024;
}
}  // namespace

extern "C" __attribute__((visibility("default"))) void swcuda_register(const swcuda_kernel *kernel) {
  kernels.emplace(kernel->name, kernel);
  if (!origins[library].insert(kernel->name).second) {
    report("two kernels have the name %s", kernel->name);
  }
}

int load_module(Module **module, const void *image) {
  const int answer = answer_to(image);
  if (answer != SUCCESS) {
    return answer;
  }
  if (!load_kernels()) {
    return INVALID_IMAGE;
  }
  *module = new Module;
  return SUCCESS;
}

int find_function(Function **function, Module *module, const char *name) {
  auto it = kernels.find(name);
  if (it == kernels.end()) {
    return NOT_FOUND;
  }
  if (it->second->cluster > 1 && setting("SOFTWARE_CUDA_CAPABILITY", 90) < 90) {
    return NO_BINARY_FOR_GPU;  // its file is built from compute capability 9.0 on
  }
  Function fresh{it->second, STATIC_LIMIT, {}, false};
  *function = &module->functions.emplace(name, fresh).first->second;
  return SUCCESS;
}

static unsigned largest_cluster() { return (unsigned)setting("SOFTWARE_CUDA_LARGEST_CLUSTER", 16); }

int set_cluster(Function *f, int attribute, int value) {
  if (setting("SOFTWARE_CUDA_CAPABILITY", 90) < 90) {
    return INVALID_VALUE;
  }
  if (attribute == NON_PORTABLE_CLUSTER) {
    f->non_portable = value != 0;
    return largest_cluster() > PORTABLE_CLUSTER ? SUCCESS : NOT_SUPPORTED;
  }
  if (f->kernel->cluster > 1) {
    return NOT_PERMITTED;  // it was compiled for a size
  }
  f->cluster[attribute - CLUSTER_WIDTH] = value;
  return SUCCESS;
}

// Blocks of a cluster, or 0 if a launch would fail. SOFTWARE_CUDA_IGNORED_CLUSTERS=1 is a driver that takes the attributes
// and does as if they were not there.
static unsigned cluster_of(const Function *f, unsigned blocks) {
  const int *c = f->cluster;
  const bool set = c[0] > 0 && c[1] == 1 && c[2] == 1;
  const bool ignored = setting("SOFTWARE_CUDA_IGNORED_CLUSTERS", 0) != 0;
  const unsigned size = set ? ignored ? 1 : (unsigned)c[0] : f->kernel->cluster;
  const unsigned most = f->non_portable ? largest_cluster() : PORTABLE_CLUSTER;
  if ((set || (c[0] | c[1] | c[2]) == 0) && blocks % size == 0 && size <= most) {
    return size;
  }
  report("%s: a grid of %u blocks along x in clusters of %u (attributes %d x %d x %d), which are at most %u",
         f->kernel->name, blocks, size, c[0], c[1], c[2], most);
  return 0;
}

void write_launch_counts() {
  const char *path = setting("SOFTWARE_CUDA_LAUNCHES");
  FILE *file = path == nullptr ? nullptr : fopen(path, "w");
  if (file == nullptr) {
    return;
  }
  for (const auto &entry : kernels) {
    fprintf(file, "%s %ld\n", entry.first.c_str(), launches[entry.first]);
  }
  fclose(file);
}

int multiprocessors() { return (int)setting("SOFTWARE_CUDA_MULTIPROCESSORS", 8); }

// As on a card of compute capability 9.0, but for registers and static shared memory.
int blocks_per_multiprocessor(unsigned threads, size_t shared) {
  const size_t by_threads = 2048 / ((threads + 31) / 32 * 32), by_memory = (228 << 10) / (shared + 1024);
  return (int)setting("SOFTWARE_CUDA_RESIDENT", (long)std::min({by_threads, by_memory, (size_t)32}));
}

// SOFTWARE_CUDA_HELD="3:2:9": after two cooperative launches another process holds three multiprocessors for nine more, of
// which this one's driver knows nothing. Blocks for which that leaves no room begin when others have ended.
static int multiprocessors_left() {
  static const char *held = setting("SOFTWARE_CUDA_HELD");
  static int count = 0, launches = 0;
  static long before = 0, during = 0;
  if (launches++ == 0 && held != nullptr) {
    sscanf(held, "%d:%ld:%ld", &count, &before, &during);
  }
  return launches > before && launches <= before + during ? multiprocessors() - count : multiprocessors();
}

int launch(Function *f, swcuda_dim grid, swcuda_dim block, unsigned shared, bool cooperative, Stream *s,
           void **arguments) {
  if (!in_limits(grid, block) || shared > (unsigned)f->max_dynamic_shared || shared > DYNAMIC_LIMIT ||
      (arguments == nullptr && f->kernel->arguments > 0)) {
    return INVALID_VALUE;
  }
  const swcuda_kernel *k = f->kernel;
  if (forgets(k->name)) {
    return SUCCESS;
  }
  const unsigned long blocks = (unsigned long)grid.x * grid.y * grid.z;
  const unsigned cluster = cluster_of(f, grid.x);
  if (cluster == 0) {
    return INVALID_CLUSTER_SIZE;
  }
  const int per = blocks_per_multiprocessor(block.x * block.y * block.z, shared);
  if (cooperative && blocks > (unsigned long)per * (unsigned long)multiprocessors()) {
    report("%s: a cooperative launch of %lu blocks of %u threads and %u bytes of shared memory, of which only %d fit on each of %d multiprocessors",
           k->name, blocks, block.x * block.y * block.z, shared, per, multiprocessors());
    return COOPERATIVE_LAUNCH_TOO_LARGE;
  }
  launches[k->name]++;
  auto work = std::make_shared<Launch>();
  *work = {k, grid, block, shared, cooperative, 0, cluster, {}, {}};
  if (cooperative) {
    work->room = (unsigned)(per * multiprocessors_left());
    grid_follows(s, k->name);
  }
  constexpr size_t SLOT = 16;
  work->storage.resize(SLOT * (size_t)(k->arguments + 1));
  for (int i = 0; i < k->arguments; i++) {
    char *slot = &work->storage[SLOT * (size_t)i];
    memcpy(slot, arguments[i], k->sizes[i]);
    work->arguments.push_back(slot);
    void *pointer;
    memcpy(&pointer, slot, sizeof pointer);
    const char *fault = k->is_pointer[i] && pointer != nullptr ? memory_fault(pointer, 1) : nullptr;
    if (fault != nullptr) {
      report("%s: argument %d = %p: %s", k->name, i, pointer, fault);
      return context_error = ILLEGAL_ADDRESS;
    }
  }
  return enqueue(s, [work] { run(*work); });
}
