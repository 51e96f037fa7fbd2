package io.tidemark.connectors.source;

import java.util.List;
import org.apache.flink.table.data.RowData;

/**
 * Rows that are given out together, so that no checkpoint falls between them.
 *
 * @param next the split as it is once they are
 */
record RowBatch(List<RowData> rows, ScanSplit next) {}
