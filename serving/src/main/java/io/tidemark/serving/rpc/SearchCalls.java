package io.tidemark.serving.rpc;

import io.milvus.grpc.HybridSearchRequest;
import io.milvus.grpc.SearchRequest;
import io.milvus.grpc.SearchResults;
import io.tidemark.engine.segment.Fusion;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.serving.read.HybridCommand;
import io.tidemark.serving.read.ReadService;
import io.tidemark.serving.read.SearchAnswer;
import io.tidemark.serving.read.SearchCommand;
import io.tidemark.serving.read.travel.AsOf;
import io.tidemark.serving.wire.Fusions;
import io.tidemark.serving.wire.HybridOptions;
import io.tidemark.serving.wire.OutputFields;
import io.tidemark.serving.wire.ProtocolLimits;
import io.tidemark.serving.wire.Reasons;
import io.tidemark.serving.wire.SearchOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Vector search: one, or several in one whose hits are fused. */
final class SearchCalls {
  private final ReadTargets targets;
  private final Guarantees guarantees;
  private final ReadService read;

  SearchCalls(ReadTargets targets, Guarantees guarantees, ReadService read) {
    this.targets = targets;
    this.guarantees = guarantees;
    this.read = read;
  }

  void register(MethodTable methods) {
    methods.addPrompt(
        "Search",
        SearchRequest.getDefaultInstance(),
        SearchResults.getDefaultInstance(),
        new PlainSearches());
    methods.add(
        "HybridSearch",
        HybridSearchRequest.getDefaultInstance(),
        SearchResults.getDefaultInstance(),
        this::hybridSearch);
  }

  private final class PlainSearches implements PromptHandler<SearchRequest, SearchResults> {
    /** Filters take long to parse, and of an unknown collection the catalog is asked. */
    @Override
    public boolean mayBePrompt(SearchRequest request, Call call) {
      return request.getDsl().isEmpty()
          && targets.isKnown(call.database(request.getDbName()), request.getCollectionName());
    }

    @Override
    public Work<SearchResults> understand(SearchRequest request, Call call) {
      return understood(request, call);
    }
  }

  private Work<SearchResults> understood(SearchRequest request, Call call) {
    // First of all, so that what is acknowledged before the request is seen by it.
    long strong = guarantees.strong();
    SearchScope.refuseUnsupported(request);
    CollectionInfo info =
        targets.named(call.database(request.getDbName()), request.getCollectionName());
    SearchOptions options = SearchOptions.read(request.getSearchParamsList());
    Optional<AsOf> asOf = ReadTargets.asOf(options.asOf(), travelTimestamp(request));
    targets.requireReadable(info, asOf);
    OutputFields outputs =
        OutputFields.resolve(request.getOutputFieldsList(), info.schema(), false);
    SearchScope scope =
        new SearchScope(
            info,
            ReadTargets.partitions(info, request.getPartitionNamesList()),
            outputs.ids(),
            guarantees.of(
                info,
                request.getUseDefaultConsistency(),
                request.getConsistencyLevelValue(),
                request.getGuaranteeTimestamp(),
                strong),
            false,
            call.timeout());
    SearchCommand command = scope.command(request, options);
    SearchScope.checkHits(List.of(command));
    return new OneSearch(command, asOf, outputs, options.roundDecimal());
  }

  /** A search that is understood. */
  private final class OneSearch implements Work<SearchResults> {
    private final SearchCommand command;
    private final Optional<AsOf> asOf;
    private final OutputFields outputs;
    private final int roundDecimal;

    OneSearch(SearchCommand command, Optional<AsOf> asOf, OutputFields outputs, int roundDecimal) {
      this.command = command;
      this.asOf = asOf;
      this.outputs = outputs;
      this.roundDecimal = roundDecimal;
    }

    @Override
    public Optional<SearchResults> promptly() {
      return asOf.isPresent() ? Optional.empty() : read.searchPromptly(command).map(this::written);
    }

    @Override
    public SearchResults answer() {
      return written(
          asOf.map(time -> read.search(command, time)).orElseGet(() -> read.search(command)));
    }

    private SearchResults written(SearchAnswer answer) {
      return SearchAnswers.write(command.collection(), outputs, answer, roundDecimal);
    }
  }

  @SuppressWarnings("deprecation") // Older clients still send it.
  private static long travelTimestamp(SearchRequest request) {
    return request.getTravelTimestamp();
  }

  /**
   * Consistency, partitions, output fields, offset and rounding are the request's; a search's own
   * offset and rounding say nothing, as only fused scores are seen.
   */
  private SearchResults hybridSearch(HybridSearchRequest request, Call call) {
    long strong = guarantees.strong();
    CollectionInfo info =
        targets.named(call.database(request.getDbName()), request.getCollectionName());
    checkCount(request.getRequestsCount());
    HybridOptions options = HybridOptions.read(request.getRankParamsList());
    Fusion fusion =
        Fusions.read(
            request.getFunctionScore(), request.getRankParamsList(), request.getRequestsCount());
    List<SearchOptions> parts = new ArrayList<>();
    for (SearchRequest part : request.getRequestsList()) {
      SearchScope.refuseUnsupported(part);
      parts.add(SearchOptions.readPart(part.getSearchParamsList(), options.window()));
    }
    Optional<AsOf> asOf = ReadTargets.asOf(options.moment(parts), travelTimestamp(request));
    targets.requireReadable(info, asOf);
    OutputFields outputs =
        OutputFields.resolve(request.getOutputFieldsList(), info.schema(), false);
    SearchScope scope =
        new SearchScope(
            info,
            ReadTargets.partitions(info, request.getPartitionNamesList()),
            List.of(),
            guarantees.of(
                info,
                request.getUseDefaultConsistency(),
                request.getConsistencyLevelValue(),
                request.getGuaranteeTimestamp(),
                strong),
            options.ignoreGrowing(),
            call.timeout());
    HybridCommand command =
        new HybridCommand(
            commands(request.getRequestsList(), parts, scope),
            fusion,
            options.limit(),
            options.offset(),
            outputs.ids());
    SearchAnswer answer =
        asOf.map(time -> read.search(command, time)).orElseGet(() -> read.search(command));
    return SearchAnswers.write(info, outputs, answer, options.roundDecimal());
  }

  private static void checkCount(int searches) {
    if (searches < 1) {
      throw TidemarkException.invalid("minimum of ann search requests is 1, but got " + searches);
    }
    if (searches > ProtocolLimits.SEARCHES_MAX) {
      throw TidemarkException.invalid(
          "maximum of ann search requests is "
              + ProtocolLimits.SEARCHES_MAX
              + ", but got "
              + searches);
    }
  }

  private static List<SearchCommand> commands(
      List<SearchRequest> requests, List<SearchOptions> options, SearchScope scope) {
    List<SearchCommand> commands = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      SearchRequest request = requests.get(i);
      checkPlace(request, i, scope);
      SearchCommand command = scope.command(request, options.get(i));
      commands.add(command);
      int queries = commands.getFirst().queries().size();
      if (command.queries().size() != queries) {
        throw Reasons.invalid(
            queries, command.queries().size(), "sub search request nq should be the same");
      }
    }
    SearchScope.checkHits(commands);
    return commands;
  }

  /** A search may repeat where the request goes to, but not go elsewhere. */
  private static void checkPlace(SearchRequest request, int number, SearchScope scope) {
    Set<String> partitions = Set.copyOf(request.getPartitionNamesList());
    if (!partitions.isEmpty() && !partitions.equals(scope.partitions())) {
      throw TidemarkException.invalid(
          "search "
              + number
              + " names partitions "
              + partitions
              + ", the request "
              + scope.partitions()
              + ": all searches of one request go to the request's");
    }
  }

  @SuppressWarnings("deprecation") // Older clients still send it.
  private static long travelTimestamp(HybridSearchRequest request) {
    return request.getTravelTimestamp();
  }
}
