package io.tidemark.serving.read;

import io.tidemark.engine.segment.HitFuser;
import io.tidemark.serving.read.view.ReadView;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Several searches over one view as one work, then the fusion per query, then the output fields of
 * what is left. Stateless.
 */
final class HybridRun {
  private HybridRun() {}

  /**
   * @param partitions to be searched; empty for all
   * @param explained told of each of the searches that asks for it
   */
  static SearchAnswer answer(
      HybridCommand command,
      Set<String> partitions,
      ReadView view,
      SearchPool pool,
      SearchCounters counters,
      ExplainedSearches explained,
      long readTimestamp) {
    List<SearchRun> runs = new ArrayList<>();
    for (SearchCommand search : command.searches()) {
      runs.add(new SearchRun(search, partitions, view, counters));
    }
    SearchRun.run(runs, pool);
    for (SearchRun run : runs) {
      run.explanation(readTimestamp).ifPresent(told -> explained.add(run.command(), told));
    }
    HitFuser fuser =
        new HitFuser(
            command.fusion(), command.searches().stream().map(SearchCommand::metric).toList());
    FoundRows found = new FoundRows(view);
    for (int i = 0; i < command.first().queries().size(); i++) {
      int query = i;
      found.add(
          fuser.fuse(
              runs.stream().map(run -> run.hits(query)).toList(),
              command.offset(),
              command.limit()));
    }
    return found.answer(command.first().collection(), command.outputFields(), readTimestamp, null);
  }
}
