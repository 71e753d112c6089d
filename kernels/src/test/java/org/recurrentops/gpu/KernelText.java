package org.recurrentops.gpu;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Entry points read out of a kernel source, in the spelling of {@link KernelId}. */
final class KernelText {
  private static final Pattern OPENCL = Pattern.compile("__kernel void (\\w+)\\(([^)]*)\\) \\{");
  private static final Pattern CUDA =
      Pattern.compile(
          "extern \"C\" __global__ void"
              + " (?:__launch_bounds__\\([^)]*\\)\\s+)?(\\w+)\\(([^)]*)\\) \\{");
  private static final String LOCAL = "local float* scratch";

  private KernelText() {}

  /** Entry point to native parameters such as "const float* x", "long x_offset". */
  static Map<String, List<String>> opencl(String text) {
    return entries(OPENCL, text);
  }

  /** As {@link #opencl}; local memory, which CUDA declares in the body, counts as a parameter. */
  static Map<String, List<String>> cuda(String text) {
    Map<String, List<String>> found = new LinkedHashMap<>();
    Matcher m = CUDA.matcher(text);
    while (m.find()) {
      List<String> parameters = parameters(m.group(2));
      String body = text.substring(m.end(), Math.min(text.length(), m.end() + 60));
      if (body.contains("extern __shared__ float scratch[];")) {
        parameters.add(LOCAL);
      }
      found.put(m.group(1), parameters);
    }
    return found;
  }

  private static Map<String, List<String>> entries(Pattern pattern, String text) {
    Map<String, List<String>> found = new LinkedHashMap<>();
    Matcher m = pattern.matcher(text);
    while (m.find()) {
      found.put(m.group(1), parameters(m.group(2)));
    }
    return found;
  }

  private static List<String> parameters(String list) {
    List<String> result = new ArrayList<>();
    for (String one : list.split(",")) {
      String s = one.trim().replaceAll("\\s+", " ");
      boolean pointer = s.contains("*");
      s = s.replaceAll("__global |__restrict__ |__restrict__|\\brestrict ", "");
      s = s.replace("__local ", "local ").replace("long long", "long").replace("* ", "*");
      s = pointer ? s.replace(" *", "* ") : s.replace("const ", "");
      result.add(s.trim());
    }
    return result;
  }

  /** What a source must declare for a kernel. */
  static List<String> expected(KernelId kernel) {
    List<String> list = new ArrayList<>();
    for (KernelId.Parameter p : kernel.parameters()) {
      list.add(p.type().text() + " " + p.name());
      if (p.type().isBuffer()) {
        list.add("long " + p.name() + "_offset");
      }
    }
    if (kernel.usesLocal()) {
      list.add(LOCAL);
    }
    return list;
  }
}
