package io.tidemark.sql.catalog;

import java.util.List;
import org.apache.flink.table.catalog.AbstractCatalog;
import org.apache.flink.table.catalog.CatalogFunction;
import org.apache.flink.table.catalog.CatalogPartition;
import org.apache.flink.table.catalog.CatalogPartitionSpec;
import org.apache.flink.table.catalog.ObjectPath;
import org.apache.flink.table.catalog.exceptions.CatalogException;
import org.apache.flink.table.catalog.exceptions.PartitionNotExistException;
import org.apache.flink.table.catalog.exceptions.TableNotPartitionedException;
import org.apache.flink.table.catalog.stats.CatalogColumnStatistics;
import org.apache.flink.table.catalog.stats.CatalogTableStatistics;
import org.apache.flink.table.expressions.Expression;

/**
 * What a catalog answers whose tables are not partitioned in Flink's sense, which keeps no
 * statistics and whose functions are fixed. A collection's own partitions are values of a metadata
 * column.
 */
abstract class UnpartitionedCatalog extends AbstractCatalog {
  UnpartitionedCatalog(String name, String defaultDatabase) {
    super(name, defaultDatabase);
  }

  @Override
  public final List<CatalogPartitionSpec> listPartitions(ObjectPath table)
      throws TableNotPartitionedException {
    throw new TableNotPartitionedException(getName(), table);
  }

  @Override
  public final List<CatalogPartitionSpec> listPartitions(
      ObjectPath table, CatalogPartitionSpec spec) throws TableNotPartitionedException {
    throw new TableNotPartitionedException(getName(), table);
  }

  @Override
  public final List<CatalogPartitionSpec> listPartitionsByFilter(
      ObjectPath table, List<Expression> filters) throws TableNotPartitionedException {
    throw new TableNotPartitionedException(getName(), table);
  }

  @Override
  public final CatalogPartition getPartition(ObjectPath table, CatalogPartitionSpec spec)
      throws PartitionNotExistException {
    throw new PartitionNotExistException(getName(), table, spec);
  }

  @Override
  public final boolean partitionExists(ObjectPath table, CatalogPartitionSpec spec) {
    return false;
  }

  @Override
  public final void createPartition(
      ObjectPath table,
      CatalogPartitionSpec spec,
      CatalogPartition partition,
      boolean ignoreIfExists) {
    throw unsupported(
        "ALTER TABLE … ADD PARTITION: create it with an SDK and write the metadata column `partition`");
  }

  @Override
  public final void dropPartition(
      ObjectPath table, CatalogPartitionSpec spec, boolean ignoreIfNotExists) {
    throw unsupported("ALTER TABLE … DROP PARTITION: drop it with an SDK");
  }

  @Override
  public final void alterPartition(
      ObjectPath table,
      CatalogPartitionSpec spec,
      CatalogPartition partition,
      boolean ignoreIfNotExists) {
    throw unsupported("ALTER TABLE … PARTITION");
  }

  @Override
  public final void createFunction(
      ObjectPath path, CatalogFunction function, boolean ignoreIfExists) {
    throw unsupported("CREATE FUNCTION: use CREATE TEMPORARY FUNCTION, or another catalog");
  }

  @Override
  public final void alterFunction(
      ObjectPath path, CatalogFunction function, boolean ignoreIfNotExists) {
    throw unsupported("ALTER FUNCTION: use CREATE TEMPORARY FUNCTION, or another catalog");
  }

  @Override
  public final void dropFunction(ObjectPath path, boolean ignoreIfNotExists) {
    throw unsupported("DROP FUNCTION: Tidemark's functions are there as long as the catalog is");
  }

  @Override
  public final CatalogColumnStatistics getTableColumnStatistics(ObjectPath table) {
    return CatalogColumnStatistics.UNKNOWN;
  }

  @Override
  public final CatalogTableStatistics getPartitionStatistics(
      ObjectPath table, CatalogPartitionSpec spec) {
    return CatalogTableStatistics.UNKNOWN;
  }

  @Override
  public final CatalogColumnStatistics getPartitionColumnStatistics(
      ObjectPath table, CatalogPartitionSpec spec) {
    return CatalogColumnStatistics.UNKNOWN;
  }

  @Override
  public final void alterTableStatistics(
      ObjectPath table, CatalogTableStatistics statistics, boolean ignoreIfNotExists) {
    throw unsupported("storing statistics (ANALYZE TABLE): the server counts rows itself");
  }

  @Override
  public final void alterTableColumnStatistics(
      ObjectPath table, CatalogColumnStatistics statistics, boolean ignoreIfNotExists) {
    throw unsupported("storing statistics (ANALYZE TABLE): the server counts rows itself");
  }

  @Override
  public final void alterPartitionStatistics(
      ObjectPath table,
      CatalogPartitionSpec spec,
      CatalogTableStatistics statistics,
      boolean ignoreIfNotExists) {
    throw unsupported("storing statistics (ANALYZE TABLE): the server counts rows itself");
  }

  @Override
  public final void alterPartitionColumnStatistics(
      ObjectPath table,
      CatalogPartitionSpec spec,
      CatalogColumnStatistics statistics,
      boolean ignoreIfNotExists) {
    throw unsupported("storing statistics (ANALYZE TABLE): the server counts rows itself");
  }

  static CatalogException unsupported(String what) {
    return new CatalogException("Tidemark's catalog does not support " + what);
  }
}
