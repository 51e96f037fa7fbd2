package io.tidemark.connectors.client;

import com.google.protobuf.Descriptors;
import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;
import io.milvus.grpc.AddCollectionFieldRequest;
import io.milvus.grpc.AlterCollectionRequest;
import io.milvus.grpc.AlterDatabaseRequest;
import io.milvus.grpc.CreateCollectionRequest;
import io.milvus.grpc.CreateDatabaseRequest;
import io.milvus.grpc.CreateIndexRequest;
import io.milvus.grpc.DescribeCollectionRequest;
import io.milvus.grpc.DescribeCollectionResponse;
import io.milvus.grpc.DescribeDatabaseRequest;
import io.milvus.grpc.DescribeDatabaseResponse;
import io.milvus.grpc.DescribeIndexRequest;
import io.milvus.grpc.DescribeIndexResponse;
import io.milvus.grpc.DropCollectionRequest;
import io.milvus.grpc.DropDatabaseRequest;
import io.milvus.grpc.GetCollectionStatisticsRequest;
import io.milvus.grpc.GetCollectionStatisticsResponse;
import io.milvus.grpc.GetLoadStateRequest;
import io.milvus.grpc.GetLoadStateResponse;
import io.milvus.grpc.HybridSearchRequest;
import io.milvus.grpc.ListDatabasesRequest;
import io.milvus.grpc.ListDatabasesResponse;
import io.milvus.grpc.LoadCollectionRequest;
import io.milvus.grpc.MilvusProto;
import io.milvus.grpc.QueryRequest;
import io.milvus.grpc.QueryResults;
import io.milvus.grpc.RenameCollectionRequest;
import io.milvus.grpc.SearchRequest;
import io.milvus.grpc.SearchResults;
import io.milvus.grpc.ShowCollectionsRequest;
import io.milvus.grpc.ShowCollectionsResponse;
import io.milvus.grpc.Status;

/**
 * Methods of {@code milvus.proto.milvus.MilvusService}. The message classes are the SDK's; its
 * stubs are not used, since they hang on a copy of gRPC under other names.
 */
public final class MilvusMethods {
  private static final Descriptors.ServiceDescriptor SERVICE =
      MilvusProto.getDescriptor().findServiceByName("MilvusService");

  public static final MethodDescriptor<SearchRequest, SearchResults> SEARCH =
      unary("Search", SearchRequest.getDefaultInstance(), SearchResults.getDefaultInstance());
  public static final MethodDescriptor<HybridSearchRequest, SearchResults> HYBRID_SEARCH =
      unary(
          "HybridSearch",
          HybridSearchRequest.getDefaultInstance(),
          SearchResults.getDefaultInstance());
  public static final MethodDescriptor<QueryRequest, QueryResults> QUERY =
      unary("Query", QueryRequest.getDefaultInstance(), QueryResults.getDefaultInstance());

  static final MethodDescriptor<ListDatabasesRequest, ListDatabasesResponse> LIST_DATABASES =
      unary(
          "ListDatabases",
          ListDatabasesRequest.getDefaultInstance(),
          ListDatabasesResponse.getDefaultInstance());
  static final MethodDescriptor<DescribeDatabaseRequest, DescribeDatabaseResponse>
      DESCRIBE_DATABASE =
          unary(
              "DescribeDatabase",
              DescribeDatabaseRequest.getDefaultInstance(),
              DescribeDatabaseResponse.getDefaultInstance());
  static final MethodDescriptor<CreateDatabaseRequest, Status> CREATE_DATABASE =
      change("CreateDatabase", CreateDatabaseRequest.getDefaultInstance());
  static final MethodDescriptor<AlterDatabaseRequest, Status> ALTER_DATABASE =
      change("AlterDatabase", AlterDatabaseRequest.getDefaultInstance());
  static final MethodDescriptor<DropDatabaseRequest, Status> DROP_DATABASE =
      change("DropDatabase", DropDatabaseRequest.getDefaultInstance());
  static final MethodDescriptor<ShowCollectionsRequest, ShowCollectionsResponse> SHOW_COLLECTIONS =
      unary(
          "ShowCollections",
          ShowCollectionsRequest.getDefaultInstance(),
          ShowCollectionsResponse.getDefaultInstance());
  static final MethodDescriptor<DescribeCollectionRequest, DescribeCollectionResponse>
      DESCRIBE_COLLECTION =
          unary(
              "DescribeCollection",
              DescribeCollectionRequest.getDefaultInstance(),
              DescribeCollectionResponse.getDefaultInstance());
  static final MethodDescriptor<DescribeIndexRequest, DescribeIndexResponse> DESCRIBE_INDEX =
      unary(
          "DescribeIndex",
          DescribeIndexRequest.getDefaultInstance(),
          DescribeIndexResponse.getDefaultInstance());
  static final MethodDescriptor<GetCollectionStatisticsRequest, GetCollectionStatisticsResponse>
      COLLECTION_STATISTICS =
          unary(
              "GetCollectionStatistics",
              GetCollectionStatisticsRequest.getDefaultInstance(),
              GetCollectionStatisticsResponse.getDefaultInstance());
  static final MethodDescriptor<GetLoadStateRequest, GetLoadStateResponse> LOAD_STATE =
      unary(
          "GetLoadState",
          GetLoadStateRequest.getDefaultInstance(),
          GetLoadStateResponse.getDefaultInstance());
  static final MethodDescriptor<CreateCollectionRequest, Status> CREATE_COLLECTION =
      change("CreateCollection", CreateCollectionRequest.getDefaultInstance());
  static final MethodDescriptor<AlterCollectionRequest, Status> ALTER_COLLECTION =
      change("AlterCollection", AlterCollectionRequest.getDefaultInstance());
  static final MethodDescriptor<AddCollectionFieldRequest, Status> ADD_FIELD =
      change("AddCollectionField", AddCollectionFieldRequest.getDefaultInstance());
  static final MethodDescriptor<RenameCollectionRequest, Status> RENAME_COLLECTION =
      change("RenameCollection", RenameCollectionRequest.getDefaultInstance());
  static final MethodDescriptor<DropCollectionRequest, Status> DROP_COLLECTION =
      change("DropCollection", DropCollectionRequest.getDefaultInstance());
  static final MethodDescriptor<CreateIndexRequest, Status> CREATE_INDEX =
      change("CreateIndex", CreateIndexRequest.getDefaultInstance());
  static final MethodDescriptor<LoadCollectionRequest, Status> LOAD_COLLECTION =
      change("LoadCollection", LoadCollectionRequest.getDefaultInstance());

  private MilvusMethods() {}

  private static <Q extends Message> MethodDescriptor<Q, Status> change(String name, Q request) {
    return unary(name, request, Status.getDefaultInstance());
  }

  /**
   * @param request the default instance of the request's type
   * @param answer the default instance of the answer's type
   * @throws IllegalArgumentException if the protocol has no such method, or with other types
   */
  public static <Q extends Message, A extends Message> MethodDescriptor<Q, A> unary(
      String name, Q request, A answer) {
    Descriptors.MethodDescriptor method = SERVICE.findMethodByName(name);
    if (method == null
        || !method.getInputType().equals(request.getDescriptorForType())
        || !method.getOutputType().equals(answer.getDescriptorForType())) {
      throw new IllegalArgumentException(
          "the protocol has no method " + name + " with these types");
    }
    return MethodDescriptor.<Q, A>newBuilder()
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE.getFullName(), name))
        .setRequestMarshaller(ProtoUtils.marshaller(request))
        .setResponseMarshaller(ProtoUtils.marshaller(answer))
        .build();
  }
}
