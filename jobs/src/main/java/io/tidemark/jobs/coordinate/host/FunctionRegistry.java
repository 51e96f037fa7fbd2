package io.tidemark.jobs.coordinate.host;

import java.io.Serializable;
import java.util.function.Supplier;
import org.apache.flink.statefun.sdk.java.StatefulFunctions;

/** Makes the functions, once per task. */
public interface FunctionRegistry extends Supplier<StatefulFunctions>, Serializable {}
