// Streams are lazy: work runs when somebody waits for it, as late as a real device might, so that
// a missing wait shows as wrong numbers.
#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include "graphs.h"

namespace {
constexpr size_t MOST_WAITING = 4096;
constexpr unsigned NON_BLOCKING = 1;
}  // namespace

using Reached = std::map<Stream *, uint64_t>;

struct Dependency {
  Stream *stream;
  uint64_t position;
};

struct Operation {
  std::vector<Dependency> after;
  Work work;
};

struct Stream {
  unsigned flags = 0;
  std::deque<Operation> waiting;
  uint64_t enqueued = 0, done = 0;
  bool running = false;
  Reached reached;  // what follows comes after these points of other streams
};

struct Event {
  Stream *stream = nullptr;
  uint64_t position = 0;
  Reached reached;
};

namespace {
Stream &legacy = *new Stream;
auto &streams = *new std::set<Stream *>;

void run_until(Stream *s, uint64_t position) {
  while (s->done < position && step(s)) {
  }
}

// A point that is done orders nothing any more; without this, events would name every stream there ever was.
void forget_done(Reached &reached) {
  for (auto i = reached.begin(); i != reached.end();) {
    i = i->first->done >= i->second ? reached.erase(i) : std::next(i);
  }
}

// Lets a stream that is drawn run ahead, so that streams with no order between them meet in many.
// One at a time sleeps until somebody waits for it, so that a forgotten wait for it is noticed.
void run_some() {
  static uint64_t times = 0;
  static Stream *asleep = nullptr;
  const uint32_t drawn = draw();
  if (times++ % 512 == 0) {
    auto sleeper = streams.begin();
    std::advance(sleeper, draw() % streams.size());
    asleep = *sleeper;
  }
  auto at = streams.begin();
  std::advance(at, drawn / 64 % streams.size());
  for (uint32_t i = 0; i < drawn % 64 / 8 && *at != asleep && step(*at); i++) {
  }
}

// A planted fault of graphs.cpp.
bool forgets_wait() {
  static const char *fault = setting("SOFTWARE_CUDA_GRAPH_FAULT");
  static int waits = 0;
  return fault != nullptr && std::string(fault) == "waits" && ++waits % 2 == 0;
}

// The legacy stream waits for all blocking ones, and they for it.
void add_legacy_order(Stream *s, Operation &operation) {
  if (s == &legacy) {
    for (Stream *other : streams) {
      if ((other->flags & NON_BLOCKING) == 0) {
        operation.after.push_back({other, other->enqueued});
      }
    }
  } else if ((s->flags & NON_BLOCKING) == 0) {
    operation.after.push_back({&legacy, legacy.enqueued});
  }
}
}  // namespace

Stream *stream_of(void *handle) {
  if (handle == nullptr) {
    return &legacy;
  }
  return streams.count((Stream *)handle) > 0 ? (Stream *)handle : nullptr;
}

Stream *new_stream(unsigned flags) {
  Stream *s = new Stream;
  s->flags = flags;
  streams.insert(s);
  return s;
}

// The object stays: events may still name it.
void destroy(Stream *s) {
  forget_captured(s);
  finish(s);
  streams.erase(s);
}

int enqueue(Stream *s, Work work) {
  if (s == nullptr) {
    return INVALID_HANDLE;
  }
  if (capture_of(s) != nullptr) {
    return add_node(s, std::move(work));
  }
  Operation operation;
  operation.work = std::move(work);
  add_legacy_order(s, operation);
  s->waiting.push_back(std::move(operation));
  s->enqueued++;
  if (s->waiting.size() > MOST_WAITING) {
    finish(s);
  }
  if (draws_order()) {
    run_some();
  }
  return context_error;
}

bool step(Stream *s) {
  if (s->waiting.empty()) {
    return false;
  }
  Operation operation = std::move(s->waiting.front());
  s->waiting.pop_front();
  for (const Dependency &d : operation.after) {
    run_until(d.stream, d.position);
  }
  if (context_error == SUCCESS) {
    operation.work();
  }
  s->done++;
  return true;
}

void finish(Stream *s) { run_until(s, s->enqueued); }

void finish_all() {
  finish(&legacy);
  for (Stream *s : std::vector<Stream *>(streams.begin(), streams.end())) {
    finish(s);
  }
}

Event *new_event() { return new Event; }

int record(Event *e, Stream *s) {
  if (capture_of(s) != nullptr) {
    return record_captured(e, s);
  }
  forget_captured(e);
  e->stream = s;
  e->position = s->enqueued;
  forget_done(s->reached);
  e->reached = s->reached;
  e->reached[s] = s->enqueued;
  return SUCCESS;
}

bool is_recorded(Event *e) { return e->stream != nullptr; }

int wait(Stream *s, Event *e) {
  int result;
  if (forgets_wait()) {
    return SUCCESS;
  }
  if (wait_captured(s, e, &result)) {
    return result;
  }
  if (e->stream != nullptr && e->stream != s) {
    s->waiting.push_back({{{e->stream, e->position}}, [] {}});  // also for who waits for this stream
    s->enqueued++;
    forget_done(e->reached);
    for (const auto &point : e->reached) {
      uint64_t &known = s->reached[point.first];
      known = std::max(known, point.second);
    }
  }
  return SUCCESS;
}

// Each of two such grids might get a part of the device, and wait for the rest for ever. Here they never do, so the
// order that the program has asked for is what counts.
void grid_follows(Stream *s, const char *name) {
  static Stream *latest = nullptr;
  static uint64_t position = 0;
  if (s == nullptr || capture_of(s) != nullptr) {
    return;
  }
  if (latest != nullptr && latest != s && latest->done < position && s->reached[latest] < position) {
    report("%s: a cooperative launch beside another one that may still run, whose stream this one has not waited for", name);
    context_error = LAUNCH_FAILED;
  }
  latest = s;
  position = s->enqueued + 1;
}

void finish(Event *e) {
  if (e->stream != nullptr) {
    run_until(e->stream, e->position);
  }
}

bool step(Event *e) {
  return e->stream != nullptr && e->stream->done < e->position && step(e->stream);
}
