/** A program on the module path that uses RecurrentOps. */
module org.example.consumer {
  requires org.recurrentops;
}
