// Driver interface: streams and events.
#include "driver.h"

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
  wait(s, (Event *)event);
  return SUCCESS;
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
  record((Event *)event, s);
  return SUCCESS;
}

API int cuEventSynchronize(void *event) {
  ENTER;
  finish((Event *)event);
  return context_error;
}

// Each question lets one piece of work run, so that polling ends.
API int cuEventQuery(void *event) {
  ENTER;
  bool more = step((Event *)event);
  return context_error != SUCCESS ? context_error : more ? NOT_READY : SUCCESS;
}
