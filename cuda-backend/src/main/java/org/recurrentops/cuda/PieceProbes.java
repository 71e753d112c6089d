package org.recurrentops.cuda;

import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import org.recurrentops.cuda.Probe.Figure;
import org.recurrentops.cuda.Probe.Needs;

/**
 * Unit tests of the PTX pieces of exchange and clusters, each also of its plain C++ twin. What is
 * expected is computed here.
 */
final class PieceProbes {
  private static final int NOT_YET = 0xFFFFFFFF;
  private static final int OTHER_NAN = 0x7FFFFFFF;
  private static final int THREADS = 64;

  private PieceProbes() {}

  /** All of them, PTX first. */
  static List<Probe> all() {
    List<Probe> all = new ArrayList<>();
    both(all, "piece/copy", "exchange", Needs.CARD, Needs.NOTHING, PieceProbes::copy);
    both(all, "piece/published", "exchange", Needs.CARD, Needs.NOTHING, PieceProbes::published);
    both(all, "piece/give-up", "exchange", Needs.CARD, Needs.NOTHING, PieceProbes::giveUp);
    both(all, "piece/arrival", "cluster", Needs.CARD_90, Needs.SM_90, PieceProbes::arrival);
    all.add(new Probe("piece/scatter", Needs.CLUSTERS, PieceProbes::scatter));
    all.add(new Probe("piece/pass", Needs.CLUSTERS, PieceProbes::pass));
    all.add(new Probe("piece/leave", Needs.CLUSTERS, PieceProbes::leave));
    return all;
  }

  /** An experiment with the kernels of a file. */
  interface OfFile {
    Figure on(ProbeDevice device, String file);
  }

  /** Adds an experiment with PTX and with its twin. */
  static void both(
      List<Probe> all, String name, String file, Needs ptx, Needs plain, OfFile experiment) {
    all.add(new Probe(name, ptx, d -> experiment.on(d, file)));
    all.add(new Probe(name + "/plain", plain, d -> experiment.on(d, file + "_plain")));
  }

  /** Words among which are NaNs, infinities, zeros, subnormals and the forbidden pattern. */
  private static int[] words(int count) {
    int[] words = new int[count];
    for (int i = 0; i < count; i++) {
      words[i] = i * 0x9E3779B9;
    }
    int[] special = {NOT_YET, OTHER_NAN, 0x7FC00000, 0xFF800000, 0x80000000, 1, 0xFFFFFFFE, 0};
    for (int i = 0; i < special.length; i++) {
      words[5 * i] = special[i]; // not the same place in every quad
    }
    return words;
  }

  private static Figure copy(ProbeDevice d, String file) {
    int count = 3 * THREADS - 7;
    int[] words = words(4 * count);
    CUdeviceptr copies = d.filled(4L * count, 0x55555555);
    CUdeviceptr seconds = d.filled(count, 0x55555555);
    d.launch(d.kernel(file, "piece_copy"), 3, THREADS, 0, d.words(words), copies, seconds, count);
    Probe.expect("copies", words, d.read(copies, 4 * count));
    int[] expected = new int[count];
    for (int i = 0; i < count; i++) {
      expected[i] = words[4 * i + 1];
    }
    Probe.expect("second words", expected, d.read(seconds, count));
    return Figure.none();
  }

  private static Figure published(ProbeDevice d, String file) {
    int count = THREADS;
    int[] bits = words(4 * count);
    int[] words = new int[4 * count];
    int[] arrived = new int[count];
    for (int i = 0; i < words.length; i++) {
      words[i] = bits[i] == NOT_YET ? OTHER_NAN : bits[i];
      if (i % 4 == 0) {
        arrived[i / 4] = 1;
      }
      arrived[i / 4] &= bits[i] == NOT_YET ? 0 : 1;
    }
    CUdeviceptr out = d.filled(4L * count, 0);
    CUdeviceptr before = d.filled(count, 5);
    CUdeviceptr after = d.filled(count, 5);
    d.launch(
        d.kernel(file, "piece_published"), 1, THREADS, 0, d.words(bits), out, before, after, count);
    Probe.expect("words", words, d.read(out, words.length));
    Probe.expect("arrived", arrived, d.read(before, count));
    java.util.Arrays.fill(arrived, 1);
    Probe.expect("arrived after publishing", arrived, d.read(after, count));
    return Figure.none();
  }

  private static Figure giveUp(ProbeDevice d, String file) {
    CUdeviceptr answers = d.filled(4, 9);
    d.launch(
        d.kernel(file, "piece_give_up"),
        1,
        32,
        0,
        d.filled(1, 0),
        d.filled(1, 0),
        answers,
        5_000_000L);
    Probe.expect("result and abort word of two waits", new int[] {0, 1, 0, 1}, d.read(answers, 4));
    return Figure.none();
  }

  private static Figure arrival(ProbeDevice d, String file) {
    int threads = 256;
    int rounds = 9;
    int[] expected = new int[threads];
    for (int i = 0; i < threads; i++) {
      for (int r = 0; r < rounds; r++) {
        expected[i] += r + (i + 1) % threads;
      }
    }
    CUdeviceptr sums = d.filled(threads, NOT_YET);
    d.launch(d.kernel(file, "piece_arrival"), 1, threads, 0, sums, rounds);
    Probe.expect("sums", expected, d.read(sums, threads));
    return Figure.none();
  }

  /** Each round goes to the next of eight blocks. */
  private static Figure pass(ProbeDevice d) {
    int rounds = 11;
    int blocks = 16;
    int[] expected = new int[256 * blocks];
    for (int i = 0; i < expected.length; i++) {
      int block = i / 256;
      int from = block / 8 * 8 + Math.floorMod(block - rounds, 8);
      expected[i] = Float.floatToIntBits(from + rounds);
    }
    CUdeviceptr values = d.filled(expected.length, NOT_YET);
    d.launch(d.kernel("cluster", "cluster_pass"), blocks, 256, 0, values, rounds, Probe.LIMIT);
    Probe.expect("values", expected, d.read(values, expected.length));
    return Figure.none();
  }

  /** A block that leaves before it gives what others wait for, or before they give that to it. */
  private static Figure leave(ProbeDevice d) {
    CUfunction kernel = d.kernel("cluster", "cluster_leave");
    for (int gives = 0; gives < 2; gives++) {
      int[] expected = new int[16];
      for (int block = 0; block < expected.length; block++) {
        expected[block] = (block % 8 == 1 ? 2 : 3) + gives;
      }
      CUdeviceptr values = d.filled(expected.length, NOT_YET);
      CUdeviceptr errors = d.filled(1, 0);
      d.launch(kernel, expected.length, 256, 0, values, errors, gives, 5_000_000L);
      Probe.expect("steps", expected, d.read(values, expected.length));
      Probe.expect("reports", new int[] {8}, d.read(errors, 1));
    }
    return Figure.none();
  }

  /** Each round multiplies by the number of peers. */
  private static Figure scatter(ProbeDevice d) {
    int rounds = 9;
    int blocks = 16;
    int[] expected = new int[256 * blocks];
    java.util.Arrays.fill(expected, 1 << (3 * rounds));
    CUdeviceptr values = d.filled(expected.length, NOT_YET);
    d.launch(d.kernel("cluster", "cluster_scatter"), blocks, 256, 0, values, rounds);
    Probe.expect("values", expected, d.read(values, expected.length));
    return Figure.none();
  }
}
