package dev.brume.protocol;

import dev.brume.model.Member;
import dev.brume.model.Shape;
import dev.brume.model.Shape.TimestampFormat;
import dev.brume.model.Struct;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Writes values of shapes as XML. Absent members are left out.
final class XmlWriter {
  private final StringBuilder out = new StringBuilder(512);
  private final boolean millisAlways;

  /// @param millisAlways write `.000` in timestamps that have no fraction
  XmlWriter(boolean millisAlways) {
    this.millisAlways = millisAlways;
    out.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
  }

  byte[] bytes() {
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  XmlWriter start(String name) {
    out.append('<').append(name).append('>');
    return this;
  }

  XmlWriter start(String name, @Nullable String namespace) {
    out.append('<').append(name);
    if (namespace != null) {
      attribute("xmlns", namespace);
    }
    out.append('>');
    return this;
  }

  XmlWriter end(String name) {
    out.append("</").append(name).append('>');
    return this;
  }

  XmlWriter text(String name, String value) {
    start(name);
    escape(value, false);
    return end(name);
  }

  XmlWriter characters(String value) {
    escape(value, false);
    return this;
  }

  /// Writes a structure as an element.
  ///
  /// @param namespace to declare on it, null for none
  void structure(String name, @Nullable String namespace, Struct struct, boolean top) {
    out.append('<').append(name);
    if (namespace != null) {
      attribute("xmlns", namespace);
    }
    attributes(struct, top);
    out.append('>');
    fields(struct, top);
    end(name);
  }

  /// Writes the members of a structure that are elements.
  void fields(Struct struct, boolean top) {
    fields(struct, top, _ -> true);
  }

  /// Writes those of the members that are elements and wanted.
  void fields(Struct struct, boolean top, Predicate<Member> wanted) {
    for (Member member : struct.shape().members()) {
      Object value = struct.get(member.index());
      if (value != null
          && wanted.test(member)
          && !member.flags().xmlAttribute()
          && (!top || TreeFormat.isOutputBody(member))) {
        member(member, value);
      }
    }
  }

  private void attributes(Struct struct, boolean top) {
    for (Member member : struct.shape().members()) {
      Object value = struct.get(member.index());
      if (value != null
          && member.flags().xmlAttribute()
          && (!top || TreeFormat.isOutputBody(member))) {
        attribute(member.xmlName(), SimpleText.write(value, member, TimestampFormat.DATE_TIME));
      }
    }
  }

  private void attribute(String name, String value) {
    out.append(' ').append(name).append("=\"");
    escape(value, true);
    out.append('"');
  }

  private void member(Member member, Object value) {
    Shape target = member.target();
    if (!member.flags().flattened()) {
      element(member.xmlName(), member, value);
    } else if (target.kind() == Shape.Kind.LIST) {
      for (Object element : (List<?>) value) {
        if (element != null) {
          element(member.xmlName(), target.element(), element);
        }
      }
    } else {
      for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
        open(member.xmlName(), member);
        entry(target, entry);
        end(member.xmlName());
      }
    }
  }

  /// Writes a value as an element of this name.
  void element(String name, Member member, Object value) {
    Shape target = member.target();
    if (target.isStructure()) {
      var struct = (Struct) value;
      out.append('<').append(name);
      namespace(member);
      attributes(struct, false);
      out.append('>');
      fields(struct, false);
    } else {
      open(name, member);
      content(member, value);
    }
    end(name);
  }

  private void content(Member member, Object value) {
    Shape target = member.target();
    switch (target.kind()) {
      case LIST -> {
        for (Object element : (List<?>) value) {
          if (element != null) {
            element(target.element().xmlName(), target.element(), element);
          }
        }
      }
      case MAP -> {
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
          start("entry");
          entry(target, entry);
          end("entry");
        }
      }
      case TIMESTAMP -> escape(timestamp(member, (Instant) value), false);
      case STRING, INTEGER, LONG, BOOLEAN, FLOAT, DOUBLE, BLOB, DOCUMENT, STRUCTURE, UNION ->
          escape(SimpleText.write(value, member, TimestampFormat.DATE_TIME), false);
    }
  }

  private String timestamp(Member member, Instant instant) {
    TimestampFormat format = Timestamps.format(member, TimestampFormat.DATE_TIME);
    String text = Timestamps.write(instant, format);
    return millisAlways && format == TimestampFormat.DATE_TIME && text.length() == 20
        ? text.substring(0, 19) + ".000Z"
        : text;
  }

  private void entry(Shape map, Map.Entry<?, ?> entry) {
    element(map.key().xmlName(), map.key(), entry.getKey());
    Object value = entry.getValue();
    if (value != null) {
      element(map.value().xmlName(), map.value(), value);
    }
  }

  private void open(String name, Member member) {
    out.append('<').append(name);
    namespace(member);
    out.append('>');
  }

  private void namespace(Member member) {
    Member.XmlNamespace namespace = member.xmlNamespace();
    if (namespace != null) {
      String prefix = namespace.prefix();
      attribute(prefix == null || prefix.isEmpty() ? "xmlns" : "xmlns:" + prefix, namespace.uri());
    }
  }

  private void escape(String text, boolean attribute) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\n' -> out.append(attribute ? "&#xA;" : "\n");
        case '\t' -> out.append(attribute ? "&#x9;" : "\t");
        case '\u0085', '\u2028' -> reference(c);
        default -> {
          if (c < 0x20) {
            reference(c);
          } else {
            out.append(c);
          }
        }
      }
    }
  }

  private void reference(char c) {
    out.append("&#x").append(Integer.toHexString(c).toUpperCase(java.util.Locale.ROOT)).append(';');
  }
}
