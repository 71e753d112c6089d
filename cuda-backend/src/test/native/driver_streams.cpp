// Driver interface: streams and events.
#include "driver.h"
#include "graphs.h"

namespace {
// The host cannot ask for a point of a graph; and while it captures it asks for nothing.
int refuse_event(const char *call, Event *event) {
  const int refused = refuse_unsafe(call);
  return refused != SUCCESS ? refused : is_captured(event) ? (int)CAPTURED_EVENT : (int)SUCCESS;
}
}  // namespace

API int cuStreamCreate(void **stream, unsigned flags) {
  ENTER;
  NEEDS_CONTEXT;
  *stream = new_stream(flags);
  return SUCCESS;
}

API int cuStreamDestroy_v2(void *stream) {
  ENTER;
  Stream *s = stream_of(stream);
  if (stream == nullptr || s == nullptr) {
    return INVALID_HANDLE;
  }
  destroy(s);
  return context_error;
}

API int cuStreamSynchronize(void *stream) {
  ENTER;
  Stream *s = stream_of(stream);
  if (s == nullptr) {
    return INVALID_HANDLE;
  }
  if (int refused = refuse_captured(__func__, s)) {
    return refused;
  }
  finish(s);
  return context_error;
}

API int cuStreamGetCtx(void *stream, void **context) {
  ENTER;
  *context = primary();
  return stream_of(stream) != nullptr ? SUCCESS : INVALID_HANDLE;
}

API int cuStreamWaitEvent(void *stream, void *event, unsigned) {
  ENTER;
  Stream *s = stream_of(stream);
  if (s == nullptr || event == nullptr) {
    return INVALID_HANDLE;
  }
  return wait(s, (Event *)event);
}

API int cuEventCreate(void **event, unsigned) {
  ENTER;
  NEEDS_CONTEXT;
  *event = new_event();
  return SUCCESS;
}

// The object stays: a few words, in a test.
API int cuEventDestroy_v2(void *event) { return event != nullptr ? SUCCESS : INVALID_HANDLE; }

API int cuEventRecord(void *event, void *stream) {
  ENTER;
  Stream *s = stream_of(stream);
  if (s == nullptr || event == nullptr) {
    return INVALID_HANDLE;
  }
  return record((Event *)event, s);
}

API int cuEventSynchronize(void *event) {
  ENTER;
  if (int refused = refuse_event(__func__, (Event *)event)) {
    return refused;
  }
  finish((Event *)event);
  return context_error;
}

// Each question lets one piece of work run, so that polling ends.
API int cuEventQuery(void *event) {
  ENTER;
  if (int refused = refuse_event(__func__, (Event *)event)) {
    return refused;
  }
  bool more = step((Event *)event);
  return context_error != SUCCESS ? context_error : more ? NOT_READY : SUCCESS;
}
