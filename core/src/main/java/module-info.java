/** Recurrent layers behind one backend-neutral interface; backends are found by ServiceLoader. */
module org.recurrentops {
  exports org.recurrentops;
  exports org.recurrentops.spi;

  uses org.recurrentops.spi.Backend;
}
