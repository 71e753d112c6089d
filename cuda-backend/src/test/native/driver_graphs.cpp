// Driver interface: stream capture and graphs.
#include "driver.h"
#include "graphs.h"

API int cuStreamBeginCapture_v2(void *stream, int mode) {
  ENTER;
  Stream *s = stream_of(stream);
  return s == nullptr ? INVALID_HANDLE : begin_capture(s, mode);
}

API int cuStreamEndCapture(void *stream, void **graph) {
  ENTER;
  Stream *s = stream_of(stream);
  return s == nullptr ? INVALID_HANDLE : end_capture(s, (Graph **)graph);
}

API int cuStreamIsCapturing(void *stream, int *status) {
  ENTER;
  Stream *s = stream_of(stream);
  *status = s == nullptr ? 0 : capture_status(s);
  return s == nullptr ? INVALID_HANDLE : SUCCESS;
}

API int cuGraphInstantiateWithFlags(void **executable, void *graph, unsigned long long) {
  ENTER;
  NEEDS_CONTEXT;
  return instantiate((Executable **)executable, (Graph *)graph);
}

API int cuGraphLaunch(void *executable, void *stream) {
  ENTER;
  NEEDS_CONTEXT;
  return launch((Executable *)executable, stream_of(stream));
}

API int cuGraphExecDestroy(void *executable) {
  ENTER;
  return release((Executable *)executable);
}

API int cuGraphDestroy(void *graph) {
  ENTER;
  return release((Graph *)graph);
}
