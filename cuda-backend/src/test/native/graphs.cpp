// Capture: streams that are captured carry a frontier, the nodes that their next work comes after.
// An event recorded in them keeps the frontier of then, and a stream that waits for it joins.
#include "graphs.h"

#include <algorithm>
#include <map>
#include <set>
#include <thread>

struct Node {
  std::vector<size_t> after;
  Work work;
};

struct Graph {
  std::vector<Node> nodes;
};

struct Executable {
  std::shared_ptr<const Graph> graph;
};

using Frontier = std::set<size_t>;

struct Capture {
  Stream *origin;
  int mode;
  std::thread::id thread;
  bool invalid = false;
  std::shared_ptr<Graph> graph = std::make_shared<Graph>();
  std::map<Stream *, Frontier> streams;
};

namespace {
struct CapturedEvent {
  std::weak_ptr<Capture> capture;
  Frontier frontier;
};

auto &captures = *new std::vector<std::shared_ptr<Capture>>;
auto &events = *new std::map<Event *, CapturedEvent>;
auto &graphs = *new std::map<Graph *, std::shared_ptr<Graph>>;
auto &executables = *new std::set<Executable *>;
auto &launched = *new std::vector<std::shared_ptr<const Graph>>;  // for planted faults

int invalidate(Capture &c, int result, const char *why) {
  report("capture: %s", why);
  c.invalid = true;
  return result;
}

void add_ancestors(const Graph &g, size_t node, std::set<size_t> *seen) {
  std::vector<size_t> open{node};
  while (!open.empty()) {
    const size_t i = open.back();
    open.pop_back();
    if (seen->insert(i).second) {
      open.insert(open.end(), g.nodes[i].after.begin(), g.nodes[i].after.end());
    }
  }
}

// Whether all work of other streams comes before the end of the stream that began.
bool is_joined(const Capture &c) {
  std::set<size_t> before;
  for (size_t node : c.streams.at(c.origin)) {
    add_ancestors(*c.graph, node, &before);
  }
  for (const auto &[stream, frontier] : c.streams) {
    for (size_t node : frontier) {
      if (before.count(node) == 0) {
        return false;
      }
    }
  }
  return true;
}

std::shared_ptr<Capture> shared(Capture *c) {
  for (auto &each : captures) {
    if (each.get() == c) {
      return each;
    }
  }
  return nullptr;
}

// One of the nodes whose predecessors have all run; which one is drawn, or the first recorded.
void run_nodes(const Graph &g) {
  std::vector<size_t> missing(g.nodes.size()), ready;
  std::vector<std::vector<size_t>> next(g.nodes.size());
  for (size_t i = 0; i < g.nodes.size(); i++) {
    missing[i] = g.nodes[i].after.size();
    for (size_t before : g.nodes[i].after) {
      next[before].push_back(i);
    }
    if (missing[i] == 0) {
      ready.push_back(i);
    }
  }
  while (!ready.empty() && context_error == SUCCESS) {
    const auto at = draws_order() ? ready.begin() + draw() % ready.size() : std::min_element(ready.begin(), ready.end());
    const size_t i = *at;
    ready.erase(at);
    g.nodes[i].work();
    for (size_t n : next[i]) {
      if (--missing[n] == 0) {
        ready.push_back(n);
      }
    }
  }
}

// Planted faults: SOFTWARE_CUDA_GRAPH_FAULT=drop leaves the middle node of each graph out; stale launches the latest
// other graph of as many nodes, resized one of another number of nodes; lengths forgets what set_lengths writes;
// waits forgets every second wait for an event.
std::shared_ptr<const Graph> faulty(std::shared_ptr<const Graph> wanted) {
  const char *fault = setting("SOFTWARE_CUDA_GRAPH_FAULT");
  if (fault == nullptr) {
    return wanted;
  }
  if (std::string(fault) == "drop" && wanted->nodes.size() > 2) {
    auto less = std::make_shared<Graph>(*wanted);
    less->nodes[less->nodes.size() / 2].work = [] {};
    return less;
  }
  std::shared_ptr<const Graph> other = wanted;
  for (auto &g : launched) {
    const bool same_size = g->nodes.size() == wanted->nodes.size();
    if (g != wanted && same_size == (std::string(fault) == "stale")) {
      other = g;
    }
  }
  launched.push_back(wanted);
  return std::string(fault) == "drop" ? wanted : other;
}
}  // namespace

bool draws_order() {
  static const bool draws = setting("SOFTWARE_CUDA_ORDER", 0) != 0;
  return draws;
}

uint32_t draw() {
  static uint64_t state = (uint64_t)setting("SOFTWARE_CUDA_ORDER", 1) * 0x9E3779B97F4A7C15ull;
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (uint32_t)(state >> 32);
}

Capture *capture_of(Stream *stream) {
  for (auto &c : captures) {
    if (c->streams.count(stream) > 0) {
      return c.get();
    }
  }
  return nullptr;
}

int add_node(Stream *stream, Work work) {
  Capture &c = *capture_of(stream);
  if (c.invalid) {
    return CAPTURE_INVALIDATED;
  }
  Frontier &frontier = c.streams[stream];
  c.graph->nodes.push_back({{frontier.begin(), frontier.end()}, std::move(work)});
  frontier = {c.graph->nodes.size() - 1};
  return SUCCESS;
}

int record_captured(Event *event, Stream *stream) {
  Capture *c = capture_of(stream);
  events[event] = {shared(c), c->streams[stream]};
  return c->invalid ? (int)CAPTURE_INVALIDATED : (int)SUCCESS;
}

bool wait_captured(Stream *stream, Event *event, int *result) {
  Capture *own = capture_of(stream);
  const auto it = events.find(event);
  if (it == events.end()) {
    if (own == nullptr) {
      return false;
    }
    *result = is_recorded(event) ? invalidate(*own, CAPTURE_ISOLATION, "a captured stream waits for work outside")
                                 : (int)SUCCESS;
    return true;
  }
  const std::shared_ptr<Capture> theirs = it->second.capture.lock();
  if (theirs == nullptr) {
    *result = own != nullptr ? invalidate(*own, CAPTURED_EVENT, "an event of an ended capture") : (int)CAPTURED_EVENT;
  } else if (own != nullptr && own != theirs.get()) {
    invalidate(*own, 0, "a stream of one capture waits for another capture");
    *result = invalidate(*theirs, CAPTURE_MERGE, "another capture waits for this one");
  } else if (theirs->invalid) {
    *result = CAPTURE_INVALIDATED;
  } else {
    theirs->streams[stream].insert(it->second.frontier.begin(), it->second.frontier.end());
    *result = SUCCESS;
  }
  return true;
}

void forget_captured(Stream *stream) {
  if (Capture *c = capture_of(stream)) {
    invalidate(*c, 0, "a captured stream is destroyed");
    c->streams.erase(stream);
  }
}

void forget_captured(Event *event) { events.erase(event); }

bool is_captured(Event *event) { return events.count(event) > 0; }

int refuse_captured(const char *call, Stream *stream) {
  Capture *c = capture_of(stream);
  return c == nullptr ? (int)SUCCESS : invalidate(*c, CAPTURE_UNSUPPORTED, call);
}

int refuse_unsafe(const char *call) {
  for (auto &c : captures) {
    if (c->mode == GLOBAL || (c->mode == THREAD_LOCAL && c->thread == std::this_thread::get_id())) {
      return invalidate(*c, CAPTURE_UNSUPPORTED, call);
    }
  }
  return SUCCESS;
}

int begin_capture(Stream *stream, int mode) {
  if (stream == stream_of(nullptr) || setting("SOFTWARE_CUDA_NO_CAPTURE") != nullptr) {
    return CAPTURE_UNSUPPORTED;
  }
  if (capture_of(stream) != nullptr) {
    return ILLEGAL_STATE;
  }
  auto c = std::make_shared<Capture>();
  c->origin = stream;
  c->mode = mode;
  c->thread = std::this_thread::get_id();
  c->streams[stream];
  captures.push_back(c);
  return SUCCESS;
}

int end_capture(Stream *stream, Graph **graph) {
  Capture *c = capture_of(stream);
  *graph = nullptr;
  if (c == nullptr) {
    return ILLEGAL_STATE;
  }
  if (c->mode != RELAXED && c->thread != std::this_thread::get_id()) {
    return CAPTURE_WRONG_THREAD;
  }
  if (c->origin != stream) {
    return invalidate(*c, CAPTURE_UNMATCHED, "ended on a stream on which it did not begin");
  }
  const std::shared_ptr<Capture> ended = shared(c);
  captures.erase(std::find(captures.begin(), captures.end(), ended));
  if (ended->invalid) {
    return CAPTURE_INVALIDATED;
  }
  if (!is_joined(*ended)) {
    report("capture: a stream was forked and never joined");
    return CAPTURE_UNJOINED;
  }
  *graph = ended->graph.get();
  graphs[*graph] = ended->graph;
  return SUCCESS;
}

int capture_status(Stream *stream) {
  const Capture *c = capture_of(stream);
  return c == nullptr ? NONE : c->invalid ? INVALIDATED : ACTIVE;
}

int instantiate(Executable **executable, Graph *graph) {
  if (graphs.count(graph) == 0) {
    return INVALID_VALUE;
  }
  *executable = new Executable{std::make_shared<Graph>(*graph)};
  executables.insert(*executable);
  return SUCCESS;
}

int launch(Executable *executable, Stream *stream) {
  if (executables.count(executable) == 0 || stream == nullptr) {
    return INVALID_VALUE;
  }
  const std::shared_ptr<const Graph> graph = faulty(executable->graph);
  return enqueue(stream, [graph] { run_nodes(*graph); });
}

int release(Graph *graph) { return graphs.erase(graph) > 0 ? SUCCESS : INVALID_VALUE; }

// Queued launches keep what they need.
int release(Executable *executable) {
  if (executables.erase(executable) == 0) {
    return INVALID_VALUE;
  }
  delete executable;
  return SUCCESS;
}
