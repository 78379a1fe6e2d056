package io.skypanel.worker;

import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.skypanel.worker.redact.Redactor;
import java.util.function.UnaryOperator;

/**
 * Logback's layout, with what it makes masked whole: message, exception and all. {@code
 * logback-worker.xml} names it.
 */
public final class MaskingLayout extends PatternLayout {
  /** The object of the logging context that masks: a {@code UnaryOperator<String>}. */
  static final String MASK = "mask";

  @Override
  public String doLayout(ILoggingEvent event) {
    return mask().apply(super.doLayout(event));
  }

  @SuppressWarnings("unchecked")
  private UnaryOperator<String> mask() {
    Object mask = getContext().getObject(MASK);
    return mask == null ? Redactor.OF_NO_SECRETS::mask : (UnaryOperator<String>) mask;
  }
}
