package org.recurrentops.bench.report;

/**
 * Colours for light and dark; the series are those of Okabe and Ito, told apart by the
 * colour-blind.
 */
final class Style {
  private static final int SERIES = 8;

  /** For charts. */
  static final String CHART =
      """
      svg{--ink:#1c2024;--soft:#5a6470;--grid:#dde1e6;--s0:#0072b2;--s1:#d55e00;--s2:#009e73;\
      --s3:#b5639a;--s4:#9a7d00;--s5:#3b8fc0;--s6:#7a5230;--s7:#6b7480;font:12px system-ui,sans-serif}
      @media(prefers-color-scheme:dark){svg{--ink:#e8eaed;--soft:#a7b0ba;--grid:#363c44;\
      --s0:#56b4e9;--s1:#ef8a3c;--s2:#33c79a;--s3:#d99bc4;--s4:#e6d04a;--s5:#a5d4f0;--s6:#c9a27c;--s7:#aab4bf}}
      .ink{fill:var(--ink)}.soft{fill:var(--soft)}.head{fill:var(--ink);font-weight:600}
      .grid{stroke:var(--grid)}.whisker{stroke:var(--ink);stroke-width:1.2}
      .s0{fill:var(--s0)}.s1{fill:var(--s1)}.s2{fill:var(--s2)}.s3{fill:var(--s3)}\
      .s4{fill:var(--s4)}.s5{fill:var(--s5)}.s6{fill:var(--s6)}.s7{fill:var(--s7)}
      .l0{stroke:var(--s0)}.l1{stroke:var(--s1)}.l2{stroke:var(--s2)}.l3{stroke:var(--s3)}\
      .l4{stroke:var(--s4)}.l5{stroke:var(--s5)}.l6{stroke:var(--s6)}.l7{stroke:var(--s7)}
      .l0,.l1,.l2,.l3,.l4,.l5,.l6,.l7{stroke-width:1.8}
      """;

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

  static String series(int k) {
    return "s" + k % SERIES;
  }

  static String line(int k) {
    return "l" + k % SERIES;
  }
}
