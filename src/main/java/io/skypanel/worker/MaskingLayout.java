package io.skypanel.worker;

import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.pattern.MessageConverter;
import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Context;
import io.skypanel.worker.job.Build;
import io.skypanel.worker.redact.Redactor;
import java.util.function.BinaryOperator;

/**
 * Logback's layout, in which {@code %msg} and {@code %ex} are masked: these can hold what others
 * say. Time, level and logger cannot, and no secret may blank them out. {@code logback-worker.xml}
 * names it; its patterns must have both.
 */
public final class MaskingLayout extends PatternLayout {
  /**
   * The object of the logging context that masks: a {@code BinaryOperator<String>} of the
   * deployment that a line is of, empty if it is of none, and a text.
   */
  static final String MASK = "mask";

  /** For Logback, which makes it by its name. */
  public MaskingLayout() {
    getInstanceConverterMap().put("msg", Message::new);
    getInstanceConverterMap().put("ex", Thrown::new);
  }

  private static final class Message extends MessageConverter {
    @Override
    public String convert(ILoggingEvent event) {
      return mask(getContext(), event, super.convert(event));
    }
  }

  private static final class Thrown extends ThrowableProxyConverter {
    @Override
    public String convert(ILoggingEvent event) {
      return mask(getContext(), event, super.convert(event));
    }
  }

  @SuppressWarnings("unchecked")
  private static String mask(Context context, ILoggingEvent event, String text) {
    if (text == null || text.isEmpty()) {
      return text;
    }
    Object mask = context.getObject(MASK);
    if (mask == null) {
      return Redactor.OF_NO_SECRETS.mask(text);
    }
    String build = event.getMDCPropertyMap().getOrDefault(Build.LOG_KEY, "");
    return ((BinaryOperator<String>) mask).apply(build, text);
  }
}
