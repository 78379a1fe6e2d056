package io.skypanel.worker.runtime;

import io.skypanel.worker.job.BuildFailure;
import java.io.StringReader;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Whether a text is XML that a build tool will read, without anything being fetched for it. */
final class XmlCheck {
  private XmlCheck() {}

  /**
   * Checks.
   *
   * @throws BuildFailure.UserFault with the line if it is malformed
   */
  static void check(String name, String text) throws BuildFailure {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    try {
      XMLStreamReader reader = factory.createXMLStreamReader(new StringReader(text));
      while (reader.hasNext()) {
        reader.next();
      }
    } catch (XMLStreamException e) {
      throw new BuildFailure.UserFault(
          name
              + " is malformed"
              + (e.getLocation() == null ? "" : " in line " + e.getLocation().getLineNumber())
              + ": it is no XML that can be read; correct it");
    }
  }
}
