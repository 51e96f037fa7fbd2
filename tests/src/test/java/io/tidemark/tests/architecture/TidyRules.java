package io.tidemark.tests.architecture;

import io.tidemark.tests.architecture.SourceTree.SourceFile;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/**
 * What the source tree must look like. Each rule returns its findings, one line each: file, value
 * seen, limit, way out. An empty list means that the tree keeps the rule.
 */
final class TidyRules {
  /** House limit. Lower it when the tree allows; never raise it. */
  static final int LINES_MAX = 600;

  private static final Set<String> EMPTY_WORDS =
      Set.of("util", "utils", "common", "helper", "helpers", "manager", "impl", "misc");
  private static final Pattern TYPE =
      Pattern.compile("(?m)^[\\w\\s@-]*\\b(?:class|interface|enum|record)\\s+([A-Z]\\w*)");
  private static final Pattern EMPTY_TYPE_NAME =
      Pattern.compile("\\w*?(Utils?|Common|Helpers?|Manager|Impl)$");
  // Written apart, so that this file does not find itself.
  private static final Pattern LEFT_OPEN = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");
  private static final Pattern CONSOLE = Pattern.compile("\\bSystem\\.(out|err)\\b");
  private static final Pattern MACHINE_PATH =
      Pattern.compile("(?<![\\w.}~$*-])/(work|home|root|Users)/\\w+");
  private static final Pattern MODULE_OF_MAIN = Pattern.compile("^(.*?)/src/main/java/(.*)$");

  private TidyRules() {}

  static List<String> filesAreShort(SourceTree tree) {
    List<String> findings = new ArrayList<>();
    for (SourceFile file : tree.files()) {
      long lines = file.text().lines().count();
      if (lines > LINES_MAX) {
        findings.add(
            file.path()
                + ": "
                + lines
                + " lines, the limit is "
                + LINES_MAX
                + "; split it by what its parts are about (aim at 300)");
      }
    }
    return findings;
  }

  static List<String> namesSaySomething(SourceTree tree) {
    List<String> findings = new ArrayList<>();
    for (SourceFile file : tree.files()) {
      if (!file.endsWith(".java")) {
        continue;
      }
      for (String folder : file.folder().split("/")) {
        if (EMPTY_WORDS.contains(folder)) {
          findings.add(
              file.path()
                  + ": package '"
                  + folder
                  + "' says nothing about its content;"
                  + " name it after the thing it is about");
        }
      }
      Matcher type = TYPE.matcher(withoutComments(file.text()));
      while (type.find()) {
        if (EMPTY_TYPE_NAME.matcher(type.group(1)).matches()) {
          findings.add(
              at(file, type.group(1))
                  + ": type '"
                  + type.group(1)
                  + "' is named after no thing; name it after what it does, or by what differs"
                  + " from other implementations (KafkaLogWriter, JvectorGraphIndex)");
        }
      }
    }
    return findings;
  }

  static List<String> nothingIsLeftOpen(SourceTree tree) {
    return linesWith(
        tree.files().stream().filter(file -> !file.isProse()).toList(),
        LEFT_OPEN,
        "none may stay; finish it, or write the gap down in DECISIONS.md");
  }

  static List<String> mainCodeLogsInsteadOfPrinting(SourceTree tree) {
    return linesWith(
        tree.files().stream()
            .filter(file -> file.isMainJava() && !file.path().startsWith("deploy/"))
            .filter(file -> !file.path().startsWith("tests/"))
            // What the main methods share that flink run calls.
            .filter(file -> !file.path().endsWith("/jobs/run/JobArguments.java"))
            .toList(),
        CONSOLE,
        "only the command line (deploy/) and tests/ may print; log with slf4j");
  }

  static List<String> noPathsOfOneMachine(SourceTree tree) {
    return linesWith(
        tree.files(),
        MACHINE_PATH,
        "no path of one machine may be written down; take it from an argument or from the"
            + " checkout");
  }

  static List<String> noTabs(SourceTree tree) {
    // Make takes nothing else.
    List<SourceFile> files =
        tree.files().stream().filter(file -> !file.path().endsWith("Makefile")).toList();
    return linesWith(files, Pattern.compile("\t"), "indent with spaces (.editorconfig)");
  }

  static List<String> mainPackagesAreNullMarked(SourceTree tree) {
    Set<String> packages = new TreeSet<>();
    Set<String> marked = new TreeSet<>();
    for (SourceFile file : tree.files()) {
      if (!file.isMainJava()) {
        continue;
      }
      packages.add(file.folder());
      if (file.name().equals("package-info.java")
          && withoutComments(file.text()).contains("NullMarked")) {
        marked.add(file.folder());
      }
    }
    packages.removeAll(marked);
    return packages.stream()
        .map(folder ->
            folder
                + ": no package-info.java with @NullMarked; add one, with a sentence on"
                + " what the package is about")
        .toList();
  }

  static List<String> versionsAreInTheRootPom(SourceTree tree) {
    List<String> findings = new ArrayList<>();
    for (SourceFile file : tree.files()) {
      if (!file.name().equals("pom.xml") || file.path().equals("pom.xml")) {
        continue;
      }
      NodeList versions = parse(file).getElementsByTagName("version");
      for (int i = 0; i < versions.getLength(); i++) {
        Element version = (Element) versions.item(i);
        String text = version.getTextContent().strip();
        boolean ofParent = version.getParentNode().getNodeName().equals("parent");
        if (!ofParent && !text.startsWith("${")) {
          findings.add(
              file.path()
                  + ": version '"
                  + text
                  + "' in <"
                  + version.getParentNode().getNodeName()
                  + ">; versions stand in the root pom.xml only: move it to its"
                  + " dependencyManagement or pluginManagement");
        }
      }
    }
    return findings;
  }

  /** The arrows are checked by package, so every main class must lie in its module's package. */
  static List<String> mainClassesLieInTheirModulesPackage(SourceTree tree) {
    List<String> findings = new ArrayList<>();
    for (SourceFile file : tree.files()) {
      Matcher place = MODULE_OF_MAIN.matcher(file.path());
      if (!file.isMainJava() || !place.matches()) {
        continue;
      }
      String packages =
          Arrays.stream(SourceModule.values())
              .filter(module -> module.folder().equals(place.group(1)))
              .map(module -> module.rootPackage().replace('.', '/') + "/")
              .collect(Collectors.joining());
      if (packages.isEmpty()) {
        findings.add(
            file.path()
                + ": folder '"
                + place.group(1)
                + "' is no known module; add it to "
                + SourceModule.class.getSimpleName()
                + " with the modules it may use");
      } else if (!place.group(2).startsWith(packages)) {
        findings.add(
            file.path() + ": lies outside its module's package " + packages + "; move it there");
      }
    }
    return findings;
  }

  private static List<String> linesWith(List<SourceFile> files, Pattern pattern, String wayOut) {
    List<String> findings = new ArrayList<>();
    for (SourceFile file : files) {
      List<String> lines = file.text().lines().toList();
      for (int i = 0; i < lines.size(); i++) {
        Matcher matcher = pattern.matcher(lines.get(i));
        if (matcher.find()) {
          String seen = matcher.group().replace("\t", "\\t");
          findings.add(file.path() + ":" + (i + 1) + ": '" + seen + "': " + wayOut);
        }
      }
    }
    return findings;
  }

  /** The file and the line on which the type is first named. */
  private static String at(SourceFile file, String type) {
    Pattern declaration = Pattern.compile("\\b(class|interface|enum|record)\\s+" + type + "\\b");
    List<String> lines = file.text().lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      if (declaration.matcher(lines.get(i)).find()) {
        return file.path() + ":" + (i + 1);
      }
    }
    return file.path();
  }

  private static String withoutComments(String java) {
    return java.replaceAll("(?s)/\\*.*?\\*/", "").replaceAll("(?m)^\\s*//.*$", "");
  }

  private static Element parse(SourceFile file) {
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(new InputSource(new StringReader(file.text())))
          .getDocumentElement();
    } catch (IOException | SAXException | ParserConfigurationException e) {
      throw new IllegalStateException(file.path() + " is no readable XML", e);
    }
  }
}
