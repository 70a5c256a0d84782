package dev.brume.protocol;

import dev.brume.model.Member;
import dev.brume.model.Shape;
import dev.brume.model.Shape.TimestampFormat;
import dev.brume.model.Struct;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/// Reads XML into values of shapes. Unknown elements are skipped; document type declarations are
/// refused, entities from outside are never read, and nesting is bounded.
final class XmlReader {
  private static final int NESTING_MAX = 64;
  private static final XMLInputFactory FACTORY = factory();

  private final XMLStreamReader parser;
  private int depth;

  private XmlReader(XMLStreamReader parser) {
    this.parser = parser;
  }

  private static XMLInputFactory factory() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    return factory;
  }

  /// Fills the body members of `into` from the children of the root element.
  static void structure(byte[] document, Struct into) {
    read(
        document,
        reader -> {
          reader.fields(into.shape(), into, true);
          return into;
        });
  }

  /// Reads a document whose root element is a value of the member's shape.
  static @Nullable Object value(byte[] document, Member member) {
    return read(document, reader -> reader.value(member));
  }

  private interface Reading {
    @Nullable Object from(XmlReader reader) throws XMLStreamException;
  }

  private static @Nullable Object read(byte[] document, Reading reading) {
    try {
      XMLStreamReader parser = FACTORY.createXMLStreamReader(new ByteArrayInputStream(document));
      try {
        var reader = new XmlReader(parser);
        reader.root();
        Object value = reading.from(reader);
        while (parser.hasNext()) {
          parser.next();
        }
        return value;
      } finally {
        parser.close();
      }
    } catch (XMLStreamException e) {
      throw new Malformed("The XML is not well-formed");
    }
  }

  private void root() throws XMLStreamException {
    while (parser.hasNext()) {
      int event = parser.next();
      if (event == XMLStreamConstants.DTD) {
        throw new Malformed("A document type declaration is not allowed");
      }
      if (event == XMLStreamConstants.START_ELEMENT) {
        enter();
        return;
      }
    }
    throw new Malformed("The XML has no element");
  }

  private void enter() {
    if (++depth > NESTING_MAX) {
      throw new Malformed("The XML is nested too deep");
    }
  }

  // Moves to the next child element: true; or past the end of the current element: false.
  private boolean nextChild() throws XMLStreamException {
    while (true) {
      switch (parser.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          enter();
          return true;
        }
        case XMLStreamConstants.END_ELEMENT -> {
          depth--;
          return false;
        }
        case XMLStreamConstants.END_DOCUMENT -> throw new Malformed("Unexpected end of the XML");
        case XMLStreamConstants.CHARACTERS -> {
          if (!parser.isWhiteSpace()) {
            throw new Malformed("Unexpected text in the XML");
          }
        }
        default -> {}
      }
    }
  }

  private void fields(Shape shape, Struct into, boolean top) throws XMLStreamException {
    attributes(shape, into);
    int present = 0;
    while (nextChild()) {
      Member member = member(shape, parser.getLocalName(), top);
      if (member == null) {
        skip();
        continue;
      }
      present++;
      if (member.flags().flattened()) {
        flattened(member, into);
      } else {
        into.set(member.index(), value(member));
      }
    }
    if (shape.kind() == Shape.Kind.UNION && present > 1) {
      throw new Malformed("The union " + shape.name() + " must have exactly one member set");
    }
  }

  private void attributes(Shape shape, Struct into) {
    for (int i = 0; i < parser.getAttributeCount(); i++) {
      String prefix = parser.getAttributePrefix(i);
      String local = parser.getAttributeLocalName(i);
      String name = prefix == null || prefix.isEmpty() ? local : prefix + ":" + local;
      for (Member member : shape.members()) {
        if (member.flags().xmlAttribute() && member.xmlName().equals(name)) {
          into.set(
              member.index(),
              SimpleText.read(parser.getAttributeValue(i), member, TimestampFormat.DATE_TIME));
        }
      }
    }
  }

  private static @Nullable Member member(Shape shape, String name, boolean top) {
    Member member = shape.member(name);
    if (member != null && named(member, name, top)) {
      return member;
    }
    for (Member candidate : shape.members()) {
      if (named(candidate, name, top)) {
        return candidate;
      }
    }
    return null;
  }

  private static boolean named(Member member, String name, boolean top) {
    return localName(member.xmlName()).equals(name)
        && !member.flags().xmlAttribute()
        && (!top || member.location() == Member.Location.BODY);
  }

  private static String localName(String xmlName) {
    return xmlName.substring(xmlName.indexOf(':') + 1);
  }

  private void flattened(Member member, Struct into) throws XMLStreamException {
    Shape target = member.target();
    Object present = into.get(member.index());
    if (target.kind() == Shape.Kind.LIST) {
      var list = new ArrayList<Object>();
      if (present instanceof List<?> before) {
        list.addAll(before);
      }
      list.add(value(target.element()));
      into.set(member.index(), list);
    } else {
      var map = new LinkedHashMap<String, Object>();
      if (present instanceof Map<?, ?> before) {
        before.forEach((key, value) -> map.put((String) key, value));
      }
      entry(target, map);
      into.set(member.index(), map);
    }
  }

  private Object value(Member member) throws XMLStreamException {
    Shape target = member.target();
    return switch (target.kind()) {
      case STRUCTURE, UNION -> {
        Struct struct = target.make();
        fields(target, struct, false);
        yield struct;
      }
      case LIST -> {
        var list = new ArrayList<Object>();
        while (nextChild()) {
          if (parser.getLocalName().equals(localName(target.element().xmlName()))) {
            list.add(value(target.element()));
          } else {
            skip();
          }
        }
        yield list;
      }
      case MAP -> {
        var map = new LinkedHashMap<String, Object>();
        while (nextChild()) {
          entry(target, map);
        }
        yield map;
      }
      case STRING, INTEGER, LONG, BOOLEAN, FLOAT, DOUBLE, TIMESTAMP, BLOB, DOCUMENT ->
          simple(member);
    };
  }

  private Object simple(Member member) throws XMLStreamException {
    String text = parser.getElementText();
    depth--;
    boolean verbatim = member.target().kind() == Shape.Kind.STRING;
    return SimpleText.read(verbatim ? text : text.strip(), member, TimestampFormat.DATE_TIME);
  }

  private void entry(Shape shape, Map<String, Object> map) throws XMLStreamException {
    String keyName = localName(shape.key().xmlName());
    String valueName = localName(shape.value().xmlName());
    String key = null;
    Object value = null;
    while (nextChild()) {
      String name = parser.getLocalName();
      if (name.equals(keyName)) {
        key = (String) value(shape.key());
      } else if (name.equals(valueName)) {
        value = value(shape.value());
      } else {
        skip();
      }
    }
    if (key == null || value == null) {
      throw new Malformed("A map entry lacks its key or value");
    }
    map.put(key, value);
  }

  private void skip() throws XMLStreamException {
    int outer = depth - 1;
    while (depth > outer) {
      switch (parser.next()) {
        case XMLStreamConstants.START_ELEMENT -> enter();
        case XMLStreamConstants.END_ELEMENT -> depth--;
        case XMLStreamConstants.END_DOCUMENT -> throw new Malformed("Unexpected end of the XML");
        default -> {}
      }
    }
  }
}
