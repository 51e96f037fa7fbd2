package io.tidemark.serving.rpc;

import io.milvus.grpc.DescribeCollectionResponse;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.collection.ConsistencyLevel;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.serving.catalog.CollectionDirectory;
import io.tidemark.serving.catalog.CollectionProperties;
import io.tidemark.serving.catalog.DatabaseChanges;
import io.tidemark.serving.wire.KeyValues;
import io.tidemark.serving.wire.SchemaWriter;
import io.tidemark.serving.wire.Statuses;

/** Collections as DescribeCollection tells them. */
final class CollectionDescriptions {
  private final CollectionDirectory directory;
  private final DatabaseChanges databases;

  CollectionDescriptions(CollectionDirectory directory, DatabaseChanges databases) {
    this.directory = directory;
    this.databases = databases;
  }

  DescribeCollectionResponse describe(CollectionInfo info, long now) {
    DescribeCollectionResponse.Builder answer =
        DescribeCollectionResponse.newBuilder()
            .setStatus(Statuses.ok())
            .setSchema(SchemaWriter.write(info))
            .setCollectionID(info.id())
            .setCreatedTimestamp(info.createdTimestamp())
            .setCreatedUtcTimestamp(HybridTimestamp.physicalMs(info.createdTimestamp()))
            .setShardsNum(info.shards())
            .addAllAliases(directory.aliases(info))
            .setConsistencyLevel(level(info.consistency()))
            .setCollectionName(info.name())
            .addAllProperties(KeyValues.toPairs(CollectionProperties.visible(info)))
            .setDbName(info.database())
            .setDbId(databases.id(info.database()))
            .setNumPartitions(info.partitions().size())
            .setRequestTime(now)
            .setUpdateTimestamp(info.updatedTimestamp())
            // JavaScript's numbers can't hold it.
            .setUpdateTimestampStr(Long.toUnsignedString(info.updatedTimestamp()));
    for (int shard = 0; shard < info.shards(); shard++) {
      String pchannel = "tidemark-log_" + info.pchannels().get(shard);
      answer
          .addPhysicalChannelNames(pchannel)
          .addVirtualChannelNames(pchannel + "_" + info.id() + "v" + shard);
    }
    return answer.build();
  }

  static io.milvus.grpc.ConsistencyLevel level(ConsistencyLevel level) {
    return switch (level) {
      case STRONG -> io.milvus.grpc.ConsistencyLevel.Strong;
      case SESSION -> io.milvus.grpc.ConsistencyLevel.Session;
      case BOUNDED -> io.milvus.grpc.ConsistencyLevel.Bounded;
      case EVENTUALLY -> io.milvus.grpc.ConsistencyLevel.Eventually;
      case CUSTOMIZED -> io.milvus.grpc.ConsistencyLevel.Customized;
    };
  }
}
