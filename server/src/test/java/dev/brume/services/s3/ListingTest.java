package dev.brume.services.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ListingTest {
  private final TreeSet<String> keys =
      new TreeSet<>(List.of("a", "b/1", "b/2", "b/c/3", "b0", "d/", "d/x", "e"));
  private int visited;

  private Listing.Page<String> page(String prefix, String delimiter, String after, int max) {
    visited = 0;
    return new Listing(prefix, delimiter, after, max)
        .page(
            (from, visitor) -> {
              for (String key : keys.tailSet(from)) {
                visited++;
                if (!visitor.visit(key, key)) {
                  return;
                }
              }
            });
  }

  @Test
  void everything() {
    Listing.Page<String> page = page(null, null, null, 1000);
    assertThat(page.entries()).containsExactlyElementsOf(keys);
    assertThat(page.truncated()).isFalse();
  }

  @Test
  void delimiterRollsUpAndJumps() {
    for (int i = 0; i < 1000; i++) {
      keys.add("b/many/" + i);
    }
    Listing.Page<String> page = page("", "/", null, 1000);
    assertThat(page.entries()).containsExactly("a", "b0", "e");
    assertThat(page.commonPrefixes()).containsExactly("b/", "d/");
    assertThat(visited).isLessThan(20);
  }

  @Test
  void prefix() {
    assertThat(page("b/", null, null, 1000).entries()).containsExactly("b/1", "b/2", "b/c/3");
    Listing.Page<String> page = page("b/", "/", null, 1000);
    assertThat(page.entries()).containsExactly("b/1", "b/2");
    assertThat(page.commonPrefixes()).containsExactly("b/c/");
    assertThat(page("zz", null, null, 1000).entries()).isEmpty();
  }

  @Test
  void pagesOfEverySizeGiveTheSame() {
    for (int max = 1; max <= 6; max++) {
      var found = new ArrayList<String>();
      String after = "";
      Listing.Page<String> page;
      do {
        page = page("", "/", after, max);
        found.addAll(page.entries());
        found.addAll(page.commonPrefixes());
        assertThat(page.entries().size() + page.commonPrefixes().size()).isLessThanOrEqualTo(max);
        after = page.last();
      } while (page.truncated());
      assertThat(found).containsExactlyInAnyOrder("a", "b/", "b0", "d/", "e");
    }
  }

  @Test
  void noneWanted() {
    assertThat(page("", null, null, 0).truncated()).isFalse();
  }

  @Test
  void afterTheLast() {
    assertThat(page("", null, "e", 10).entries()).isEmpty();
    assertThat(page("", null, "b/2", 10).entries())
        .containsExactly("b/c/3", "b0", "d/", "d/x", "e");
  }

  @Test
  void pastIsTheNextInTheOrderOfUtf8() {
    assertThat(Listing.past("a/")).isEqualTo("a0");
    assertThat(Listing.past("a\uD7FF")).isEqualTo("a\uE000");
  }
}
