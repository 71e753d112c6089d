package org.recurrentops.examples.chars;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Order and form of a checkpoint's fields; reading mirrors writing line by line. */
final class CheckpointContent {
  private static final int CHUNK = 1 << 14;

  private CheckpointContent() {}

  static void write(Checkpoint c, DataOutputStream out) throws IOException {
    writeMap(c.config().toMap(), out);
    writeInts(c.codePoints(), out);
    writeText(c.textFingerprint(), out);
    writeMap(c.environment(), out);
    writeText(c.tuning() == null ? "" : c.tuning(), out);
    writeState(c.state(), out);
    writePoints(c.history().training(), out);
    writePoints(c.history().validation(), out);
  }

  static Checkpoint read(DataInputStream in) throws IOException {
    CharsConfig config = CharsConfig.fromMap(readMap(in));
    int[] codePoints = readInts(in);
    String fingerprint = readText(in);
    Map<String, String> environment = readMap(in);
    String tuning = readText(in);
    TrainerState state = readState(in);
    LossHistory history = new LossHistory();
    readPoints(history.training(), in);
    readPoints(history.validation(), in);
    return new Checkpoint(
        config,
        codePoints,
        fingerprint,
        environment,
        tuning.isEmpty() ? null : tuning,
        state,
        history);
  }

  private static void writeState(TrainerState s, DataOutputStream out) throws IOException {
    out.writeLong(s.step());
    out.writeLong(s.cursor());
    out.writeLong(s.randomKey());
    out.writeLong(s.randomOffset());
    writeFloats(s.params(), out);
    writeFloats(s.firstMoment(), out);
    writeFloats(s.secondMoment(), out);
    writeFloats(s.h(), out);
    writeFloats(s.c(), out);
    out.writeFloat(s.lossSum());
    out.writeFloat(s.normSum());
    out.writeInt(s.unreported());
  }

  private static TrainerState readState(DataInputStream in) throws IOException {
    return new TrainerState(
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        readFloats(in),
        readFloats(in),
        readFloats(in),
        readFloats(in),
        readFloats(in),
        in.readFloat(),
        in.readFloat(),
        in.readInt());
  }

  private static void writeText(String s, DataOutputStream out) throws IOException {
    byte[] b = s.getBytes(StandardCharsets.UTF_8);
    out.writeInt(b.length);
    out.write(b);
  }

  private static String readText(DataInputStream in) throws IOException {
    return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
  }

  private static void writeMap(Map<String, String> m, DataOutputStream out) throws IOException {
    out.writeInt(m.size());
    for (Map.Entry<String, String> e : m.entrySet()) {
      writeText(e.getKey(), out);
      writeText(e.getValue(), out);
    }
  }

  private static Map<String, String> readMap(DataInputStream in) throws IOException {
    Map<String, String> m = new LinkedHashMap<>();
    for (int i = in.readInt(); i > 0; i--) {
      m.put(readText(in), readText(in));
    }
    return m;
  }

  private static void writeInts(int[] values, DataOutputStream out) throws IOException {
    out.writeInt(values.length);
    for (int v : values) {
      out.writeInt(v);
    }
  }

  private static int[] readInts(DataInputStream in) throws IOException {
    int[] values = new int[in.readInt()];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.readInt();
    }
    return values;
  }

  private static void writeFloats(float[] values, DataOutputStream out) throws IOException {
    out.writeInt(values.length);
    ByteBuffer bytes = ByteBuffer.allocate(4 * CHUNK);
    for (int from = 0; from < values.length; from += CHUNK) {
      int n = Math.min(CHUNK, values.length - from);
      bytes.asFloatBuffer().put(values, from, n);
      out.write(bytes.array(), 0, 4 * n);
    }
  }

  private static float[] readFloats(DataInputStream in) throws IOException {
    float[] values = new float[in.readInt()];
    ByteBuffer bytes = ByteBuffer.allocate(4 * CHUNK);
    for (int from = 0; from < values.length; from += CHUNK) {
      int n = Math.min(CHUNK, values.length - from);
      in.readFully(bytes.array(), 0, 4 * n);
      bytes.asFloatBuffer().get(values, from, n);
    }
    return values;
  }

  private static void writePoints(List<LossHistory.Point> points, DataOutputStream out)
      throws IOException {
    out.writeInt(points.size());
    for (LossHistory.Point p : points) {
      out.writeLong(p.step());
      out.writeDouble(p.loss());
    }
  }

  private static void readPoints(List<LossHistory.Point> points, DataInputStream in)
      throws IOException {
    for (int i = in.readInt(); i > 0; i--) {
      points.add(new LossHistory.Point(in.readLong(), in.readDouble()));
    }
  }
}
