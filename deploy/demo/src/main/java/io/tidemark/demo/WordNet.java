package io.tidemark.demo;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import net.sf.extjwnl.JWNLException;
import net.sf.extjwnl.data.POS;
import net.sf.extjwnl.data.Synset;
import net.sf.extjwnl.data.Word;
import net.sf.extjwnl.dictionary.Dictionary;

/** Reads WordNet 3.1's noun glosses from its Maven artifact. */
final class WordNet {
  private WordNet() {}

  /** All nouns, the most used first, so that a part of them is a useful dictionary too. */
  static List<Gloss> nouns() throws JWNLException {
    Dictionary dictionary = Dictionary.getDefaultResourceInstance();
    List<Gloss> glosses = new ArrayList<>();
    Iterator<Synset> synsets = dictionary.getSynsetIterator(POS.NOUN);
    while (synsets.hasNext()) {
      Synset synset = synsets.next();
      String words =
          synset.getWords().stream()
              .map(word -> word.getLemma().replace('_', ' '))
              .collect(Collectors.joining(", "));
      int uses = synset.getWords().stream().mapToInt(Word::getUseCount).sum();
      glosses.add(new Gloss(synset.getOffset(), words, definition(synset.getGloss()), uses));
    }
    glosses.sort(Comparator.comparingInt(Gloss::uses).reversed().thenComparingLong(Gloss::id));
    return glosses;
  }

  /** A gloss is a definition, then quoted examples. */
  private static String definition(String gloss) {
    int examples = gloss.indexOf("; \"");
    return (examples < 0 ? gloss : gloss.substring(0, examples)).strip();
  }
}
