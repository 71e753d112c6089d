package org.recurrentops.examples.text;

/**
 * One file's text.
 *
 * @param name where it came from, for people
 * @param content line feeds between lines, no byte-order mark
 */
public record SourceText(String name, String content) {}
