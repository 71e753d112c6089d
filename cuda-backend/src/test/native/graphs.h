// Stream capture and graphs of the software device: while a stream is captured, what is enqueued on it
// becomes a node and does not run.
#pragma once
#include "device.h"

struct Capture;
struct Graph;
struct Executable;

enum CaptureResult {
  ILLEGAL_STATE = 401,
  CAPTURE_UNSUPPORTED = 900,
  CAPTURE_INVALIDATED = 901,
  CAPTURE_MERGE = 902,
  CAPTURE_UNMATCHED = 903,
  CAPTURE_UNJOINED = 904,
  CAPTURE_ISOLATION = 905,
  CAPTURE_IMPLICIT = 906,
  CAPTURED_EVENT = 907,
  CAPTURE_WRONG_THREAD = 908
};
enum CaptureMode { GLOBAL = 0, THREAD_LOCAL = 1, RELAXED = 2 };
enum CaptureStatus { NONE = 0, ACTIVE = 1, INVALIDATED = 2 };

// ---- hooks of streams.cpp; each says by its result whether a capture took the call
Capture *capture_of(Stream *stream);  // null if the stream is not captured
int add_node(Stream *stream, Work work);
int record_captured(Event *event, Stream *stream);
// Whether the wait concerns a capture; *result is what the call returns then.
bool wait_captured(Stream *stream, Event *event, int *result);
void forget_captured(Stream *stream);  // it is destroyed
void forget_captured(Event *event);    // it is recorded anew, outside of a capture
bool is_captured(Event *event);        // it was last recorded in a capture
int refuse_captured(const char *call, Stream *stream);  // for calls that a captured stream does not allow
int refuse_unsafe(const char *call);  // for calls that no thread makes while it captures

// ---- graphs
int begin_capture(Stream *stream, int mode);
int end_capture(Stream *stream, Graph **graph);
int capture_status(Stream *stream);
int instantiate(Executable **executable, Graph *graph);
int launch(Executable *executable, Stream *stream);
int release(Graph *graph);
int release(Executable *executable);

// Seeds the order in which independent work runs; 0 for the order of recording (SOFTWARE_CUDA_ORDER).
uint32_t draw();
bool draws_order();

#define REFUSE_WHILE_CAPTURING                  \
  do {                                          \
    if (int refused = refuse_unsafe(__func__)) { \
      return refused;                           \
    }                                           \
  } while (0)
