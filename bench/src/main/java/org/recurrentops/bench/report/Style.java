package org.recurrentops.bench.report;

/**
 * Colours for light and dark; the series are those of Okabe and Ito, told apart by the
 * colour-blind.
 */
final class Style {
  private static final String[] COLOURS = {
    "#0072b2", "#d55e00", "#009e73", "#b5639a", "#9a7d00", "#3b8fc0", "#7a5230", "#6b7480"
  };

  private static final int SERIES = COLOURS.length;

  /** For charts. */
  static final String CHART =
      """
      svg{font:12px system-ui,sans-serif}
      @media(prefers-color-scheme:dark){svg{--ink:#e8eaed;--soft:#a7b0ba;--grid:#363c44;\
      --s0:#56b4e9;--s1:#ef8a3c;--s2:#33c79a;--s3:#d99bc4;--s4:#e6d04a;--s5:#a5d4f0;--s6:#c9a27c;--s7:#aab4bf}}
      .head{font-weight:600}.whisker{stroke-width:1.2}.l0,.l1,.l2,.l3,.l4,.l5,.l6,.l7{stroke-width:1.8}
      """
          + rules();

  /** For pages. */
  static final String PAGE =
      """
      :root{color-scheme:light dark}
      body{font:15px/1.5 system-ui,sans-serif;max-width:66rem;margin:2rem auto;padding:0 1rem;\
      background:#fff;color:#1c2024}
      h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2.2rem}
      table{border-collapse:collapse;font-size:13px}td,th{padding:.2rem .6rem;text-align:right;\
      border-bottom:1px solid #dde1e6;white-space:nowrap}
      td:first-child,th:first-child,td.t,th.t{text-align:left}
      .scroll{overflow-x:auto}.note{color:#5a6470;font-size:13px}
      code{font-size:12.5px;overflow-wrap:anywhere}.scroll svg{max-width:100%;min-width:40rem;height:auto}
      dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;font-size:14px}
      dt{color:#5a6470}dd{margin:0;overflow-wrap:anywhere}
      @media(prefers-color-scheme:dark){body{background:#15181c;color:#e8eaed}\
      td,th{border-color:#363c44}.note,dt{color:#a7b0ba}}
      """;

  private Style() {}

  /**
   * What is drawn in which colour: as it is, for programs that know no variables, and by a name
   * that stands for another one in the dark.
   */
  private static String rules() {
    StringBuilder rules = new StringBuilder();
    for (String[] rule :
        new String[][] {
          {"ink", "fill", "ink", "#1c2024"},
          {"soft", "fill", "soft", "#5a6470"},
          {"head", "fill", "ink", "#1c2024"},
          {"grid", "stroke", "grid", "#dde1e6"},
          {"whisker", "stroke", "ink", "#1c2024"}
        }) {
      rules.append(rule(rule[0], rule[1], rule[2], rule[3]));
    }
    for (int k = 0; k < SERIES; k++) {
      rules.append(rule("s" + k, "fill", "s" + k, COLOURS[k]));
      rules.append(rule("l" + k, "stroke", "s" + k, COLOURS[k]));
    }
    return rules.append('\n').toString();
  }

  private static String rule(String style, String property, String name, String colour) {
    return String.format(".%s{%s:%s;%2$s:var(--%s,%3$s)}", style, property, colour, name);
  }

  static String series(int k) {
    return "s" + k % SERIES;
  }

  static String line(int k) {
    return "l" + k % SERIES;
  }
}
