package dev.brume.protocol;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/// XML as text that is the same for documents that mean the same: order of attributes and blanks
/// between elements do not count.
final class XmlTree {
  private XmlTree() {}

  static String of(byte[] document) {
    try {
      Element root =
          DocumentBuilderFactory.newDefaultInstance()
              .newDocumentBuilder()
              .parse(new ByteArrayInputStream(document))
              .getDocumentElement();
      var out = new StringBuilder();
      write(root, "", out);
      return out.toString();
    } catch (ParserConfigurationException | SAXException | IOException e) {
      throw new AssertionError(new String(document), e);
    }
  }

  private static void write(Element element, String indent, StringBuilder out) {
    out.append(indent).append(element.getTagName());
    var attributes = new java.util.TreeMap<String, String>();
    for (int i = 0; i < element.getAttributes().getLength(); i++) {
      Node attribute = element.getAttributes().item(i);
      attributes.put(attribute.getNodeName(), attribute.getNodeValue());
    }
    out.append(attributes.isEmpty() ? "" : attributes.toString());
    boolean nested = false;
    var children = new java.util.ArrayList<String>();
    for (Node child = element.getFirstChild(); child != null; child = child.getNextSibling()) {
      if (child instanceof Element inner) {
        nested = true;
        var text = new StringBuilder();
        write(inner, indent + "  ", text);
        children.add(text.toString());
      }
    }
    // Members may come in any order; elements of a list stay in theirs, as their names are equal.
    children.sort(java.util.Comparator.comparing(text -> text.strip().split("[\\s={]")[0]));
    out.append(nested ? "\n" + String.join("", children) : "=" + element.getTextContent() + "\n");
  }
}
