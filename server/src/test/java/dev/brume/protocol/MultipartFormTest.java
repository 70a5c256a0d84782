package dev.brume.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brume.model.BodyError;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MultipartFormTest {
  private static final String TYPE = "multipart/form-data; boundary=\"a b\"";

  // Gives few bytes at a time, so that every delimiter is cut somewhere.
  private static InputStream slow(byte[] bytes, int atOnce) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public synchronized int read(byte[] buffer, int offset, int length) {
        return super.read(buffer, offset, Math.min(length, atOnce));
      }
    };
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void partsComeOneAfterTheOther() throws IOException {
    String form =
        "ignored\r\n--a b\r\nContent-Disposition: form-data; name=\"k\"\r\n\r\nv\r\n--a c\r\nw"
            + "\r\n--a b\r\ncontent-disposition: form-data; name=file; filename=\"ü\\\"x\"\r\n"
            + "Content-Type: text/plain\r\n\r\n\r\n--a b--\r\nrest";
    for (int atOnce = 1; atOnce < 40; atOnce++) {
      MultipartForm parts = MultipartForm.open(TYPE, slow(bytes(form), atOnce));
      MultipartForm.Part first = parts.next();
      assertThat(first).isNotNull();
      assertThat(first.name()).isEqualTo("k");
      assertThat(first.fileName()).isNull();
      // What starts like a delimiter is not one.
      assertThat(first.body().readAllBytes()).isEqualTo(bytes("v\r\n--a c\r\nw"));
      MultipartForm.Part second = parts.next();
      assertThat(second).isNotNull();
      assertThat(second.fileName()).isEqualTo("ü\"x");
      assertThat(second.contentType()).isEqualTo("text/plain");
      assertThat(second.body().readAllBytes()).isEmpty();
      assertThat(parts.next()).isNull();
    }
  }

  @Test
  void bodiesOfAnyBytesPass() throws IOException {
    var random = new Random(7);
    byte[] alphabet = bytes("\r\n-a b");
    for (int round = 0; round < 20; round++) {
      byte[] body = new byte[random.nextInt(200_000)];
      for (int i = 0; i < body.length; i++) {
        body[i] = alphabet[random.nextInt(alphabet.length)];
      }
      String text = new String(body, StandardCharsets.ISO_8859_1).replace("\r\n--a b", "\r\n--ab");
      byte[] form =
          ("--a b\r\nContent-Disposition: form-data; name=f\r\n\r\n" + text + "\r\n--a b--")
              .getBytes(StandardCharsets.ISO_8859_1);
      MultipartForm.Part part = MultipartForm.open(TYPE, slow(form, 8192)).next();
      assertThat(part).isNotNull();
      assertThat(part.body().readAllBytes()).isEqualTo(text.getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  @Test
  void whatIsNotAFormIsRefused() {
    for (String form :
        new String[] {
          "",
          "no delimiter",
          "--a b",
          "--a b\r\nno header",
          "--a b junk\r\n\r\n",
          "--a b\r\nContent-Type: x\r\n\r\nno name\r\n--a b--",
          "--a b\r\nX: " + "y".repeat(20_000) + "\r\n\r\n"
        }) {
      assertThatThrownBy(() -> MultipartForm.open(TYPE, slow(bytes(form), 100)).next())
          .as(form)
          .isInstanceOf(BodyError.class);
    }
    assertThat(MultipartForm.is("multipart/form-data")).isFalse();
    assertThat(MultipartForm.is("multipart/form-data; boundary=" + "x".repeat(71))).isFalse();
    assertThat(MultipartForm.is("text/plain; boundary=x")).isFalse();
  }

  @Test
  void aFormThatBreaksOffDoesNotEndItsFile() throws IOException {
    byte[] form = bytes("--a b\r\nContent-Disposition: form-data; name=f\r\n\r\nhalf");
    MultipartForm.Part part = MultipartForm.open(TYPE, slow(form, 100)).next();
    assertThat(part).isNotNull();
    assertThatThrownBy(() -> part.body().readAllBytes()).isInstanceOf(BodyError.class);
  }
}
